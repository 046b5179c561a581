//! Conditions in a form: groups with rows, each row one condition in plain inputs.
//!
//! A condition is a map: `kind` (`all`, `any`, `none`, `field`, `score`, `activity`, or empty for no condition), the rows of a group in `of`,
//! and the inputs of a row.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    read::{Wrong, number, whole},
    typed::Typed,
    write::{at, text, texts},
};

pub const GROUPS: [(&str, &str); 3] = [("all", "All of these"), ("any", "At least one of these"), ("none", "None of these")];
pub const TESTS: [(&str, &str); 7] = [
    ("one_of", "is one of"),
    ("not_one_of", "is none of"),
    ("contains", "contains"),
    ("at_least", "is at least"),
    ("at_most", "is at most"),
    ("known", "is filled in"),
    ("unknown", "is not filled in"),
];
pub const SCORES: [(&str, &str); 3] = [("fit", "Fit"), ("engagement", "Engagement"), ("total", "Total score")];
/// Texts that narrow which touches count, with their labels.
pub const TOUCHES: [(&str, &str); 5] = [
    ("content_kind", "Kind of content"),
    ("content", "Title contains"),
    ("channel", "Channel"),
    ("source", "Source"),
    ("campaign", "Campaign"),
];

pub fn is_group(kind: &str) -> bool {
    GROUPS.iter().any(|(key, _)| *key == kind)
}

fn map<const N: usize>(pairs: [(&str, String); N]) -> BTreeMap<String, Typed> {
    pairs.into_iter().map(|(name, text)| (name.to_owned(), Typed::Text(text))).collect()
}

pub fn write(value: &Value) -> Typed {
    let Value::Object(table) = value else { return Typed::Map(map([("kind", String::new())])) };
    if let Some((kind, parts)) = table.iter().find(|(name, _)| is_group(name)) {
        let mut group = map([("kind", kind.clone())]);
        group.insert("of".into(), Typed::List(parts.as_array().into_iter().flatten().map(write).collect()));
        return Typed::Map(group);
    }
    if table.contains_key("score") {
        return Typed::Map(map([("kind", "score".into()), ("score", text(at(value, "score"))), ("text", text(at(value, "at_least")))]));
    }
    if table.contains_key("activity") {
        let times = Some(text(at(value, "times_min"))).filter(|times| !times.is_empty()).unwrap_or_else(|| "1".into());
        let mut row = map([("kind", "activity".into()), ("times_min", times), ("within_days", text(at(value, "within_days")))]);
        if let Typed::Map(touches) = write_touches(value) {
            row.extend(touches);
        }
        return Typed::Map(row);
    }
    let known = |key: &str| match value.get("known").and_then(Value::as_bool) {
        Some(is_known) => key == if is_known { "known" } else { "unknown" },
        None => table.contains_key(key),
    };
    let test = TESTS.iter().find(|(key, _)| known(key)).map_or("one_of", |(key, _)| key);
    let shown = match test {
        "one_of" | "not_one_of" => texts(at(value, test)).join("; "),
        "known" | "unknown" => String::new(),
        test => text(at(value, test)),
    };
    Typed::Map(map([("kind", "field".into()), ("field", text(at(value, "field"))), ("test", test.into()), ("text", shown)]))
}

pub fn write_touches(value: &Value) -> Typed {
    let mut row = map([("activity", texts(at(value, "activity")).join(" "))]);
    row.extend(TOUCHES.iter().map(|(key, _)| ((*key).to_owned(), Typed::Text(text(at(value, key))))));
    Typed::Map(row)
}

/// `None` where there is no condition.
pub fn read(typed: &Typed, path: &str, wrong: &mut Vec<Wrong>) -> Option<Value> {
    let kind = typed.text_at("kind");
    match kind {
        "" => None,
        _ if is_group(kind) => {
            let parts = typed.list_at("of").iter().enumerate();
            let parts: Vec<_> = parts.filter_map(|(place, part)| read(part, &format!("{path}.of.{place}"), wrong)).collect();
            Some(json!({ kind: parts }))
        }
        "score" => Some(json!({"score": typed.text_at("score"), "at_least": number(typed, "text", path, wrong)})),
        "activity" => {
            let Value::Object(mut row) = read_touches(typed) else { return None };
            row.entry("activity").or_insert_with(|| json!([]));
            row.insert("times_min".into(), whole(typed, "times_min", path, wrong));
            if !typed.text_at("within_days").trim().is_empty() {
                row.insert("within_days".into(), whole(typed, "within_days", path, wrong));
            }
            Some(Value::Object(row))
        }
        _ => Some(read_field(typed, path, wrong)),
    }
}

fn read_field(typed: &Typed, path: &str, wrong: &mut Vec<Wrong>) -> Value {
    let (field, test, text) = (typed.text_at("field"), typed.text_at("test"), typed.text_at("text"));
    let listed = || text.split(';').map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>();
    let (name, value) = match test {
        "not_one_of" => ("not_one_of", json!(listed())),
        "contains" => ("contains", json!(text.trim())),
        "at_least" => ("at_least", number(typed, "text", path, wrong)),
        "at_most" => ("at_most", number(typed, "text", path, wrong)),
        "known" => ("known", json!(true)),
        "unknown" => ("known", json!(false)),
        _ => ("one_of", json!(listed())),
    };
    json!({"field": field, name: value})
}

pub fn read_touches(typed: &Typed) -> Value {
    let mut row = Map::new();
    let kinds: Vec<_> = typed.text_at("activity").split_whitespace().collect();
    if !kinds.is_empty() {
        row.insert("activity".into(), json!(kinds));
    }
    for (key, _) in TOUCHES {
        let text = typed.text_at(key).trim();
        if !text.is_empty() {
            row.insert(key.into(), json!(text));
        }
    }
    Value::Object(row)
}
