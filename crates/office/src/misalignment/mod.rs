//! What misalignment costs, and the four known quarrels: the question of the scoreboard, with what has to be assumed.

pub mod api;
pub mod assumed;
mod behind;
pub mod pages;
mod pictures;
mod quarrel_shown;
pub mod report;
mod rows_page;
mod talk;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use alignment::calendar::WorkCalendar;
use insight::{
    answer::Evidence,
    history::History,
    misalignment::{
        Assumptions, Claims, Cost, FollowUpTerms, cost,
        quarrel::{self, Lookout, Quarrel, Talk, Terms, quarrels},
    },
    question::{Dimension, Question},
};

pub use assumed::Assumed;

use crate::{
    Office,
    api::Slice,
    question::{QuestionParams, ask},
    scoreboard::{aside, default_period},
    web::AppError,
};

/// All that both questions need.
#[derive(Clone)]
pub struct Asked {
    pub history: Arc<History>,
    pub question: Question,
    pub assumptions: Assumptions,
    pub claims: Claims,
    pub terms: Terms,
    pub talk: Talk,
    /// Where quarrels are looked into.
    pub dimensions: Vec<Dimension>,
    /// Where waste is looked for.
    pub drivers_by: Dimension,
    calendar: WorkCalendar,
}

pub async fn asked(office: &Office, params: &QuestionParams, own: &Assumed) -> Result<Asked, AppError> {
    let default = default_period(&*office.history().await?, office.clock().now());
    let (history, question) = ask(office, params, default).await?;
    let agreement = office.judging(&question).await?;
    let (assumptions, claims) = own.read(question.currency)?;
    let talk = talk::of(office, &question, agreement.promises.feedback_review_days_max).await?;
    let promises = &agreement.promises;
    Ok(Asked {
        dimensions: match &question.by {
            Some(by) => vec![by.clone()],
            None => vec![region(&history), Dimension::Owner],
        },
        drivers_by: question.by.clone().unwrap_or(Dimension::Campaign),
        terms: Terms {
            follow_up: FollowUpTerms {
                review_minutes_max: i64::from(promises.review_hours_max) * 60,
                first_attempt_minutes_max: i64::from(promises.first_attempt_hours_max) * 60,
            },
            attempts_min: promises.attempts_min,
            attempts_days: promises.attempts_days,
            mqls_per_month_min: f64::from(promises.mqls_per_month_min),
            acceptance_rate_min: promises.acceptance_rate_min,
        },
        calendar: WorkCalendar::of(&agreement.calendar),
        history,
        question,
        assumptions,
        claims,
        talk,
    })
}

/// The field in which this company writes down its sales regions, or else the country.
fn region(history: &History) -> Dimension {
    let keys = history.leads.custom.keys().chain(history.companies.custom.keys());
    let found = keys.into_iter().find(|key| key.contains("region") || key.contains("territory"));
    found.map_or(Dimension::Country, |key| Dimension::Custom(key.to_owned()))
}

pub async fn cost_of(asked: &Asked) -> Result<Cost, AppError> {
    let asked = asked.clone();
    aside(move || {
        let question = Question { by: None, ..asked.question.clone() };
        cost(&asked.history, &question, &asked.calendar, asked.terms.follow_up, &asked.assumptions, &asked.claims, &asked.drivers_by)
    })
    .await
}

pub async fn quarrels_of(asked: &Asked) -> Result<Vec<Quarrel>, AppError> {
    let asked = asked.clone();
    aside(move || quarrels(&asked.history, &asked.question, asked.lookout())).await
}

/// The leads behind a point of a quarrel.
pub async fn point_rows(asked: &Asked, key: &str, slice: Slice) -> Result<Evidence, AppError> {
    let (asked, owned) = (asked.clone(), key.to_owned());
    let found = aside(move || quarrel::rows(&asked.history, &asked.question, asked.lookout(), &owned, slice.offset, slice.limit)).await?;
    found.ok_or_else(|| AppError::not_found("point", key))
}

impl Asked {
    fn lookout(&self) -> Lookout<'_> {
        Lookout { calendar: &self.calendar, terms: &self.terms, talk: &self.talk, dimensions: &self.dimensions }
    }
}
