//! Revenue by source, channel, campaign or content under each model, and how far the models agree.

use askama::Template;
use axum::extract::{Query, State};

use super::{
    AXES, Shares,
    controls::{self, Settings},
    deals, deals_of, journey, picture, shares,
    tables::{self, Cell, Row, Said, SureRow},
};
use crate::{
    Office, own_dates,
    question::QuestionParams,
    questions::pages::Saving,
    scoreboard::params::{Controls, Links, address, controls, text},
    ui::{Exhibit, Frame, Judged, format},
    web::{Allow, AppError, Endpoint, Page},
};

pub const PATH: &str = "/closed-loop";
/// The inputs of the form; the tabs hold what it is shared out by.
pub(crate) const SHOWN: &[&str] = &["goal", "period", "model", "as_of", "journey", "lookback_days", "markov_order"];

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(PATH, Allow::SignedIn, page),
        Endpoint::get(picture::SVG_PATH, Allow::SignedIn, picture::svg),
        Endpoint::get(picture::CSV_PATH, Allow::SignedIn, picture::csv),
        Endpoint::get("/closed-loop/deals", Allow::SignedIn, deals::page),
        Endpoint::get("/closed-loop/deals/{id}", Allow::SignedIn, journey::page),
    ]
}

#[derive(Template)]
#[template(path = "closed_loop/page.html")]
struct ClosedLoopPage {
    axes: Vec<Tab>,
    by: String,
    by_words: String,
    goal: &'static str,
    deals: &'static str,
    models: Vec<ModelHead>,
    rows: Vec<Row>,
    unattributed: Vec<Cell>,
    total: Vec<Cell>,
    exhibit: Exhibit,
    sure: Vec<SureRow>,
    sure_words: String,
    chain_words: String,
    said: Said,
    none: bool,
    settings: Settings,
    saving: Saving,
    controls: Controls,
    path: &'static str,
    judged: Judged,
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

async fn page(State(office): State<Office>, frame: Frame, Query(params): Query<QuestionParams>) -> Result<Page<ClosedLoopPage>, AppError> {
    let shares = shares(&office, &params).await?;
    let default = crate::scoreboard::default_period(&*office.history().await?, office.clock().now());
    let by = axis_of(&shares);
    let tab = |(key, name): &(&'static str, &'static str)| Tab { name, address: address(PATH, &params, &[("by", key)]), here: *key == by };
    let is_own = [&params.journey, &params.lookback_days, &params.markov_order].into_iter().any(|part| text(part).is_some());
    let goal = shares.question.settings.goal;
    Ok(Page(ClosedLoopPage {
        axes: AXES.iter().map(tab).collect(),
        goal: goal.key(),
        deals: deals_of(goal),
        models: heads(shares.overview.chosen),
        rows: tables::rows(&shares, &by, &params),
        unattributed: tables::whole(&shares, &by, &params, |answer| &answer.unattributed, "unattributed"),
        total: tables::whole(&shares, &by, &params, |answer| &answer.total, "total"),
        exhibit: picture::exhibit(&shares, &by, &params),
        sure: tables::sure(&shares, &by, &params),
        sure_words: tables::sure_words(&shares),
        chain_words: tables::chain_words(&shares),
        said: tables::said(&shares),
        none: shares.overview.answers.first().is_none_or(|answer| answer.total.deals == 0),
        settings: controls::settings(&shares.question, is_own),
        saving: saving(&params, &by, default),
        controls: controls(&Links::of(&params, []), PATH, default, SHOWN),
        by_words: format::dimension(&by),
        by,
        path: PATH,
        judged: Judged::of(&shares.question),
        frame,
    }))
}

/// What this page shows, under all models: the report's own period is another one.
fn saving(params: &QuestionParams, by: &str, default_period: &str) -> Saving {
    let asked = QuestionParams { by: Some(by.to_owned()), model: None, ..own_dates::settled(params, default_period) };
    Saving::of("attribution", "Attribution", &asked)
}

/// The dimension that the answer is by.
pub fn axis_of(shares: &Shares) -> String {
    shares.question.by.as_ref().map(|by| by.key()).unwrap_or_default()
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

/// How a row is named in an address: by id where it has one, for labels change.
pub fn row_key(label: Option<&str>, id: Option<i64>) -> String {
    match (id, label) {
        (Some(id), _) => format!("id:{id}"),
        (None, Some(label)) => format!("label:{label}"),
        (None, None) => "none".into(),
    }
}

/// The page of the deals behind a row.
pub fn behind(params: &QuestionParams, by: &str, model: &str, row: &str) -> String {
    address("/closed-loop/deals", params, &[("by", by), ("model", model), ("row", row)])
}
