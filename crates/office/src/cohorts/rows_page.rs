//! The leads or deals behind one figure of the page.

use askama::Template;
use axum::extract::{Query, State};
use insight::cohort::{Outcome, StayRow};
use serde::Deserialize;

use super::{CohortParams, FigureParams, Rows, pages::Links, rows_of};
use crate::{
    Office,
    question::QuestionParams,
    scoreboard::{default_period, number, params::text},
    ui::{Frame, Judged, format, url},
    web::{AppError, Page},
};

const ROWS_PER_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "cohorts/rows.html")]
pub struct RowsPage {
    title: String,
    words: String,
    back: String,
    noun: &'static str,
    rows: Vec<RowShown>,
    /// Rows of a stage are all counted; those of a cohort are hits or not.
    has_hits: bool,
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
    entered: String,
    outcome: &'static str,
    class: &'static str,
    ended: String,
    days: String,
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
    Query(own): Query<CohortParams>,
    Query(figure): Query<FigureParams>,
    Query(page): Query<PageQuery>,
) -> Result<Page<RowsPage>, AppError> {
    let default = default_period(&*office.history().await?, office.clock().now());
    let offset = page.page.saturating_mul(ROWS_PER_PAGE);
    let found = rows_of(&office, &params, &own, &figure, default, (offset, ROWS_PER_PAGE)).await?;
    let noun = number::table(found.behind.table);
    let rows = rows(&office, &frame, &found, noun).await?;
    let links = Links { params: &params, own: &own };
    let last = offset as u64 + rows.len() as u64;
    let at_page = |number: usize| here(&links, &figure, number);
    Ok(Page(RowsPage {
        title: title(&found, &figure, noun),
        words: words(&found, &figure),
        back: links.to(super::pages::PATH, &[]),
        has_hits: figure.faults.is_none() && figure.stage.is_none(),
        noun,
        shown: if rows.is_empty() {
            String::new()
        } else {
            format!("{} to {} of {}", format::count(offset as u64 + 1), format::count(last), format::count(found.behind.total))
        },
        first: (page.page > 0).then(|| at_page(0)),
        next: (last < found.behind.total).then(|| at_page(page.page + 1)),
        as_of: frame.date_time(found.question.as_of),
        rows,
        judged: Judged::of(&found.question),
        frame,
    }))
}

fn here(links: &Links, figure: &FigureParams, page: usize) -> String {
    let page = page.to_string();
    let parts = [
        ("cohort", text(&figure.cohort)),
        ("age_days", text(&figure.age_days)),
        ("segment", figure.segment.as_deref()),
        ("table", text(&figure.table)),
        ("stage", text(&figure.stage)),
        ("part", text(&figure.part)),
        ("faults", text(&figure.faults)),
        ("page", Some(page.as_str()).filter(|page| *page != "0")),
    ];
    let parts: Vec<_> = parts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let address = links.to("/cohorts/rows", &parts);
    // An empty segment is what is not recorded, and an address leaves out what is empty.
    if parts.contains(&("segment", "")) { url::and(&address, "segment", "") } else { address }
}

fn title(found: &Rows, figure: &FigureParams, noun: &str) -> String {
    let count = format::count(found.behind.total);
    if figure.faults.is_some() {
        return format!("{count} leads that ended before they began");
    }
    if let Some(stage) = text(&figure.stage) {
        let name = alignment::lifecycle::Stage::parse(stage).map_or_else(|| format::spaced(stage), |stage| stage.name().to_owned());
        let part = match text(&figure.part).unwrap_or("entered") {
            "moved_on" => "that moved on from",
            "left" => "that left the funnel from",
            "open" => "still in",
            "stuck" => "stuck in",
            _ => "that entered",
        };
        return format!("{count} {noun} {part} {name}");
    }
    let of = match (text(&figure.cohort), &figure.segment) {
        (Some(cohort), _) => format!(", cohort of {}", day_of_key(cohort)),
        (_, Some(segment)) => format!(": {}", format::label(Some(segment.as_str()).filter(|label| !label.is_empty()))),
        _ => String::new(),
    };
    format!("{count} {noun} that entered {}{of}", found.ask.from.name())
}

/// `1 Jul 2025` for `2025-07-01`, as the address names a cohort.
fn day_of_key(key: &str) -> String {
    key.parse::<jiff::civil::Date>().map_or_else(|_| key.to_owned(), |day| day.strftime("%-d %b %Y").to_string())
}

fn words(found: &Rows, figure: &FigureParams) -> String {
    if figure.faults.is_some() || figure.stage.is_some() {
        return String::new();
    }
    let hits = format::count(found.behind.hits);
    let to = found.ask.to.name();
    match text(&figure.age_days) {
        Some(age) => format!("{hits} of them became {to} within {age} days."),
        None => format!("{hits} of them became {to}."),
    }
}

async fn rows(office: &Office, frame: &Frame, found: &Rows, noun: &str) -> Result<Vec<RowShown>, AppError> {
    let ids: Vec<i64> = found.behind.rows.iter().map(|row| row.id).collect();
    let names = facts::names::of(&mut *office.facts().reader().await?, noun, &ids).await?;
    let row = |row: &StayRow| {
        let named = names.get(&row.id);
        let (outcome, class) = match row.outcome {
            Outcome::Converted => ("moved on", "good"),
            Outcome::Left => ("left", "warn"),
            Outcome::Open => ("open", ""),
        };
        RowShown {
            name: named.and_then(|named| named.name.clone()).unwrap_or_else(|| format!("{noun} {}", row.id)),
            detail: named.and_then(|named| named.detail.clone()).unwrap_or_default(),
            address: format!("/{noun}/{}", row.id),
            entered: frame.date(row.entered_at),
            outcome,
            class,
            ended: row.ended_at.map(|at| frame.date(at)).unwrap_or_default(),
            days: format::fixed(row.age_days, 1),
            hit: row.hit,
        }
    };
    Ok(found.behind.rows.iter().map(row).collect())
}
