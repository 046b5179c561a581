//! The page of one number: what it means, how it ran, its segments and the rows behind it.

use askama::Template;
use axum::extract::{OriginalUri, Path, Query, State};
use insight::{
    answer::{EvidenceRow, Unit},
    rows::Table,
};
use serde::Deserialize;

use super::{
    Number,
    beside::beside,
    number,
    params::{Controls, address, controls},
    pictures,
};
use crate::{
    Office,
    question::QuestionParams,
    questions::{looks, pages::Saving},
    ui::{
        Exhibit, Frame, Judged, Svg, charts, format,
        kpi::{self, Card},
        url,
    },
    web::{AppError, Page},
};

const ROWS_PER_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "scoreboard/number.html")]
pub struct NumberPage {
    card: Card,
    controls: Controls,
    path: String,
    trend: Exhibit,
    also: Vec<(String, String)>,
    segments: Vec<SegmentRow>,
    by: String,
    segment: Option<String>,
    rows: Vec<RowShown>,
    has_values: bool,
    noun: &'static str,
    total: String,
    shown: String,
    first: Option<String>,
    next: Option<String>,
    as_of: String,
    /// Where its change is taken apart; none where it can't be.
    why: Option<String>,
    saving: Saving,
    /// When this person looked before, and the address that says what has changed since.
    last_look: Option<(String, String)>,
    judged: Judged,
    frame: Frame,
}

struct SegmentRow {
    label: String,
    value: String,
    interval: String,
    sample: String,
    bar: Svg,
    /// The rows of the segment.
    rows: String,
}

struct RowShown {
    name: String,
    detail: String,
    address: Option<String>,
    at: String,
    value: String,
    hit: bool,
    fault: Option<&'static str>,
}

#[derive(Deserialize)]
pub struct PageQuery {
    #[serde(default)]
    page: usize,
    /// A segment's label; empty is what is not recorded.
    segment: Option<String>,
}

pub async fn page(
    State(office): State<Office>,
    frame: Frame,
    OriginalUri(uri): OriginalUri,
    Path(key): Path<String>,
    Query(params): Query<QuestionParams>,
    Query(page): Query<PageQuery>,
) -> Result<Page<NumberPage>, AppError> {
    let segment = page.segment.clone().map(|label| Some(label).filter(|label| !label.is_empty()));
    let offset = page.page.saturating_mul(ROWS_PER_PAGE);
    let found = number(&office, &params, &key, segment, offset, ROWS_PER_PAGE).await?;
    let default = super::default_period(&*office.history().await?, office.clock().now());
    let path = uri.path().to_owned();
    let rows = rows(&office, &frame, &found).await?;
    let (currency, zone) = (found.question.currency, &found.question.zone);
    let card = kpi::card(&found.answer, currency, zone, found.question.as_of, String::new());
    let at_page = |number: usize| rows_at(&path, &params, page.segment.as_deref(), number);
    let last = offset as u64 + rows.len() as u64;
    Ok(Page(NumberPage {
        trend: Exhibit::new(
            &pictures::trend(&found),
            picture::Width::Normal,
            &pictures::trend_table(&found),
            address(&format!("{path}/trend.svg"), &params, &[]),
            address(&format!("{path}/trend.csv"), &params, &[]),
        ),
        also: beside(&found.answer, currency),
        saving: Saving::of_number(&found.answer, &params),
        last_look: last_look(&office, &frame, &key, &params).await?,
        segments: segments(&found, &path, &params),
        by: found.question.by.as_ref().map(|by| by.key()).unwrap_or_default(),
        segment: page.segment.as_deref().map(|label| format::label(Some(label).filter(|label| !label.is_empty()))),
        has_values: rows.iter().any(|row| !row.value.is_empty()),
        noun: table(found.evidence.table),
        total: format::count(found.evidence.total),
        shown: if rows.is_empty() { String::new() } else { format!("{} to {}", format::count(offset as u64 + 1), format::count(last)) },
        first: (page.page > 0).then(|| at_page(0)),
        next: (last < found.evidence.total).then(|| at_page(page.page + 1)),
        as_of: frame.date_time(found.question.as_of),
        why: crate::why::pages::address_of(&key, &params),
        controls: controls(&params, &path, default),
        card,
        rows,
        path,
        judged: Judged::of(&found.question),
        frame,
    }))
}

/// A page of the rows, all of them or those of a segment; an empty segment is what is not recorded.
fn rows_at(path: &str, params: &QuestionParams, segment: Option<&str>, page: usize) -> String {
    let page = page.to_string();
    let more: Vec<_> = [("page", page.as_str())].into_iter().filter(|_| page != "0").collect();
    let address = address(path, params, &more);
    segment.map_or_else(|| address.clone(), |segment| url::and(&address, "segment", segment))
}

async fn last_look(office: &Office, frame: &Frame, key: &str, params: &QuestionParams) -> Result<Option<(String, String)>, AppError> {
    let before = looks::look(office, frame.actor.user.map(|user| user.0), key, params).await?;
    let since = |at: alignment::Instant| address(&format!("/questions/since/{key}"), params, &[("since", &at.to_string())]);
    Ok(before.map(|at| (frame.date_time(at), since(at))))
}

/// What rows are called in addresses and words.
pub fn table(table: Table) -> &'static str {
    match table {
        Table::Companies => "companies",
        Table::People => "people",
        Table::Leads => "leads",
        Table::Transitions => "transitions",
        Table::Touches => "touches",
        Table::Activities => "activities",
        Table::Deals => "deals",
        Table::DealTransitions => "deal_transitions",
        Table::Campaigns => "campaigns",
        Table::Content => "content",
        Table::Users => "users",
        Table::Spend => "spend",
        Table::Clocks => "clocks",
        Table::Waivers => "waivers",
    }
}

async fn rows(office: &Office, frame: &Frame, found: &Number) -> Result<Vec<RowShown>, AppError> {
    let noun = table(found.evidence.table);
    let ids: Vec<i64> = found.evidence.rows.iter().map(|row| row.id).collect();
    let names = facts::names::of(&mut *office.facts().reader().await?, noun, &ids).await?;
    let has_page = matches!(noun, "leads" | "deals" | "companies" | "people" | "campaigns" | "content");
    let row = |row: &EvidenceRow| {
        let named = names.get(&row.id);
        RowShown {
            name: named.and_then(|named| named.name.clone()).unwrap_or_else(|| format!("{noun} {}", row.id)),
            detail: named.and_then(|named| named.detail.clone()).unwrap_or_default(),
            address: has_page.then(|| format!("/{noun}/{}", row.id)),
            at: frame.date_or_none(row.at),
            value: row_value(found, row),
            hit: row.hit,
            fault: row.fault,
        }
    };
    Ok(found.evidence.rows.iter().map(row).collect())
}

/// What the row adds; where each row is a hit or none, that is all there is to say.
fn row_value(found: &Number, row: &EvidenceRow) -> String {
    match (found.answer.unit, row.value) {
        (Unit::Days | Unit::Hours | Unit::Money, Some(value)) => format::value(value, found.answer.unit, found.question.currency),
        // What a piece of content had a part in.
        (_, Some(value)) if found.evidence.table == Table::Content && value > 0.0 => format::money_short(value, found.question.currency),
        _ => String::new(),
    }
}

fn segments(found: &Number, path: &str, params: &QuestionParams) -> Vec<SegmentRow> {
    let currency = found.question.currency;
    let values = found.answer.segments.iter().filter_map(|segment| segment.measure.value);
    let most = values.fold(0.0_f64, |most, value| most.max(value.abs()));
    let row = |segment: &insight::answer::Segment| {
        let measure = &segment.measure;
        let interval = measure.interval.map(|interval| format::interval(interval, found.answer.unit, currency));
        SegmentRow {
            label: format::label(segment.label.as_deref()),
            value: kpi::shown(&found.answer, measure, currency),
            interval: interval.unwrap_or_default(),
            sample: kpi::sample(&found.answer, measure),
            bar: charts::bar(
                measure.value.map_or(0.0, |value| if most > 0.0 { value.abs() / most } else { 0.0 }),
                kpi::team(found.answer.team),
            ),
            rows: rows_at(path, params, Some(segment.label.as_deref().unwrap_or("")), 0),
        }
    };
    found.answer.segments.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_of_what_is_not_recorded_is_of_it() {
        let params = QuestionParams { by: Some("source".into()), ..QuestionParams::default() };
        for (segment, page, expected) in [
            (None, 0, "/scoreboard/leads?by=source"),
            (None, 1, "/scoreboard/leads?by=source&page=1"),
            (Some("Web & co"), 0, "/scoreboard/leads?by=source&segment=Web%20%26%20co"),
            (Some(""), 1, "/scoreboard/leads?by=source&page=1&segment="),
        ] {
            assert_eq!(rows_at("/scoreboard/leads", &params, segment, page), expected);
        }
    }
}
