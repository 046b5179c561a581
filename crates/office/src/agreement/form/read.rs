//! From what stands in a form to the Agreement.

use alignment::{Currency, agreement::Agreement};
use serde_json::{Map, Value, json};

use super::{
    conditions,
    fields::{Field, Kind, Section},
    typed::Typed,
    write::moved,
};

/// What is wrong with one input, by its path in the form.
#[derive(Clone, Debug, PartialEq)]
pub struct Wrong {
    pub path: String,
    pub words: String,
}

/// The Agreement with this section as typed. What can't be read at all is wrong; faults of what can be are for [`Agreement::faults`].
pub fn read(section: &Section, typed: &Typed, before: &Agreement) -> Result<Agreement, Vec<Wrong>> {
    let mut whole = serde_json::to_value(before).unwrap_or(Value::Null);
    let mut wrong = Vec::new();
    for field in section.fields {
        let value = value(field, typed.get(field.path), field.path, &mut wrong);
        set(&mut whole, field.path, value);
    }
    // The stages are always the same ones; the form brings their words.
    if let (Some(stages), Some(before)) = (whole.get_mut("stages").and_then(Value::as_array_mut), serde_json::to_value(&before.stages).ok())
    {
        for (stage, before) in stages.iter_mut().zip(before.as_array().into_iter().flatten()) {
            set(stage, "stage", before.get("stage").cloned());
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let read = serde_json::from_value::<Agreement>(whole);
    read.map_err(|error| vec![Wrong { path: String::new(), words: error.to_string() }])
}

fn set(whole: &mut Value, path: &str, value: Option<Value>) {
    let mut at = whole;
    let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
    for step in parent.split('.').filter(|step| !step.is_empty()) {
        at = &mut at[step];
    }
    let Value::Object(table) = at else { return };
    match value {
        Some(value) => drop(table.insert(name.to_owned(), value)),
        None => drop(table.remove(name)),
    }
}

fn value(field: &Field, typed: Option<&Typed>, path: &str, wrong: &mut Vec<Wrong>) -> Option<Value> {
    let nothing = Typed::default();
    let typed = typed.unwrap_or(&nothing);
    let text = if let Typed::Text(text) = typed { text.trim() } else { "" };
    match &field.kind {
        Kind::Line | Kind::Prose | Kind::One(_) => Some(json!(text)),
        Kind::LineOrNone => (!text.is_empty()).then(|| json!(text)),
        Kind::From(of) => (!of.ends_with("_or_none") || !text.is_empty()).then(|| json!(text)),
        Kind::Whole => Some(whole_of(text, path, wrong)),
        Kind::Number => Some(number_of(text, path, wrong)),
        Kind::Percent => Some(number_of(&moved(text, -2), path, wrong)),
        Kind::Yes => Some(json!(text == "1")),
        Kind::Lines => Some(json!(text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>())),
        Kind::Days => Some(json!(text.split_whitespace().collect::<Vec<_>>())),
        Kind::ConditionOrNone => conditions::read(typed, path, wrong),
        Kind::Condition => {
            let read = conditions::read(typed, path, wrong);
            if read.is_none() {
                wrong.push(Wrong { path: path.to_owned(), words: "add at least one condition".into() });
            }
            read
        }
        Kind::Touches => Some(conditions::read_touches(typed)),
        Kind::Target => Some(match typed.text_at("kind") {
            kind @ ("pool" | "user") => json!({ kind: typed.text_at(kind).trim() }),
            _ => json!("account_owner"),
        }),
        Kind::Money => money(typed, path, wrong),
        Kind::Rows { of, .. } | Kind::Fixed { of, .. } => {
            let list = if let Typed::List(list) = typed { list.as_slice() } else { &[] };
            Some(Value::Array(list.iter().enumerate().map(|(place, row)| self::row(of, row, &format!("{path}.{place}"), wrong)).collect()))
        }
    }
}

fn row(of: &[Field], typed: &Typed, path: &str, wrong: &mut Vec<Wrong>) -> Value {
    let mut row = Map::new();
    for field in of {
        if let Some(value) = value(field, typed.get(field.path), &format!("{path}.{}", field.path), wrong) {
            row.insert(field.path.to_owned(), value);
        }
    }
    Value::Object(row)
}

fn money(typed: &Typed, path: &str, wrong: &mut Vec<Wrong>) -> Option<Value> {
    let amount = typed.text_at("amount").trim().replace([',', ' '], "");
    if amount.is_empty() {
        return None;
    }
    let mut refuse = |name: &str, words: String| wrong.push(Wrong { path: format!("{path}.{name}"), words });
    let currency = typed.text_at("currency").trim();
    let digits = match currency.parse::<Currency>() {
        Ok(currency) => currency.minor_digits(),
        Err(error) => {
            refuse("currency", error.to_string());
            2
        }
    };
    let minor = moved(&amount, i64::from(digits)).parse::<i64>();
    if minor.is_err() {
        refuse("amount", format!("`{amount}` is no amount: write a number such as 1200000 or 1200000.50"));
    }
    for name in ["from", "to"] {
        if let Err(error) = typed.text_at(name).trim().parse::<alignment::Instant>() {
            refuse(name, error.to_string());
        }
    }
    let (from, to) = (typed.text_at("from").trim(), typed.text_at("to").trim());
    Some(json!({"from": from, "to": to, "amount": {"minor": minor.unwrap_or(0), "currency": currency}}))
}

pub(super) fn number(typed: &Typed, name: &str, path: &str, wrong: &mut Vec<Wrong>) -> Value {
    number_of(typed.text_at(name).trim(), &format!("{path}.{name}"), wrong)
}

pub(super) fn whole(typed: &Typed, name: &str, path: &str, wrong: &mut Vec<Wrong>) -> Value {
    whole_of(typed.text_at(name).trim(), &format!("{path}.{name}"), wrong)
}

fn number_of(text: &str, path: &str, wrong: &mut Vec<Wrong>) -> Value {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => json!(number),
        _ => {
            wrong.push(Wrong { path: path.to_owned(), words: format!("{}write a number such as 12 or 0.5", no(text, "number")) });
            json!(0.0)
        }
    }
}

/// What was typed instead, where something was.
fn no(text: &str, wanted: &str) -> String {
    if text.is_empty() { String::new() } else { format!("`{text}` is no {wanted}: ") }
}

fn whole_of(text: &str, path: &str, wrong: &mut Vec<Wrong>) -> Value {
    match text.parse::<u32>() {
        Ok(number) => json!(number),
        _ => {
            let words = format!("{}write a whole number from 0 up, such as 24", no(text, "whole number"));
            wrong.push(Wrong { path: path.to_owned(), words });
            json!(0)
        }
    }
}
