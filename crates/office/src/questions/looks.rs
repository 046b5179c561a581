//! When a person last looked at a number, so that its page can say what has changed since.

use alignment::{Instant, instant::MICROS_PER_MINUTE};
use facts::saved_questions::{self as record, Look};

use crate::{Office, question::QuestionParams, scoreboard::params::address, web::AppError};

/// Looks within it are one visit.
const VISIT_MICROS: i64 = 30 * MICROS_PER_MINUTE;
const REMEMBERED_DAYS: i64 = 180;

/// When the person looked at this question before this visit, which is remembered. A question about another day is none to come back to.
pub async fn look(office: &Office, user: Option<i64>, number: &str, params: &QuestionParams) -> Result<Option<Instant>, AppError> {
    let is_today = |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
    let Some(user) = user.filter(|_| is_today(&params.as_of) && is_today(&params.known_at)) else { return Ok(None) };
    let question = address("", params, &[]);
    let now = office.clock().now();
    let known = record::look(&mut *office.facts().reader().await?, user, number, &question).await?;
    let next = match known {
        Some(look) if now.0 - look.at < VISIT_MICROS => return Ok(look.before_at.map(Instant)),
        Some(look) => Look { at: now.0, before_at: Some(look.at) },
        None => Look { at: now.0, before_at: None },
    };
    let mut tx = office.facts().write().await?;
    record::set_look(&mut tx, user, number, &question, next, now.plus_days(-REMEMBERED_DAYS).0).await?;
    tx.commit().await?;
    Ok(next.before_at.map(Instant))
}
