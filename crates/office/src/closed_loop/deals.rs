//! The won deals behind one row of one model.

use askama::Template;
use axum::extract::{Query, State};
use insight::{
    attribution::{self, RowOf},
    question::{Dimension, Goal, Question},
};
use serde::Deserialize;

use super::{deals_of, one_model};
use crate::{
    Office,
    question::{QuestionParams, ask},
    scoreboard::{
        aside, default_period,
        params::{address, text},
    },
    ui::{Frame, format},
    web::{AppError, Page},
};

const ROWS_PER_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "closed_loop/deals.html")]
pub struct DealsPage {
    title: String,
    model: &'static str,
    by: String,
    deals: &'static str,
    /// The head of the column of instants.
    when: &'static str,
    back: String,
    rows: Vec<DealRow>,
    conversions: String,
    revenue: String,
    shown: String,
    first: Option<String>,
    next: Option<String>,
    frame: Frame,
}

struct DealRow {
    name: String,
    company: String,
    address: String,
    won: String,
    share: String,
    revenue: String,
    touches: String,
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
    Query(query): Query<RowQuery>,
) -> Result<Page<DealsPage>, AppError> {
    let default = default_period(&*office.history().await?, office.clock().now());
    let (history, question) = ask(&office, &one_model(&params), default).await?;
    let by = question.by.clone().unwrap_or(Dimension::Channel);
    let question = Question { by: Some(by.clone()), ..question };
    let model = attribution::find(&question.settings.model).map_err(|error| AppError::Refused(error.to_string()))?;
    let offset = query.page.saturating_mul(ROWS_PER_PAGE);
    let row_key = query.row.clone();
    check(&row_key)?;
    let found = aside(move || attribution::deals_behind(&history, &question, model, row_of(&row_key), offset, ROWS_PER_PAGE)).await?;
    let ids: Vec<i64> = found.rows.iter().map(|row| row.deal).collect();
    let names = facts::names::of(&mut *office.facts().reader().await?, "deals", &ids).await?;
    let goal = goal_of(&params);
    let title = title(&office, &by, &query.row, goal).await?;
    let row = |share: &attribution::DealShare| {
        let named = names.get(&share.deal);
        DealRow {
            name: named.and_then(|named| named.name.clone()).unwrap_or_else(|| format!("Deal {}", share.deal)),
            company: named.and_then(|named| named.detail.clone()).unwrap_or_default(),
            address: address(&format!("/closed-loop/deals/{}", share.deal), &params, &[]),
            won: frame.date(share.won_at),
            share: format::rate(share.conversions),
            revenue: format::money(share.revenue),
            touches: format!("{} of {}", share.touches, share.journey_touches),
        }
    };
    let rows: Vec<DealRow> = found.rows.iter().map(row).collect();
    let last = offset as u64 + rows.len() as u64;
    let at_page = |number: usize| address("/closed-loop/deals", &params, &[("row", &query.row), ("page", &number.to_string())]);
    Ok(Page(DealsPage {
        title,
        model: model.name,
        by: by.key(),
        deals: deals_of(goal),
        when: if goal == Goal::Pipeline { "Opened" } else { "Won" },
        back: address(super::pages::PATH, &params, &[]),
        conversions: format::decimal(found.conversions),
        revenue: format::money(found.revenue),
        shown: format!("{} of {} deals", format::count(last), format::count(found.total)),
        first: (query.page > 0).then(|| at_page(0)),
        next: (last < found.total).then(|| at_page(query.page + 1)),
        rows,
        frame,
    }))
}

/// The question was asked with it, so it is one.
fn goal_of(params: &QuestionParams) -> Goal {
    text(&params.goal).and_then(Goal::parse).unwrap_or_default()
}

fn check(row: &str) -> Result<(), AppError> {
    let known = ["", "total", "unattributed", "none"].contains(&row) || row.starts_with("label:");
    let by_id = row.strip_prefix("id:").is_some_and(|id| id.parse::<i64>().is_ok());
    if known || by_id { Ok(()) } else { Err(AppError::refused("row: write label:..., id:..., none, unattributed or total")) }
}

fn row_of(row: &str) -> RowOf<'_> {
    if let Some(label) = row.strip_prefix("label:") {
        return RowOf::Label(Some(label));
    }
    if let Some(id) = row.strip_prefix("id:").and_then(|id| id.parse().ok()) {
        return RowOf::Id(id);
    }
    match row {
        "none" => RowOf::Label(None),
        "unattributed" => RowOf::Unattributed,
        _ => RowOf::Total,
    }
}

async fn title(office: &Office, by: &Dimension, row: &str, goal: Goal) -> Result<String, AppError> {
    if let Some(label) = row.strip_prefix("label:") {
        return Ok(label.to_owned());
    }
    if let Some(id) = row.strip_prefix("id:").and_then(|id| id.parse::<i64>().ok()) {
        let table = match by {
            Dimension::Campaign => "campaigns",
            Dimension::Owner => "users",
            _ => "content",
        };
        let names = facts::names::of(&mut *office.facts().reader().await?, table, &[id]).await?;
        return Ok(names.get(&id).and_then(|named| named.name.clone()).unwrap_or_else(|| format!("{} {id}", by.key())));
    }
    Ok(match row {
        "none" => format!("{}: {}", by.key(), format::NOT_RECORDED),
        "unattributed" => "No touch inside the lookback".into(),
        _ => format!("All {}", deals_of(goal)),
    })
}
