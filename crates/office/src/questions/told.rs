//! Corrections in words: who changed which field of which record, with names for ids and dates for instants.

use std::collections::{BTreeMap, HashMap};

use alignment::{Currency, Instant};
use facts::changes::Correction;

use crate::{
    Office,
    ui::{Frame, format, named},
    web::AppError,
};

/// Words, and the page of the record where it has one.
pub async fn told(
    office: &Office,
    frame: &Frame,
    corrections: &[&Correction],
    currency: Currency,
) -> Result<Vec<(String, Option<String>)>, AppError> {
    let names = names(office, corrections).await?;
    let one = |correction: &&Correction| {
        let (noun, id) = (correction.noun.as_str(), correction.record_id);
        let name = names.get(&(noun.to_owned(), id));
        let record = name.cloned().unwrap_or_else(|| id.to_string());
        let value = |text: &Option<String>| value(&correction.field, text.as_deref(), &names, currency, &|at| frame.date_time(at));
        let who = correction.actor_name.clone().or(correction.import_id.map(|id| format!("import {id}")));
        let words = format!(
            "{} {record}: {} from {} to {}, by {}, {}",
            format::capitalized(&named::one_of(noun)),
            field(&correction.field),
            value(&correction.old_value),
            value(&correction.new_value),
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

fn value(field: &str, text: Option<&str>, names: &Known, currency: Currency, date: &dyn Fn(Instant) -> String) -> String {
    let Some(text) = text else { return "empty".into() };
    let number: Option<i64> = text.parse().ok();
    let is_instant = field == "at" || field.ends_with("_at");
    match (number, points_to(field)) {
        (Some(micros), _) if is_instant => date(Instant(micros)),
        (Some(id), Some(table)) => {
            let name = names.get(&(table.to_owned(), id)).cloned();
            name.unwrap_or_else(|| format!("{} {id}", named::one_of(table)))
        }
        // Its currency is a field of its own.
        (Some(minor), _) if field.ends_with("_minor") => format::fixed(minor as f64 / currency.minor_per_major() as f64, 2),
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
            ("amount_minor", Some("1840000"), "amount", "18,400.00"),
            ("custom:sales_region", Some("Iberia"), "sales region", "Iberia"),
            ("employees", Some("40"), "employees", "40"),
            ("stages_recorded", Some("7"), "stages recorded", "3 stages"),
            ("industry", None, "industry", "empty"),
        ] {
            assert_eq!(field(key), field_words);
            assert_eq!(value(key, text, &names, Currency::EUR, &date), value_words, "{key}");
        }
    }
}
