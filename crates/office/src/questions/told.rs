//! Corrections in words: who changed which field of which record, with names for ids and dates for instants.

use std::collections::{BTreeMap, HashMap};

use alignment::{Currency, Instant, Money};
use facts::{
    bulk::{self, Value},
    changes::Correction,
    schema,
};

use crate::{
    Office,
    ui::{Frame, format, named},
    web::AppError,
};

/// Words, and the page of the record where it has one.
pub async fn told(office: &Office, frame: &Frame, corrections: &[&Correction]) -> Result<Vec<(String, Option<String>)>, AppError> {
    let names = names(office, corrections).await?;
    let currencies = currencies(office, corrections).await?;
    let one = |correction: &&Correction| {
        let (noun, id) = (correction.noun.as_str(), correction.record_id);
        let name = names.get(&(noun.to_owned(), id));
        let record = name.cloned().unwrap_or_else(|| id.to_string());
        let value = |text: &Option<String>, side: Side| {
            let currency = currency(correction, side, corrections, &currencies);
            value(&correction.field, text.as_deref(), &names, currency, &|at| frame.date_time(at))
        };
        let who = correction.actor_name.clone().or(correction.import_id.map(|id| format!("import {id}")));
        let words = format!(
            "{} {record}: {} from {} to {}, by {}, {}",
            format::capitalized(&named::one_of(noun)),
            field(&correction.field),
            value(&correction.old_value, Side::Before),
            value(&correction.new_value, Side::After),
            who.unwrap_or_else(|| "nobody named".into()),
            frame.date_time(Instant(correction.recorded_at))
        );
        (words, named::page_of(noun, id, name.map(String::as_str)))
    };
    Ok(corrections.iter().map(one).collect())
}

type Known = HashMap<(String, i64), String>;

/// Of the records themselves, and of those that their fields point to.
async fn names(office: &Office, corrections: &[&Correction]) -> Result<Known, AppError> {
    let mut wanted: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for correction in corrections {
        wanted.entry(&correction.noun).or_default().push(correction.record_id);
        let pointed = [&correction.old_value, &correction.new_value].into_iter().filter_map(|text| text.as_deref()?.parse::<i64>().ok());
        if let Some(table) = points_to(&correction.field) {
            wanted.entry(table).or_default().extend(pointed);
        }
    }
    let mut connection = office.facts().reader().await?;
    let mut known = Known::new();
    for (table, ids) in wanted {
        let found = facts::names::of(&mut connection, table, &ids).await?;
        known.extend(found.into_iter().filter_map(|(id, named)| Some(((table.to_owned(), id), named.name?))));
    }
    Ok(known)
}

/// The currencies that amounts have now, by the record and the field that names the currency.
pub(super) type Currencies = HashMap<(String, i64, String), Currency>;

pub(super) async fn currencies(office: &Office, corrections: &[&Correction]) -> Result<Currencies, AppError> {
    let mut wanted: BTreeMap<(&str, String), Vec<i64>> = BTreeMap::new();
    for correction in corrections {
        if let Some(field) = currency_field(&correction.field) {
            wanted.entry((&correction.noun, field)).or_default().push(correction.record_id);
        }
    }
    let mut connection = office.facts().reader().await?;
    let mut known = Currencies::new();
    for ((noun, field), ids) in wanted {
        let column = schema::table(noun).and_then(|table| Some((table, table.column(&field)?)));
        let Some((table, column)) = column else { continue };
        for (id, values) in bulk::load_by_ids(&mut connection, office.facts().engine, table, &[column], &ids).await? {
            if let Some(Value::Text(text)) = values.first()
                && let Ok(currency) = text.parse()
            {
                known.insert((noun.to_owned(), id, field.clone()), currency);
            }
        }
    }
    Ok(known)
}

/// `budget_minor` is in the currency of `budget_currency`.
fn currency_field(field: &str) -> Option<String> {
    field.strip_suffix("_minor").map(|amount| format!("{amount}_currency"))
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Before,
    After,
}

/// Of the amount before or after a correction: what its record has now, or what it had until its currency was corrected.
fn currency(correction: &Correction, side: Side, corrections: &[&Correction], now: &Currencies) -> Option<Currency> {
    let field = currency_field(&correction.field)?;
    let is_later = |other: &&&Correction| {
        let is_same_change = other.recorded_at == correction.recorded_at && side == Side::Before;
        (&other.noun, other.record_id, &other.field) == (&correction.noun, correction.record_id, &field)
            && (other.recorded_at > correction.recorded_at || is_same_change)
    };
    match corrections.iter().filter(is_later).min_by_key(|other| (other.recorded_at, other.id)) {
        Some(next) => next.old_value.as_deref()?.parse().ok(),
        None => now.get(&(correction.noun.clone(), correction.record_id, field)).copied(),
    }
}

fn points_to(field: &str) -> Option<&'static str> {
    Some(match field {
        "owner_id" | "user_id" => "users",
        "person_id" => "people",
        "company_id" => "companies",
        "campaign_id" => "campaigns",
        "content_id" => "content",
        "lead_id" => "leads",
        "deal_id" => "deals",
        _ => return None,
    })
}

/// `owner_id` is `owner`, `amount_minor` is `amount`, `custom:sales_region` is `sales region`.
fn field(key: &str) -> String {
    let short = key.strip_suffix("_id").or(key.strip_suffix("_minor")).unwrap_or(key);
    format::dimension(short)
}

fn value(field: &str, text: Option<&str>, names: &Known, currency: Option<Currency>, date: &dyn Fn(Instant) -> String) -> String {
    let Some(text) = text else { return "empty".into() };
    let number: Option<i64> = text.parse().ok();
    let is_instant = field == "at" || field.ends_with("_at");
    match (number, points_to(field)) {
        (Some(micros), _) if is_instant => date(Instant(micros)),
        (Some(id), Some(table)) => {
            let name = names.get(&(table.to_owned(), id)).cloned();
            name.unwrap_or_else(|| format!("{} {id}", named::one_of(table)))
        }
        (Some(minor), _) if field.ends_with("_minor") => match currency {
            Some(currency) => format::money(Money::new(minor, currency)),
            None => format!("{} minor units of a currency that is not recorded", format::fixed(minor as f64, 0)),
        },
        (Some(set), _) if field == "stages_recorded" => format!("{} stages", set.count_ones()),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_values_are_in_words() {
        let names = Known::from([(("users".to_owned(), 7), "Eva".to_owned())]);
        let date = |at: Instant| at.to_string()[..10].to_owned();
        for (key, text, field_words, value_words) in [
            ("ends_at", Some("1795368982538277"), "ends at", "2026-11-22"),
            ("owner_id", Some("7"), "owner", "Eva"),
            ("owner_id", Some("8"), "owner", "user 8"),
            ("amount_minor", Some("1840000"), "amount", "€18,400.00"),
            ("custom:sales_region", Some("Iberia"), "sales region", "Iberia"),
            ("employees", Some("40"), "employees", "40"),
            ("stages_recorded", Some("7"), "stages recorded", "3 stages"),
            ("industry", None, "industry", "empty"),
        ] {
            assert_eq!(field(key), field_words);
            assert_eq!(value(key, text, &names, Some(Currency::EUR), &date), value_words, "{key}");
        }
    }
    fn corrected(id: i64, record_id: i64, field: &str, old: &str, recorded_at: i64) -> Correction {
        Correction {
            id,
            noun: "deals".into(),
            record_id,
            field: field.into(),
            old_value: Some(old.into()),
            new_value: None,
            recorded_at,
            actor_id: None,
            actor_name: None,
            import_id: None,
        }
    }

    /// Deal 1 was in BRL until instant 20, then in USD until 40, and is in JPY now; deal 2 has always been in USD; deal 3 is gone.
    #[test]
    fn an_amount_is_told_in_the_currency_that_it_had() {
        let currency_of = |code: &str| code.parse::<Currency>().unwrap();
        let key = |id| ("deals".to_owned(), id, "amount_currency".to_owned());
        let now = Currencies::from([(key(1), currency_of("JPY")), (key(2), currency_of("USD"))]);
        let of_currency = [corrected(4, 1, "amount_currency", "USD", 40), corrected(2, 1, "amount_currency", "BRL", 20)];
        let corrections: Vec<&Correction> = of_currency.iter().collect();
        for (record_id, recorded_at, before, after) in [
            (1, 10, Some("BRL"), Some("BRL")),
            (1, 20, Some("BRL"), Some("USD")),
            (1, 30, Some("USD"), Some("USD")),
            (1, 40, Some("USD"), Some("JPY")),
            (1, 50, Some("JPY"), Some("JPY")),
            (2, 30, Some("USD"), Some("USD")),
            (3, 30, None, None),
        ] {
            let correction = corrected(9, record_id, "amount_minor", "500", recorded_at);
            let found = [Side::Before, Side::After].map(|side| currency(&correction, side, &corrections, &now));
            assert_eq!(found, [before, after].map(|code| code.map(currency_of)), "deal {record_id} at {recorded_at}");
        }
    }
}
