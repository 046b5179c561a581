//! When a person last looked at a number, so that its page can say what has changed since.

use alignment::{Instant, instant::MICROS_PER_MINUTE};
use facts::saved_questions::{self as record, Look};

use crate::{Office, question::QuestionParams, scoreboard::params::address, web::AppError};

/// Looks within it are one visit.
const VISIT_MICROS: i64 = 30 * MICROS_PER_MINUTE;
const REMEMBERED_DAYS: i64 = 180;

/// When the person looked at this question before this visit, which is remembered beside: nobody waits for it, whoever else is writing.
/// A question about another day is none to come back to.
pub async fn look(office: &Office, user: Option<i64>, number: &str, params: &QuestionParams) -> Result<Option<Instant>, AppError> {
    let visit = visit(office, user, number, params).await?;
    let before = visit.before;
    if visit.begins.is_some() {
        let office = office.clone();
        tokio::spawn(async move {
            if let Err(error) = remember(&office, visit).await {
                tracing::warn!(%error, "a look at a number was not remembered");
            }
        });
    }
    Ok(before)
}

/// A look at a question.
pub struct Visit {
    /// When the person looked before this visit.
    pub before: Option<Instant>,
    /// What is to be remembered; `None` within a visit that is known.
    begins: Option<(i64, Look)>,
    number: String,
    /// Hash of the question's address, which can be longer than a key may be.
    question: String,
}

pub async fn visit(office: &Office, user: Option<i64>, number: &str, params: &QuestionParams) -> Result<Visit, AppError> {
    let is_today = |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
    let mut visit = Visit { before: None, begins: None, number: number.to_owned(), question: super::hash(&address("", params, &[])) };
    let Some(user) = user.filter(|_| is_today(&params.as_of) && is_today(&params.known_at)) else { return Ok(visit) };
    let now = office.clock().now();
    let known = record::look(&mut *office.facts().reader().await?, user, number, &visit.question).await?;
    if let Some(look) = known
        && now.0 - look.at < VISIT_MICROS
    {
        visit.before = look.before_at.map(Instant);
        return Ok(visit);
    }
    let before = known.map(|look| look.at);
    visit.before = before.map(Instant);
    visit.begins = Some((user, Look { at: now.0, before_at: before }));
    Ok(visit)
}

/// Writes down that a visit began.
pub async fn remember(office: &Office, visit: Visit) -> Result<(), AppError> {
    let Some((user, look)) = visit.begins else { return Ok(()) };
    let mut tx = office.facts().write().await?;
    let forget_before = Instant(look.at).plus_days(-REMEMBERED_DAYS).0;
    record::set_look(&mut tx, user, &visit.number, &visit.question, look, forget_before).await?;
    Ok(tx.commit().await?)
}
