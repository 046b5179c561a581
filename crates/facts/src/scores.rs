//! Versions of the learned score, and what fields said before they were changed.

use sqlx::AnyConnection;

use crate::{
    Result, WriteTx,
    bulk::Value,
    changes::{self, Author},
    schema,
};

/// A version without its model and figures.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct VersionHead {
    pub id: i64,
    pub number: i64,
    pub as_of: i64,
    pub known_at: i64,
    /// Why it is not shown on leads.
    pub withheld: Option<String>,
    pub actor_id: Option<i64>,
    pub actor_name: Option<String>,
    pub recorded_at: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct VersionBody {
    pub number: i64,
    /// JSON.
    pub model: String,
    pub figures: String,
}

pub struct NewVersion<'a> {
    pub as_of: i64,
    pub known_at: i64,
    pub model: &'a str,
    pub figures: &'a str,
    pub withheld: Option<&'a str>,
}

/// A field said `old_value` until `recorded_at`.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct FieldChangeRow {
    pub id: i64,
    /// Name of a table.
    pub noun: String,
    pub record_id: i64,
    pub field: String,
    pub old_value: Option<String>,
    pub recorded_at: i64,
}

/// Changed fields of one record, the customer's own among them: far more than a form or a file has columns.
const FIELDS_MAX: i64 = 10_000;

/// Newest first.
pub async fn versions(connection: &mut AnyConnection, limit: i64) -> Result<Vec<VersionHead>> {
    Ok(sqlx::query_as(
        "SELECT s.id, s.number, s.as_of, s.known_at, s.withheld, s.actor_id, u.name AS actor_name, s.recorded_at \
         FROM score_versions s LEFT JOIN users u ON u.id = s.actor_id ORDER BY s.number DESC LIMIT $1",
    )
    .bind(limit)
    .fetch_all(connection)
    .await?)
}

pub async fn body(connection: &mut AnyConnection, number: i64) -> Result<Option<VersionBody>> {
    Ok(sqlx::query_as("SELECT number, model, figures FROM score_versions WHERE number = $1")
        .bind(number)
        .fetch_optional(connection)
        .await?)
}

/// Adds the next version; gives its number. Of two at once the database refuses one.
pub async fn add(tx: &mut WriteTx, author: &Author, version: &NewVersion<'_>) -> Result<i64> {
    let (last,): (Option<i64>,) = sqlx::query_as("SELECT MAX(number) FROM score_versions").fetch_one(tx.conn()).await?;
    let number = last.unwrap_or(0) + 1;
    let values = [
        ("number", Value::Int(number)),
        ("as_of", Value::Int(version.as_of)),
        ("known_at", Value::Int(version.known_at)),
        ("model", Value::text(Some(version.model))),
        ("figures", Value::text(Some(version.figures))),
        ("withheld", Value::text(version.withheld)),
        ("actor_id", Value::int(author.actor)),
    ];
    changes::add(tx, author, &schema::SCORE_VERSIONS, author.now, &values).await?;
    Ok(number)
}

/// Changes of companies, people and leads with an id below `before`, newest first.
pub async fn changes_before(connection: &mut AnyConnection, before: i64, limit: i64) -> Result<Vec<FieldChangeRow>> {
    Ok(sqlx::query_as(
        "SELECT id, noun, record_id, field, old_value, recorded_at FROM changes \
         WHERE id < $1 AND noun IN ('companies', 'people', 'leads') ORDER BY id DESC LIMIT $2",
    )
    .bind(before)
    .bind(limit)
    .fetch_all(connection)
    .await?)
}

/// Of each field of a record, its first change after an instant: what it said then. Looks at the changes of that one record, by index,
/// and gives one for each field, however often it was changed.
pub async fn first_changes_after(
    connection: &mut AnyConnection,
    table: &schema::Table,
    record: i64,
    after: i64,
) -> Result<Vec<FieldChangeRow>> {
    Ok(sqlx::query_as(
        "SELECT id, noun, record_id, field, old_value, recorded_at FROM changes WHERE id IN \
         (SELECT MIN(id) FROM changes WHERE noun = $1 AND record_id = $2 AND recorded_at > $3 GROUP BY field) ORDER BY id LIMIT $4",
    )
    .bind(table.name)
    .bind(record)
    .bind(after)
    .bind(FIELDS_MAX)
    .fetch_all(connection)
    .await?)
}
