//! What clocks are made from, for many leads at once.

use sqlx::{AnyConnection, AssertSqlSafe, FromRow, any::AnyRow};

use super::{COLUMNS, ClockRow};
use crate::{Result, WriteTx, list::id_list};

#[derive(Clone, Debug, FromRow)]
pub struct ClockedLead {
    pub id: i64,
    pub person_id: i64,
    pub owner_id: Option<i64>,
    pub stages_recorded: i64,
    pub due_at: Option<i64>,
}

/// An attempt, and whose: of a person, or of a lead by its deal.
#[derive(Clone, Debug, FromRow)]
pub struct Attempt {
    pub subject_id: i64,
    pub id: i64,
    pub at: i64,
}

#[derive(Clone, Debug, FromRow)]
pub struct Question {
    pub lead_id: i64,
    pub asked_at: i64,
    pub answered_at: Option<i64>,
}

/// What [`alignment::touch::ActivityKind::is_attempt`] says.
const ATTEMPTS: &str = "a.kind IN ('call', 'email', 'meeting')";

/// The leads that exist, held until the end of the transaction, so that two who reckon their clocks take turns.
pub async fn hold_leads(tx: &mut WriteTx, leads: &[i64]) -> Result<Vec<ClockedLead>> {
    let hold = tx.engine.hold_rows();
    let sql =
        format!("SELECT id, person_id, owner_id, stages_recorded, due_at FROM leads WHERE id IN ({}) ORDER BY id {hold}", id_list(leads));
    all(tx.conn(), sql).await
}

/// Stages that leads entered: (lead, stage, instant).
pub async fn entries(connection: &mut AnyConnection, leads: &[i64]) -> Result<Vec<(i64, String, Option<i64>)>> {
    let sql = format!("SELECT lead_id, stage, at FROM transitions WHERE lead_id IN ({})", id_list(leads));
    all(connection, sql).await
}

/// Attempts to reach these people.
pub async fn attempts_with(connection: &mut AnyConnection, people: &[i64]) -> Result<Vec<Attempt>> {
    let sql =
        format!("SELECT a.person_id AS subject_id, a.id, a.at FROM activities a WHERE {ATTEMPTS} AND a.person_id IN ({})", id_list(people));
    all(connection, sql).await
}

/// Attempts that were logged on the deals of these leads.
pub async fn attempts_on_deals(connection: &mut AnyConnection, leads: &[i64]) -> Result<Vec<Attempt>> {
    let sql = format!(
        "SELECT d.lead_id AS subject_id, a.id, a.at FROM deals d JOIN activities a ON a.deal_id = d.id WHERE {ATTEMPTS} AND d.lead_id IN ({})",
        id_list(leads)
    );
    all(connection, sql).await
}

pub async fn questions(connection: &mut AnyConnection, leads: &[i64]) -> Result<Vec<Question>> {
    let sql = format!("SELECT lead_id, asked_at, answered_at FROM questions WHERE lead_id IN ({}) ORDER BY id", id_list(leads));
    all(connection, sql).await
}

/// Clocks of leads, in the order in which they were written.
pub async fn of_leads(connection: &mut AnyConnection, leads: &[i64]) -> Result<Vec<ClockRow>> {
    all(connection, format!("SELECT {COLUMNS} FROM clocks c WHERE c.lead_id IN ({}) ORDER BY c.lead_id, c.id", id_list(leads))).await
}

/// The times in which clocks stood still, as written down: (clock, from, to).
pub async fn pauses(connection: &mut AnyConnection, clocks: &[i64]) -> Result<Vec<(i64, i64, Option<i64>)>> {
    let sql = format!("SELECT clock_id, from_at, to_at FROM clock_pauses WHERE clock_id IN ({}) ORDER BY clock_id, id", id_list(clocks));
    all(connection, sql).await
}

/// Where users work, of those of whom it is known.
pub async fn regions(connection: &mut AnyConnection) -> Result<Vec<(i64, String)>> {
    all(connection, "SELECT id, region FROM users WHERE region IS NOT NULL".to_owned()).await
}

async fn all<T>(connection: &mut AnyConnection, sql: String) -> Result<Vec<T>>
where
    T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
{
    Ok(sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(connection).await?)
}
