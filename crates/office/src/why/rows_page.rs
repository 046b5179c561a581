//! The rows behind one side of a change.

use askama::Template;
use axum::extract::{Query, State};
use insight::answer::{EvidenceRow, Unit};
use serde::Deserialize;

use super::{Rows, RowsParams, WhyParams, rows as rows_of, words};
use crate::{
    Office,
    question::QuestionParams,
    scoreboard::{
        number,
        params::{address, text},
    },
    ui::{Frame, Judged, format, url},
    web::{AppError, Page},
};

const ROWS_PER_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "why/rows.html")]
pub struct RowsPage {
    title: String,
    words: String,
    back: String,
    noun: &'static str,
    rows: Vec<RowShown>,
    has_values: bool,
    shown: String,
    first: Option<String>,
    next: Option<String>,
    as_of: String,
    known_at: String,
    judged: Judged,
    frame: Frame,
}

struct RowShown {
    name: String,
    detail: String,
    address: Option<String>,
    at: String,
    value: String,
    hit: bool,
}

#[derive(Deserialize)]
pub struct PageQuery {
    #[serde(default)]
    page: usize,
}

pub async fn page(
    State(office): State<Office>,
    frame: Frame,
    Query(params): Query<QuestionParams>,
    Query(own): Query<WhyParams>,
    Query(of): Query<RowsParams>,
    Query(page): Query<PageQuery>,
) -> Result<Page<RowsPage>, AppError> {
    let offset = page.page.saturating_mul(ROWS_PER_PAGE);
    let found = rows_of(&office, &params, &own, &of, (offset, ROWS_PER_PAGE)).await?;
    let noun = number::table(found.evidence.table);
    let rows = rows(&office, &frame, &found, noun).await?;
    let segment = segment_name(&office, &own, &of).await?;
    let last = offset as u64 + rows.len() as u64;
    let total = found.evidence.total;
    let at_page = |number: usize| here(&params, &own, &of, number);
    Ok(Page(RowsPage {
        title: title(&found, &own, segment.as_deref(), of.side.as_deref(), noun),
        words: format!("Counted in {} of {}.", found.kpi.name, words::period(found.period, &frame.zone)),
        back: back(&params, &own),
        noun,
        has_values: rows.iter().any(|row| !row.value.is_empty()),
        shown: if rows.is_empty() {
            String::new()
        } else {
            format!("{} to {} of {}", format::count(offset as u64 + 1), format::count(last), format::count(total))
        },
        first: (page.page > 0).then(|| at_page(0)),
        next: (last < total).then(|| at_page(page.page + 1)),
        as_of: frame.date_time(found.question.as_of),
        known_at: frame.date_time(found.question.known_at),
        rows,
        judged: Judged::of(&found.question),
        frame,
    }))
}

/// The address names a segment by its id where it is a record.
async fn segment_name(office: &Office, own: &WhyParams, of: &RowsParams) -> Result<Option<String>, AppError> {
    let Some(segment) = of.segment.clone() else { return Ok(None) };
    let table = match text(&own.by).unwrap_or_default() {
        "campaign" => "campaigns",
        "content" | "sent_content" => "content",
        "owner" => "users",
        _ => return Ok(Some(segment)),
    };
    let Ok(id) = segment.parse::<i64>() else { return Ok(Some(segment)) };
    let named = facts::names::of(&mut *office.facts().reader().await?, table, &[id]).await?.remove(&id);
    Ok(named.and_then(|named| named.name).or(Some(segment)))
}

fn title(found: &Rows, own: &WhyParams, segment: Option<&str>, side: Option<&str>, noun: &str) -> String {
    let count = format::count(found.evidence.total);
    let side = match side.unwrap_or("now") {
        "same_age" => ", at the same age",
        _ => "",
    };
    let segment = segment.map(|label| {
        let label = if label.is_empty() { format::NOT_RECORDED } else { label };
        format!(" of {} {label}", format::spaced(text(&own.by).unwrap_or_default().trim_start_matches("custom:")))
    });
    format!("{count} {noun}{}{side}", segment.unwrap_or_default())
}

fn back(params: &QuestionParams, own: &WhyParams) -> String {
    let own = [("number", text(&own.number)), ("against", text(&own.against)), ("by", text(&own.by).filter(|by| *by != "sent_content"))];
    let own: Vec<_> = own.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    address(super::pages::PATH, &QuestionParams { by: None, ..params.clone() }, &own)
}

fn here(params: &QuestionParams, own: &WhyParams, of: &RowsParams, page: usize) -> String {
    let page = page.to_string();
    let parts = [
        ("number", text(&own.number)),
        ("against", text(&own.against)),
        ("by", text(&own.by)),
        ("side", text(&of.side)),
        ("segment", of.segment.as_deref()),
        ("page", Some(page.as_str()).filter(|page| *page != "0")),
    ];
    let parts: Vec<_> = parts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let address = address("/why/rows", &QuestionParams { by: None, ..params.clone() }, &parts);
    // An empty segment is what is not recorded, and an address leaves out what is empty.
    if parts.contains(&("segment", "")) { url::and(&address, "segment", "") } else { address }
}

async fn rows(office: &Office, frame: &Frame, found: &Rows, noun: &str) -> Result<Vec<RowShown>, AppError> {
    let ids: Vec<i64> = found.evidence.rows.iter().map(|row| row.id).collect();
    let names = facts::names::of(&mut *office.facts().reader().await?, noun, &ids).await?;
    let value = |row: &EvidenceRow| match (found.kpi.unit, row.value) {
        (Unit::Days | Unit::Hours | Unit::Money, Some(value)) => format::value(value, found.kpi.unit, found.question.currency),
        _ => String::new(),
    };
    let row = |row: &EvidenceRow| {
        let named = names.get(&row.id);
        RowShown {
            name: named.and_then(|named| named.name.clone()).unwrap_or_else(|| format!("{noun} {}", row.id)),
            detail: named.and_then(|named| named.detail.clone()).unwrap_or_default(),
            address: matches!(noun, "leads" | "deals").then(|| format!("/{noun}/{}", row.id)),
            at: frame.date_or_none(row.at),
            value: value(row),
            hit: row.hit,
        }
    };
    Ok(found.evidence.rows.iter().map(row).collect())
}
