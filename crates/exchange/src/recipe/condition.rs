//! When a rule holds: a test of one column, or several tests.

use super::{
    Reason,
    columns::Header,
    source::{NoneWords, names, said},
};
use crate::{cells::Cells, value};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Test { columns: Vec<String>, test: Test },
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    /// One of these words, without regard to case; `true` also matches `yes` and `1`.
    In(Vec<String>),
    NotIn(Vec<String>),
    Contains(String),
    NotContains(String),
    Filled(bool),
}

const KEYS: [&str; 8] = ["column", "equals", "in", "not_in", "contains", "not_contains", "filled", "any"];

impl Condition {
    /// A table is one test; a list of them holds where all hold; `{ any = [..] }` where one does.
    pub fn parse(value: &toml::Value) -> Result<Condition, Reason> {
        match value {
            toml::Value::Array(parts) => Ok(Condition::All(parts.iter().map(Condition::parse).collect::<Result<_, _>>()?)),
            toml::Value::Table(table) => Condition::parse_table(table),
            _ => Err("a condition is a table such as { column = \"is_deleted\", equals = \"true\" }".to_owned()),
        }
    }

    fn parse_table(table: &toml::Table) -> Result<Condition, Reason> {
        super::check_keys(table, &KEYS)?;
        if let Some(toml::Value::Array(parts)) = table.get("any") {
            return Ok(Condition::Any(parts.iter().map(Condition::parse).collect::<Result<_, _>>()?));
        }
        let columns = names(table.get("column").ok_or("a condition needs a `column`")?)?;
        let mut tests = Vec::new();
        for (key, value) in table {
            tests.push(match (key.as_str(), value) {
                ("column", _) => continue,
                ("equals", toml::Value::Boolean(flag)) => Test::In(vec![flag.to_string()]),
                ("equals" | "in", words) => Test::In(names(words)?),
                ("not_in", words) => Test::NotIn(names(words)?),
                ("contains", toml::Value::String(part)) => Test::Contains(part.to_lowercase()),
                ("not_contains", toml::Value::String(part)) => Test::NotContains(part.to_lowercase()),
                ("filled", toml::Value::Boolean(filled)) => Test::Filled(*filled),
                (key, _) => return Err(format!("`{key}` can't have that value")),
            });
        }
        match <[Test; 1]>::try_from(tests) {
            Ok([test]) => Ok(Condition::Test { columns, test }),
            Err(_) => Err("a condition has one of `equals`, `in`, `not_in`, `contains`, `not_contains`, `filled`".to_owned()),
        }
    }

    pub fn compile(&self, header: &mut Header<'_>) -> Check {
        let mut each = |parts: &[Condition]| parts.iter().map(|part| part.compile(header)).collect();
        match self {
            Condition::All(parts) => Check::All(each(parts)),
            Condition::Any(parts) => Check::Any(each(parts)),
            Condition::Test { columns, test } => {
                Check::Test { cells: columns.iter().filter_map(|name| header.index(name)).collect(), test: test.clone() }
            }
        }
    }

    /// The condition in words, as in `is_deleted is true`.
    pub fn words(&self) -> String {
        let each = |parts: &[Condition], word: &str| parts.iter().map(Condition::words).collect::<Vec<_>>().join(word);
        match self {
            Condition::All(parts) => each(parts, " and "),
            Condition::Any(parts) => each(parts, " or "),
            Condition::Test { columns, test } => {
                let column = columns.join(" / ");
                match test {
                    Test::In(words) => format!("{column} is {}", words.join(" or ")),
                    Test::NotIn(words) => format!("{column} is not {}", words.join(" or ")),
                    Test::Contains(part) => format!("{column} contains {part}"),
                    Test::NotContains(part) => format!("{column} does not contain {part}"),
                    Test::Filled(true) => format!("{column} is filled"),
                    Test::Filled(false) => format!("{column} is empty"),
                }
            }
        }
    }
}

/// A condition compiled against a header. A column that the file does not have is empty in every row.
#[derive(Clone, Debug)]
pub(super) enum Check {
    All(Vec<Check>),
    Any(Vec<Check>),
    Test { cells: Vec<usize>, test: Test },
}

impl Check {
    pub fn holds(&self, row: &Cells, none: &NoneWords) -> bool {
        match self {
            Check::All(parts) => parts.iter().all(|part| part.holds(row, none)),
            Check::Any(parts) => parts.iter().any(|part| part.holds(row, none)),
            Check::Test { cells, test } => {
                let text = cells.iter().find_map(|index| said(row.get(*index)?, none));
                match test {
                    Test::In(words) => text.is_some_and(|text| words.iter().any(|word| same(word, text))),
                    Test::NotIn(words) => !text.is_some_and(|text| words.iter().any(|word| same(word, text))),
                    Test::Contains(part) => text.is_some_and(|text| text.to_lowercase().contains(part.as_str())),
                    Test::NotContains(part) => !text.is_some_and(|text| text.to_lowercase().contains(part.as_str())),
                    Test::Filled(filled) => text.is_some() == *filled,
                }
            }
        }
    }
}

fn same(word: &str, text: &str) -> bool {
    word.eq_ignore_ascii_case(text) || matches!(word, "true" | "false") && value::flag(text) == Some(word == "true")
}
