//! Teams: lists of them, and one.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{
    ReadTx, Result,
    list::{Key, Listing, Page, Turn, int_key, missing, text_key},
};

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct TeamRow {
    pub id: i64,
    pub name: String,
    pub side: String,
    pub recorded_at: i64,
}

const SELECT: &str = "m.id, m.name, m.side, m.recorded_at";

static NAME: [Key; 2] = [text_key("m.name"), int_key("m.id")];

pub async fn list(tx: &mut ReadTx, turn: Turn<'_>) -> Result<Page<TeamRow>> {
    Listing::new(SELECT, "teams m", "", &NAME, false).page(tx, turn).await
}

pub async fn one(connection: &mut AnyConnection, id: i64) -> Result<TeamRow> {
    let sql = format!("SELECT {SELECT} FROM teams m WHERE m.id = $1");
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| missing("team", id))
}
