//! Campaigns: lists of them with what was spent, and one.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{
    ReadTx, Result,
    leads::text_wanted,
    list::{Key, Listing, Page, Sort, Turn, Wanted, id_list, int_key, missing, text_key},
};

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct CampaignRow {
    pub id: i64,
    pub name: String,
    pub channel: Option<String>,
    pub starts_at: Option<i64>,
    pub ends_at: Option<i64>,
    pub budget_minor: Option<i64>,
    pub budget_currency: Option<String>,
    pub recorded_at: i64,
    pub import_id: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct CampaignFilter {
    pub channel: Option<Wanted<String>>,
    /// Part of its name.
    pub text: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CampaignSort {
    Name,
    Recorded,
}

/// What was spent on a campaign in one currency.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct CampaignSpend {
    pub campaign_id: i64,
    pub amount_currency: String,
    pub amount_minor: i64,
}

const SELECT: &str = "k.id, k.name, k.channel, k.starts_at, k.ends_at, k.budget_minor, k.budget_currency, k.recorded_at, k.import_id";
const BASE: &str = "campaigns k";

static NAME: [Key; 2] = [text_key("k.name"), int_key("k.id")];
static RECORDED: [Key; 1] = [int_key("k.id")];

pub async fn list(tx: &mut ReadTx, filter: &CampaignFilter, sort: Sort<CampaignSort>, turn: Turn<'_>) -> Result<Page<CampaignRow>> {
    let keys: &'static [Key] = match sort.key {
        CampaignSort::Name => &NAME,
        CampaignSort::Recorded => &RECORDED,
    };
    let mut listing = Listing::new(SELECT, BASE, "", keys, sort.descending);
    if let Some(channel) = filter.channel.clone() {
        listing.check("k.channel", text_wanted(channel));
    }
    if let Some(text) = filter.text.as_deref().filter(|text| !text.trim().is_empty()) {
        listing.check_contains(tx.engine, "k.name", text);
    }
    listing.page(tx, turn).await
}

pub async fn one(connection: &mut AnyConnection, id: i64) -> Result<CampaignRow> {
    let sql = format!("SELECT {SELECT} FROM {BASE} WHERE k.id = $1");
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| missing("campaign", id))
}

pub async fn spend(connection: &mut AnyConnection, ids: &[i64]) -> Result<Vec<CampaignSpend>> {
    let sql = format!(
        "SELECT campaign_id, amount_currency, CAST(SUM(amount_minor) AS BIGINT) AS amount_minor FROM spend \
         WHERE campaign_id IN ({}) GROUP BY campaign_id, amount_currency ORDER BY campaign_id, amount_currency",
        id_list(ids)
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(connection).await?)
}

/// (id, name) for a filter's choices, by name.
pub async fn names(connection: &mut AnyConnection) -> Result<Vec<(i64, String)>> {
    Ok(sqlx::query_as("SELECT id, name FROM campaigns ORDER BY name, id LIMIT 500").fetch_all(connection).await?)
}
