//! The journeys behind a row: deals first, then whoever is still under way.

use askama::Template;
use axum::extract::{Query, State};
use insight::journeys::BehindRow;
use serde::Deserialize;

use super::{JourneyParams, Rows, links::Links, pages, picture::ends, rows_of};
use crate::{
    Office,
    question::QuestionParams,
    scoreboard::{default_period, params::address},
    ui::{Frame, format},
    web::{AppError, Page},
};

const ROWS_PER_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "journeys/rows.html")]
pub struct RowsPage {
    title: String,
    words: String,
    back: String,
    rows: Vec<RowShown>,
    shown: String,
    first: Option<String>,
    next: Option<String>,
    frame: Frame,
}

struct RowShown {
    name: String,
    detail: String,
    address: String,
    outcome: &'static str,
    class: &'static str,
    began: String,
    ended: String,
    touches: String,
    revenue: String,
}

#[derive(Deserialize)]
pub struct RowQuery {
    #[serde(default)]
    row: String,
    #[serde(default)]
    page: usize,
}

pub async fn page(
    State(office): State<Office>,
    frame: Frame,
    Query(params): Query<QuestionParams>,
    Query(own): Query<JourneyParams>,
    Query(query): Query<RowQuery>,
) -> Result<Page<RowsPage>, AppError> {
    let default = default_period(&*office.history().await?, office.clock().now());
    let row = if query.row.is_empty() { "total" } else { query.row.as_str() };
    let offset = query.page.saturating_mul(ROWS_PER_PAGE);
    let found = rows_of(&office, &params, &own, row, default, (offset, ROWS_PER_PAGE)).await?;
    let links = Links { params: &params, own: &own };
    let rows = shown(&office, &frame, &found, &params).await?;
    let behind = &found.behind;
    let last = offset as u64 + rows.len() as u64;
    let at_page = |number: usize| links.to("/journeys/rows", &[("row", row), ("page", &number.to_string())]);
    let goal = found.question.settings.goal;
    Ok(Page(RowsPage {
        title: format::plural(behind.total, "journey", "journeys"),
        words: format!(
            "{} ended with “{}”, with {} in all; the others are not there, or not there yet.",
            format::count(behind.conversions),
            ends(goal).0.to_lowercase(),
            format::money_brief(behind.revenue)
        ),
        back: links.to(pages::PATH, &[]),
        shown: if rows.is_empty() {
            String::new()
        } else {
            format!("{} to {} of {}", format::count(offset as u64 + 1), format::count(last), format::count(behind.total))
        },
        first: (query.page > 0).then(|| at_page(0)),
        next: (last < behind.total).then(|| at_page(query.page + 1)),
        rows,
        frame,
    }))
}

async fn shown(office: &Office, frame: &Frame, found: &Rows, params: &QuestionParams) -> Result<Vec<RowShown>, AppError> {
    let rows = &found.behind.rows;
    let ids = |pick: fn(&BehindRow) -> Option<i64>| rows.iter().filter_map(pick).collect::<Vec<_>>();
    let mut record = office.facts().reader().await?;
    let deals = facts::names::of(&mut record, "deals", &ids(|row| row.deal)).await?;
    let companies = facts::names::of(&mut record, "companies", &ids(|row| row.company)).await?;
    let people = facts::names::of(&mut record, "people", &ids(|row| row.person)).await?;
    let (reached, open) = ends(found.question.settings.goal);
    let row = |row: &BehindRow| {
        let (names, id, noun, address) = match (row.deal, row.company, row.person) {
            (Some(id), ..) => (&deals, id, "Deal", address(&format!("/closed-loop/deals/{id}"), params, &[])),
            (None, Some(id), _) => (&companies, id, "Company", format!("/companies/{id}")),
            (None, None, id) => {
                let id = id.unwrap_or_default();
                (&people, id, "Person", format!("/people/{id}"))
            }
        };
        let named = names.get(&id);
        RowShown {
            name: named.and_then(|named| named.name.clone()).unwrap_or_else(|| format!("{noun} {id}")),
            detail: named.and_then(|named| named.detail.clone()).unwrap_or_default(),
            address,
            outcome: if row.deal.is_some() { reached } else { open },
            class: if row.deal.is_some() { "good" } else { "" },
            began: frame.date(row.first_at),
            ended: frame.date(row.at),
            touches: format::count(row.touches),
            revenue: if row.deal.is_some() { format::money_brief(row.revenue) } else { String::new() },
        }
    };
    Ok(rows.iter().map(row).collect())
}
