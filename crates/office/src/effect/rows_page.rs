//! The leads or deals behind one figure, before or after a change.

use askama::Template;
use axum::extract::{Query, State};
use insight::answer::{EvidenceRow, Unit};
use serde::Deserialize;

use super::{EffectParams, FigureParams, pages::link, report, rows_of};
use crate::{
    Office,
    question::QuestionParams,
    scoreboard::{number, params::text},
    ui::{Frame, Judged, format},
    web::{AppError, Page},
};

const ROWS_PER_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "effect/rows.html")]
pub struct RowsPage {
    title: String,
    words: &'static str,
    back: String,
    rows: Vec<RowShown>,
    shown: String,
    first: Option<String>,
    next: Option<String>,
    as_of: String,
    judged: Judged,
    frame: Frame,
}

struct RowShown {
    name: String,
    detail: String,
    address: String,
    at: String,
    value: String,
    hit: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PageQuery {
    page: usize,
}

pub async fn page(
    State(office): State<Office>,
    frame: Frame,
    Query(params): Query<QuestionParams>,
    Query(own): Query<EffectParams>,
    Query(wanted): Query<FigureParams>,
    Query(PageQuery { page }): Query<PageQuery>,
) -> Result<Page<RowsPage>, AppError> {
    let offset = page.saturating_mul(ROWS_PER_PAGE);
    let (question, figure, evidence) = rows_of(&office, &params, &own, &wanted, (offset, ROWS_PER_PAGE)).await?;
    let noun = number::table(evidence.table);
    let ids: Vec<i64> = evidence.rows.iter().map(|row| row.id).collect();
    let names = facts::names::of(&mut *office.facts().reader().await?, noun, &ids).await?;
    let is_rate = figure.number.unit == Unit::Rate;
    let shown = |row: &EvidenceRow| {
        let named = names.get(&row.id);
        RowShown {
            name: named.and_then(|named| named.name.clone()).unwrap_or_else(|| format!("{noun} {}", row.id)),
            detail: named.and_then(|named| named.detail.clone()).unwrap_or_default(),
            address: format!("/{noun}/{}", row.id),
            at: frame.date_or_none(row.at),
            value: row
                .value
                .filter(|_| !is_rate)
                .map(|value| format::value(value, figure.number.unit, question.currency))
                .unwrap_or_default(),
            hit: row.hit,
        }
    };
    let rows: Vec<RowShown> = evidence.rows.iter().map(shown).collect();
    let last = (offset + rows.len()) as u64;
    let here = [("number", text(&wanted.number)), ("side", text(&wanted.side)), ("span", text(&wanted.span))];
    let here: Vec<(&str, &str)> = here.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let at_page = |page: usize| {
        let page = page.to_string();
        let more: Vec<(&str, &str)> =
            here.iter().copied().chain([("page", page.as_str())].into_iter().filter(|(_, page)| *page != "0")).collect();
        link("/effect/rows", &params, &own, &more)
    };
    let side = if figure.after { "after" } else { "before" };
    let ago = if figure.year_ago { ", a year earlier" } else { "" };
    Ok(Page(RowsPage {
        title: format!(
            "{}, {side} {}{ago}: {} {noun}",
            figure.number.name,
            format::iso_date(figure.change.at, &question.zone),
            format::count(evidence.total)
        ),
        words: figure.number.words,
        back: link("/effect", &params, &own, &[]),
        shown: report::shown(offset, last, evidence.total),
        first: (page > 0).then(|| at_page(0)),
        next: (last < evidence.total).then(|| at_page(page + 1)),
        as_of: frame.date_time(question.as_of),
        rows,
        judged: Judged::of(&question),
        frame,
    }))
}
