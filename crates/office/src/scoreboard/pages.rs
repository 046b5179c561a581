//! The scoreboard's page: all numbers as cards, the funnel, and the funnel by segment.

use askama::Template;
use axum::extract::{Query, State};
use insight::answer::FunnelRow;

use super::{
    Board, board, groups, number,
    params::{Controls, Links, SHOWN, address, controls, in_sentence, with_filter},
    pictures, rows,
};
use crate::{
    Office, own_dates,
    question::QuestionParams,
    questions::pages::Saving,
    ui::{
        Exhibit, Frame, Judged, format, known,
        kpi::{self, Card},
    },
    web::{Allow, AppError, Endpoint, Page},
};

const PATH: &str = "/scoreboard";

pub fn endpoints() -> Vec<Endpoint> {
    let pages = [Endpoint::get(PATH, Allow::SignedIn, page), Endpoint::get("/scoreboard/{key}", Allow::SignedIn, number::page)];
    pages.into_iter().chain(pictures::endpoints()).chain(rows::endpoints()).collect()
}

#[derive(Template)]
#[template(path = "scoreboard/page.html")]
struct ScoreboardPage {
    groups: Vec<(&'static str, Vec<Card>)>,
    controls: Controls,
    path: &'static str,
    funnel: Exhibit,
    /// The stages that the Agreement defines.
    stages: [&'static str; 4],
    segments: Vec<SegmentRow>,
    by: String,
    faults: Vec<(&'static str, String)>,
    as_of: String,
    saving: Saving,
    empty: bool,
    judged: Judged,
    frame: Frame,
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
        controls: controls(&Links::of(&params, []), PATH, default, SHOWN),
        path: PATH,
        funnel: Exhibit::new(
            &pictures::funnel(&board.funnel.total, &params),
            picture::Width::Wide,
            &pictures::funnel_table(&board.funnel.total),
            address("/scoreboard/funnel.svg", &params, &[]),
            address("/scoreboard/funnel.csv", &params, &[]),
        ),
        stages: ["Lead", "MQL", "SAL", "SQL"],
        segments: segments(&board, &params),
        by: board.question.by.as_ref().map(|by| in_sentence(&by.key())).unwrap_or_default(),
        faults,
        as_of: frame.date_time(board.question.as_of),
        saving: Saving::of("scoreboard", "Scoreboard", &own_dates::settled(&params, default)),
        empty: history.leads.is_empty() && history.deals.is_empty(),
        judged: Judged::of(&board.question),
        frame,
    }))
}

fn segments(board: &Board, params: &QuestionParams) -> Vec<SegmentRow> {
    let Some(by) = &board.question.by else { return Vec::new() };
    let row = |row: &FunnelRow| SegmentRow {
        label: known::label(row.label.as_deref()),
        address: address(PATH, params, &[("filter", with_filter(params, by, row.label.as_deref()).as_str())]),
        counts: [row.leads, row.mqls, row.sals, row.sqls, row.customers].into_iter().map(format::count_or_none).collect(),
        rate: format::rate_or_none(row.lead_to_customer),
        revenue: format::money(row.revenue),
    };
    board.funnel.rows.iter().map(row).collect()
}
