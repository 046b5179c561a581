//! From the Agreement to what stands in a form.

use std::collections::BTreeMap;

use alignment::{Currency, agreement::Agreement};
use serde_json::Value;

use super::{
    conditions,
    fields::{Field, Kind, Section},
    typed::Typed,
};

/// What the section's form shows of an Agreement.
pub fn write(section: &Section, agreement: &Agreement) -> Typed {
    let whole = serde_json::to_value(agreement).unwrap_or(Value::Null);
    let mut typed = Typed::default();
    for field in section.fields {
        let value = at(&whole, field.path);
        typed.set(field.path, shown(field, value));
    }
    typed
}

pub(super) fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(value, |value, name| value.get(name).unwrap_or(&Value::Null))
}

fn rows(of: &[Field], value: &Value) -> Typed {
    let row = |item: &Value| Typed::Map(of.iter().map(|field| (field.path.to_owned(), shown(field, at(item, field.path)))).collect());
    Typed::List(value.as_array().into_iter().flatten().map(row).collect())
}

fn shown(field: &Field, value: &Value) -> Typed {
    match &field.kind {
        Kind::Line | Kind::LineOrNone | Kind::Prose | Kind::One(_) | Kind::From(_) | Kind::Whole | Kind::Number => Typed::text(text(value)),
        Kind::Percent => Typed::text(moved(&text(value), 2)),
        Kind::Yes => Typed::text(if value.as_bool() == Some(true) { "1" } else { "" }),
        Kind::Lines => Typed::text(texts(value).join("\n")),
        Kind::Days => Typed::text(texts(value).join(" ")),
        Kind::Condition | Kind::ConditionOrNone => conditions::write(value),
        Kind::Touches => conditions::write_touches(value),
        Kind::Target => target(value),
        Kind::Money => money(value),
        Kind::Rows { of, .. } | Kind::Fixed { of, .. } => rows(of, value),
    }
}

pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        // Whole numbers without `.0`: Rust writes a float as the shortest text that reads back as the same number.
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => whole.to_string(),
            (_, Some(number)) => number.to_string(),
            _ => number.to_string(),
        },
        _ => String::new(),
    }
}

pub(super) fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text).collect()
}

fn target(value: &Value) -> Typed {
    let of = |kind: &str, of: &str| {
        let pairs = [("kind", kind), (kind, of)];
        Typed::Map(pairs.into_iter().map(|(name, text)| (name.to_owned(), Typed::text(text))).collect::<BTreeMap<_, _>>())
    };
    match value {
        Value::Object(table) => table.iter().next().map_or_else(|| of("kind", ""), |(kind, to)| of(kind, &text(to))),
        _ => Typed::Map([("kind".to_owned(), Typed::text("account_owner"))].into()),
    }
}

fn money(value: &Value) -> Typed {
    let currency = text(at(value, "amount.currency"));
    let digits = currency.parse::<Currency>().map_or(2, Currency::minor_digits);
    let amount = at(value, "amount.minor").as_i64().map_or_else(String::new, |minor| moved(&minor.to_string(), -i64::from(digits)));
    let pairs = [("from", text(at(value, "from"))), ("to", text(at(value, "to"))), ("amount", amount), ("currency", currency)];
    Typed::Map(pairs.into_iter().map(|(name, text)| (name.to_owned(), Typed::Text(text))).collect())
}

/// A number with its decimal point moved to the right by so many places, in text, so that nothing is rounded.
pub(super) fn moved(number: &str, places: i64) -> String {
    let number = number.trim();
    let (sign, number) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && part.is_empty() || !whole.chars().chain(part.chars()).all(|digit| digit.is_ascii_digit()) {
        return format!("{sign}{number}");
    }
    let mut digits = format!("{whole}{part}");
    let mut point = whole.len() as i64 + places;
    while point < 1 {
        digits.insert(0, '0');
        point += 1;
    }
    while (digits.len() as i64) < point {
        digits.push('0');
    }
    let (whole, part) = digits.split_at(point as usize);
    let whole = Some(whole.trim_start_matches('0')).filter(|whole| !whole.is_empty()).unwrap_or("0");
    let part = part.trim_end_matches('0');
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}
