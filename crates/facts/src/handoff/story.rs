//! What stands beside a lead on the desk: why it came to its owner, earlier passes, the company's open deals, deals like it that were won.

use sqlx::AnyConnection;

use crate::Result;

/// Another pass of the same person.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct PassRow {
    pub id: i64,
    pub stage: String,
    pub stage_at: Option<i64>,
    pub opened_at: i64,
    pub reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct DealBesideRow {
    pub id: i64,
    pub name: Option<String>,
    pub company_name: Option<String>,
    pub stage: String,
    pub amount_minor: Option<i64>,
    pub amount_currency: Option<String>,
    pub opened_at: Option<i64>,
    pub stage_at: Option<i64>,
    pub people: i64,
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct NoteRow {
    pub transition_id: i64,
    pub stage: String,
    pub at: Option<i64>,
    pub reason: Option<String>,
    pub note: String,
    pub actor_name: Option<String>,
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct CompanyRow {
    pub name: Option<String>,
    pub domain: Option<String>,
    pub industry: Option<String>,
    pub country: Option<String>,
    pub employees: Option<i64>,
    pub owner_name: Option<String>,
}

/// Newest first.
pub async fn other_passes(connection: &mut AnyConnection, lead: i64, person: i64) -> Result<Vec<PassRow>> {
    Ok(sqlx::query_as(
        "SELECT l.id, l.stage, l.stage_at, l.opened_at, \
         (SELECT MAX(t.reason) FROM transitions t WHERE t.lead_id = l.id AND t.stage = l.stage) AS reason \
         FROM leads l WHERE l.person_id = $1 AND l.id <> $2 ORDER BY l.opened_at DESC, l.id DESC LIMIT 5",
    )
    .bind(person)
    .bind(lead)
    .fetch_all(connection)
    .await?)
}

const DEAL: &str = "d.id, d.name, c.name AS company_name, d.stage, d.amount_minor, d.amount_currency, d.opened_at, d.stage_at, \
     (SELECT COUNT(*) FROM deal_people q WHERE q.deal_id = d.id) AS people";

pub async fn open_deals(connection: &mut AnyConnection, company: i64) -> Result<Vec<DealBesideRow>> {
    let sql = format!(
        "SELECT {DEAL} FROM deals d LEFT JOIN companies c ON c.id = d.company_id \
         WHERE d.company_id = $1 AND d.stage NOT IN ('won', 'lost') ORDER BY d.id DESC LIMIT 20"
    );
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(company).fetch_all(connection).await?)
}

/// Deals won last with other companies of the industry and of about the size: the newest 2,000 won deals are looked through.
pub async fn similar_won(
    connection: &mut AnyConnection,
    company: i64,
    industry: &str,
    employees: Option<(i64, i64)>,
) -> Result<Vec<DealBesideRow>> {
    let (from, to) = employees.unwrap_or((0, i64::MAX));
    let sql = format!(
        "SELECT {DEAL} FROM (SELECT id AS won_id FROM deals WHERE stage = 'won' \
         ORDER BY COALESCE(stage_at, -9000000000000000000) DESC, id DESC LIMIT 2000) AS won \
         JOIN deals d ON d.id = won.won_id JOIN companies c ON c.id = d.company_id \
         WHERE c.industry = $1 AND COALESCE(c.employees, 0) >= $2 AND COALESCE(c.employees, 0) < $3 AND c.id <> $4 \
         ORDER BY COALESCE(d.stage_at, -9000000000000000000) DESC, d.id DESC LIMIT 3"
    );
    let query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(industry.to_owned()).bind(from).bind(to).bind(company);
    Ok(query.fetch_all(connection).await?)
}

/// What was said with the decisions about a lead.
pub async fn notes(connection: &mut AnyConnection, lead: i64) -> Result<Vec<NoteRow>> {
    Ok(sqlx::query_as(
        "SELECT n.transition_id, t.stage, t.at, t.reason, n.note, u.name AS actor_name FROM transitions t \
         JOIN transition_notes n ON n.transition_id = t.id LEFT JOIN users u ON u.id = t.actor_id WHERE t.lead_id = $1 ORDER BY t.id LIMIT 50",
    )
    .bind(lead)
    .fetch_all(connection)
    .await?)
}

pub async fn company(connection: &mut AnyConnection, company: i64) -> Result<Option<CompanyRow>> {
    Ok(sqlx::query_as(
        "SELECT c.name, c.domain, c.industry, c.country, c.employees, u.name AS owner_name FROM companies c \
         LEFT JOIN users u ON u.id = c.owner_id WHERE c.id = $1",
    )
    .bind(company)
    .fetch_optional(connection)
    .await?)
}

/// Instants of contact attempts with a person from an instant on: the first ones.
pub async fn attempts(connection: &mut AnyConnection, person: i64, from: i64) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> = sqlx::query_as(
        "SELECT at FROM activities WHERE person_id = $1 AND at >= $2 AND kind IN ('call', 'email', 'meeting') ORDER BY at LIMIT 50",
    )
    .bind(person)
    .bind(from)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(at,)| at).collect())
}

/// (kind, instant, title of the content) of the first touch of a person.
pub async fn first_touch(connection: &mut AnyConnection, person: i64) -> Result<Option<(String, i64, Option<String>)>> {
    Ok(sqlx::query_as(
        "SELECT o.kind, o.at, t.title FROM touches o LEFT JOIN content t ON t.id = o.content_id WHERE o.person_id = $1 ORDER BY o.at, o.id LIMIT 1",
    )
    .bind(person)
    .fetch_optional(connection)
    .await?)
}

/// The attempt of a user with a person that has this kind, outcome and note and was recorded after an instant.
pub async fn attempt_like(
    connection: &mut AnyConnection,
    person: i64,
    user: i64,
    [kind, outcome, note]: [String; 3],
    recorded_after: i64,
) -> Result<Option<i64>> {
    let found: Option<(i64,)> = sqlx::query_as(
        "SELECT id FROM activities WHERE person_id = $1 AND user_id = $2 AND kind = $3 AND COALESCE(outcome, '') = $4 \
         AND COALESCE(note, '') = $5 AND recorded_at > $6 ORDER BY id DESC LIMIT 1",
    )
    .bind(person)
    .bind(user)
    .bind(kind)
    .bind(outcome)
    .bind(note)
    .bind(recorded_after)
    .fetch_optional(connection)
    .await?;
    Ok(found.map(|(id,)| id))
}
