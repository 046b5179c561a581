//! Content: lists of pieces, and one.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{
    ReadTx, Result,
    leads::text_wanted,
    list::{COUNTED_MAX, Key, Listing, Page, Sort, Turn, Wanted, id_list, int_key, missing, text_key},
};

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct ContentRow {
    pub id: i64,
    pub title: String,
    pub kind: Option<String>,
    pub url: Option<String>,
    pub published_at: Option<i64>,
    pub recorded_at: i64,
    pub import_id: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContentFilter {
    pub kind: Option<Wanted<String>>,
    /// Part of its title.
    pub text: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentSort {
    Title,
    Recorded,
}

/// How often a piece was met by buyers and used by sales, counted up to [`COUNTED_MAX`] + 1.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct ContentUse {
    pub id: i64,
    pub touches: i64,
    pub last_touch_at: Option<i64>,
    pub leads: i64,
}

const SELECT: &str = "t.id, t.title, t.kind, t.url, t.published_at, t.recorded_at, t.import_id";
const BASE: &str = "content t";

static TITLE: [Key; 2] = [text_key("t.title"), int_key("t.id")];
static RECORDED: [Key; 1] = [int_key("t.id")];

pub async fn list(tx: &mut ReadTx, filter: &ContentFilter, sort: Sort<ContentSort>, turn: Turn<'_>) -> Result<Page<ContentRow>> {
    let keys: &'static [Key] = match sort.key {
        ContentSort::Title => &TITLE,
        ContentSort::Recorded => &RECORDED,
    };
    let mut listing = Listing::new(SELECT, BASE, "", keys, sort.descending);
    if let Some(kind) = filter.kind.clone() {
        listing.check("t.kind", text_wanted(kind));
    }
    if let Some(text) = filter.text.as_deref().filter(|text| !text.trim().is_empty()) {
        listing.check_contains(tx.engine, "t.title", text);
    }
    listing.page(tx, turn).await
}

pub async fn one(connection: &mut AnyConnection, id: i64) -> Result<ContentRow> {
    let sql = format!("SELECT {SELECT} FROM {BASE} WHERE t.id = $1");
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| missing("content", id))
}

pub async fn uses(connection: &mut AnyConnection, ids: &[i64]) -> Result<Vec<ContentUse>> {
    let most = COUNTED_MAX + 1;
    let sql = format!(
        "SELECT t.id, (SELECT COUNT(*) FROM (SELECT 1 AS one FROM touches q WHERE q.content_id = t.id LIMIT {most}) AS counted) AS touches, \
         (SELECT MAX(q.at) FROM touches q WHERE q.content_id = t.id) AS last_touch_at, \
         (SELECT COUNT(*) FROM (SELECT 1 AS one FROM leads q WHERE q.content_id = t.id LIMIT {most}) AS counted) AS leads \
         FROM content t WHERE t.id IN ({})",
        id_list(ids)
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(connection).await?)
}

/// Kinds for a filter's choices.
pub async fn kinds(connection: &mut AnyConnection) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = sqlx::query_as(
        "SELECT DISTINCT kind FROM (SELECT kind FROM content ORDER BY id DESC LIMIT 20000) AS newest WHERE kind IS NOT NULL ORDER BY kind LIMIT 100",
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(kind,)| kind).collect())
}
