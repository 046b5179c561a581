//! The leads of one version, and what each brought.

use askama::Template;
use axum::extract::{Path, Query, State};
use insight::{
    answer::EvidenceRow,
    experiment::{Outcome, Version},
};
use serde::Deserialize;

use super::rows_of;
use crate::{
    Office,
    question::QuestionParams,
    scoreboard::params::address,
    ui::{Frame, Judged, format, url},
    web::{AppError, Page},
};

const ROWS_PER_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "experiments/rows.html")]
pub struct RowsPage {
    id: i64,
    name: String,
    version: String,
    number: &'static str,
    rows: Vec<RowShown>,
    shown: String,
    first: Option<String>,
    next: Option<String>,
    as_of: String,
    judged: Judged,
    frame: Frame,
}

struct RowShown {
    id: i64,
    name: String,
    detail: String,
    opened: String,
    value: String,
    hit: bool,
    fault: Option<&'static str>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    version: Option<String>,
    number: Option<String>,
    page: usize,
}

pub async fn page(
    State(office): State<Office>,
    frame: Frame,
    Path(id): Path<i64>,
    Query(params): Query<QuestionParams>,
    Query(wanted): Query<Wanted>,
) -> Result<Page<RowsPage>, AppError> {
    let letter = wanted.version.as_deref().unwrap_or("a");
    let version = super::version(letter)?;
    let outcome = super::outcome(wanted.number.as_deref().unwrap_or("sql_rate"))?;
    let offset = wanted.page.saturating_mul(ROWS_PER_PAGE);
    let (row, question, evidence) = rows_of(&office, &params, id, version, outcome, (offset, ROWS_PER_PAGE)).await?;
    let ids: Vec<i64> = evidence.rows.iter().map(|row| row.id).collect();
    let names = facts::names::of(&mut *office.facts().reader().await?, "leads", &ids).await?;
    let shown = |row: &EvidenceRow| {
        let named = names.get(&row.id);
        let money = row.value.filter(|_| outcome == Outcome::Revenue).map(|minor| format::money_short(minor, question.currency));
        RowShown {
            id: row.id,
            name: named.and_then(|named| named.name.clone()).unwrap_or_else(|| format!("lead {}", row.id)),
            detail: named.and_then(|named| named.detail.clone()).unwrap_or_default(),
            opened: frame.date_or_none(row.at),
            value: money.unwrap_or_default(),
            hit: row.hit,
            fault: row.fault,
        }
    };
    let rows: Vec<RowShown> = evidence.rows.iter().map(shown).collect();
    let last = (offset + rows.len()) as u64;
    let here = address(&format!("/experiments/{id}/rows"), &params, &[("version", letter), ("number", outcome.key())]);
    let at_page = |page: usize| url::with(&here, [("page", page.to_string().as_str())].into_iter().filter(|_| page > 0));
    Ok(Page(RowsPage {
        id,
        version: if version == Version::A { format!("A: {}", row.a) } else { format!("B: {}", row.b) },
        name: row.name,
        number: outcome.name(),
        shown: if rows.is_empty() {
            String::new()
        } else {
            format!("{} to {} of {}", format::count(offset as u64 + 1), format::count(last), format::count(evidence.total))
        },
        first: (wanted.page > 0).then(|| at_page(0)),
        next: (last < evidence.total).then(|| at_page(wanted.page + 1)),
        as_of: frame.date_time(question.as_of),
        rows,
        judged: Judged::of(&question),
        frame,
    }))
}
