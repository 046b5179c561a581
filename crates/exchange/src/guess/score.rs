//! How well columns fit fields: by their names first, then by what stands in them.

use std::sync::LazyLock;

use alignment::intake::Noun;

use super::{
    ColumnGuess,
    choice::{Choice, choices},
};
use crate::{
    cells::Cells,
    fields::FieldKind,
    value::{self, DateFormats, Decimal},
};

/// Below this a column is better left to the person.
const CONFIDENCE_MIN: f64 = 0.5;

/// Formats that are tried where dates are not ISO; day first before month first, and the values decide.
const DATE_FORMATS: [&str; 11] = [
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d.%m.%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M %p",
    "%b %d, %Y",
    "%d %b %Y",
];

static ANY_DATE: LazyLock<Option<DateFormats>> = LazyLock::new(|| DateFormats::new("UTC", &DATE_FORMATS.map(str::to_owned)).ok());

/// How well a whole file fits a noun: the sum over its columns, less where what the noun needs is missing.
pub fn noun(noun: Noun, header: &[String], rows: &[Cells]) -> f64 {
    let all = choices(noun);
    let found = assign(noun, header, rows);
    let worth = |(field, confidence): &(&'static str, f64)| if field.contains('.') { confidence * 0.5 } else { *confidence };
    let sum: f64 = found.iter().flatten().map(worth).sum();
    let has = |wanted: &str| found.iter().flatten().any(|(field, _)| *field == wanted || field.split('.').next() == Some(wanted));
    let needs = all.iter().filter(|choice| choice.required && choice.field != "kind");
    let complete = needs.map(|choice| choice.field.split('.').next().unwrap_or(choice.field)).all(has);
    let own_words = header.iter().filter(|name| own_words(noun).iter().any(|word| plain(name).contains(word))).count().min(4) as f64;
    (sum + own_words) * if complete { 1.0 } else { 0.3 }
}

/// Words in column names that speak for a noun.
fn own_words(noun: Noun) -> &'static [&'static str] {
    match noun {
        Noun::User => &["username", "is active", "profile id", "user id"],
        Noun::Campaign => &["campaign id", "campaign name", "program", "budget", "start date"],
        Noun::Spend => &["spend", "cost", "impressions", "clicks"],
        Noun::Content => &["content", "asset", "page title"],
        Noun::Company => {
            &["company id", "company name", "company domain", "number of employees", "account id", "annual revenue", "industry"]
        }
        Noun::Person => &["contact id", "first name", "job title", "phone"],
        Noun::Lead => &["lead", "mql", "lifecycle", "origin"],
        Noun::Touch => &["touch", "page", "utm", "timestamp"],
        Noun::Deal => &["deal", "opportunity", "close date", "won", "pipeline"],
        Noun::DealLine => &["line item", "quantity", "product", "order item", "unit price"],
        Noun::Activity => &["activity", "engagement", "outcome", "call", "task", "subject"],
    }
}

/// The field of each column: the best pairs first, each field once.
pub fn assign(noun: Noun, header: &[String], rows: &[Cells]) -> Vec<Option<(&'static str, f64)>> {
    let all = choices(noun);
    let mut pairs: Vec<(f64, usize, &'static str)> = Vec::new();
    for (index, column) in header.iter().enumerate() {
        let name = plain(column);
        for choice in &all {
            let named = by_name(&name, choice, noun);
            // Reading values is slow: only where the name lets the pair count at all.
            let score = if named < CONFIDENCE_MIN { 0.0 } else { named * by_values(index, rows, choice.kind) };
            if score >= CONFIDENCE_MIN {
                pairs.push((score.min(1.0), index, choice.field));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut found: Vec<Option<(&'static str, f64)>> = vec![None; header.len()];
    for (score, index, field) in pairs {
        let taken = found.iter().flatten().any(|(known, _)| *known == field);
        if found[index].is_none() && !taken {
            found[index] = Some((field, score));
        }
    }
    found
}

/// A column's name in the form of the synonyms: `property_hs_createdate` is `createdate`, `Owner-ID` is `owner id`.
fn plain(column: &str) -> String {
    let spaced: String = column.chars().map(|c| if matches!(c, '_' | '-' | '.') { ' ' } else { c }).collect();
    let words = spaced.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    words.strip_prefix("property ").map(str::to_owned).unwrap_or(words)
}

fn by_name(name: &str, choice: &Choice, noun: Noun) -> f64 {
    let own_key = choice.field.replace('_', " ");
    if name == own_key || name == choice.field || choice.field.split_once('.').is_some_and(|(stem, part)| name == format!("{stem} {part}"))
    {
        return 1.0;
    }
    // `deal name` in a file of deals is the name.
    if name.strip_prefix(noun.key()).is_some_and(|rest| rest.trim_start() == own_key) {
        return 0.98;
    }
    let one = |(place, synonym): (usize, &&str)| {
        if name == *synonym {
            return 0.97 - place as f64 * 0.01;
        }
        let near = strsim::jaro_winkler(name, synonym);
        if near > 0.93 { near * 0.85 } else { 0.0 }
    };
    // A field beside the noun's own gives way to it where both have the same words.
    let beside = if choice.field.contains('.') { 0.96 } else { 1.0 };
    choice.synonyms.iter().enumerate().map(one).fold(0.0, f64::max) * beside
}

/// A factor: above 1 where the values are plainly of the kind, far below where they are plainly not.
fn by_values(index: usize, rows: &[Cells], kind: FieldKind) -> f64 {
    let filled: Vec<&str> = rows.iter().filter_map(|row| row.get(index)).map(str::trim).filter(|text| !text.is_empty()).take(50).collect();
    if filled.is_empty() {
        return 1.0;
    }
    let money =
        |text: &str| [Decimal::Point, Decimal::Comma].iter().any(|decimal| value::amount(text, alignment::Currency::EUR, *decimal).is_ok());
    let fits = |text: &&&str| match kind {
        FieldKind::Email => value::email(text).is_ok(),
        FieldKind::Domain => value::domain(text).is_ok(),
        FieldKind::Instant => ANY_DATE.as_ref().is_some_and(|dates| dates.instant(text).is_ok()),
        FieldKind::Money | FieldKind::Integer => money(text),
        FieldKind::Currency => text.parse::<alignment::Currency>().is_ok(),
        FieldKind::Reference(_, crate::fields::By::Email) => value::email(text).is_ok(),
        FieldKind::Reference(_, crate::fields::By::Domain) => value::domain(text).is_ok(),
        // A name column does not hold addresses.
        FieldKind::Reference(_, crate::fields::By::Name) | FieldKind::Text => value::email(text).is_err(),
        _ => true,
    };
    let share = filled.iter().filter(fits).count() as f64 / filled.len() as f64;
    match kind {
        FieldKind::Email | FieldKind::Instant if share > 0.9 => 1.02,
        _ if share > 0.5 => 1.0,
        _ => 0.2,
    }
}

/// The formats that the values of date columns need.
pub fn date_formats(noun: Noun, columns: &[ColumnGuess], rows: &[Cells]) -> Vec<String> {
    let values = values_of(noun, columns, rows, |kind| kind == FieldKind::Instant);
    let Ok(iso) = DateFormats::new("UTC", &[]) else { return Vec::new() };
    let mut others: Vec<&str> = values.into_iter().filter(|text| iso.instant(text).is_err()).collect();
    let mut formats = Vec::new();
    while !others.is_empty() && formats.len() < 3 {
        let read = |format: &str| DateFormats::new("UTC", &[format.to_owned()]).ok();
        let count = |format: &&str| read(format).map_or(0, |dates| others.iter().filter(|text| dates.instant(text).is_ok()).count());
        // The first of equals, so that what both orders can read is day first.
        let best = DATE_FORMATS.iter().rev().max_by_key(|format| count(format)).filter(|format| count(format) > 0);
        let Some((format, dates)) = best.and_then(|format| Some((*format, read(format)?))) else { break };
        others.retain(|text| dates.instant(text).is_err());
        formats.push(format.to_owned());
    }
    formats
}

/// Comma where amounts can only be read so.
pub fn decimal(noun: Noun, columns: &[ColumnGuess], rows: &[Cells]) -> Decimal {
    let values = values_of(noun, columns, rows, |kind| matches!(kind, FieldKind::Money | FieldKind::Integer));
    let read = |decimal| values.iter().filter(|text| value::amount(text, alignment::Currency::EUR, decimal).is_ok()).count();
    if read(Decimal::Comma) > read(Decimal::Point) { Decimal::Comma } else { Decimal::Point }
}

fn values_of<'a>(noun: Noun, columns: &[ColumnGuess], rows: &'a [Cells], wanted: impl Fn(FieldKind) -> bool) -> Vec<&'a str> {
    let all = choices(noun);
    let kind = |field: &str| all.iter().find(|choice| choice.field == field).map(|choice| choice.kind);
    let of_kind = |column: &ColumnGuess| column.field.and_then(kind).is_some_and(&wanted);
    let indexes: Vec<usize> = (0..columns.len()).filter(|index| of_kind(&columns[*index])).collect();
    let cells = rows.iter().flat_map(|row| indexes.iter().filter_map(|index| row.get(*index)));
    cells.map(str::trim).filter(|text| !text.is_empty()).collect()
}
