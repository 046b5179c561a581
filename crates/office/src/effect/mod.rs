//! What went with each version of the Agreement: before and after it took effect, and the same season a year ago.

pub mod api;
pub mod pages;
mod pictures;
pub mod report;
#[cfg(test)]
mod tests;

use alignment::{Instant, calendar::WorkCalendar};
use insight::{
    effect::{Change, EffectAnswer, Settings, effect},
    question::{Period, Question},
};
use serde::Deserialize;

use crate::{
    Office,
    api::wire,
    question::{QuestionParams, ask},
    scoreboard::{aside, params::text},
    web::AppError,
};

/// What is asked beside the question, as text; all of it may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct EffectParams {
    /// Days before and after, 14 to 366; 90 unless said.
    pub window_days: Option<String>,
    /// What leads brought in so many days counts, 1 to 365; half of the time since, up to the Agreement's horizon, unless said.
    pub within_days: Option<String>,
    /// Only this version of the Agreement.
    pub version: Option<String>,
    /// Another day to compare around: `2026-01-01`.
    pub at: Option<String>,
}

pub struct Effect {
    pub question: Question,
    pub answer: EffectAnswer,
    /// Versions that are left out because there are more than are shown.
    pub older: usize,
    /// Whether the question names a day of its own.
    pub has_own_day: bool,
}

const WINDOW_DAYS: u32 = 90;
/// Versions compared at once, the latest.
const VERSIONS_MAX: usize = 12;

pub async fn effect_of(office: &Office, params: &QuestionParams, own: &EffectParams) -> Result<Effect, AppError> {
    let (history, question) = ask(office, params, "all").await?;
    // Windows stand around the changes; a period would only cut them.
    let question = Question { period: Period::ALL, by: None, ..question };
    let agreement = office.agreement().await?.agreement;
    let settings = Settings {
        window_days: days("window_days", &own.window_days, 14..=366)?.unwrap_or(WINDOW_DAYS),
        within_days: days("within_days", &own.within_days, 1..=365)?,
        review_minutes_max: i64::from(agreement.promises.review_hours_max) * 60,
        first_attempt_minutes_max: i64::from(agreement.promises.first_attempt_hours_max) * 60,
    };
    let mut changes = changes(office, own, question.as_of).await?;
    let older = changes.len().saturating_sub(VERSIONS_MAX);
    changes.drain(..older);
    let calendar = WorkCalendar::of(&agreement.calendar);
    aside(move || {
        let answer = effect(&history, &question, &calendar, &changes, settings);
        let has_own_day = changes.iter().any(|change| change.version.is_none());
        Effect { question, answer, older, has_own_day }
    })
    .await
}

/// Versions that took effect by `as_of`, but for the first, which nothing was before; and the day of one's own.
async fn changes(office: &Office, own: &EffectParams, as_of: Instant) -> Result<Vec<Change>, AppError> {
    if let Some(at) = text(&own.at) {
        let at = Instant(wire::instant("at", at)?);
        return if at < as_of {
            Ok(vec![Change { version: None, at }])
        } else {
            Err(AppError::refused("at: write a day before the question's as_of"))
        };
    }
    let versions = office.versions().await?;
    let wanted = match text(&own.version) {
        None => None,
        Some(number) => {
            let found = number.parse().ok().and_then(|number| versions.number(number));
            Some(found.ok_or_else(|| AppError::not_found("version of the Agreement", number))?.number)
        }
    };
    let changes = versions.iter().skip(1).filter(|version| version.effective_at <= as_of);
    let changes = changes.filter(|version| wanted.is_none_or(|number| version.number == number));
    Ok(changes.map(|version| Change { version: Some(version.number), at: version.effective_at }).collect())
}

fn days(name: &str, value: &Option<String>, known: std::ops::RangeInclusive<u32>) -> Result<Option<u32>, AppError> {
    let Some(written) = text(value) else { return Ok(None) };
    let found = written.parse().ok().filter(|days| known.contains(days));
    found
        .map(Some)
        .ok_or_else(|| AppError::refused(format!("{name} `{written}`: write a number of days from {} to {}", known.start(), known.end())))
}
