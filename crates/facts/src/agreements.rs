//! The versions of the Agreement, as text with its hash.

use sqlx::AnyConnection;

use crate::{Result, WriteTx};

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AgreementRow {
    pub id: i64,
    pub number: i64,
    /// TOML.
    pub text: String,
    pub hash: String,
    pub effective_at: i64,
    pub recorded_at: i64,
}

const SELECT: &str = "SELECT id, number, text, hash, effective_at, recorded_at FROM agreements";

/// The version that judges at `at`: the latest that has taken effect by then.
pub async fn in_force(connection: &mut AnyConnection, at: i64) -> Result<Option<AgreementRow>> {
    let sql = format!("{SELECT} WHERE effective_at <= $1 ORDER BY effective_at DESC, number DESC LIMIT 1");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(at).fetch_optional(connection).await?)
}

/// All versions, newest first. There are as many as people have signed: a bounded list by nature.
pub async fn list(connection: &mut AnyConnection) -> Result<Vec<AgreementRow>> {
    let sql = format!("{SELECT} ORDER BY number DESC LIMIT 1000");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(connection).await?)
}

pub async fn add(tx: &mut WriteTx, number: i64, text: &str, hash: &str, effective_at: i64, recorded_at: i64) -> Result<i64> {
    let id = tx.allocate("agreements", 1).await?;
    sqlx::query("INSERT INTO agreements (id, number, text, hash, effective_at, recorded_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(id)
        .bind(number)
        .bind(text.to_owned())
        .bind(hash.to_owned())
        .bind(effective_at)
        .bind(recorded_at)
        .execute(tx.conn())
        .await?;
    Ok(id)
}

/// Writes version 1, over an earlier text of it. Refused once a second version exists or a transition names the first.
pub async fn replace_first(tx: &mut WriteTx, text: &str, hash: &str, effective_at: i64, recorded_at: i64) -> Result<()> {
    let versions = list(tx.conn()).await?;
    let (judged,): (Option<i64>,) = sqlx::query_as("SELECT MIN(id) FROM transitions").fetch_one(tx.conn()).await?;
    match versions.as_slice() {
        [] => {
            add(tx, 1, text, hash, effective_at, recorded_at).await?;
        }
        [only] if judged.is_none() => {
            sqlx::query("UPDATE agreements SET text = $1, hash = $2, effective_at = $3, recorded_at = $4 WHERE id = $5")
                .bind(text.to_owned())
                .bind(hash.to_owned())
                .bind(effective_at)
                .bind(recorded_at)
                .bind(only.id)
                .execute(tx.conn())
                .await?;
        }
        _ => return Err(crate::FactsError::Refused("the Agreement has judged leads already: its text stays as it was signed".into())),
    }
    Ok(())
}

/// The last version's number and hash: changes whenever a version is added or replaced.
pub async fn stamp(connection: &mut AnyConnection) -> Result<Option<(i64, String)>> {
    Ok(sqlx::query_as("SELECT number, hash FROM agreements ORDER BY number DESC LIMIT 1").fetch_optional(connection).await?)
}
