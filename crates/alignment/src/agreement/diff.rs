//! What differs between two texts of the Agreement: rule by rule, in words.

use serde::Serialize;
use toml::{Table, Value};

use super::{
    Agreement,
    parts::{Part, part_of},
};

mod conditions;
pub mod texts;
pub(super) mod tree;
mod words;

pub use texts::Piece;
use tree::{is_whole, keyed};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    Added,
    Removed,
    Changed,
    Reordered,
}

/// One thing that is not as it was.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Path of the clause, with keys for items of lists: `stages.mql.criteria`.
    pub clause: String,
    pub part: Part,
    pub kind: DifferenceKind,
    /// One line: "Review in 8 instead of 24 working hours".
    pub words: String,
    /// Of prose, word by word.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pieces: Vec<Piece>,
}

/// All differences, in the order of the document; empty where the texts are the same.
pub fn diff(before: &Agreement, after: &Agreement) -> Vec<Difference> {
    let (old, new) = (tree::tree(before), tree::tree(after));
    let mut found = Found { list: Vec::new() };
    found.tables("", &old, &new);
    found.list.sort_by_key(|difference| words::place(&difference.clause));
    found.list
}

struct Found {
    list: Vec<Difference>,
}

impl Found {
    fn say(&mut self, clause: &str, kind: DifferenceKind, words: String) {
        self.list.push(Difference { clause: clause.to_owned(), part: part_of(clause), kind, words, pieces: Vec::new() });
    }

    fn tables(&mut self, path: &str, old: &Table, new: &Table) {
        let only_new = new.keys().filter(|name| !old.contains_key(*name));
        for name in old.keys().chain(only_new) {
            let clause = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            self.values(&clause, name, old.get(name), new.get(name));
        }
    }

    fn values(&mut self, clause: &str, name: &str, old: Option<&Value>, new: Option<&Value>) {
        if old == new {
            return;
        }
        let (no_table, no_list) = (Value::Table(Table::new()), Value::Array(Vec::new()));
        // A list or table that is left out is an empty one.
        let none = match old.or(new) {
            Some(Value::Table(_)) => &no_table,
            _ => &no_list,
        };
        if is_whole(name) {
            return self.whole(clause, name, old, new);
        }
        match (old.unwrap_or(none), new.unwrap_or(none)) {
            (Value::Table(old), Value::Table(new)) => self.tables(clause, old, new),
            (Value::Array(old), Value::Array(new)) => self.lists(clause, name, old, new),
            _ => {
                let (kind, text) = words::scalar(clause, old, new);
                self.say(clause, kind, text);
                if let (Some(Value::String(old)), Some(Value::String(new))) = (old, new)
                    && words::is_prose(name)
                    && let Some(last) = self.list.last_mut()
                {
                    last.pieces = texts::compare(old, new);
                }
            }
        }
    }

    fn whole(&mut self, clause: &str, name: &str, old: Option<&Value>, new: Option<&Value>) {
        let lines = match name {
            "criteria" | "when" => conditions::lines(clause, old, new),
            _ => vec![(words::kind_of(old, new), words::whole(clause, name, old, new))],
        };
        for (kind, line) in lines {
            self.say(clause, kind, line);
        }
    }

    fn lists(&mut self, clause: &str, name: &str, old: &[Value], new: &[Value]) {
        if let (Some(old), Some(new)) = (tree::texts(old), tree::texts(new)) {
            return self.plain_lists(clause, &old, &new);
        }
        let (Some(old_items), Some(new_items)) = (keyed(name, old), keyed(name, new)) else {
            let words = format!("{} changed: now {}, before {}", words::label(clause), words::count(new.len()), words::count(old.len()));
            return self.say(clause, DifferenceKind::Changed, words);
        };
        let in_new = |key: &str| new_items.iter().find(|(other, _)| other == key).map(|(_, item)| *item);
        for (key, item) in &old_items {
            let path = format!("{clause}.{key}");
            match (in_new(key), item) {
                (None, _) => self.say(&path, DifferenceKind::Removed, words::item("Removed", name, item)),
                (Some(Value::Table(new)), Value::Table(old)) => self.tables(&path, old, new),
                (Some(_), _) => {}
            }
        }
        for (key, item) in new_items.iter().filter(|(key, _)| !old_items.iter().any(|(other, _)| other == key)) {
            self.say(&format!("{clause}.{key}"), DifferenceKind::Added, words::item("Added", name, item));
        }
        let kept = |from: &[(String, &Value)], of: &[(String, &Value)]| -> Vec<String> {
            from.iter().filter(|(key, _)| of.iter().any(|(other, _)| other == key)).map(|(key, _)| key.clone()).collect()
        };
        if kept(&old_items, &new_items) != kept(&new_items, &old_items) {
            let order: Vec<_> = new_items.iter().map(|(_, item)| words::item_name(item)).collect();
            self.say(clause, DifferenceKind::Reordered, format!("{} in another order: {}", words::label(clause), order.join(", ")));
        }
    }

    fn plain_lists(&mut self, clause: &str, old: &[&str], new: &[&str]) {
        let label = words::label(clause);
        let before = self.list.len();
        for gone in old.iter().filter(|word| !new.contains(word)) {
            self.say(clause, DifferenceKind::Removed, format!("{label}: removed ‘{gone}’"));
        }
        for come in new.iter().filter(|word| !old.contains(word)) {
            self.say(clause, DifferenceKind::Added, format!("{label}: added ‘{come}’"));
        }
        if self.list.len() == before {
            self.say(clause, DifferenceKind::Reordered, format!("{label} in another order: {}", new.join(", ")));
        }
    }
}

#[cfg(test)]
#[path = "diff/tests.rs"]
mod tests;
