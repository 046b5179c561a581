//! What the record learned after an instant, read so that it can be taken back: fields that were corrected, rows that came and rows
//! that went. Each reading is bounded by its caller, and found by an index.

use sqlx::AnyConnection;

use crate::Result;

/// A field that was changed after the instant.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Correction {
    pub id: i64,
    /// Name of the table.
    pub noun: String,
    pub record_id: i64,
    /// Name of the column, or `custom:` and the key of one of the customer's own fields.
    pub field: String,
    pub old_value: Option<String>,
    pub new_value: Option<String>,
    pub recorded_at: i64,
    pub actor_id: Option<i64>,
    pub actor_name: Option<String>,
    pub import_id: Option<i64>,
}

/// Rows that came, changed or went after the instant.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RunSince {
    pub id: i64,
    pub kind: String,
    pub noun: String,
    pub first_id: i64,
    pub last_id: i64,
    pub recorded_at: i64,
    pub actor_id: Option<i64>,
    pub import_id: Option<i64>,
}

/// A transition that somebody took back after the instant.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TakenBack {
    pub transition_id: i64,
    pub lead_id: i64,
    pub stage: String,
    pub at: Option<i64>,
    /// When it was written down.
    pub entered_at: i64,
    pub agreement_version: i64,
    pub reason: Option<String>,
}

/// Whether anything was written down after an instant.
pub async fn any_since(connection: &mut AnyConnection, known_at: i64) -> Result<bool> {
    let found: Option<(i64,)> =
        sqlx::query_as("SELECT id FROM events WHERE recorded_at > $1 LIMIT 1").bind(known_at).fetch_optional(connection).await?;
    Ok(found.is_some())
}

/// In the order in which they were made; `limit` at most.
pub async fn corrections_since(connection: &mut AnyConnection, known_at: i64, limit: i64) -> Result<Vec<Correction>> {
    const SQL: &str = "SELECT h.id, h.noun, h.record_id, h.field, h.old_value, h.new_value, h.recorded_at, h.actor_id, u.name AS actor_name, \
         h.import_id FROM changes h LEFT JOIN users u ON u.id = h.actor_id WHERE h.recorded_at > $1 ORDER BY h.id LIMIT $2";
    Ok(sqlx::query_as(SQL).bind(known_at).bind(limit).fetch_all(connection).await?)
}

/// In the order of the log; `limit` at most.
pub async fn runs_since(connection: &mut AnyConnection, known_at: i64, limit: i64) -> Result<Vec<RunSince>> {
    const SQL: &str = "SELECT id, kind, noun, first_id, last_id, recorded_at, actor_id, import_id FROM events WHERE recorded_at > $1 \
         AND kind IN ('added', 'changed', 'removed') ORDER BY id LIMIT $2";
    Ok(sqlx::query_as(SQL).bind(known_at).bind(limit).fetch_all(connection).await?)
}

/// Transitions that were there at the instant and were taken back since; `limit` at most.
pub async fn taken_back_since(connection: &mut AnyConnection, known_at: i64, limit: i64) -> Result<Vec<TakenBack>> {
    const SQL: &str = "SELECT transition_id, lead_id, stage, at, entered_at, agreement_version, reason FROM retractions \
         WHERE recorded_at > $1 AND entered_at <= $1 ORDER BY id LIMIT $2";
    Ok(sqlx::query_as(SQL).bind(known_at).bind(limit).fetch_all(connection).await?)
}

/// (deal, person) of people who joined a deal of the run after the instant.
pub async fn joined_since(connection: &mut AnyConnection, known_at: i64, first: i64, last: i64) -> Result<Vec<(i64, i64)>> {
    const SQL: &str =
        "SELECT deal_id, person_id FROM deal_people WHERE deal_id BETWEEN $2 AND $3 AND recorded_at > $1 ORDER BY deal_id, id";
    Ok(sqlx::query_as(SQL).bind(known_at).bind(first).bind(last).fetch_all(connection).await?)
}

/// Merges of people, and partings, after the instant.
pub async fn merges_since(connection: &mut AnyConnection, known_at: i64) -> Result<i64> {
    const SQL: &str = "SELECT (SELECT COUNT(*) FROM people_merges WHERE at > $1 AND undone_at IS NULL) \
         + (SELECT COUNT(*) FROM people_merges WHERE undone_at > $1 AND at <= $1)";
    let (count,): (i64,) = sqlx::query_as(SQL).bind(known_at).fetch_one(connection).await?;
    Ok(count)
}
