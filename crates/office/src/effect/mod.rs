//! What went with each version of the Agreement: before and after it took effect, and the same season a year ago.

pub mod api;
pub mod pages;
mod pictures;
pub mod report;
mod rows_page;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use alignment::{Instant, calendar::WorkCalendar};
use insight::{
    answer::Evidence,
    effect::{self as rule, Change, EffectAnswer, Figure, Settings, effect},
    history::History,
    question::{Period, Question},
};
use jiff::civil::Date;
use serde::Deserialize;

use crate::{
    Office,
    api::{Slice, wire},
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

impl EffectParams {
    pub fn pairs(&self) -> [(&'static str, &Option<String>); 4] {
        [("window_days", &self.window_days), ("within_days", &self.within_days), ("version", &self.version), ("at", &self.at)]
    }
}

pub struct Effect {
    pub question: Question,
    pub answer: EffectAnswer,
    /// Versions that are left out because there are more than are shown.
    pub older: usize,
    /// Whether the question names a day of its own.
    pub has_own_day: bool,
    /// All versions that something was before, oldest first.
    pub versions: Vec<u32>,
}

const WINDOW_DAYS: u32 = 90;
/// Versions compared at once, the latest.
const VERSIONS_MAX: usize = 12;

/// All that both questions need.
struct Asked {
    history: Arc<History>,
    question: Question,
    calendar: WorkCalendar,
    settings: Settings,
    changes: Vec<Change>,
}

async fn asked(office: &Office, params: &QuestionParams, own: &EffectParams) -> Result<Asked, AppError> {
    let (history, question) = ask(office, params, "all").await?;
    // Windows stand around the changes; a period would only cut them.
    let question = Question { period: Period::ALL, by: None, ..question };
    let agreement = office.judging(&question).await?;
    let settings = Settings {
        window_days: days("window_days", &own.window_days, 14..=366)?.unwrap_or(WINDOW_DAYS),
        within_days: days("within_days", &own.within_days, 1..=365)?,
        review_minutes_max: i64::from(agreement.promises.review_hours_max) * 60,
        first_attempt_minutes_max: i64::from(agreement.promises.first_attempt_hours_max) * 60,
    };
    let changes = changes(office, own, &question).await?;
    Ok(Asked { history, question, calendar: WorkCalendar::of(&agreement.calendar), settings, changes })
}

pub async fn effect_of(office: &Office, params: &QuestionParams, own: &EffectParams) -> Result<Effect, AppError> {
    let Asked { history, question, calendar, settings, mut changes } = asked(office, params, own).await?;
    let versions = office
        .versions()
        .await?
        .iter()
        .skip(1)
        .filter(|version| version.effective_at <= question.as_of)
        .map(|version| version.number)
        .collect();
    let older = changes.len().saturating_sub(VERSIONS_MAX);
    changes.drain(..older);
    aside(move || {
        let answer = effect(&history, &question, &calendar, &changes, settings);
        let has_own_day = changes.iter().any(|change| change.version.is_none());
        Effect { question, answer, older, has_own_day, versions }
    })
    .await
}

/// Which figure's rows are wanted, as text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct OfFigure {
    /// A number's key, such as `mql_to_sql_rate`.
    pub number: Option<String>,
    /// `before` or `after`.
    pub side: Option<String>,
    /// `now` or `year_ago`.
    pub span: Option<String>,
}

impl OfFigure {
    pub fn pairs(&self) -> [(&'static str, &Option<String>); 3] {
        [("number", &self.number), ("side", &self.side), ("span", &self.span)]
    }
}

/// The leads or deals behind one figure of the version (or day) that the question names.
pub async fn rows_of(
    office: &Office,
    params: &QuestionParams,
    own: &EffectParams,
    figure: &OfFigure,
    slice: Slice,
) -> Result<(Question, Figure, Evidence), AppError> {
    let Asked { history, question, calendar, settings, changes } = asked(office, params, own).await?;
    let change = *changes.last().ok_or_else(|| AppError::refused(report::NOTHING))?;
    let key = text(&figure.number).unwrap_or("mql_to_sql_rate");
    let known = || rule::ALL.iter().map(|number| number.key).collect::<Vec<_>>().join(", ");
    let number = rule::find(key).ok_or_else(|| AppError::refused(format!("number `{key}`: write one of {}", known())))?;
    let after = one_of("side", &figure.side, ["before", "after"])?;
    let year_ago = one_of("span", &figure.span, ["now", "year_ago"])?;
    let figure = Figure { change, number, after, year_ago };
    aside(move || {
        let evidence = rule::rows(&history, &question, &calendar, settings, figure, (slice.offset, slice.limit));
        (question, figure, evidence)
    })
    .await
}

/// Whether the second of two words is meant; the first one where nothing is said.
fn one_of(name: &str, value: &Option<String>, words: [&str; 2]) -> Result<bool, AppError> {
    match text(value) {
        None => Ok(false),
        Some(word) if words.contains(&word) => Ok(word == words[1]),
        Some(word) => Err(AppError::refused(format!("{name} `{word}`: write {} or {}", words[0], words[1]))),
    }
}

/// Versions that took effect by `as_of`, but for the first, which nothing was before; and the day of one's own.
async fn changes(office: &Office, own: &EffectParams, question: &Question) -> Result<Vec<Change>, AppError> {
    let as_of = question.as_of;
    if let Some(written) = text(&own.at) {
        // A date alone is the start of that day where the company is.
        let day = written.parse::<Date>().ok().filter(|_| !written.contains('T'));
        let at = match day.and_then(|day| day.to_zoned(question.zone.clone()).ok()) {
            Some(start) => Instant::from_timestamp(start.timestamp()),
            None => Instant(wire::instant("at", written)?),
        };
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
