//! Experiments: what is compared with what, as it was written down before the first look.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{
    FactsError, ReadTx, Result, WriteTx,
    bulk::Value,
    changes::{self, Author},
    list::{Key, Listing, Page, Turn, Wanted, int_key},
    schema,
};

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ExperimentRow {
    pub id: i64,
    pub name: String,
    pub dimension: String,
    pub a: String,
    pub b: String,
    pub number: String,
    pub worth_finding_percent: i64,
    pub within_days: Option<i64>,
    pub starts_at: i64,
    pub ends_at: Option<i64>,
    pub note: Option<String>,
    pub author_id: Option<i64>,
    pub author_name: Option<String>,
    pub recorded_at: i64,
    pub removed_at: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewExperiment {
    pub name: String,
    pub dimension: String,
    pub a: String,
    pub b: String,
    pub number: String,
    pub worth_finding_percent: i64,
    pub within_days: Option<i64>,
    pub starts_at: i64,
    pub ends_at: Option<i64>,
    pub note: Option<String>,
}

const SELECT: &str = "x.id, x.name, x.dimension, x.a, x.b, x.number, x.worth_finding_percent, x.within_days, x.starts_at, x.ends_at, x.note, \
     x.author_id, u.name AS author_name, x.recorded_at, x.removed_at";
const BASE: &str = "experiments x";
const JOINS: &str = "LEFT JOIN users u ON u.id = x.author_id";
static ID: [Key; 1] = [int_key("x.id")];

/// Those that were not removed, newest first.
pub async fn list(tx: &mut ReadTx, turn: Turn<'_>) -> Result<Page<ExperimentRow>> {
    let mut listing = Listing::new(SELECT, BASE, JOINS, &ID, true);
    listing.check("x.removed_at", Wanted::NotRecorded);
    listing.page(tx, turn).await
}

/// One that was removed can still be read, and put back.
pub async fn one(connection: &mut AnyConnection, id: i64) -> Result<ExperimentRow> {
    let sql = format!("SELECT {SELECT} FROM {BASE} {JOINS} WHERE x.id = $1");
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| FactsError::not_found("experiment", id))
}

pub async fn add(tx: &mut WriteTx, author: &Author, new: &NewExperiment) -> Result<i64> {
    let values = [
        ("name", Value::Text(new.name.clone())),
        ("dimension", Value::Text(new.dimension.clone())),
        ("a", Value::Text(new.a.clone())),
        ("b", Value::Text(new.b.clone())),
        ("number", Value::Text(new.number.clone())),
        ("worth_finding_percent", Value::Int(new.worth_finding_percent)),
        ("within_days", Value::int(new.within_days)),
        ("starts_at", Value::Int(new.starts_at)),
        ("ends_at", Value::int(new.ends_at)),
        ("note", Value::text(new.note.as_deref())),
        ("author_id", Value::int(author.actor)),
    ];
    changes::add(tx, author, &schema::EXPERIMENTS, new.starts_at, &values).await
}

/// Ends it, or takes the end back with `None`.
pub async fn set_end(tx: &mut WriteTx, author: &Author, id: i64, ends_at: Option<i64>) -> Result<()> {
    set(tx, author, id, "ends_at", ends_at).await
}

/// The end that it had before its end was last set; `None` where it had none.
pub async fn end_before(tx: &mut WriteTx, id: i64) -> Result<Option<i64>> {
    let found: Option<(Option<String>,)> =
        sqlx::query_as("SELECT old_value FROM changes WHERE noun = $1 AND record_id = $2 AND field = 'ends_at' ORDER BY id DESC LIMIT 1")
            .bind(schema::EXPERIMENTS.name)
            .bind(id)
            .fetch_optional(tx.conn())
            .await?;
    Ok(found.and_then(|(old,)| old?.parse().ok()))
}

/// Removes it at an instant, or puts it back with `None`.
pub async fn set_removed(tx: &mut WriteTx, author: &Author, id: i64, removed_at: Option<i64>) -> Result<()> {
    set(tx, author, id, "removed_at", removed_at).await
}

async fn set(tx: &mut WriteTx, author: &Author, id: i64, field: &'static str, value: Option<i64>) -> Result<()> {
    changes::set(tx, author, &schema::EXPERIMENTS, "experiment", id, vec![(field, Value::int(value))]).await?;
    Ok(())
}
