//! Two people made one, and what is needed to part them again: the rows that it touched, as they were and as it left them.

mod moving;
mod parting;
mod trail;

pub use moving::*;
pub use parting::*;
pub use trail::*;

use sqlx::AnyConnection;

use crate::{FactsError, Result};

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct MergeRow {
    pub id: i64,
    pub kept_id: i64,
    pub gone_id: i64,
    pub body: String,
    pub actor_id: Option<i64>,
    pub actor_name: Option<String>,
    pub at: i64,
    pub undone_at: Option<i64>,
}

const SELECT: &str = "SELECT m.id, m.kept_id, m.gone_id, m.body, m.actor_id, u.name AS actor_name, m.at, m.undone_at \
     FROM people_merges m LEFT JOIN users u ON u.id = m.actor_id";

pub async fn one(connection: &mut AnyConnection, id: i64) -> Result<MergeRow> {
    let sql = format!("{SELECT} WHERE m.id = $1");
    let found = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| FactsError::not_found("merge", id))
}

/// Merges into a person that stand, newest first.
pub async fn into_person(connection: &mut AnyConnection, kept: i64) -> Result<Vec<MergeRow>> {
    let sql = format!("{SELECT} WHERE m.kept_id = $1 AND m.undone_at IS NULL ORDER BY m.id DESC LIMIT 50");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(kept).fetch_all(connection).await?)
}

/// A merge after this one that has to be taken back first, as it has one of its people.
pub async fn later(connection: &mut AnyConnection, merge: &MergeRow) -> Result<Option<i64>> {
    let found: Option<(i64,)> = sqlx::query_as(
        "SELECT id FROM people_merges WHERE undone_at IS NULL AND id > $1 AND (kept_id = $2 OR gone_id = $2) ORDER BY id DESC LIMIT 1",
    )
    .bind(merge.id)
    .bind(merge.kept_id)
    .fetch_optional(connection)
    .await?;
    Ok(found.map(|(id,)| id))
}

/// People who may be the same as this one: of the same e-mail address, or of the same name and company.
pub async fn likely_doubles(connection: &mut AnyConnection, person: i64) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> = sqlx::query_as(
        "SELECT p.id FROM people o JOIN people p ON p.email = o.email WHERE o.id = $1 AND p.id <> $1 \
         UNION SELECT p.id FROM people o JOIN people p ON p.company_id = o.company_id WHERE o.id = $1 AND p.id <> $1 \
         AND lower(p.name) = lower(o.name) ORDER BY 1 LIMIT 20",
    )
    .bind(person)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// (touches, activities, leads, deals) of a person.
pub async fn counts(connection: &mut AnyConnection, person: i64) -> Result<(i64, i64, i64, i64)> {
    Ok(sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM touches WHERE person_id = $1), (SELECT COUNT(*) FROM activities WHERE person_id = $1), \
         (SELECT COUNT(*) FROM leads WHERE person_id = $1), (SELECT COUNT(*) FROM deal_people WHERE person_id = $1)",
    )
    .bind(person)
    .fetch_one(connection)
    .await?)
}
