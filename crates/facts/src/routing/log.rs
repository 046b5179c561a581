//! Where leads went: the log of assignments, and the leads that wait in a queue.

use sqlx::AnyConnection;

use crate::{
    ReadTx, Result,
    bulk::Value,
    list::{Key, Listing, Page, Turn, Wanted, int_key, text_key},
};

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct AssignmentRow {
    pub id: i64,
    pub lead_id: i64,
    pub person_name: Option<String>,
    pub person_email: Option<String>,
    pub company_name: Option<String>,
    pub owner_id: Option<i64>,
    pub owner_name: Option<String>,
    pub queue: Option<String>,
    pub rule: Option<String>,
    pub pool: Option<String>,
    pub reason: String,
    pub at: i64,
    pub agreement_version: i64,
    pub actor_id: Option<i64>,
    pub actor_name: Option<String>,
    pub recorded_at: i64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct AssignmentFilter {
    pub lead: Option<i64>,
    pub owner: Option<i64>,
    pub rule: Option<String>,
    pub pool: Option<String>,
    pub queue: Option<Wanted<String>>,
    /// Only what went to a queue.
    pub queued_only: bool,
}

/// A lead that waits for somebody to place it.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct QueueRow {
    pub id: i64,
    pub person_name: Option<String>,
    pub person_email: Option<String>,
    pub company_name: Option<String>,
    pub country: Option<String>,
    pub source: Option<String>,
    pub stage: String,
    pub stage_at: Option<i64>,
    pub due_at: Option<i64>,
    pub queue: String,
    pub reason: Option<String>,
}

/// A decision as it was, for replaying.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct PastAssignment {
    pub id: i64,
    pub lead_id: i64,
    pub owner_id: Option<i64>,
    pub queue: Option<String>,
    pub pool: Option<String>,
    pub reason: String,
    pub body: Option<String>,
    pub at: i64,
    pub agreement_version: i64,
}

const SELECT: &str = "a.id, a.lead_id, p.name AS person_name, p.email AS person_email, c.name AS company_name, a.owner_id, u.name AS owner_name, \
     a.queue, a.rule, a.pool, a.reason, a.at, a.agreement_version, a.actor_id, b.name AS actor_name, a.recorded_at";
const JOINS: &str = "LEFT JOIN leads l ON l.id = a.lead_id LEFT JOIN people p ON p.id = l.person_id \
     LEFT JOIN companies c ON c.id = COALESCE(l.company_id, p.company_id) LEFT JOIN users u ON u.id = a.owner_id LEFT JOIN users b ON b.id = a.actor_id";
static AT: [Key; 2] = [int_key("a.at"), int_key("a.id")];
static ID: [Key; 1] = [int_key("a.id")];

/// Newest first.
pub async fn log(tx: &mut ReadTx, filter: &AssignmentFilter, turn: Turn<'_>) -> Result<Page<AssignmentRow>> {
    let mut listing = match filter.lead {
        Some(lead) => {
            let mut listing = Listing::new(SELECT, "assignments a", JOINS, &ID, true);
            listing.drive("a.lead_id", Wanted::Is(Value::Int(lead)));
            listing
        }
        None => Listing::new(SELECT, "assignments a", JOINS, &AT, true),
    };
    if let Some(owner) = filter.owner {
        listing.check("a.owner_id", Wanted::Is(Value::Int(owner)));
    }
    for (column, text) in [("a.rule", &filter.rule), ("a.pool", &filter.pool)] {
        if let Some(text) = text {
            listing.check(column, Wanted::Is(Value::Text(text.clone())));
        }
    }
    if let Some(queue) = &filter.queue {
        listing.check("a.queue", crate::leads::text_wanted(queue.clone()));
    }
    if filter.queued_only {
        listing.check("CASE WHEN a.queue IS NULL THEN 0 ELSE 1 END", Wanted::Is(Value::Int(1)));
    }
    listing.page(tx, turn).await
}

/// The newest assignment of a lead.
pub async fn assignment_of(connection: &mut AnyConnection, lead: i64) -> Result<Option<PastAssignment>> {
    let sql = "SELECT id, lead_id, owner_id, queue, pool, reason, body, at, agreement_version FROM assignments WHERE lead_id = $1 ORDER BY id DESC LIMIT 1";
    Ok(sqlx::query_as(sql).bind(lead).fetch_optional(connection).await?)
}

/// What was decided by rules in `from..to`, in the order of their instants; `limit` at most.
pub async fn past_between(connection: &mut AnyConnection, from: i64, to: i64, limit: i64) -> Result<Vec<PastAssignment>> {
    Ok(sqlx::query_as(
        "SELECT id, lead_id, owner_id, queue, pool, reason, body, at, agreement_version FROM assignments \
         WHERE at >= $1 AND at < $2 AND body IS NOT NULL ORDER BY at, id LIMIT $3",
    )
    .bind(from)
    .bind(to)
    .bind(limit)
    .fetch_all(connection)
    .await?)
}

/// Rules and pools by which leads went somewhere lately, for a filter's choices.
pub async fn rules(connection: &mut AnyConnection) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = sqlx::query_as(
        "SELECT DISTINCT rule FROM (SELECT rule FROM assignments ORDER BY at DESC, id DESC LIMIT 20000) AS newest WHERE rule IS NOT NULL \
         ORDER BY rule LIMIT 100",
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(rule,)| rule).collect())
}

/// Leads that a pool gave to a member since an instant.
pub async fn given_since(connection: &mut AnyConnection, pool: &str, user: i64, since: i64) -> Result<i64> {
    let (count,): (i64,) = sqlx::query_as(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM assignments WHERE pool = $1 AND owner_id = $2 AND at >= $3 AND pool IS NOT NULL",
    )
    .bind(pool.to_owned())
    .bind(user)
    .bind(since)
    .fetch_one(connection)
    .await?;
    Ok(count)
}

const QUEUE_SELECT: &str = "l.id, p.name AS person_name, p.email AS person_email, c.name AS company_name, COALESCE(c.country, p.country) AS country, \
     l.source, l.stage, l.stage_at, l.due_at, l.queue, \
     (SELECT a.reason FROM assignments a WHERE a.lead_id = l.id ORDER BY a.id DESC LIMIT 1) AS reason";
const QUEUE_JOINS: &str = "LEFT JOIN people p ON p.id = l.person_id LEFT JOIN companies c ON c.id = COALESCE(l.company_id, p.company_id)";
static QUEUED: [Key; 3] = [text_key("l.queue"), int_key("l.opened_at"), int_key("l.id")];

/// Leads that wait, by queue, the oldest first.
pub async fn queue(tx: &mut ReadTx, turn: Turn<'_>) -> Result<Page<QueueRow>> {
    let mut listing = Listing::new(QUEUE_SELECT, "leads l", QUEUE_JOINS, &QUEUED, false);
    // No queue is without a name: this says that there is one, in a way that the index knows.
    listing.drive_range("l.queue", ">=", Value::Text(String::new()));
    listing.page(tx, turn).await
}

/// How many wait, counted up to `max`.
pub async fn waiting(connection: &mut AnyConnection, max: i64) -> Result<i64> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT id FROM leads WHERE queue IS NOT NULL LIMIT $1) AS waiting";
    let (count,): (i64,) = sqlx::query_as(sql).bind(max).fetch_one(connection).await?;
    Ok(count)
}
