//! Absences: a rep puts in their own, a leader anybody's.

use facts::{
    FactsError, WriteTx,
    changes::Author,
    routing::{self as record, NewAbsence},
    users,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{Actor, Role, api::wire, web::AppError};

/// When somebody is away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AbsenceFields {
    /// A user; yourself, where it is left out.
    pub user_id: Option<i64>,
    /// The first instant of the absence: 2026-12-24T09:00:00Z, or a date for its first instant in UTC.
    pub starts_at: String,
    /// The first instant after it.
    pub ends_at: String,
    pub note: Option<String>,
}

const DAYS_MAX: i64 = 400;
const NOTE_CHARACTERS_MAX: usize = 200;

/// Gives the id of the absence.
pub async fn add_absence(tx: &mut WriteTx, author: &Author, actor: &Actor, fields: AbsenceFields) -> Result<i64, AppError> {
    let own = author.actor;
    let Some(user) = fields.user_id.or(own) else {
        return Err(AppError::refused("user_id: say who is away"));
    };
    may_set(actor, own, user)?;
    match users::one(tx.conn(), user).await {
        Err(FactsError::NotFound { .. }) => return Err(AppError::refused(format!("user_id: there is no user {user}"))),
        other => other?,
    };
    let starts_at = wire::instant("starts_at", &fields.starts_at)?;
    let ends_at = wire::instant("ends_at", &fields.ends_at)?;
    if ends_at <= starts_at {
        return Err(AppError::refused("ends_at: it must be after starts_at"));
    }
    if ends_at <= author.now {
        return Err(AppError::refused("ends_at: it is over already; leads of that time were routed"));
    }
    if ends_at.saturating_sub(starts_at) > DAYS_MAX * alignment::instant::MICROS_PER_DAY {
        return Err(AppError::refused(format!("ends_at: {DAYS_MAX} days at most; disable the user who does not come back")));
    }
    let note = fields.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    if note.is_some_and(|note| note.chars().count() > NOTE_CHARACTERS_MAX) {
        return Err(AppError::refused(format!("note: {NOTE_CHARACTERS_MAX} characters at most")));
    }
    let new = NewAbsence { user, kind: "absence", starts_at, ends_at, note };
    Ok(record::add_absence(tx, author, &new).await?)
}

/// Takes an absence back: the user gets leads again.
pub async fn revoke_absence(tx: &mut WriteTx, author: &Author, actor: &Actor, id: i64) -> Result<(), AppError> {
    let absence = record::absence(tx.conn(), id).await?;
    if absence.kind != "absence" && !is_lead(actor) {
        return Err(AppError::refused(format!("absence {id} was put in by a breach; a leader can take it back")));
    }
    may_set(actor, author.actor, absence.user_id)?;
    Ok(record::revoke_absence(tx, author, id).await?)
}

pub fn is_lead(actor: &Actor) -> bool {
    matches!(actor.role, Role::Leader | Role::Admin)
}

fn may_set(actor: &Actor, own: Option<i64>, user: i64) -> Result<(), AppError> {
    if own == Some(user) || is_lead(actor) {
        return Ok(());
    }
    Err(AppError::refused("user_id: you can put in your own absence; a leader or an administrator anybody's"))
}
