//! Letting a promise off: for a whole month, or for one clock of it.

use alignment::{
    Instant,
    lifecycle::Side,
    promise::{self, Month, Promise},
};
use facts::{
    WriteTx,
    ledger::acts::{self, WaiverRow},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::rights::Speaker;
use crate::{agreement::Versions, web::AppError};

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewWaiver {
    /// Key of a promise, such as `review_time`. Not needed with `clock_id`.
    pub promise: Option<String>,
    /// The month, such as `2026-11`. Not needed with `clock_id`.
    pub period: Option<String>,
    /// One clock, rather than the whole month.
    pub clock_id: Option<i64>,
    /// Why; both sides read it.
    pub reason: String,
}

const REASON_MAX: usize = 1_000;

/// Waiving what is waived already changes nothing. Gives the waiver's id.
pub async fn waive(tx: &mut WriteTx, speaker: &Speaker, versions: &Versions, new: NewWaiver) -> Result<i64, AppError> {
    let reason = text("reason", &new.reason, REASON_MAX)?;
    let (promise, period) = match new.clock_id {
        Some(clock) => of_clock(tx, versions, clock, &new).await?,
        None => (of_key(new.promise.as_deref().unwrap_or_default())?, month(new.period.as_deref().unwrap_or_default())?),
    };
    speaker.may_waive(promise.side)?;
    acts::hold_month(tx, &period.to_string()).await?;
    refuse_if_settled(tx, period).await?;
    if let Some(known) = acts::standing_waiver(tx.conn(), promise.key, &period.to_string(), new.clock_id).await? {
        return Ok(known);
    }
    Ok(acts::add_waiver(tx, &speaker.author, promise.key, &period.to_string(), new.clock_id, &reason).await?)
}

/// Takes a waiver back; one that was taken back already stays so.
pub async fn revoke(tx: &mut WriteTx, speaker: &Speaker, id: i64) -> Result<WaiverRow, AppError> {
    let waiver = acts::waiver(tx.conn(), id).await?;
    let side = promise::find(&waiver.promise).map_or(Side::Sales, |promise| promise.side);
    speaker.may_waive(side)?;
    acts::hold_month(tx, &waiver.period).await?;
    refuse_if_settled(tx, month(&waiver.period)?).await?;
    if waiver.revoked_at.is_none() {
        acts::revoke_waiver(tx, &speaker.author, id).await?;
    }
    Ok(acts::waiver(tx.conn(), id).await?)
}

pub fn of_key(key: &str) -> Result<&'static Promise, AppError> {
    promise::find(key).ok_or_else(|| {
        let known: Vec<_> = promise::ALL.iter().map(|promise| promise.key).collect();
        AppError::refused(format!("promise: `{key}` is not one of {}", known.join(", ")))
    })
}

pub fn month(text: &str) -> Result<Month, AppError> {
    text.parse().map_err(|error| AppError::refused(format!("period: {error}")))
}

/// A text that must say something.
pub fn text(name: &str, text: &str, characters_max: usize) -> Result<String, AppError> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(AppError::refused(format!("{name}: say it in a sentence; the other side reads it"))),
        length if length > characters_max => {
            Err(AppError::refused(format!("{name}: {length} characters are more than {characters_max}; shorten it")))
        }
        _ if text.contains('\0') => Err(AppError::refused(format!("{name}: it holds a zero byte, which no text has; leave it out"))),
        _ => Ok(text.to_owned()),
    }
}

async fn of_clock(tx: &mut WriteTx, versions: &Versions, id: i64, new: &NewWaiver) -> Result<(&'static Promise, Month), AppError> {
    let clock = acts::clock(tx.conn(), id).await?;
    let promise = promise::ALL.iter().find(|promise| promise.clock == Some(clock.kind.as_str()));
    let promise = promise.ok_or_else(|| AppError::refused(format!("clock_id: no promise counts clocks of the kind `{}`", clock.kind)))?;
    let due = Instant(clock.due_at);
    let period = Month::of(due, &versions.at(due).agreement.time_zone());
    if new.promise.as_deref().is_some_and(|key| !key.is_empty() && key != promise.key) {
        return Err(AppError::refused(format!("promise: clock {id} belongs to `{}`", promise.key)));
    }
    if new.period.as_deref().is_some_and(|text| !text.is_empty() && text != period.to_string()) {
        return Err(AppError::refused(format!("period: clock {id} is due in {period}")));
    }
    Ok((promise, period))
}

async fn refuse_if_settled(tx: &mut WriteTx, period: Month) -> Result<(), AppError> {
    let closings = acts::closings(tx.conn(), &period.to_string()).await?;
    match closings.as_slice() {
        [first, second] if first.hash == second.hash => {
            Err(AppError::Conflict(format!("{} is settled: open it again before changing its waivers.", period.name())))
        }
        _ => Ok(()),
    }
}
