//! Where a value comes from: a column, the first filled of several columns, several columns joined, a text with columns in it, or
//! a constant; then perhaps through a map of words.

use std::borrow::Cow;

use super::{Reason, columns::Header};
use crate::{cells::Cells, value};

/// A source as the recipe writes it.
#[derive(Clone, Debug, PartialEq, Default)]
pub(super) struct Source {
    pub from: From,
    /// Words of the file and what they mean; compared without regard to case. Empty means: no value.
    pub map: Vec<(String, String)>,
    /// What a word means that is not in the map.
    pub other: Option<String>,
    /// The value where the row has none.
    pub default: Option<String>,
    /// The cell is a list with this separator.
    pub split: Option<String>,
    /// A value that can't be read counts as absent instead of rejecting the row.
    pub drop_invalid: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum From {
    Columns(Vec<String>),
    Join(Vec<String>, String),
    Text(Vec<Piece>),
    Constant(String),
}

impl Default for From {
    fn default() -> From {
        From::Columns(Vec::new())
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Words(String),
    /// A column (`a|b`: the first of these that is filled), and how many of its first characters.
    Column(Vec<String>, Option<usize>),
}

impl Piece {
    fn columns(&self) -> &[String] {
        match self {
            Piece::Words(_) => &[],
            Piece::Column(names, _) => names,
        }
    }
}

const KEYS: [&str; 10] = ["column", "value", "text", "join", "separator", "map", "other", "default", "split", "invalid"];

impl Source {
    pub fn parse(value: &toml::Value) -> Result<Source, Reason> {
        match value {
            toml::Value::String(_) | toml::Value::Array(_) => Ok(Source { from: From::Columns(names(value)?), ..Source::default() }),
            toml::Value::Table(table) => Source::parse_table(table),
            toml::Value::Integer(_) | toml::Value::Float(_) | toml::Value::Boolean(_) => {
                Err(format!("`{value}` is not a column: write the column's name in quotes, or {{ value = \"{value}\" }} for a constant"))
            }
            toml::Value::Datetime(_) => Err("write the column's name in quotes, or { value = \"...\" } for a constant".to_owned()),
        }
    }

    fn parse_table(table: &toml::Table) -> Result<Source, Reason> {
        super::check_keys(table, &KEYS)?;
        let text = |key: &str| table.get(key).map(|value| constant(key, value)).transpose();
        let mut from = Vec::new();
        if let Some(value) = table.get("column") {
            from.push(From::Columns(names(value)?));
        }
        if let Some(value) = table.get("join") {
            from.push(From::Join(names(value)?, text("separator")?.unwrap_or_else(|| " ".to_owned())));
        }
        if let Some(template) = text("text")? {
            from.push(From::Text(pieces(&template)?));
        }
        if let Some(value) = text("value")? {
            from.push(From::Constant(value));
        }
        let ([_], Some(from)) = (from.as_slice(), from.first().cloned()) else {
            return Err("write one of `column`, `join`, `text` or `value`".to_owned());
        };
        let map = match table.get("map") {
            None => Vec::new(),
            Some(toml::Value::Table(map)) => {
                map.iter().map(|(word, meaning)| Ok((word.trim().to_owned(), constant("map", meaning)?))).collect::<Result<_, Reason>>()?
            }
            Some(_) => return Err("`map` is a table: map = { \"Word in the file\" = \"meaning\" }".to_owned()),
        };
        let drop_invalid = match text("invalid")?.as_deref() {
            None | Some("reject") => false,
            Some("drop") => true,
            Some(other) => return Err(format!("invalid = \"{other}\" is not known: write \"reject\" or \"drop\"")),
        };
        Ok(Source {
            from,
            map,
            other: text("other")?,
            default: text("default")?,
            split: text("split")?.filter(|mark| !mark.is_empty()),
            drop_invalid,
        })
    }

    /// The columns that this source reads.
    pub fn columns(&self) -> Vec<&str> {
        match &self.from {
            From::Columns(names) | From::Join(names, _) => names.iter().map(String::as_str).collect(),
            From::Text(pieces) => pieces.iter().flat_map(Piece::columns).map(String::as_str).collect(),
            From::Constant(_) => Vec::new(),
        }
    }

    /// Every value that the map, its rest and the default can give.
    pub fn constants(&self) -> impl Iterator<Item = &str> {
        let constant = if let From::Constant(value) = &self.from { Some(value.as_str()) } else { None };
        let mapped = self.map.iter().map(|(_, meaning)| meaning.as_str());
        mapped.chain(self.other.as_deref()).chain(self.default.as_deref()).chain(constant).filter(|value| !value.is_empty())
    }

    /// Ready for a file with this header; `None` where the file has none of the columns.
    pub fn compile(&self, header: &mut Header<'_>) -> Option<Slot> {
        let label = self.columns().first().map_or_else(String::new, |name| (*name).to_owned());
        let mut present = |names: &[String]| -> Vec<usize> { names.iter().filter_map(|name| header.index(name)).collect() };
        let (from, label) = match &self.from {
            From::Columns(names) => {
                let found = present(names);
                let label = found.first().map_or(label, |index| header.name(*index).to_owned());
                (Compiled::Cells(found), label)
            }
            From::Join(names, separator) => (Compiled::Join(present(names), separator.clone()), label),
            From::Text(pieces) => {
                let part = |piece: &Piece| match piece {
                    Piece::Words(words) => Some(Part::Words(words.clone())),
                    Piece::Column(names, characters) => {
                        let found: Vec<usize> = names.iter().filter_map(|name| header.index(name)).collect();
                        (!found.is_empty()).then_some(Part::Cell(found, *characters))
                    }
                };
                let parts: Option<Vec<Part>> = pieces.iter().map(part).collect();
                (Compiled::Text(parts?), label)
            }
            From::Constant(value) => (Compiled::Constant(value.clone()), "constant".to_owned()),
        };
        let nothing = matches!(&from, Compiled::Cells(found) | Compiled::Join(found, _) if found.is_empty());
        if nothing && self.default.is_none() {
            return None;
        }
        Some(Slot { from, rule: self.clone(), label })
    }
}

/// A source compiled against a header.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    from: Compiled,
    rule: Source,
    /// The column that reasons name.
    label: String,
}

#[derive(Clone, Debug)]
enum Compiled {
    Cells(Vec<usize>),
    Join(Vec<usize>, String),
    Text(Vec<Part>),
    Constant(String),
}

#[derive(Clone, Debug)]
enum Part {
    Words(String),
    Cell(Vec<usize>, Option<usize>),
}

/// Words that mean "nothing" in any column, such as `Select` or `N/A`.
pub(super) type NoneWords = Vec<String>;

impl Slot {
    /// What the row says, after the map; `None` where it says nothing.
    pub fn read<'a>(&'a self, cells: &'a Cells, none: &NoneWords) -> Option<Cow<'a, str>> {
        let found = self.from.read(cells, none).map(|text| self.first_of_list(text));
        let mapped = match found {
            Some(text) if !self.rule.map.is_empty() => self.mapped(text),
            found => found,
        };
        mapped.filter(|text| !text.is_empty()).or_else(|| self.rule.default.as_deref().map(Cow::Borrowed))
    }

    /// Each value of a list; of a cell that is no list, its one value.
    pub fn read_each<'a>(&'a self, cells: &'a Cells, none: &NoneWords) -> Vec<String> {
        let Some(text) = self.from.read(cells, none) else { return Vec::new() };
        match &self.rule.split {
            Some(mark) => text.split(mark.as_str()).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect(),
            None => self.read(cells, none).into_iter().map(Cow::into_owned).collect(),
        }
    }

    /// Reads a value and, where that fails, says in which column, or drops it if the recipe says so.
    pub fn typed<T>(&self, cells: &Cells, none: &NoneWords, read: impl FnOnce(&str) -> Result<T, Reason>) -> Result<Option<T>, Reason> {
        let Some(text) = self.read(cells, none) else { return Ok(None) };
        match read(&text) {
            Ok(value) => Ok(Some(value)),
            Err(_) if self.rule.drop_invalid => Ok(None),
            Err(reason) => Err(self.in_column(&reason)),
        }
    }

    pub fn in_column(&self, reason: &str) -> Reason {
        format!("column `{}`: {reason}", self.label)
    }

    pub fn label(&self) -> &str {
        &self.label
    }

    fn first_of_list<'a>(&self, text: Cow<'a, str>) -> Cow<'a, str> {
        let Some(mark) = &self.rule.split else { return text };
        match text.split(mark.as_str()).map(str::trim).find(|part| !part.is_empty()) {
            Some(part) if part.len() == text.len() => text,
            Some(part) => Cow::Owned(part.to_owned()),
            None => Cow::Borrowed(""),
        }
    }

    fn mapped<'a>(&'a self, text: Cow<'a, str>) -> Option<Cow<'a, str>> {
        match self.rule.map.iter().find(|(word, _)| word.eq_ignore_ascii_case(&text)) {
            Some((_, meaning)) => Some(Cow::Borrowed(meaning)),
            None => Some(self.rule.other.as_deref().map_or(text, Cow::Borrowed)),
        }
    }
}

impl Compiled {
    fn read<'a>(&'a self, cells: &'a Cells, none: &NoneWords) -> Option<Cow<'a, str>> {
        let filled = |index: &usize| said(cells.get(*index)?, none);
        match self {
            Compiled::Cells(indexes) => indexes.iter().find_map(filled).map(Cow::Borrowed),
            Compiled::Constant(value) => Some(Cow::Borrowed(value)),
            Compiled::Join(indexes, separator) => {
                let parts: Vec<&str> = indexes.iter().filter_map(filled).collect();
                (!parts.is_empty()).then(|| Cow::Owned(parts.join(separator)))
            }
            Compiled::Text(parts) => {
                let mut text = String::new();
                for part in parts {
                    match part {
                        Part::Words(words) => text.push_str(words),
                        Part::Cell(indexes, characters) => text.push_str(first_characters(indexes.iter().find_map(filled)?, *characters)),
                    }
                }
                Some(Cow::Owned(text))
            }
        }
    }
}

/// A cell without the white space around it, unless it says nothing.
pub(super) fn said<'a>(cell: &'a str, none: &NoneWords) -> Option<&'a str> {
    let text = cell.trim();
    (!text.is_empty() && !none.iter().any(|word| word.eq_ignore_ascii_case(text))).then_some(text)
}

fn first_characters(text: &str, characters: Option<usize>) -> &str {
    let cut = characters.and_then(|characters| text.char_indices().nth(characters));
    cut.map_or(text, |(at, _)| &text[..at])
}

/// `"SDR {sdr_id:8}"`: words, and columns in braces with how many of their first characters.
fn pieces(template: &str) -> Result<Vec<Piece>, Reason> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        if open > 0 {
            pieces.push(Piece::Words(rest[..open].to_owned()));
        }
        let close = rest[open..].find('}').ok_or_else(|| format!("{} has a brace that is not closed", value::quoted(template)))?;
        let inside = &rest[open + 1..open + close];
        let names = |text: &str| text.split('|').map(|name| name.trim().to_owned()).collect();
        pieces.push(match inside.rsplit_once(':').map(|(name, characters)| (name, characters.parse())) {
            Some((name, Ok(characters))) => Piece::Column(names(name), Some(characters)),
            _ => Piece::Column(names(inside), None),
        });
        rest = &rest[open + close + 1..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest.to_owned()));
    }
    Ok(pieces)
}

/// One name or a list of names.
pub(super) fn names(value: &toml::Value) -> Result<Vec<String>, Reason> {
    let wrong = || format!("`{value}` is not a column: write its name in quotes, or a list of names");
    let name = |value: &toml::Value| value.as_str().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).ok_or_else(wrong);
    match value {
        toml::Value::Array(names) if !names.is_empty() => names.iter().map(name).collect(),
        value => name(value).map(|name| vec![name]),
    }
}

/// A constant may be written as text, number or true/false.
fn constant(key: &str, value: &toml::Value) -> Result<String, Reason> {
    match value {
        toml::Value::String(text) => Ok(text.clone()),
        toml::Value::Integer(_) | toml::Value::Float(_) | toml::Value::Boolean(_) | toml::Value::Datetime(_) => Ok(value.to_string()),
        _ => Err(format!("`{key}` must be a text in quotes")),
    }
}
