//! Clocks as people read them.

use sqlx::{AnyConnection, AssertSqlSafe};

use super::{COLUMNS, ClockRow};
use crate::{
    ReadTx, Result,
    bulk::Value,
    list::{Key, Listing, Page, Sort, Turn, Wanted, id_list, int_key},
};

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct ListedClock {
    #[sqlx(flatten)]
    pub clock: ClockRow,
    pub person_id: Option<i64>,
    pub person_name: Option<String>,
    pub person_email: Option<String>,
    pub company_name: Option<String>,
    pub owner_name: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockState {
    /// Neither over nor late.
    Running,
    /// Late: over or not.
    Breached,
    Kept,
    Void,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClockFilter {
    pub kind: Option<String>,
    pub state: Option<ClockState>,
    pub owner: Option<i64>,
    pub lead: Option<i64>,
}

const SELECTED: &str = "c.id, c.lead_id, c.kind, c.owner_id, c.started_at, c.warn_at, c.due_at, c.ended_at, c.outcome, c.breached_at, \
     c.warned_at, c.steps_taken, c.paused_at, c.done, c.agreement_version, c.recorded_at, c.import_id, c.calendar, c.next_step_at, \
     l.person_id, p.name AS person_name, p.email AS person_email, m.name AS company_name, u.name AS owner_name";
const BASE: &str = "clocks c";
const JOINS: &str = "LEFT JOIN leads l ON l.id = c.lead_id LEFT JOIN people p ON p.id = l.person_id \
     LEFT JOIN companies m ON m.id = l.company_id LEFT JOIN users u ON u.id = c.owner_id";

static DUE: [Key; 2] = [int_key("c.due_at"), int_key("c.id")];

/// By when they are due.
pub async fn list(tx: &mut ReadTx, filter: &ClockFilter, sort: Sort<()>, turn: Turn<'_>) -> Result<Page<ListedClock>> {
    let mut listing = Listing::new(SELECTED, BASE, JOINS, &DUE, sort.descending);
    match (filter.lead, &filter.kind) {
        (Some(lead), kind) => {
            listing.within("c.lead_id", &[lead]);
            if let Some(kind) = kind {
                listing.check("c.kind", Wanted::Is(Value::Text(kind.clone())));
            }
        }
        (None, Some(kind)) => listing.drive("c.kind", Wanted::Is(Value::Text(kind.clone()))),
        (None, None) => {}
    }
    if let Some(owner) = filter.owner {
        listing.check("c.owner_id", Wanted::Is(Value::Int(owner)));
    }
    match filter.state {
        Some(ClockState::Running) => {
            listing.check("c.outcome", Wanted::NotRecorded);
            listing.check("c.breached_at", Wanted::NotRecorded);
        }
        Some(ClockState::Breached) => listing.check_range("c.breached_at", ">=", i64::MIN + 1),
        Some(ClockState::Kept) => listing.check("c.outcome", Wanted::Is(Value::Text("kept".into()))),
        Some(ClockState::Void) => listing.check("c.outcome", Wanted::Is(Value::Text("void".into()))),
        None => {}
    }
    listing.page(tx, turn).await
}

pub async fn one(connection: &mut AnyConnection, id: i64) -> Result<Option<ClockRow>> {
    let sql = format!("SELECT {COLUMNS} FROM clocks c WHERE c.id = $1");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?)
}

/// Clocks of these leads that are not over, what is due first first.
pub async fn running_of(connection: &mut AnyConnection, leads: &[i64]) -> Result<Vec<ClockRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM clocks c WHERE c.ended_at IS NULL AND c.lead_id IN ({}) ORDER BY c.lead_id, c.due_at, c.id",
        id_list(leads)
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(connection).await?)
}
