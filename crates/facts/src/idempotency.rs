//! Answers that were given to writes with an `Idempotency-Key`, kept for a day in the transaction of the write itself.

use sqlx::AnyConnection;

use crate::Result;

/// How long an answer is kept.
pub const KEPT_MICROS: i64 = 24 * 3_600 * 1_000_000;

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct KeptAnswer {
    /// Of what was asked: the same key for another request is a mistake.
    pub request_hash: String,
    pub status: i64,
    pub body: String,
}

pub async fn kept(connection: &mut AnyConnection, actor: i64, key: &str, now: i64) -> Result<Option<KeptAnswer>> {
    Ok(sqlx::query_as("SELECT request_hash, status, body FROM idempotency_keys WHERE actor_id = $1 AND key = $2 AND recorded_at > $3")
        .bind(actor)
        .bind(key.to_owned())
        .bind(now - KEPT_MICROS)
        .fetch_optional(connection)
        .await?)
}

/// Keeps an answer and lets go of those past their day. Of two requests with one key at once, the database refuses the second.
pub async fn keep(connection: &mut AnyConnection, actor: i64, key: &str, answer: &KeptAnswer, now: i64) -> Result<()> {
    sqlx::query("DELETE FROM idempotency_keys WHERE recorded_at <= $1").bind(now - KEPT_MICROS).execute(&mut *connection).await?;
    sqlx::query("INSERT INTO idempotency_keys (actor_id, key, request_hash, status, body, recorded_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(actor)
        .bind(key.to_owned())
        .bind(answer.request_hash.clone())
        .bind(answer.status)
        .bind(answer.body.clone())
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}
