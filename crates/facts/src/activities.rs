//! Activities (calls, e-mails, meetings, notes): lists of them, and one.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{
    ReadTx, Result,
    bulk::Value,
    list::{Key, Listing, Page, Turn, Wanted, int_key, missing},
};

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct ActivityRow {
    pub id: i64,
    pub kind: String,
    pub at: i64,
    pub recorded_at: i64,
    pub person_id: Option<i64>,
    pub person_name: Option<String>,
    pub company_id: Option<i64>,
    pub company_name: Option<String>,
    pub deal_id: Option<i64>,
    pub user_id: Option<i64>,
    pub user_name: Option<String>,
    pub subject: Option<String>,
    pub note: Option<String>,
    pub outcome: Option<String>,
    pub content_id: Option<i64>,
    pub import_id: Option<i64>,
}

/// With a person, company or deal, activities come by when they happened; without, by when they were recorded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActivityFilter {
    pub person: Option<i64>,
    pub company: Option<i64>,
    pub deal: Option<i64>,
    pub user: Option<i64>,
    pub kinds: Vec<String>,
    pub at_from: Option<i64>,
    pub at_to: Option<i64>,
}

const SELECT: &str = "a.id, a.kind, a.at, a.recorded_at, a.person_id, p.name AS person_name, a.company_id, c.name AS company_name, a.deal_id, \
     a.user_id, u.name AS user_name, a.subject, a.note, a.outcome, a.content_id, a.import_id";
const BASE: &str = "activities a";
const JOINS: &str =
    "LEFT JOIN people p ON p.id = a.person_id LEFT JOIN companies c ON c.id = a.company_id LEFT JOIN users u ON u.id = a.user_id";

static AT: [Key; 2] = [int_key("a.at"), int_key("a.id")];
static RECORDED: [Key; 1] = [int_key("a.id")];

pub async fn list(tx: &mut ReadTx, filter: &ActivityFilter, turn: Turn<'_>) -> Result<Page<ActivityRow>> {
    let subjects = [("a.person_id", filter.person), ("a.company_id", filter.company), ("a.deal_id", filter.deal)];
    let mut subjects = subjects.into_iter().filter_map(|(column, id)| Some((column, Wanted::Is(Value::Int(id?)))));
    let mut listing = match subjects.next() {
        Some((column, id)) => {
            let mut listing = Listing::new(SELECT, BASE, JOINS, &AT, true);
            listing.drive(column, id);
            listing
        }
        None => Listing::new(SELECT, BASE, JOINS, &RECORDED, true),
    };
    for (column, id) in subjects {
        listing.check(column, id);
    }
    if let Some(user) = filter.user {
        listing.check("a.user_id", Wanted::Is(Value::Int(user)));
    }
    if !filter.kinds.is_empty() {
        listing.check_one_of("a.kind", &filter.kinds);
    }
    for (operator, instant) in [(">=", filter.at_from), ("<", filter.at_to)] {
        if let Some(instant) = instant {
            listing.check_range("a.at", operator, instant);
        }
    }
    listing.page(tx, turn).await
}

pub async fn one(connection: &mut AnyConnection, id: i64) -> Result<ActivityRow> {
    let sql = format!("SELECT {SELECT} FROM {BASE} {JOINS} WHERE a.id = $1");
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| missing("activity", id))
}
