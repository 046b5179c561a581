//! Spend: lists of it, and one entry.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{
    ReadTx, Result,
    bulk::Value,
    list::{Key, Listing, Page, Turn, Wanted, int_key, missing},
};

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct SpendRow {
    pub id: i64,
    pub campaign_id: Option<i64>,
    pub campaign_name: Option<String>,
    pub channel: Option<String>,
    pub source: Option<String>,
    pub side: String,
    pub at: i64,
    pub amount_minor: i64,
    pub amount_currency: String,
    pub recorded_at: i64,
    pub import_id: Option<i64>,
}

/// With a campaign, spend comes by its period; without, by when it was recorded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpendFilter {
    pub campaign: Option<i64>,
    pub channel: Option<String>,
    pub side: Option<String>,
    pub at_from: Option<i64>,
    pub at_to: Option<i64>,
}

const SELECT: &str = "s.id, s.campaign_id, k.name AS campaign_name, s.channel, s.source, s.side, s.at, s.amount_minor, s.amount_currency, \
     s.recorded_at, s.import_id";
const BASE: &str = "spend s";
const JOINS: &str = "LEFT JOIN campaigns k ON k.id = s.campaign_id";

static AT: [Key; 2] = [int_key("s.at"), int_key("s.id")];
static RECORDED: [Key; 1] = [int_key("s.id")];

pub async fn list(tx: &mut ReadTx, filter: &SpendFilter, turn: Turn<'_>) -> Result<Page<SpendRow>> {
    let mut listing = match filter.campaign {
        Some(campaign) => {
            let mut listing = Listing::new(SELECT, BASE, JOINS, &AT, true);
            listing.drive("s.campaign_id", Wanted::Is(Value::Int(campaign)));
            listing
        }
        None => Listing::new(SELECT, BASE, JOINS, &RECORDED, true),
    };
    for (column, text) in [("s.channel", &filter.channel), ("s.side", &filter.side)] {
        if let Some(text) = text {
            listing.check(column, Wanted::Is(Value::Text(text.clone())));
        }
    }
    for (operator, instant) in [(">=", filter.at_from), ("<", filter.at_to)] {
        if let Some(instant) = instant {
            listing.check_range("s.at", operator, instant);
        }
    }
    listing.page(tx, turn).await
}

pub async fn one(connection: &mut AnyConnection, id: i64) -> Result<SpendRow> {
    let sql = format!("SELECT {SELECT} FROM {BASE} {JOINS} WHERE s.id = $1");
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| missing("spend", id))
}
