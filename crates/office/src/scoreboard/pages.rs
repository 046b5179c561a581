//! The scoreboard's page: all numbers as cards, the funnel, and the funnel by segment.

use askama::Template;
use axum::extract::{Query, State};
use insight::answer::FunnelRow;

use super::{
    Board, board, groups, number,
    params::{Controls, address, controls, with_filter},
};
use crate::{
    Office,
    question::QuestionParams,
    ui::{
        Frame, Svg, charts, format,
        kpi::{self, Card},
    },
    web::{Allow, AppError, Endpoint, Page},
};

const PATH: &str = "/scoreboard";

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::get(PATH, Allow::SignedIn, page), Endpoint::get("/scoreboard/{key}", Allow::SignedIn, number::page)]
}

#[derive(Template)]
#[template(path = "scoreboard/page.html")]
struct ScoreboardPage {
    groups: Vec<(&'static str, Vec<Card>)>,
    controls: Controls,
    path: &'static str,
    stages: Vec<StageRow>,
    segments: Vec<SegmentRow>,
    by: String,
    faults: Vec<(&'static str, String)>,
    as_of: String,
    empty: bool,
    frame: Frame,
}

pub struct StageRow {
    pub name: &'static str,
    pub count: String,
    pub from_before: String,
    pub track: Svg,
}

struct SegmentRow {
    label: String,
    address: String,
    counts: Vec<String>,
    rate: String,
    revenue: String,
}

async fn page(State(office): State<Office>, frame: Frame, Query(params): Query<QuestionParams>) -> Result<Page<ScoreboardPage>, AppError> {
    let board = board(&office, &params).await?;
    let history = office.history().await?;
    let default = super::default_period(&history, office.clock().now());
    let zone = &board.question.zone;
    let card = |answer: &insight::answer::KpiAnswer| {
        let address = address(&format!("{PATH}/{}", answer.key), &params, &[]);
        kpi::card(answer, board.question.currency, zone, board.question.as_of, address)
    };
    let cards: Vec<Card> = board.answers.iter().map(card).collect();
    let faults = board.funnel.faults.iter().map(|fault| (fault.words, format::count(fault.total))).collect();
    Ok(Page(ScoreboardPage {
        groups: groups::grouped(cards, |card| card.key),
        controls: controls(&params, PATH, default),
        path: PATH,
        stages: stages(&board.funnel.total),
        segments: segments(&board, &params),
        by: board.question.by.as_ref().map(|by| by.key()).unwrap_or_default(),
        faults,
        as_of: frame.date_time(board.question.as_of),
        empty: history.leads.is_empty() && history.deals.is_empty(),
        frame,
    }))
}

/// The funnel as bars on a logarithmic scale, so that the last stages can be seen beside the first.
pub fn stages(total: &FunnelRow) -> Vec<StageRow> {
    let stages = [
        ("Lead", total.leads, "marketing"),
        ("MQL", total.mqls, "marketing"),
        ("SAL", total.sals, "sales"),
        ("SQL", total.sqls, "sales"),
        ("Opportunity", total.opportunities, "sales"),
        ("Customer", total.customers, ""),
    ];
    let most = stages.iter().filter_map(|(_, count, _)| *count).max().unwrap_or(0);
    let mut before: Option<u64> = None;
    let mut rows = Vec::new();
    for (name, count, team) in stages {
        let share = count.map_or(0.0, |count| ((count + 1) as f64).ln() / ((most + 1) as f64).ln().max(1e-9));
        let rate = count.zip(before).filter(|(_, before)| *before > 0).map(|(count, before)| count as f64 / before as f64);
        rows.push(StageRow {
            name,
            count: format::count_or_none(count),
            // Stages are counted by when they were entered, so more can be in a later one than in the one before.
            from_before: rate.filter(|rate| *rate <= 1.0).map(format::rate).unwrap_or_default(),
            track: charts::track(share, team),
        });
        before = count.or(before);
    }
    rows
}

fn segments(board: &Board, params: &QuestionParams) -> Vec<SegmentRow> {
    let Some(by) = &board.question.by else { return Vec::new() };
    let row = |row: &FunnelRow| SegmentRow {
        label: format::label(row.label.as_deref()),
        address: address(PATH, params, &[("filter", with_filter(params, by, row.label.as_deref()).as_str())]),
        counts: [row.leads, row.mqls, row.sals, row.sqls, row.customers].into_iter().map(format::count_or_none).collect(),
        rate: format::rate_or_none(row.lead_to_customer),
        revenue: format::money(row.revenue),
    };
    board.funnel.rows.iter().map(row).collect()
}
