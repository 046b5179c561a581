//! What the newest version says of one lead.

use alignment::lifecycle::Stage;
use insight::{
    score::{Landmark, LeadScore, score_of},
    view::LeadFacts,
};

use super::{Standing, field_log, standing};
use crate::{Office, web::AppError};

/// Of a lead.
pub struct LeadAnswer {
    pub standing: Option<Standing>,
    pub state: State,
    /// Where it is shown.
    pub score: Option<LeadScore>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Shown,
    /// No version has been learned.
    NoVersion,
    /// The version is not better than what there is to compare with.
    Withheld,
    /// The lead has got where the score says how likely it is to get.
    Reached,
    /// The pass is over.
    Over,
    /// It never became a lead or an MQL at a recorded instant.
    NotJudged,
}

impl State {
    pub fn key(self) -> &'static str {
        match self {
            State::Shown => "shown",
            State::NoVersion => "no_version",
            State::Withheld => "withheld",
            State::Reached => "reached",
            State::Over => "over",
            State::NotJudged => "not_judged",
        }
    }
}

impl LeadAnswer {
    /// Why there is no score.
    pub fn reason(&self) -> Option<String> {
        let outcome = self.standing.as_ref().map_or(Stage::Sql, |standing| standing.report.outcome);
        match self.state {
            State::Shown => None,
            State::NoVersion => Some("No version of the score has been learned yet.".into()),
            State::Withheld => self.standing.as_ref().and_then(|standing| standing.head.withheld.clone()),
            State::Reached => Some(format!("It has become {} already.", with_article(outcome.name()))),
            State::Over => Some("This pass is over.".into()),
            State::NotJudged => Some("Nobody wrote down when it became a lead or an MQL.".into()),
        }
    }
}

/// `an SQL`, `a customer`.
pub fn with_article(stage: &str) -> String {
    let is_letters = stage.chars().all(char::is_uppercase);
    let article = if stage.starts_with(['O', 'A']) || (is_letters && stage.starts_with(['S', 'M'])) { "an" } else { "a" };
    format!("{article} {}", if is_letters { stage.to_owned() } else { stage.to_lowercase() })
}

pub async fn of_lead(office: &Office, lead: i64) -> Result<LeadAnswer, AppError> {
    let history = office.history().await?;
    let Some(row) = history.leads.find(lead) else { return Err(AppError::not_found("lead", lead)) };
    let without = |standing, state| LeadAnswer { standing, state, score: None };
    let Some(standing) = standing(office).await? else { return Ok(without(None, State::NoVersion)) };
    if standing.head.withheld.is_some() {
        return Ok(without(Some(standing), State::Withheld));
    }
    let now = office.clock().now();
    let facts = LeadFacts::of(&history, row, now, now);
    if facts.has_reached(standing.report.outcome) {
        return Ok(without(Some(standing), State::Reached));
    }
    if facts.exit().is_some() {
        return Ok(without(Some(standing), State::Over));
    }
    let Some(landmark) = Landmark::latest(&history, row, now, now) else { return Ok(without(Some(standing), State::NotJudged)) };
    let log = field_log::of_landmark(office, &history, &landmark).await?;
    let score = score_of(&history, &log, &standing.model, &landmark);
    Ok(LeadAnswer { standing: Some(standing), state: State::Shown, score: Some(score) })
}
