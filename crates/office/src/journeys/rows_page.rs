//! The journeys behind a row: deals first, then whoever is still under way.

use askama::Template;
use axum::extract::{Query, State};
use insight::journeys::BehindRow;

use super::{JourneyParams, OfRow, Rows, links::rows_at, pages, picture::ends, rows_of};
use crate::{
    Office,
    question::QuestionParams,
    scoreboard::{
        default_period,
        params::{Links, address},
    },
    ui::{Frame, Judged, Named, PageOf, Pager, format, named::names},
    web::{AppError, Page},
};

#[derive(Template)]
#[template(path = "journeys/rows.html")]
pub struct RowsPage {
    title: String,
    words: String,
    back: String,
    rows: Vec<RowShown>,
    pager: Pager,
    as_of: String,
    known_at: String,
    judged: Judged,
    frame: Frame,
}

struct RowShown {
    named: Named,
    outcome: &'static str,
    class: &'static str,
    began: String,
    ended: String,
    touches: String,
    revenue: String,
}

pub async fn page(
    State(office): State<Office>,
    frame: Frame,
    Query(params): Query<QuestionParams>,
    Query(own): Query<JourneyParams>,
    Query(of): Query<OfRow>,
    Query(page): Query<PageOf>,
) -> Result<Page<RowsPage>, AppError> {
    let default = default_period(&*office.history().await?, office.clock().now());
    let found = rows_of(&office, &params, &own, of.key(), default, page.slice()).await?;
    let links = Links::of(&params, own.pairs());
    let rows = shown(&office, &frame, &found, &params).await?;
    let behind = &found.behind;
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
        pager: page.pager(rows.len(), behind.total, &rows_at(&links, of.key())),
        as_of: frame.date_time(found.question.as_of),
        known_at: frame.date_time(found.question.known_at),
        judged: Judged::of(&found.question),
        rows,
        frame,
    }))
}

async fn shown(office: &Office, frame: &Frame, found: &Rows, params: &QuestionParams) -> Result<Vec<RowShown>, AppError> {
    let rows = &found.behind.rows;
    let ids = |pick: fn(&BehindRow) -> Option<i64>| rows.iter().filter_map(pick).collect();
    let deals = names(office, "deals", ids(|row| row.deal)).await?;
    let companies = names(office, "companies", ids(|row| row.company)).await?;
    let people = names(office, "people", ids(|row| row.person)).await?;
    let (reached, open) = ends(found.question.settings.goal);
    let row = |row: &BehindRow| {
        let named = match (row.deal, row.company, row.person) {
            (Some(id), ..) => Named { address: Some(address(&format!("/closed-loop/deals/{id}"), params, &[])), ..deals.of(id) },
            (None, Some(id), _) => companies.of(id),
            (None, None, id) => people.of(id.unwrap_or_default()),
        };
        RowShown {
            named,
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
