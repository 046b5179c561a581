//! What people write into the ledger: waivers, closings of a month, and reviews of feedback.

use sqlx::AnyConnection;

use crate::{
    Result, WriteTx,
    bulk::Value,
    changes::{self, Author},
    events::NewEvent,
    schema::{self, Table},
};

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct WaiverRow {
    pub id: i64,
    pub promise: String,
    pub period: String,
    pub clock_id: Option<i64>,
    /// Of the clock.
    pub lead_id: Option<i64>,
    pub reason: String,
    pub user_id: Option<i64>,
    pub user_name: Option<String>,
    pub at: i64,
    pub revoked_at: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SettlementRow {
    pub id: i64,
    pub period: String,
    pub side: String,
    pub hash: String,
    pub body: String,
    pub user_id: i64,
    pub user_name: Option<String>,
    pub at: i64,
    pub reopen_asked_at: Option<i64>,
    pub reopen_asked_by: Option<i64>,
    pub reopened_at: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ReviewRow {
    pub id: i64,
    pub at: i64,
    pub note: String,
    pub user_id: Option<i64>,
    pub user_name: Option<String>,
}

/// A lead that sales rejected or sent back.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SentBackRow {
    pub lead_id: i64,
    pub stage: String,
    pub at: i64,
    pub reason: Option<String>,
    pub person_name: Option<String>,
    pub company_name: Option<String>,
    pub source: Option<String>,
    pub actor_name: Option<String>,
}

/// What a clock's waiver needs to know of it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ClockFact {
    pub kind: String,
    pub due_at: i64,
    pub lead_id: i64,
}

const WAIVER: &str = "SELECT w.id, w.promise, w.period, w.clock_id, k.lead_id, w.reason, w.user_id, u.name AS user_name, w.at, w.revoked_at \
     FROM waivers w LEFT JOIN users u ON u.id = w.user_id LEFT JOIN clocks k ON k.id = w.clock_id";
const SETTLEMENT: &str = "SELECT s.id, s.period, s.side, s.hash, s.body, s.user_id, u.name AS user_name, s.at, s.reopen_asked_at, s.reopen_asked_by, s.reopened_at \
     FROM settlements s LEFT JOIN users u ON u.id = s.user_id";

/// Those of a month that are not revoked, newest first, 500 at most.
pub async fn waivers(connection: &mut AnyConnection, period: &str) -> Result<Vec<WaiverRow>> {
    let sql = format!("{WAIVER} WHERE w.period = $1 AND w.revoked_at IS NULL ORDER BY w.id DESC LIMIT 500");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(period.to_owned()).fetch_all(connection).await?)
}

/// Those of whole months.
pub async fn month_waivers(connection: &mut AnyConnection, period: &str) -> Result<Vec<WaiverRow>> {
    let sql = format!("{WAIVER} WHERE w.period = $1 AND w.clock_id IS NULL AND w.revoked_at IS NULL ORDER BY w.id LIMIT 100");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(period.to_owned()).fetch_all(connection).await?)
}

pub async fn waiver(connection: &mut AnyConnection, id: i64) -> Result<WaiverRow> {
    let sql = format!("{WAIVER} WHERE w.id = $1");
    let found = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| crate::FactsError::not_found("waiver", id))
}

pub async fn clock(connection: &mut AnyConnection, id: i64) -> Result<ClockFact> {
    let found = sqlx::query_as("SELECT kind, due_at, lead_id FROM clocks WHERE id = $1").bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| crate::FactsError::not_found("clock", id))
}

/// The waiver of the same thing that stands already.
pub async fn standing_waiver(connection: &mut AnyConnection, promise: &str, period: &str, clock: Option<i64>) -> Result<Option<i64>> {
    let found: Option<(i64,)> = sqlx::query_as(
        "SELECT id FROM waivers WHERE promise = $1 AND period = $2 AND COALESCE(clock_id, 0) = $3 AND revoked_at IS NULL ORDER BY id LIMIT 1",
    )
    .bind(promise.to_owned())
    .bind(period.to_owned())
    .bind(clock.unwrap_or(0))
    .fetch_optional(connection)
    .await?;
    Ok(found.map(|(id,)| id))
}

pub async fn add_waiver(tx: &mut WriteTx, author: &Author, promise: &str, period: &str, clock: Option<i64>, reason: &str) -> Result<i64> {
    let values = [
        ("promise", Value::Text(promise.to_owned())),
        ("period", Value::Text(period.to_owned())),
        ("clock_id", Value::int(clock)),
        ("reason", Value::Text(reason.to_owned())),
        ("user_id", Value::int(author.actor)),
        ("at", Value::Int(author.now)),
    ];
    let id = changes::add(tx, author, &schema::WAIVERS, author.now, &values).await?;
    note(tx, author, "promise_waived", &schema::WAIVERS, id);
    Ok(id)
}

pub async fn revoke_waiver(tx: &mut WriteTx, author: &Author, id: i64) -> Result<()> {
    changes::set(tx, author, &schema::WAIVERS, "waiver", id, vec![("revoked_at", Value::Int(author.now))]).await?;
    note(tx, author, "waiver_revoked", &schema::WAIVERS, id);
    Ok(())
}

/// The closings of a month that stand, one a side at most.
pub async fn closings(connection: &mut AnyConnection, period: &str) -> Result<Vec<SettlementRow>> {
    let sql = format!("{SETTLEMENT} WHERE s.period = $1 AND s.reopened_at IS NULL ORDER BY s.side LIMIT 2");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(period.to_owned()).fetch_all(connection).await?)
}

/// Months that both sides closed, the latest first, with the ledger as it stood.
pub async fn settled(connection: &mut AnyConnection, before: &str, limit: i64) -> Result<Vec<(String, String)>> {
    Ok(sqlx::query_as(
        "SELECT a.period, a.body FROM settlements a JOIN settlements b ON b.period = a.period AND b.side = 'sales' AND b.reopened_at IS NULL \
         AND b.hash = a.hash WHERE a.side = 'marketing' AND a.reopened_at IS NULL AND a.period < $1 ORDER BY a.period DESC LIMIT $2",
    )
    .bind(before.to_owned())
    .bind(limit)
    .fetch_all(connection)
    .await?)
}

pub async fn add_closing(tx: &mut WriteTx, author: &Author, closing: (&str, &str), hash: &str, body: &str, user: i64) -> Result<i64> {
    let (period, side) = closing;
    let values = [
        ("period", Value::Text(period.to_owned())),
        ("side", Value::Text(side.to_owned())),
        ("hash", Value::Text(hash.to_owned())),
        ("body", Value::Text(body.to_owned())),
        ("user_id", Value::Int(user)),
        ("at", Value::Int(author.now)),
    ];
    let id = changes::add(tx, author, &schema::SETTLEMENTS, author.now, &values).await?;
    note(tx, author, "month_closed", &schema::SETTLEMENTS, id);
    Ok(id)
}

pub fn note_settled(tx: &mut WriteTx, author: &Author, id: i64) {
    note(tx, author, "month_settled", &schema::SETTLEMENTS, id);
}

/// A side asks for the settled month to be opened again.
pub async fn ask_to_reopen(tx: &mut WriteTx, author: &Author, id: i64, reason: &str) -> Result<()> {
    let values = vec![
        ("reopen_asked_at", Value::Int(author.now)),
        ("reopen_asked_by", Value::int(author.actor)),
        ("reopen_reason", Value::Text(reason.to_owned())),
    ];
    changes::set(tx, author, &schema::SETTLEMENTS, "closing", id, values).await?;
    note(tx, author, "month_reopening_asked", &schema::SETTLEMENTS, id);
    Ok(())
}

pub async fn reopen(tx: &mut WriteTx, author: &Author, id: i64, reason: &str) -> Result<()> {
    let values = vec![("reopened_at", Value::Int(author.now)), ("reopen_reason", Value::Text(reason.to_owned()))];
    changes::set(tx, author, &schema::SETTLEMENTS, "closing", id, values).await?;
    note(tx, author, "month_reopened", &schema::SETTLEMENTS, id);
    Ok(())
}

/// Holds a month against others who close it at the same time, until the end of the transaction.
pub async fn hold_month(tx: &mut WriteTx, period: &str) -> Result<()> {
    sqlx::query("INSERT INTO said_once (once, at) VALUES ($1, 0) ON CONFLICT (once) DO UPDATE SET at = 0")
        .bind(format!("month {period}"))
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub async fn add_review(tx: &mut WriteTx, author: &Author, text: &str) -> Result<i64> {
    let values = [("at", Value::Int(author.now)), ("note", Value::Text(text.to_owned())), ("user_id", Value::int(author.actor))];
    let id = changes::add(tx, author, &schema::FEEDBACK_REVIEWS, author.now, &values).await?;
    note(tx, author, "feedback_reviewed", &schema::FEEDBACK_REVIEWS, id);
    Ok(id)
}

/// Reviews of feedback from `from` on and before `to`, newest first, 500 at most.
pub async fn reviews(connection: &mut AnyConnection, from: i64, to: i64) -> Result<Vec<ReviewRow>> {
    Ok(sqlx::query_as(
        "SELECT r.id, r.at, r.note, r.user_id, u.name AS user_name FROM feedback_reviews r LEFT JOIN users u ON u.id = r.user_id \
         WHERE r.at >= $1 AND r.at < $2 ORDER BY r.at DESC, r.id DESC LIMIT 500",
    )
    .bind(from)
    .bind(to)
    .fetch_all(connection)
    .await?)
}

/// Rejections and recycles from `from` on and before `to`, newest first.
pub async fn sent_back(connection: &mut AnyConnection, from: i64, to: i64, limit: i64) -> Result<Vec<SentBackRow>> {
    Ok(sqlx::query_as(
        "SELECT t.lead_id, t.stage, t.at, t.reason, COALESCE(p.name, p.email) AS person_name, c.name AS company_name, l.source, u.name AS actor_name \
         FROM transitions t JOIN leads l ON l.id = t.lead_id LEFT JOIN people p ON p.id = l.person_id \
         LEFT JOIN companies c ON c.id = COALESCE(l.company_id, p.company_id) LEFT JOIN users u ON u.id = t.actor_id \
         WHERE t.stage IN ('rejected', 'recycled') AND t.at >= $1 AND t.at < $2 ORDER BY t.at DESC, t.id DESC LIMIT $3",
    )
    .bind(from)
    .bind(to)
    .bind(limit)
    .fetch_all(connection)
    .await?)
}

/// Sides that a user may speak for: as head, or as a head's deputy.
pub async fn sides_of(connection: &mut AnyConnection, user: i64, now: i64) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = sqlx::query_as(
        "SELECT side FROM heads WHERE user_id = $1 AND starts_at <= $2 AND (ends_at IS NULL OR ends_at > $2) \
         UNION SELECT side FROM delegations WHERE deputy_id = $1 AND starts_at <= $2 AND ends_at > $2 AND revoked_at IS NULL",
    )
    .bind(user)
    .bind(now)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(side,)| side).collect())
}

/// Heads of both sides; where a side has none, the leaders in its place. As (side, user).
pub async fn answerable(connection: &mut AnyConnection, side: &str, now: i64) -> Result<Vec<i64>> {
    let heads: Vec<(i64,)> =
        sqlx::query_as("SELECT user_id FROM heads WHERE side = $1 AND starts_at <= $2 AND (ends_at IS NULL OR ends_at > $2) LIMIT 10")
            .bind(side.to_owned())
            .bind(now)
            .fetch_all(&mut *connection)
            .await?;
    if !heads.is_empty() {
        return Ok(heads.into_iter().map(|(id,)| id).collect());
    }
    let leaders: Vec<(i64,)> = sqlx::query_as("SELECT id FROM users WHERE role = 'leader' AND disabled_at IS NULL ORDER BY id LIMIT 10")
        .fetch_all(connection)
        .await?;
    Ok(leaders.into_iter().map(|(id,)| id).collect())
}

pub async fn was_said(connection: &mut AnyConnection, once: &str) -> Result<bool> {
    let found: Option<(i64,)> =
        sqlx::query_as("SELECT at FROM said_once WHERE once = $1").bind(once.to_owned()).fetch_optional(connection).await?;
    Ok(found.is_some())
}

fn note(tx: &mut WriteTx, author: &Author, kind: &'static str, table: &'static Table, id: i64) {
    tx.note(NewEvent {
        kind,
        table: table.name,
        first_id: id,
        last_id: id,
        at: author.now,
        recorded_at: author.now,
        actor_id: author.actor,
        import_id: None,
        agreement_version: author.agreement_version,
        body: None,
    });
}
