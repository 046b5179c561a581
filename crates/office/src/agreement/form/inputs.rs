//! What a page shows of a form, in a row: inputs, and where groups of them open and close.

use alignment::{agreement::Criterion, judging, touch::TouchKind};

use super::{
    conditions::{GROUPS, SCORES, TESTS, TOUCHES, is_group},
    fields::{Field, Kind, Section},
    read::Wrong,
    typed::Typed,
};

/// What can be chosen of what the office knows.
#[derive(Default)]
pub struct Choices {
    /// Key and words of the fields that conditions can name.
    pub fields: Vec<(String, String)>,
    /// E-mail address and name.
    pub users: Vec<(String, String)>,
    pub models: Vec<(String, String)>,
    /// Keys of the draft's pools.
    pub pools: Vec<(String, String)>,
}

pub struct Choice {
    pub value: String,
    pub words: String,
    pub chosen: bool,
}

pub struct Button {
    pub act: String,
    pub label: &'static str,
    pub aloud: String,
}

pub enum Shape {
    Line { number: bool },
    Area,
    Check { on: bool },
    Select(Vec<Choice>),
    Checks(Vec<Choice>),
}

/// One thing on the page.
pub enum Item {
    Input {
        name: String,
        label: String,
        hint: String,
        value: String,
        shape: Shape,
        wrong: Option<String>,
    },
    Hidden {
        name: String,
        value: String,
    },
    /// A box with a title; `class` says of what sort.
    Open {
        class: &'static str,
        title: String,
        hint: String,
        buttons: Vec<Button>,
        wrong: Option<String>,
    },
    Close,
    Buttons(Vec<Button>),
    /// A condition in words.
    Words(String),
}

struct Shown<'a> {
    choices: &'a Choices,
    wrong: &'a [Wrong],
    list: Vec<Item>,
}

/// The section's form with what is wrong beside each input.
pub fn items(section: &Section, typed: &Typed, choices: &Choices, wrong: &[Wrong]) -> Vec<Item> {
    let mut shown = Shown { choices, wrong, list: Vec::new() };
    for field in section.fields {
        shown.field(field, typed, field.path);
    }
    shown.list
}

impl Shown<'_> {
    fn wrong(&self, path: &str) -> Option<String> {
        let words: Vec<_> = self.wrong.iter().filter(|wrong| wrong.path == path).map(|wrong| wrong.words.as_str()).collect();
        (!words.is_empty()).then(|| words.join("; "))
    }

    fn input(&mut self, path: &str, label: &str, hint: &str, value: &str, shape: Shape) {
        let wrong = self.wrong(path);
        let (name, label, hint, value) = (path.to_owned(), label.to_owned(), hint.to_owned(), value.to_owned());
        self.list.push(Item::Input { name, label, hint, value, shape, wrong });
    }

    fn field(&mut self, field: &Field, typed: &Typed, path: &str) {
        let value = typed.text_at(path);
        let shape = match &field.kind {
            Kind::Line | Kind::LineOrNone => Shape::Line { number: false },
            Kind::Whole | Kind::Number | Kind::Percent => Shape::Line { number: true },
            Kind::Prose | Kind::Lines => Shape::Area,
            Kind::Yes => Shape::Check { on: value == "1" },
            Kind::One(options) => Shape::Select(choose(options.iter().map(|(key, words)| (*key, *words)), value)),
            Kind::From(of) => Shape::Select(self.from(of, value)),
            Kind::Days => Shape::Checks(choose(DAYS.iter().copied(), value)),
            Kind::Condition | Kind::ConditionOrNone => return self.condition_field(field, typed, path),
            Kind::Touches => return self.touches_field(field, typed, path),
            Kind::Target => return self.target(field, typed, path),
            Kind::Money => return self.money(field, typed, path),
            Kind::Rows { one, of } => return self.rows(field, one, of, typed, path),
            Kind::Fixed { of, .. } => return self.fixed(of, typed, path),
        };
        self.input(path, field.label, field.hint, value, shape);
    }

    fn from(&self, of: &str, value: &str) -> Vec<Choice> {
        let known = match of {
            "models" => &self.choices.models,
            "pools" => &self.choices.pools,
            "fields" => &self.choices.fields,
            _ => &self.choices.users,
        };
        let mut list = choose(known.iter().map(|(key, words)| (key.as_str(), words.as_str())), value);
        if of.ends_with("_or_none") || value.is_empty() {
            list.insert(0, Choice { value: String::new(), words: "nobody chosen".into(), chosen: value.is_empty() });
        }
        // What stands there is kept, known or not: the fault beside it says what to choose instead.
        if !value.is_empty() && !list.iter().any(|choice| choice.chosen) {
            list.push(Choice { value: value.to_owned(), words: value.to_owned(), chosen: true });
        }
        list
    }

    fn rows(&mut self, field: &Field, one: &'static str, of: &'static [Field], typed: &Typed, path: &str) {
        let wrong = self.wrong(path);
        self.list.push(Item::Open { class: "rows", title: field.label.into(), hint: field.hint.into(), buttons: Vec::new(), wrong });
        for (place, row) in typed.list_at(path).iter().enumerate() {
            let at = format!("{path}.{place}");
            let name = ["name", "term", "user", "key"].iter().map(|name| row.text_at(name)).find(|name| !name.is_empty());
            let title = name.map_or_else(|| format!("{one} {}", place + 1), str::to_owned);
            let buttons = moves(&at, &title);
            self.list.push(Item::Open { class: "one", title, hint: String::new(), buttons, wrong: self.wrong(&at) });
            for field in of {
                self.field(field, typed, &format!("{at}.{}", field.path));
            }
            self.list.push(Item::Close);
        }
        let add = Button { act: format!("add:{path}"), label: "Add", aloud: one.to_owned() };
        self.list.extend([Item::Buttons(vec![add]), Item::Close]);
    }

    fn fixed(&mut self, of: &'static [Field], typed: &Typed, path: &str) {
        for (place, row) in typed.list_at(path).iter().enumerate() {
            let at = format!("{path}.{place}");
            let title = row.text_at("name").to_owned();
            self.list.push(Item::Open { class: "one", title, hint: String::new(), buttons: Vec::new(), wrong: self.wrong(&at) });
            for field in of {
                self.field(field, typed, &format!("{at}.{}", field.path));
            }
            self.list.push(Item::Close);
        }
    }

    fn condition_field(&mut self, field: &Field, typed: &Typed, path: &str) {
        let wrong = self.wrong(path);
        self.list.push(Item::Open { class: "when", title: field.label.into(), hint: field.hint.into(), buttons: Vec::new(), wrong });
        match typed.get(path).map_or("", |condition| condition.text_at("kind")) {
            "" => {
                let begin = Button { act: format!("begin:{path}"), label: "Add a condition", aloud: String::new() };
                self.list.push(Item::Buttons(vec![begin]));
            }
            kind => {
                let in_words = typed.get(path).and_then(said);
                self.condition(typed, path);
                if let Some(words) = in_words {
                    self.list.push(Item::Words(words));
                }
                let mut buttons = Vec::new();
                if !is_group(kind) {
                    buttons.push(Button { act: format!("wrap:{path}"), label: "Add another condition", aloud: String::new() });
                }
                if matches!(field.kind, Kind::ConditionOrNone) {
                    buttons.push(Button { act: format!("clear:{path}"), label: "Remove all conditions", aloud: String::new() });
                }
                self.list.push(Item::Buttons(buttons));
            }
        }
        self.list.push(Item::Close);
    }

    fn condition(&mut self, typed: &Typed, path: &str) {
        let kind = typed.text_at(&format!("{path}.kind")).to_owned();
        let below = |name: &str| format!("{path}.{name}");
        let value = |name: &str| typed.text_at(&format!("{path}.{name}")).to_owned();
        if is_group(&kind) {
            self.input(&below("kind"), "Group", "", &kind, Shape::Select(choose(GROUPS.into_iter(), &kind)));
            for (place, row) in typed.list_at(&below("of")).iter().enumerate() {
                let at = format!("{path}.of.{place}");
                let nested = is_group(row.text_at("kind"));
                let (class, title) = if nested { ("group", "Group") } else { ("condition", "Condition") };
                let buttons = moves(&at, &format!("{} {}", title.to_lowercase(), place + 1));
                self.list.push(Item::Open { class, title: String::new(), hint: String::new(), buttons, wrong: self.wrong(&at) });
                self.condition(typed, &at);
                self.list.push(Item::Close);
            }
            let add = |verb: &str, label| Button { act: format!("{verb}:{path}"), label, aloud: String::new() };
            let buttons = vec![add("field", "+ Field"), add("score", "+ Score"), add("activity", "+ Activity"), add("group", "+ Group")];
            return self.list.push(Item::Buttons(buttons));
        }
        self.list.push(Item::Hidden { name: below("kind"), value: kind.clone() });
        match kind.as_str() {
            "score" => {
                self.input(&below("score"), "Score", "", "", Shape::Select(choose(SCORES.into_iter(), &value("score"))));
                self.input(&below("text"), "is at least", "", &value("text"), Shape::Line { number: true });
            }
            "activity" => {
                self.touches(typed, path);
                self.input(&below("times_min"), "At least (times)", "", &value("times_min"), Shape::Line { number: true });
                self.input(
                    &below("within_days"),
                    "In the last (days)",
                    "Empty is ever.",
                    &value("within_days"),
                    Shape::Line { number: true },
                );
            }
            _ => {
                let fields = self.from("fields", &value("field"));
                self.input(&below("field"), "Field", "", "", Shape::Select(fields));
                self.input(&below("test"), "Test", "", "", Shape::Select(choose(TESTS.into_iter(), &value("test"))));
                self.input(&below("text"), "Value", "Several with ; between them.", &value("text"), Shape::Line { number: false });
            }
        }
    }

    fn touches(&mut self, typed: &Typed, path: &str) {
        let value = |name: &str| typed.text_at(&format!("{path}.{name}")).to_owned();
        let kinds = choose(TouchKind::ALL.iter().map(|kind| (kind.key(), kind.words())), &value("activity"));
        self.input(
            &format!("{path}.activity"),
            "What they did",
            "Any of these; any activity where none is ticked.",
            "",
            Shape::Checks(kinds),
        );
        for (key, label) in TOUCHES {
            self.input(&format!("{path}.{key}"), label, "", &value(key), Shape::Line { number: false });
        }
    }

    fn touches_field(&mut self, field: &Field, typed: &Typed, path: &str) {
        let wrong = self.wrong(path);
        self.list.push(Item::Open { class: "condition", title: field.label.into(), hint: String::new(), buttons: Vec::new(), wrong });
        self.touches(typed, path);
        self.list.push(Item::Close);
    }

    fn target(&mut self, field: &Field, typed: &Typed, path: &str) {
        let value = |name: &str| typed.text_at(&format!("{path}.{name}")).to_owned();
        const KINDS: [(&str, &str); 3] = [("account_owner", "the owner of the company"), ("pool", "a pool"), ("user", "one user")];
        self.input(&format!("{path}.kind"), field.label, "", "", Shape::Select(choose(KINDS.into_iter(), &value("kind"))));
        let (pools, users) = (self.from("pools", &value("pool")), self.from("users", &value("user")));
        self.input(&format!("{path}.pool"), "Pool", "Where it goes to a pool.", "", Shape::Select(pools));
        self.input(&format!("{path}.user"), "User", "Where it goes to one user.", "", Shape::Select(users));
    }

    fn money(&mut self, field: &Field, typed: &Typed, path: &str) {
        let wrong = self.wrong(path);
        self.list.push(Item::Open { class: "one", title: field.label.into(), hint: field.hint.into(), buttons: Vec::new(), wrong });
        for (name, label, hint) in [
            ("amount", "Amount", ""),
            ("currency", "Currency", ""),
            ("from", "From", "A date such as 2027-01-01."),
            ("to", "Up to", "The first day that no longer counts."),
        ] {
            let value = typed.text_at(&format!("{path}.{name}")).to_owned();
            self.input(&format!("{path}.{name}"), label, hint, &value, Shape::Line { number: false });
        }
        self.list.push(Item::Close);
    }
}

const DAYS: [(&str, &str); 7] =
    [("mon", "Mon"), ("tue", "Tue"), ("wed", "Wed"), ("thu", "Thu"), ("fri", "Fri"), ("sat", "Sat"), ("sun", "Sun")];

fn moves(at: &str, what: &str) -> Vec<Button> {
    [("up", "↑", "Move up"), ("down", "↓", "Move down"), ("remove", "Remove", "Remove")]
        .into_iter()
        .map(|(verb, label, aloud)| Button { act: format!("{verb}:{at}"), label, aloud: format!("{aloud}: {what}") })
        .collect()
}

/// Several chosen ones are separated by spaces.
fn choose<'a>(options: impl Iterator<Item = (&'a str, &'a str)>, value: &str) -> Vec<Choice> {
    let chosen = |key: &str| value == key || value.split_whitespace().any(|one| one == key);
    options.map(|(key, words)| Choice { value: key.into(), words: words.into(), chosen: chosen(key) }).collect()
}

/// The condition in words, where what is typed makes one.
fn said(typed: &Typed) -> Option<String> {
    let mut wrong = Vec::new();
    let value = super::conditions::read(typed, "", &mut wrong)?;
    let criterion: Criterion = serde_json::from_value(value).ok().filter(|_| wrong.is_empty())?;
    Some(judging::words(&criterion))
}
