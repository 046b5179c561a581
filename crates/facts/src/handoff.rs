//! The hand-off desk: questions, confirmations, appeals and dates to come back, and what can be taken back.

use sqlx::AnyConnection;

use crate::{Result, WriteTx};

pub mod handed_over;
pub mod inbox;
pub mod retraction;
pub mod story;

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct QuestionRow {
    pub id: i64,
    pub lead_id: i64,
    pub text: String,
    pub asked_by: Option<i64>,
    pub asker: Option<String>,
    pub asked_at: i64,
    pub answer: Option<String>,
    pub answerer: Option<String>,
    pub answered_at: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct ConfirmationRow {
    pub id: i64,
    pub stage: String,
    pub item: String,
    pub user_name: Option<String>,
    pub at: i64,
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct AppealRow {
    pub id: i64,
    pub lead_id: i64,
    pub person_name: Option<String>,
    pub company_name: Option<String>,
    /// Why sales rejected the lead.
    pub reason: Option<String>,
    pub text: String,
    pub appealed_by: Option<i64>,
    pub appealer: Option<String>,
    pub at: i64,
    pub decision: Option<String>,
    pub decision_note: Option<String>,
    pub decider: Option<String>,
    pub decided_at: Option<i64>,
    pub new_lead_id: Option<i64>,
}

/// Questions about a lead, oldest first.
pub async fn questions(connection: &mut AnyConnection, lead: i64) -> Result<Vec<QuestionRow>> {
    Ok(sqlx::query_as(
        "SELECT q.id, q.lead_id, q.text, q.asked_by, a.name AS asker, q.asked_at, q.answer, b.name AS answerer, q.answered_at \
         FROM questions q LEFT JOIN users a ON a.id = q.asked_by LEFT JOIN users b ON b.id = q.answered_by \
         WHERE q.lead_id = $1 ORDER BY q.id LIMIT 200",
    )
    .bind(lead)
    .fetch_all(connection)
    .await?)
}

pub async fn confirmations(connection: &mut AnyConnection, lead: i64) -> Result<Vec<ConfirmationRow>> {
    Ok(sqlx::query_as(
        "SELECT c.id, c.stage, c.item, u.name AS user_name, c.at FROM confirmations c LEFT JOIN users u ON u.id = c.user_id \
         WHERE c.lead_id = $1 ORDER BY c.id LIMIT 200",
    )
    .bind(lead)
    .fetch_all(connection)
    .await?)
}

pub async fn remove_confirmation(tx: &mut WriteTx, id: i64) -> Result<()> {
    sqlx::query("DELETE FROM confirmations WHERE id = $1").bind(id).execute(tx.conn()).await?;
    Ok(())
}

const APPEAL: &str = "SELECT a.id, a.lead_id, p.name AS person_name, c.name AS company_name, \
     (SELECT MAX(t.reason) FROM transitions t WHERE t.lead_id = a.lead_id AND t.stage = 'rejected') AS reason, a.text, a.appealed_by, \
     u.name AS appealer, a.at, a.decision, a.decision_note, d.name AS decider, a.decided_at, a.new_lead_id \
     FROM appeals a JOIN leads l ON l.id = a.lead_id LEFT JOIN people p ON p.id = l.person_id LEFT JOIN companies c ON c.id = l.company_id \
     LEFT JOIN users u ON u.id = a.appealed_by LEFT JOIN users d ON d.id = a.decided_by";

pub async fn appeal_of(connection: &mut AnyConnection, lead: i64) -> Result<Option<AppealRow>> {
    let sql = format!("{APPEAL} WHERE a.lead_id = $1");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(lead).fetch_optional(connection).await?)
}

/// Appeals, those that wait for a decision or all, newest first; `before` is the id to go on from.
pub async fn appeals(connection: &mut AnyConnection, waiting_only: bool, before: i64, limit: i64) -> Result<Vec<AppealRow>> {
    let waiting = if waiting_only { "AND a.decided_at IS NULL " } else { "" };
    let sql = format!("{APPEAL} WHERE a.id < $1 {waiting}ORDER BY a.id DESC LIMIT $2");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(before).bind(limit).fetch_all(connection).await?)
}

/// (row, instant) of when a recycled lead is to be looked at again.
pub async fn return_of(connection: &mut AnyConnection, lead: i64) -> Result<Option<(i64, i64)>> {
    Ok(sqlx::query_as("SELECT id, return_at FROM recycle_dates WHERE lead_id = $1").bind(lead).fetch_optional(connection).await?)
}

/// The deal that a lead opened or joined.
pub async fn deal_of(connection: &mut AnyConnection, lead: i64) -> Result<Option<i64>> {
    let found: Option<(i64,)> = sqlx::query_as(
        "SELECT id FROM deals WHERE lead_id = $1 UNION ALL SELECT deal_id FROM joined_deals WHERE lead_id = $1 ORDER BY 1 LIMIT 1",
    )
    .bind(lead)
    .fetch_optional(connection)
    .await?;
    Ok(found.map(|(id,)| id))
}

/// Leads that joined a deal of another.
pub async fn leads_that_joined(connection: &mut AnyConnection, deal: i64) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> = sqlx::query_as("SELECT lead_id FROM joined_deals WHERE deal_id = $1 ORDER BY id LIMIT 500")
        .bind(deal)
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Who handed the lead over: the person behind its last step to MQL; nobody where the Agreement or an import did it.
pub async fn handed_over_by(connection: &mut AnyConnection, lead: i64) -> Result<Option<i64>> {
    let found: Option<(Option<i64>,)> =
        sqlx::query_as("SELECT actor_id FROM transitions WHERE lead_id = $1 AND stage = 'mql' ORDER BY id DESC LIMIT 1")
            .bind(lead)
            .fetch_optional(connection)
            .await?;
    Ok(found.and_then(|(actor,)| actor))
}

/// Who heads a side now.
pub async fn head_of(connection: &mut AnyConnection, side: &str) -> Result<Option<i64>> {
    let found: Option<(i64,)> = sqlx::query_as("SELECT user_id FROM heads WHERE side = $1 AND ends_at IS NULL ORDER BY id DESC LIMIT 1")
        .bind(side.to_owned())
        .fetch_optional(connection)
        .await?;
    Ok(found.map(|(user,)| user))
}

/// Users who sign in with this role.
pub async fn users_of_role(connection: &mut AnyConnection, role: &str) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> = sqlx::query_as("SELECT id FROM users WHERE role = $1 AND disabled_at IS NULL ORDER BY id LIMIT 50")
        .bind(role.to_owned())
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Users of a person's team; the person alone where they are in none.
pub async fn team_of(connection: &mut AnyConnection, user: i64) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> =
        sqlx::query_as("SELECT id FROM users WHERE id = $1 OR team_id = (SELECT team_id FROM users WHERE id = $1) ORDER BY id LIMIT 500")
            .bind(user)
            .fetch_all(connection)
            .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
