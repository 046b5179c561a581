//! The Agreement as a tree, in which the items of a list are known by their keys and not by their places.

use toml::{Table, Value};

use crate::agreement::Agreement;

/// The lists whose items have a key of their own, by the name of the list, with the fields that make the key.
const KEYED: &[(&str, &[&str])] = &[
    ("stages", &["stage"]),
    ("reasons", &["for", "key"]),
    ("glossary", &["term"]),
    ("calendars", &["key"]),
    ("product_lines", &["key"]),
    ("fit", &["name"]),
    ("engagement", &["name"]),
    ("rules", &["name"]),
    ("pools", &["key"]),
    ("members", &["user"]),
];

/// Clauses that are compared as a whole and put into words of their own.
const WHOLE: &[&str] = &["criteria", "when", "to", "of", "shifts", "steps", "revenue_target"];

pub fn tree(agreement: &Agreement) -> Table {
    Table::try_from(agreement).expect("an Agreement holds only what TOML can write")
}

pub fn is_whole(name: &str) -> bool {
    WHOLE.contains(&name)
}

/// The items of a list with their keys, in order; `None` where the list has no keys or one stands twice.
pub fn keyed<'a>(name: &str, list: &'a [Value]) -> Option<Vec<(String, &'a Value)>> {
    let (_, fields) = KEYED.iter().find(|(known, _)| *known == name)?;
    let key = |item: &Value| -> Option<String> {
        let part = |field: &&str| item.get(*field).and_then(Value::as_str).map(str::to_owned);
        Some(fields.iter().map(part).collect::<Option<Vec<_>>>()?.join("."))
    };
    let items = list.iter().map(|item| Some((key(item)?, item))).collect::<Option<Vec<_>>>()?;
    let twice = items.iter().enumerate().any(|(at, (key, _))| items[..at].iter().any(|(earlier, _)| earlier == key));
    (!twice).then_some(items)
}

/// A list of plain words, such as industries.
pub fn texts(list: &[Value]) -> Option<Vec<&str>> {
    list.iter().map(Value::as_str).collect()
}
