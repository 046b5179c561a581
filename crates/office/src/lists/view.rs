//! A list as a page: filters, sorted columns, rows, and where the next page is. All of its state is in its address.

use askama::Template;
use facts::list::Count;

use crate::ui::{Frame, format, known, url};

#[derive(Template)]
#[template(path = "lists/list.html")]
pub struct ListPage {
    pub frame: Frame,
    pub view: ListView,
}

pub struct ListView {
    pub title: &'static str,
    /// How many there are, in words.
    pub under: String,
    pub place: Place,
    /// What the search box looks through; none where it is empty.
    pub search_hint: &'static str,
    pub filters: Vec<Filter>,
    /// Filters that came with a link: (words, address without it).
    pub chips: Vec<(String, String)>,
    /// Other ways to look at it: (name, address, here).
    pub views: Vec<(&'static str, String, bool)>,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    pub next: Option<String>,
    pub empty: Empty,
}

/// A drop-down: (value, name) of each choice.
pub struct Filter {
    pub name: &'static str,
    pub label: &'static str,
    pub value: String,
    pub choices: Vec<(String, String)>,
}

pub struct Column {
    pub name: &'static str,
    /// Value of `sort`, where the list can be sorted by it.
    pub sort: Option<&'static str>,
    pub number: bool,
}

pub struct Row {
    pub address: String,
    pub cells: Vec<Cell>,
}

#[derive(Clone)]
pub enum Cell {
    /// The first cell: what the row is called, and what opens it.
    Open(String),
    Text(String),
    Number(String),
    /// A word in the colours of a team or state.
    Tag(&'static str, String),
    /// A stage that opens its definition: classes, key, name.
    Stage(&'static str, &'static str, &'static str),
    Link(String, String),
    /// What is due next and how much time is left, in the class of its urgency.
    Due(&'static str, String),
}

/// What to do where the list is empty.
pub struct Empty {
    pub title: &'static str,
    pub words: &'static str,
    /// (address, name)
    pub actions: &'static [(&'static str, &'static str)],
}

/// The path of a list with the parameters that are set.
#[derive(Clone)]
pub struct Place {
    pub path: &'static str,
    pub parameters: Vec<(&'static str, String)>,
}

impl Place {
    pub fn new(path: &'static str, parameters: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Place {
        let set = parameters.into_iter().filter_map(|(name, value)| Some((name, value.filter(|value| !value.trim().is_empty())?)));
        Place { path, parameters: set.collect() }
    }

    pub fn value(&self, name: &str) -> &str {
        self.parameters.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// The address with one parameter changed, on the first page; an empty value takes it away.
    pub fn with(&self, name: &str, value: &str) -> String {
        let mut parameters: Vec<(&str, &str)> = self
            .parameters
            .iter()
            .filter(|(known, _)| *known != name && *known != "cursor")
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        parameters.push((name, value));
        url::with(self.path, parameters)
    }

    pub fn page(&self, cursor: &str) -> String {
        self.with("cursor", cursor)
    }

    pub fn first_page(&self) -> Option<String> {
        (!self.value("cursor").is_empty()).then(|| self.with("cursor", ""))
    }

    pub fn export(&self) -> String {
        let parameters = self.parameters.iter().filter(|(name, _)| !["cursor", "limit", "view"].contains(name));
        url::with(&format!("{}.csv", self.path), parameters.map(|(name, value)| (*name, value.as_str())))
    }

    /// The same list in the same order, without its filters.
    pub fn cleared(&self) -> String {
        let parameters = self.parameters.iter().filter(|(name, _)| ["sort", "view"].contains(name));
        url::with(self.path, parameters.map(|(name, value)| (*name, value.as_str())))
    }

    pub fn is_filtered(&self) -> bool {
        self.parameters.iter().any(|(name, _)| !["sort", "cursor", "limit", "view"].contains(name))
    }

    pub fn sort_or(&self, default: &'static str) -> String {
        let sort = self.value("sort");
        if sort.is_empty() { default.to_owned() } else { sort.to_owned() }
    }
}

impl ListView {
    /// What the form above the list has no input for: a link set it, and it stays when a filter is changed, on the first page.
    pub fn handed_on(&self) -> Vec<(&'static str, &str)> {
        let has_input = |name: &str| (name == "q" && !self.search_hint.is_empty()) || self.filters.iter().any(|filter| filter.name == name);
        let kept = self.place.parameters.iter().filter(|(name, _)| *name != "cursor" && !has_input(name));
        kept.map(|(name, value)| (*name, value.as_str())).collect()
    }

    /// (address, `ascending` or `descending` where it is sorted so now)
    pub fn heading(&self, column: &Column) -> Option<(String, &'static str)> {
        let key = column.sort?;
        let now = self.place.sort_or(self.default_sort());
        let state = match now.strip_prefix('-') {
            Some(name) if name == key => "descending",
            None if now == key => "ascending",
            _ => "",
        };
        let next = match state {
            "descending" => key.to_owned(),
            "ascending" => format!("-{key}"),
            // Names from the first, everything else from the latest or largest.
            _ if ["name", "title"].contains(&key) => key.to_owned(),
            _ => format!("-{key}"),
        };
        Some((self.place.with("sort", &next), state))
    }

    fn default_sort(&self) -> &'static str {
        match self.place.path {
            "/leads" => "-opened_at",
            "/deals" => "-stage_at",
            "/content" => "title",
            _ => "name",
        }
    }

    pub fn next_address(&self) -> Option<String> {
        self.next.as_deref().map(|cursor| self.place.page(cursor))
    }

    /// Where a page is short and goes on: that it looked through a part only.
    pub fn goes_on(&self) -> Option<String> {
        let short = self.next.is_some() && self.rows.len() < facts::list::LIMIT_DEFAULT;
        short.then(|| format!("Looked through a part of the list and found {}.", self.rows.len()))
    }

    pub fn shown(&self) -> String {
        match self.rows.len() {
            0 => String::new(),
            count => format!("{} on this page", format::count(count as u64)),
        }
    }
}

/// `64 leads`, `10,000+ leads`
pub fn counted(count: Count, one: &str, many: &str) -> String {
    let plural = format::plural(count.found as u64, one, many);
    if count.exact { plural } else { plural.replacen(' ', "+ ", 1) }
}

/// Choices of a drop-down from plain values, after `Any` and before *not recorded*.
pub fn choices(any: &str, values: Vec<(String, String)>, with_not_recorded: bool) -> Vec<(String, String)> {
    let mut choices = vec![(String::new(), any.to_owned())];
    choices.extend(values);
    if with_not_recorded {
        choices.push((crate::api::ask::NOT_RECORDED.to_owned(), format::NOT_RECORDED.to_owned()));
    }
    choices
}

/// A value that is its own name.
pub fn plain(values: Vec<String>) -> Vec<(String, String)> {
    values.into_iter().map(|value| (value.clone(), value)).collect()
}

/// Keys of the record, in words.
pub fn keys(values: Vec<String>) -> Vec<(String, String)> {
    values.into_iter().map(|key| (key.clone(), known::words(&key))).collect()
}

pub fn named(values: Vec<(i64, String)>) -> Vec<(String, String)> {
    values.into_iter().map(|(id, name)| (id.to_string(), name)).collect()
}

pub fn text_or_dash(text: Option<String>) -> Cell {
    Cell::Text(text.unwrap_or_else(|| "–".to_owned()))
}

pub const fn column(name: &'static str) -> Column {
    Column { name, sort: None, number: false }
}

pub const fn sorted(name: &'static str, sort: &'static str) -> Column {
    Column { name, sort: Some(sort), number: false }
}

pub const fn number(name: &'static str, sort: Option<&'static str>) -> Column {
    Column { name, sort, number: true }
}
