//! Revenue by source, channel, campaign or content under each model, and how far the models agree.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use insight::answer::{ModelAnswer, ShareRow};

use super::{AXES, Shares, deals, journey, shares};
use crate::{
    Office,
    question::QuestionParams,
    scoreboard::params::{Controls, address, controls},
    ui::{Frame, Svg, charts, format},
    web::{Allow, AppError, Endpoint, Page},
};

pub const PATH: &str = "/closed-loop";

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(PATH, Allow::SignedIn, page),
        Endpoint::get("/closed-loop/deals", Allow::SignedIn, deals::page),
        Endpoint::get("/closed-loop/deals/{id}", Allow::SignedIn, journey::page),
    ]
}

#[derive(Template)]
#[template(path = "closed_loop/page.html")]
struct ClosedLoopPage {
    axes: Vec<Tab>,
    by: String,
    models: Vec<ModelHead>,
    rows: Vec<Row>,
    unattributed: Vec<Cell>,
    total: Vec<Cell>,
    none: bool,
    settings: String,
    controls: Controls,
    path: &'static str,
    frame: Frame,
}

pub struct Tab {
    pub name: &'static str,
    pub address: String,
    pub here: bool,
}

struct ModelHead {
    key: &'static str,
    name: &'static str,
    words: &'static str,
    formula: &'static str,
    here: bool,
}

struct Row {
    label: String,
    cells: Vec<Cell>,
    spread: Svg,
    range: String,
    address: String,
}

struct Cell {
    money: String,
    conversions: String,
    address: String,
    here: bool,
}

async fn page(State(office): State<Office>, frame: Frame, Query(params): Query<QuestionParams>) -> Result<Page<ClosedLoopPage>, AppError> {
    let shares = shares(&office, &params).await?;
    let default = crate::scoreboard::default_period(&*office.history().await?, office.clock().now());
    let chosen = shares.question.settings.model.clone();
    let by = shares.question.by.as_ref().map(|by| by.key()).unwrap_or_default();
    let tab = |(key, name): &(&'static str, &'static str)| Tab { name, address: address(PATH, &params, &[("by", key)]), here: *key == by };
    let first = shares.answers.first();
    let whole = |pick: fn(&ModelAnswer) -> &ShareRow, row: &str| -> Vec<Cell> {
        shares.answers.iter().map(|answer| cell(answer, pick(answer), row, &by, &params, &chosen)).collect()
    };
    Ok(Page(ClosedLoopPage {
        axes: AXES.iter().map(tab).collect(),
        models: heads(&chosen),
        rows: rows(&shares, &by, &params, &chosen),
        unattributed: whole(|answer| &answer.unattributed, "unattributed"),
        total: whole(|answer| &answer.total, "total"),
        none: first.is_none_or(|answer| answer.total.deals == 0),
        settings: settings(&shares),
        controls: controls(&params, PATH, default),
        by,
        path: PATH,
        frame,
    }))
}

fn heads(chosen: &str) -> Vec<ModelHead> {
    let head = |model: &&'static insight::attribution::Model| ModelHead {
        key: model.key,
        name: model.name,
        words: model.words,
        formula: model.formula,
        here: model.key == chosen,
    };
    insight::attribution::MODELS.iter().map(head).collect()
}

/// Label and id of a row.
type RowName = (Option<String>, Option<i64>);

/// One row per label that any model gives something, by what the chosen model gives it.
fn rows(shares: &Shares, by: &str, params: &QuestionParams, chosen: &str) -> Vec<Row> {
    let mut found: BTreeMap<RowName, Vec<Option<&ShareRow>>> = BTreeMap::new();
    for (index, answer) in shares.answers.iter().enumerate() {
        for row in &answer.rows {
            found.entry((row.label.clone(), row.id)).or_insert_with(|| vec![None; shares.answers.len()])[index] = Some(row);
        }
    }
    let most = found.values().flatten().flatten().map(|row| row.revenue.minor).max().unwrap_or(0) as f64;
    let place = shares.answers.iter().position(|answer| answer.model == chosen).unwrap_or(0);
    let mut rows: Vec<(i64, Row)> = Vec::new();
    for ((label, id), of_models) in found {
        let row_key = row_key(label.as_deref(), id);
        let nothing =
            ShareRow { label: None, id: None, conversions: 0.0, revenue: alignment::Money::new(0, shares.question.currency), deals: 0, removal_effect: None };
        let given: Vec<&ShareRow> = of_models.iter().map(|row| row.unwrap_or(&nothing)).collect();
        let minors = || given.iter().map(|row| row.revenue.minor);
        let (low, high) = (minors().min().unwrap_or(0) as f64, minors().max().unwrap_or(0) as f64);
        let short = |minor: f64| format::money_short(minor, shares.question.currency);
        let values: Vec<_> = shares
            .answers
            .iter()
            .zip(&given)
            .map(|(answer, row)| (answer.name, row.revenue.minor as f64, short(row.revenue.minor as f64)))
            .collect();
        let cells = shares.answers.iter().zip(&given).map(|(answer, row)| cell(answer, row, &row_key, by, params, chosen)).collect();
        let shown = Row {
            label: format::label(label.as_deref()),
            cells,
            spread: charts::spread(most, &values),
            range: if low == high { short(low) } else { format!("{} to {}", short(low), short(high)) },
            address: behind(params, by, chosen, &row_key),
        };
        rows.push((given[place].revenue.minor, shown));
    }
    rows.sort_by(|(a, _), (b, _)| b.cmp(a));
    rows.into_iter().map(|(_, row)| row).collect()
}

fn cell(answer: &ModelAnswer, row: &ShareRow, row_key: &str, by: &str, params: &QuestionParams, chosen: &str) -> Cell {
    Cell {
        money: format::money_short(row.revenue.minor as f64, row.revenue.currency),
        conversions: format::fixed(row.conversions, if row.conversions.fract().abs() < 1e-9 { 0 } else { 1 }),
        address: behind(params, by, answer.model, row_key),
        here: answer.model == chosen,
    }
}

/// How a row is named in an address: by id where it has one, for labels change.
fn row_key(label: Option<&str>, id: Option<i64>) -> String {
    match (id, label) {
        (Some(id), _) => format!("id:{id}"),
        (None, Some(label)) => format!("label:{label}"),
        (None, None) => "none".into(),
    }
}

/// The page of the deals behind a row.
fn behind(params: &QuestionParams, by: &str, model: &str, row: &str) -> String {
    address("/closed-loop/deals", params, &[("by", by), ("model", model), ("row", row)])
}

pub fn settings(shares: &Shares) -> String {
    let settings = &shares.question.settings;
    let journey = match settings.journey {
        insight::question::Journey::Person => "the people on the deal",
        insight::question::Journey::Company => "everybody at the company",
    };
    format!("Touches of {journey} in the {} days before the signature.", settings.lookback_days)
}
