//! Touches: lists of them, and one.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{
    ReadTx, Result,
    bulk::Value,
    list::{Key, Listing, Page, Turn, Wanted, int_key, missing},
};

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct TouchRow {
    pub id: i64,
    pub person_id: Option<i64>,
    pub person_name: Option<String>,
    pub company_id: Option<i64>,
    pub company_name: Option<String>,
    pub kind: String,
    pub at: i64,
    pub recorded_at: i64,
    pub channel: Option<String>,
    pub source: Option<String>,
    pub campaign_id: Option<i64>,
    pub campaign_name: Option<String>,
    pub content_id: Option<i64>,
    pub content_title: Option<String>,
    pub import_id: Option<i64>,
}

/// With a person, company, campaign or piece of content, touches come by when they happened; without, by when they were recorded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TouchFilter {
    pub person: Option<i64>,
    pub company: Option<i64>,
    pub campaign: Option<i64>,
    pub content: Option<i64>,
    pub kinds: Vec<String>,
    pub channel: Option<String>,
    pub at_from: Option<i64>,
    pub at_to: Option<i64>,
}

const SELECT: &str = "o.id, o.person_id, p.name AS person_name, o.company_id, c.name AS company_name, o.kind, o.at, o.recorded_at, o.channel, \
     o.source, o.campaign_id, k.name AS campaign_name, o.content_id, t.title AS content_title, o.import_id";
const BASE: &str = "touches o";
const JOINS: &str = "LEFT JOIN people p ON p.id = o.person_id LEFT JOIN companies c ON c.id = o.company_id \
     LEFT JOIN campaigns k ON k.id = o.campaign_id LEFT JOIN content t ON t.id = o.content_id";

static AT: [Key; 2] = [int_key("o.at"), int_key("o.id")];
static RECORDED: [Key; 1] = [int_key("o.id")];

pub async fn list(tx: &mut ReadTx, filter: &TouchFilter, turn: Turn<'_>) -> Result<Page<TouchRow>> {
    let subjects = [
        ("o.person_id", filter.person),
        ("o.company_id", filter.company),
        ("o.campaign_id", filter.campaign),
        ("o.content_id", filter.content),
    ];
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
    if !filter.kinds.is_empty() {
        listing.check_one_of("o.kind", &filter.kinds);
    }
    if let Some(channel) = &filter.channel {
        listing.check("o.channel", Wanted::Is(Value::Text(channel.clone())));
    }
    for (operator, instant) in [(">=", filter.at_from), ("<", filter.at_to)] {
        if let Some(instant) = instant {
            listing.check_range("o.at", operator, instant);
        }
    }
    listing.page(tx, turn).await
}

pub async fn one(connection: &mut AnyConnection, id: i64) -> Result<TouchRow> {
    let sql = format!("SELECT {SELECT} FROM {BASE} {JOINS} WHERE o.id = $1");
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| missing("touch", id))
}
