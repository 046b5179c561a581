//! Routing: what it looks at, and writing down where leads went.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{Result, WriteTx, list::id_list};

mod absences;
mod log;
mod written;

pub use absences::{AbsenceRow, NewAbsence, absence, absences, add_absence, revoke_absence};
pub use log::{
    AssignmentFilter, AssignmentRow, PastAssignment, QueueRow, assignment_of, given_since, log, past_between, queue, rules, waiting,
};
pub use written::{Move, NewAssignment, save_turns, write};

/// Rows asked for in one statement, at most.
const IDS_MAX: usize = 5_000;
/// Users that routing knows, at most.
const USERS_MAX: i64 = 20_000;

/// A lead with what rules look at: its person, and the company of the lead or else of the person.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct LeadFields {
    pub id: i64,
    pub person_id: i64,
    pub stage: String,
    pub source: Option<String>,
    pub owner_id: Option<i64>,
    pub queue: Option<String>,
    pub product_line: Option<String>,
    pub person_name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub job_title: Option<String>,
    pub country: Option<String>,
    pub company_id: Option<i64>,
    pub company_name: Option<String>,
    pub company_domain: Option<String>,
    pub company_industry: Option<String>,
    pub company_country: Option<String>,
    pub company_region: Option<String>,
    pub company_employees: Option<i64>,
    pub company_revenue_minor: Option<i64>,
    pub company_revenue_currency: Option<String>,
    pub company_owner_id: Option<i64>,
    /// It was routed or assigned before.
    pub assigned: i64,
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct CompanyCandidate {
    pub id: i64,
    pub name: Option<String>,
    pub domain: Option<String>,
    pub owner_id: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct RepRow {
    pub id: i64,
    pub name: String,
    pub email: Option<String>,
    pub side: String,
    pub region: Option<String>,
    pub role: Option<String>,
    pub disabled_at: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TurnsRow {
    pub pool: String,
    pub user_id: i64,
    pub given: i64,
    pub weight: i64,
}

pub async fn leads(connection: &mut AnyConnection, ids: &[i64]) -> Result<Vec<LeadFields>> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(IDS_MAX) {
        let sql = format!(
            "SELECT l.id, l.person_id, l.stage, l.source, l.owner_id, l.queue, l.product_line, p.name AS person_name, p.email, p.phone, \
             p.job_title, p.country, c.id AS company_id, c.name AS company_name, c.domain AS company_domain, c.industry AS company_industry, \
             c.country AS company_country, c.region AS company_region, c.employees AS company_employees, \
             c.annual_revenue_minor AS company_revenue_minor, c.annual_revenue_currency AS company_revenue_currency, \
             c.owner_id AS company_owner_id, \
             CASE WHEN EXISTS (SELECT 1 FROM assignments a WHERE a.lead_id = l.id) THEN 1 ELSE 0 END AS assigned \
             FROM leads l LEFT JOIN people p ON p.id = l.person_id LEFT JOIN companies c ON c.id = COALESCE(l.company_id, p.company_id) \
             WHERE l.id IN ({}) ORDER BY l.id",
            id_list(ids)
        );
        // PostgreSQL reads the 1 and 0 as 32 bits.
        let sql = sql.replace("THEN 1 ELSE 0 END AS", "THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS");
        found.extend(sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *connection).await?);
    }
    Ok(found)
}

/// Companies with one of these domains.
pub async fn companies_by_domain(connection: &mut AnyConnection, domains: &[String]) -> Result<Vec<CompanyCandidate>> {
    let mut found = Vec::new();
    for domains in domains.chunks(500) {
        let marks: Vec<_> = (1..=domains.len()).map(|number| format!("${number}")).collect();
        let sql = format!("SELECT id, name, domain, owner_id FROM companies WHERE domain IN ({}) ORDER BY id", marks.join(", "));
        let mut query = sqlx::query_as(AssertSqlSafe(sql)).persistent(false);
        for domain in domains {
            query = query.bind(domain.clone());
        }
        found.extend(query.fetch_all(&mut *connection).await?);
    }
    Ok(found)
}

/// Companies whose name begins with this word in small letters, `limit` at most.
pub async fn companies_by_word(connection: &mut AnyConnection, word: &str, limit: i64) -> Result<Vec<CompanyCandidate>> {
    Ok(sqlx::query_as(
        "SELECT id, name, domain, owner_id FROM companies WHERE lower(COALESCE(name, domain, '')) >= $1 AND lower(COALESCE(name, domain, '')) < $2 \
         ORDER BY lower(COALESCE(name, domain, '')), id LIMIT $3",
    )
    .bind(word.to_owned())
    .bind(format!("{word}\u{10FFFF}"))
    .bind(limit)
    .fetch_all(connection)
    .await?)
}

pub async fn reps(connection: &mut AnyConnection) -> Result<Vec<RepRow>> {
    Ok(sqlx::query_as("SELECT id, name, email, side, region, role, disabled_at FROM users ORDER BY id LIMIT $1")
        .bind(USERS_MAX)
        .fetch_all(connection)
        .await?)
}

/// (user, from, to) of absences that touch the span, both ends included.
pub async fn away(connection: &mut AnyConnection, from: i64, to: i64) -> Result<Vec<(i64, i64, i64)>> {
    Ok(sqlx::query_as(
        "SELECT user_id, starts_at, ends_at FROM absences WHERE revoked_at IS NULL AND ends_at > $1 AND starts_at <= $2 ORDER BY id LIMIT 50000",
    )
    .bind(from)
    .bind(to)
    .fetch_all(connection)
    .await?)
}

/// Leads that these users have waiting for a review or in work: those of which a clock runs.
pub async fn open_leads(connection: &mut AnyConnection, owners: &[i64]) -> Result<Vec<(i64, i64)>> {
    let sql = format!(
        "SELECT owner_id, CAST(COUNT(*) AS BIGINT) FROM leads WHERE due_at IS NOT NULL AND owner_id IN ({}) GROUP BY owner_id",
        id_list(owners)
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(connection).await?)
}

/// Turns of the members of all pools.
pub async fn turns(connection: &mut AnyConnection) -> Result<Vec<TurnsRow>> {
    Ok(sqlx::query_as("SELECT pool, user_id, given, weight FROM pool_shares ORDER BY pool, user_id LIMIT 50000")
        .fetch_all(connection)
        .await?)
}

/// Waits for others who route, up to their commit.
pub async fn take_turn(tx: &mut WriteTx) -> Result<()> {
    let engine = tx.engine;
    engine.one_router_at_a_time(tx.conn()).await
}
