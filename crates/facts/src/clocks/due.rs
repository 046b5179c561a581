//! What has come due, oldest first, and taking it: each thing once, whoever else looks at the same time.

use sqlx::{Any, AnyConnection, AssertSqlSafe, any::AnyArguments, query::Query};

use crate::{Result, WriteTx};

/// What a clock waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    Warning,
    Breach,
    Step,
}

/// (clock, lead) of running clocks for which this has come by `now`.
pub async fn due(connection: &mut AnyConnection, due: Due, now: i64, limit: i64) -> Result<Vec<(i64, i64)>> {
    let (column, condition) = match due {
        Due::Warning => {
            ("warn_at", "ended_at IS NULL AND warned_at IS NULL AND breached_at IS NULL AND paused_at IS NULL AND warn_at <= $1")
        }
        Due::Breach => ("due_at", "ended_at IS NULL AND breached_at IS NULL AND paused_at IS NULL AND due_at < $1"),
        Due::Step => ("next_step_at", "next_step_at IS NOT NULL AND next_step_at < $1"),
    };
    let sql = format!("SELECT id, lead_id FROM clocks WHERE {condition} ORDER BY {column}, id LIMIT $2");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(now).bind(limit).fetch_all(connection).await?)
}

/// Whether it was ours to warn.
pub async fn take_warning(tx: &mut WriteTx, clock: i64, now: i64) -> Result<bool> {
    let sql = "UPDATE clocks SET warned_at = $2 WHERE id = $1 AND warned_at IS NULL AND breached_at IS NULL AND ended_at IS NULL \
               AND paused_at IS NULL AND warn_at <= $2";
    took(tx, sqlx::query(sql).bind(clock).bind(now)).await
}

/// Whether it was ours to call broken; `next_step_at` is when its escalation begins.
pub async fn take_breach(tx: &mut WriteTx, clock: i64, now: i64, next_step_at: Option<i64>) -> Result<bool> {
    let sql = "UPDATE clocks SET breached_at = due_at, next_step_at = $3 \
               WHERE id = $1 AND breached_at IS NULL AND ended_at IS NULL AND paused_at IS NULL AND due_at < $2";
    took(tx, sqlx::query(sql).bind(clock).bind(now).bind(next_step_at)).await
}

/// Whether it was ours to take the steps up to `taken`.
pub async fn take_steps(tx: &mut WriteTx, clock: i64, taken_before: i64, taken: i64, next_step_at: Option<i64>) -> Result<bool> {
    let sql = "UPDATE clocks SET steps_taken = $3, next_step_at = $4 WHERE id = $1 AND steps_taken = $2 AND ended_at IS NULL";
    took(tx, sqlx::query(sql).bind(clock).bind(taken_before).bind(taken).bind(next_step_at)).await
}

/// (id, lead, owner, person's name) of leads that were to come back by `now`.
pub async fn recycles_due(connection: &mut AnyConnection, now: i64, limit: i64) -> Result<Vec<(i64, i64, Option<i64>, Option<String>)>> {
    Ok(sqlx::query_as(
        "SELECT r.id, r.lead_id, l.owner_id, COALESCE(p.name, p.email) FROM recycle_dates r LEFT JOIN leads l ON l.id = r.lead_id \
         LEFT JOIN people p ON p.id = l.person_id WHERE r.done_at IS NULL AND r.return_at <= $1 ORDER BY r.return_at, r.id LIMIT $2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(connection)
    .await?)
}

/// Whether it was ours to say that the lead is back.
pub async fn take_recycle(tx: &mut WriteTx, id: i64, now: i64) -> Result<bool> {
    took(tx, sqlx::query("UPDATE recycle_dates SET done_at = $2 WHERE id = $1 AND done_at IS NULL").bind(id).bind(now)).await
}

/// A lead as messages name it: the person's name or address, and their company's.
pub async fn lead_names(connection: &mut AnyConnection, lead: i64) -> Result<(Option<String>, Option<String>)> {
    let found = sqlx::query_as(
        "SELECT COALESCE(p.name, p.email), c.name FROM leads l LEFT JOIN people p ON p.id = l.person_id \
         LEFT JOIN companies c ON c.id = l.company_id WHERE l.id = $1",
    );
    Ok(found.bind(lead).fetch_optional(connection).await?.unwrap_or_default())
}

async fn took(tx: &mut WriteTx, query: Query<'_, Any, AnyArguments>) -> Result<bool> {
    Ok(query.execute(tx.conn()).await?.rows_affected() > 0)
}

/// Whom to tell where a side has no head: its leaders who can sign in.
pub async fn leaders(connection: &mut AnyConnection) -> Result<Vec<i64>> {
    let sql = "SELECT id FROM users WHERE role = 'leader' AND disabled_at IS NULL ORDER BY id LIMIT 20";
    let rows: Vec<(i64,)> = sqlx::query_as(sql).fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Whether somebody is off the rota until `until` already.
pub async fn is_off_rota(connection: &mut AnyConnection, user: i64, until: i64) -> Result<bool> {
    let sql = "SELECT id FROM absences WHERE user_id = $1 AND kind = 'off_rota' AND ends_at >= $2 AND revoked_at IS NULL LIMIT 1";
    let found: Option<(i64,)> = sqlx::query_as(sql).bind(user).bind(until).fetch_optional(connection).await?;
    Ok(found.is_some())
}
