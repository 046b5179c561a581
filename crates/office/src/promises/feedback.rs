//! Marketing's review of what sales said of its leads.

use alignment::Instant;
use facts::{
    WriteTx,
    ledger::acts::{self, ReviewRow, SentBackRow},
};

use super::{rights::Speaker, waivers::text};
use crate::{Office, web::AppError};

const NOTE_MAX: usize = 10_000;
/// Of rejections and recycles that one review lists.
pub const LISTED_MAX: i64 = 200;
/// The first review looks back so far.
const FIRST_DAYS: i64 = 30;

/// What there is to look through.
pub struct Feedback {
    pub last: Option<ReviewRow>,
    pub since: Instant,
    /// Newest first; the first [`LISTED_MAX`] of them.
    pub sent_back: Vec<SentBackRow>,
    /// Reviews of the last 90 days, newest first.
    pub reviews: Vec<ReviewRow>,
}

pub async fn look(office: &Office, now: Instant) -> anyhow::Result<Feedback> {
    let mut record = office.facts().read().await?;
    let connection = record.conn();
    let reviews = acts::reviews(connection, now.plus_days(-90).0, now.0 + 1).await?;
    let last = reviews.first().cloned();
    let since = last.as_ref().map_or(now.plus_days(-FIRST_DAYS), |row| Instant(row.at));
    let sent_back = acts::sent_back(connection, since.0, now.0 + 1, LISTED_MAX).await?;
    Ok(Feedback { last, since, sent_back, reviews })
}

/// Says that somebody looked, and what they take from it.
pub async fn review(tx: &mut WriteTx, speaker: &Speaker, note: &str) -> Result<i64, AppError> {
    speaker.may_review_feedback()?;
    let note = text("note", note, NOTE_MAX)?;
    Ok(acts::add_review(tx, &speaker.author, &note).await?)
}
