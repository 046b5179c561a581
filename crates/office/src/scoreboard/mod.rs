//! The scoreboard: one set of numbers for both teams, and the rows behind each.

pub mod api;
mod beside;
pub mod groups;
pub mod number;
pub mod pages;
pub mod params;
pub mod pictures;
mod rows;

use alignment::{Instant, instant::MICROS_PER_DAY};
use insight::{
    answer::{Evidence, FunnelAnswer, KpiAnswer},
    funnel,
    history::History,
    kpi,
    question::Question,
};
use serde::Deserialize;

pub use crate::aside::aside;
use crate::{
    Office,
    api::Slice,
    question::{QuestionParams, ask},
    web::AppError,
};

/// All numbers and the funnel, for one question.
pub struct Board {
    pub question: Question,
    pub answers: Vec<KpiAnswer>,
    pub funnel: FunnelAnswer,
}

pub async fn board(office: &Office, params: &QuestionParams) -> Result<Board, AppError> {
    let default = default_period(&*office.history().await?, office.clock().now());
    let (history, question) = ask(office, params, default).await?;
    aside(move || {
        let answers = kpi::scoreboard(&history, &question);
        let funnel = funnel::funnel(&history, &question);
        Board { question, answers, funnel }
    })
    .await
}

/// Which rows of a number are wanted; all of them unless said.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct OfSegment {
    /// A segment by label or id; empty is what is not recorded.
    pub segment: Option<String>,
}

/// One number with a page of the rows behind it.
pub struct Number {
    pub question: Question,
    pub answer: KpiAnswer,
    pub evidence: Evidence,
}

pub async fn number(office: &Office, params: &QuestionParams, key: &str, of: &OfSegment, slice: Slice) -> Result<Number, AppError> {
    let default = default_period(&*office.history().await?, office.clock().now());
    let (history, question) = ask(office, params, default).await?;
    let (owned_key, of) = (key.to_owned(), of.clone());
    let found = aside(move || {
        let answer = kpi::answer(&history, &question, &owned_key)?;
        // An empty one is what is not recorded.
        let segment = of.segment.as_deref().map(|label| Some(label).filter(|label| !label.is_empty()));
        let evidence = kpi::evidence(&history, &question, &owned_key, segment, slice.offset, slice.limit)?;
        Some(Number { question, answer, evidence })
    });
    found.await?.ok_or_else(|| AppError::not_found("number or segment", key))
}

/// The last twelve months, unless nothing happened in them: a record of older times is shown whole.
pub fn default_period(history: &History, now: Instant) -> &'static str {
    let year_ago = now.plus_micros(-365 * MICROS_PER_DAY);
    let recent = history.leads.opened_at.values().iter().any(|at| *at >= year_ago.0 && *at <= now.0);
    if recent { "last_12_months" } else { "all" }
}
