//! The won deals behind one row of one model.

use alignment::Money;
use askama::Template;
use axum::extract::{Query, State};
use insight::{
    attribution::{self, RowOf},
    question::{Dimension, Goal, Question},
};
use serde::Deserialize;

use super::{deals_of, one_deal_of, one_model};
use crate::{
    Office,
    question::{QuestionParams, ask},
    scoreboard::{
        aside, default_period,
        params::{address, text},
    },
    ui::{Frame, Judged, Named, PageOf, Pager, format, known, named::names},
    web::{AppError, Page},
};

#[derive(Template)]
#[template(path = "closed_loop/deals.html")]
pub struct DealsPage {
    title: String,
    model: &'static str,
    by: String,
    /// The head of the column of instants.
    when: &'static str,
    back: String,
    rows: Vec<DealRow>,
    /// What the deals below bring the row, and of how many it is.
    shared: String,
    pager: Pager,
    as_of: String,
    known_at: String,
    judged: Judged,
    frame: Frame,
}

struct DealRow {
    named: Named,
    won: String,
    share: String,
    revenue: String,
    touches: String,
}

#[derive(Deserialize)]
pub struct OfRow {
    #[serde(default)]
    row: String,
}

pub async fn page(
    State(office): State<Office>,
    frame: Frame,
    Query(params): Query<QuestionParams>,
    Query(of): Query<OfRow>,
    Query(page): Query<PageOf>,
) -> Result<Page<DealsPage>, AppError> {
    let default = default_period(&*office.history().await?, office.clock().now());
    let (history, question) = ask(&office, &one_model(&params), default).await?;
    let by = question.by.clone().unwrap_or(Dimension::Channel);
    let question = Question { by: Some(by.clone()), ..question };
    let model = attribution::find(&question.settings.model).map_err(|error| AppError::Refused(error.to_string()))?;
    let (row_key, slice, asked) = (of.row.clone(), page.slice(), question.clone());
    check(&row_key)?;
    let found = aside(move || attribution::deals_behind(&history, &asked, model, row_of(&row_key), slice.offset, slice.limit)).await?;
    let names = names(&office, "deals", found.rows.iter().map(|row| row.deal).collect()).await?;
    let goal = goal_of(&params);
    let title = title(&office, &by, &of.row, goal).await?;
    let row = |share: &attribution::DealShare| {
        let address = Some(address(&format!("/closed-loop/deals/{}", share.deal), &params, &[]));
        DealRow {
            named: Named { address, ..names.of(share.deal) },
            won: frame.date(share.won_at),
            share: format::rate(share.conversions),
            revenue: format::money(share.revenue),
            touches: format!("{} of {}", share.touches, share.journey_touches),
        }
    };
    let rows: Vec<DealRow> = found.rows.iter().map(row).collect();
    let here = address("/closed-loop/deals", &params, &[("row", &of.row)]);
    Ok(Page(DealsPage {
        title,
        model: model.name,
        by: format::dimension(&by.key()),
        when: if goal == Goal::Pipeline { "Opened" } else { "Won" },
        back: address(super::pages::PATH, &params, &[]),
        shared: shared(found.revenue, found.conversions, found.total, goal),
        pager: page.pager(rows.len(), found.total, &here),
        as_of: frame.date_time(question.as_of),
        known_at: frame.date_time(question.known_at),
        judged: Judged::of(&question),
        rows,
        frame,
    }))
}

/// `€1,865.64, a share of 1 won deal`: most rows have a part of a deal, and nobody wins 0.03 of one.
fn shared(revenue: Money, conversions: f64, deals: u64, goal: Goal) -> String {
    let revenue = format::money(revenue);
    let counted = format::plural(deals, one_deal_of(goal), deals_of(goal));
    match deals {
        _ if (conversions - deals as f64).abs() < 1e-9 => format!("{revenue} of {counted}"),
        1 => format!("{revenue}, a share of {counted}"),
        _ => format!("{revenue}, shares of {counted} that add up to {}", format::decimal(conversions)),
    }
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
        return Ok(known::words(label));
    }
    if let Some(id) = row.strip_prefix("id:").and_then(|id| id.parse::<i64>().ok()) {
        let table = match by {
            Dimension::Campaign => "campaigns",
            Dimension::Owner => "users",
            _ => "content",
        };
        let names = facts::names::of(&mut *office.facts().reader().await?, table, &[id]).await?;
        return Ok(names
            .get(&id)
            .and_then(|named| named.name.clone())
            .unwrap_or_else(|| format!("{} {id}", format::capitalized(&format::dimension(&by.key())))));
    }
    Ok(match row {
        "none" => format!("{}: {}", format::capitalized(&format::dimension(&by.key())), format::NOT_RECORDED),
        "unattributed" => "No touch inside the lookback".into(),
        _ => format!("All {}", deals_of(goal)),
    })
}

#[cfg(test)]
mod tests {
    use alignment::Currency;

    use super::*;

    #[test]
    fn a_part_of_a_deal_is_called_a_share() {
        for (conversions, deals, goal, expected) in [
            (0.03, 1, Goal::Revenue, "€1,865.64, a share of 1 won deal"),
            (1.0, 1, Goal::Revenue, "€1,865.64 of 1 won deal"),
            (12.0, 12, Goal::Pipeline, "€1,865.64 of 12 opened deals"),
            (3.456, 12, Goal::Customers, "€1,865.64, shares of 12 new customers that add up to 3.46"),
            (0.0, 0, Goal::Revenue, "€1,865.64 of 0 won deals"),
        ] {
            assert_eq!(shared(Money::new(186_564, Currency::EUR), conversions, deals, goal), expected);
        }
    }
}
