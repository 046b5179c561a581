//! All rows behind a number as a file: what each is, when it counted, and what it adds.

use std::sync::Arc;

use alignment::Currency;
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use insight::{
    answer::{EvidenceRow, KpiAnswer, Unit},
    engine::Summary,
};

use super::{OfSegment, number};
use crate::{
    Office,
    api::Slice,
    lists::csv::{self, ROWS_MAX},
    question::QuestionParams,
    report::plain,
    ui::{
        format,
        named::{names, noun},
    },
    web::{Allow, AppError, Endpoint},
};

/// Rows whose names are looked up at once.
const NAMED_AT_ONCE: usize = 1000;

const HEADER: [&str; 10] = ["id", "name", "of", "at", "counted", "hits", "n", "value", "unit", "why_not_counted"];

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::get("/scoreboard/{key}/rows.csv", Allow::SignedIn, rows_csv)]
}

/// What a row adds, which for a share of money or a coverage is money.
pub fn unit(answer: &KpiAnswer) -> Unit {
    match insight::kpi::find(answer.key).map(|kpi| kpi.summary) {
        Some(Summary::ValueShare | Summary::OutOf(_)) => Unit::Money,
        _ => answer.unit,
    }
}

/// What the file has, where it can't have all.
pub fn csv_words(total: u64) -> String {
    match total > ROWS_MAX as u64 {
        true => format!("The first {} rows as CSV", format::count(ROWS_MAX as u64)),
        false => "All rows as CSV".to_owned(),
    }
}

async fn rows_csv(
    State(office): State<Office>,
    Path(key): Path<String>,
    Query(params): Query<QuestionParams>,
    Query(of): Query<OfSegment>,
) -> Result<Response, AppError> {
    let found = number(&office, &params, &key, &of, Slice { offset: 0, limit: ROWS_MAX }).await?;
    let name = format!("{}-rows", found.answer.key);
    let (unit, currency, table) = (unit(&found.answer), found.question.currency, noun(found.evidence.table));
    let rows: Arc<[EvidenceRow]> = found.evidence.rows.into();
    // Names are looked up while the file is sent, a thousand at a time.
    csv::export(&name, &HEADER, move |cursor| {
        let (office, rows) = (office.clone(), Arc::clone(&rows));
        async move {
            let from = cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
            let to = rows.len().min(from + NAMED_AT_ONCE);
            let page = rows.get(from..to).unwrap_or_default();
            let names = names(&office, table, page.iter().map(|row| row.id).collect()).await?;
            let line = |row: &EvidenceRow| {
                let named = names.of(row.id);
                line(row, [named.name, named.detail], unit, currency)
            };
            Ok((page.iter().map(line).collect(), (to < rows.len()).then(|| to.to_string())))
        }
    })
    .await
}

/// Money in whole units of the currency with all its digits, so that the column adds up to the number.
fn line(row: &EvidenceRow, [name, of]: [String; 2], unit: Unit, currency: Currency) -> Vec<String> {
    let money = unit == Unit::Money;
    let value = row.value.map(|value| if money { value / currency.minor_per_major() as f64 } else { value });
    let unit = match unit {
        Unit::Money => currency.to_string(),
        Unit::Days => "days".into(),
        Unit::Hours => "hours".into(),
        Unit::Count | Unit::Rate | Unit::Ratio => String::new(),
    };
    vec![
        row.id.to_string(),
        name,
        of,
        plain(row.at),
        if row.hit { "yes".into() } else { "no".into() },
        row.hits.to_string(),
        row.n.to_string(),
        plain(value),
        unit,
        row.fault.unwrap_or_default().to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_what_the_row_adds() {
        let row = |value: Option<f64>, fault| EvidenceRow { id: 7, hit: value.is_some(), n: 1, hits: 1, value, at: None, fault };
        let shown = |row: &EvidenceRow, unit| line(row, ["A".into(), "B".into()], unit, Currency::EUR)[4..].join(",");
        assert_eq!(shown(&row(Some(12_629_041.0), None), Unit::Money), "yes,1,1,126290.41,EUR,");
        assert_eq!(shown(&row(Some(18.25), None), Unit::Days), "yes,1,1,18.25,days,");
        assert_eq!(shown(&row(Some(1.0), None), Unit::Rate), "yes,1,1,1,,");
        assert_eq!(shown(&row(None, Some("it has no amount")), Unit::Money), "no,1,1,,EUR,it has no amount");
    }
}
