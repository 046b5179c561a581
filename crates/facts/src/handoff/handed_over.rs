//! Marketing's side of the desk: what became of the leads that were handed over, and those that were rejected and then won.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{
    ReadTx, Result,
    bulk::Value,
    list::{Key, Listing, Page, Turn, Wanted, id_list, int_key},
};

/// A lead that marketing handed over.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct HandedOverRow {
    pub id: i64,
    pub person_name: Option<String>,
    pub person_email: Option<String>,
    pub company_id: Option<i64>,
    pub company_name: Option<String>,
    pub source: Option<String>,
    pub campaign_name: Option<String>,
    pub owner_name: Option<String>,
    pub opened_at: i64,
    pub stage: String,
    pub stage_at: Option<i64>,
    pub due_at: Option<i64>,
}

/// A step of one of these leads, with what was said.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct StepRow {
    pub lead_id: i64,
    pub id: i64,
    pub stage: String,
    pub at: Option<i64>,
    pub reason: Option<String>,
    pub actor_name: Option<String>,
    pub note: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandedOverFilter {
    /// Handed over by this user.
    pub by: Option<i64>,
    /// Standing in one of these stages now.
    pub stages: Vec<String>,
}

/// A lead that sales rejected and whose person or company became a customer later.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct RejectedThenWonRow {
    pub lead_id: i64,
    pub person_name: Option<String>,
    pub company_name: Option<String>,
    pub reason: Option<String>,
    pub rejected_by: Option<String>,
    pub rejected_at: i64,
    pub deal_id: i64,
    pub deal_name: Option<String>,
    pub won_at: i64,
    pub amount_minor: Option<i64>,
    pub amount_currency: Option<String>,
}

const SELECT: &str = "l.id, p.name AS person_name, p.email AS person_email, l.company_id, c.name AS company_name, l.source, \
     k.name AS campaign_name, u.name AS owner_name, l.opened_at, l.stage, l.stage_at, l.due_at";
const JOINS: &str = "LEFT JOIN people p ON p.id = l.person_id LEFT JOIN companies c ON c.id = l.company_id \
     LEFT JOIN campaigns k ON k.id = l.campaign_id LEFT JOIN users u ON u.id = l.owner_id";

static OPENED_AT: [Key; 2] = [int_key("l.opened_at"), int_key("l.id")];

/// Newest first.
pub async fn list(tx: &mut ReadTx, filter: &HandedOverFilter, turn: Turn<'_>) -> Result<Page<HandedOverRow>> {
    let mut listing = Listing::new(SELECT, "leads l", JOINS, &OPENED_AT, true);
    let handed_over_by = "(SELECT MAX(COALESCE(t.actor_id, 0)) FROM transitions t WHERE t.lead_id = l.id AND t.stage = 'mql')";
    match filter.by {
        Some(user) => listing.check(handed_over_by, Wanted::Is(Value::Int(user))),
        None => listing.check_range(handed_over_by, ">=", 0),
    }
    match filter.stages.as_slice() {
        [] => {}
        [stage] => listing.drive("l.stage", Wanted::Is(Value::Text(stage.clone()))),
        stages => listing.check_one_of("l.stage", stages),
    }
    listing.page(tx, turn).await
}

/// The steps of these leads in order.
pub async fn steps(connection: &mut AnyConnection, leads: &[i64]) -> Result<Vec<StepRow>> {
    let sql = format!(
        "SELECT t.lead_id, t.id, t.stage, t.at, t.reason, u.name AS actor_name, n.note FROM transitions t \
         LEFT JOIN users u ON u.id = t.actor_id LEFT JOIN transition_notes n ON n.transition_id = t.id \
         WHERE t.lead_id IN ({}) ORDER BY t.lead_id, COALESCE(t.at, t.recorded_at), t.id",
        id_list(leads)
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(connection).await?)
}

/// The newest wins first, `limit` at most, among the newest 5,000 deals that were won.
pub async fn rejected_then_won(connection: &mut AnyConnection, limit: i64) -> Result<Vec<RejectedThenWonRow>> {
    const BODY: &str = "l.id AS lead_id, p.name AS person_name, c.name AS company_name, \
         (SELECT MAX(t.reason) FROM transitions t WHERE t.lead_id = l.id AND t.stage = 'rejected') AS reason, \
         (SELECT MAX(u.name) FROM transitions t JOIN users u ON u.id = t.actor_id WHERE t.lead_id = l.id AND t.stage = 'rejected') AS rejected_by, \
         l.stage_at AS rejected_at, d.id AS deal_id, d.name AS deal_name, d.stage_at AS won_at, d.amount_minor, d.amount_currency";
    const WON: &str = "(SELECT id, company_id, name, stage_at, amount_minor, amount_currency FROM deals WHERE stage = 'won' \
         ORDER BY COALESCE(stage_at, -9000000000000000000) DESC, id DESC LIMIT 5000) d";
    const REST: &str = "LEFT JOIN people p ON p.id = l.person_id LEFT JOIN companies c ON c.id = l.company_id \
         WHERE l.stage = 'rejected' AND l.stage_at IS NOT NULL AND d.stage_at IS NOT NULL AND l.stage_at < d.stage_at";
    let mut found: Vec<RejectedThenWonRow> = Vec::new();
    for from in [
        format!("{WON} JOIN leads l ON l.company_id = d.company_id"),
        format!("{WON} JOIN deal_people q ON q.deal_id = d.id JOIN leads l ON l.person_id = q.person_id"),
    ] {
        let sql = format!("SELECT {BODY} FROM {from} {REST} ORDER BY d.stage_at DESC, d.id DESC, l.id DESC LIMIT {limit}");
        found.extend(sqlx::query_as::<_, RejectedThenWonRow>(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *connection).await?);
    }
    // Of several deals of a company, the first one won after the rejection is the one that the rejection missed.
    found.sort_by_key(|row| (row.lead_id, row.won_at, row.deal_id));
    found.dedup_by_key(|row| row.lead_id);
    found.sort_by_key(|row| std::cmp::Reverse((row.won_at, row.lead_id)));
    found.truncate(limit as usize);
    Ok(found)
}
