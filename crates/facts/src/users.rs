//! Users as records: who owns leads and deals, and who signs in. Passwords and tokens are `access`'s.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{
    ReadTx, Result,
    bulk::Value,
    list::{Key, Listing, Page, Turn, Wanted, int_key, missing, text_key},
};

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct UserRow {
    pub id: i64,
    pub name: String,
    pub email: Option<String>,
    pub side: String,
    pub team_id: Option<i64>,
    pub team_name: Option<String>,
    pub region: Option<String>,
    pub role: Option<String>,
    pub disabled_at: Option<i64>,
    pub recorded_at: i64,
    pub import_id: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserFilter {
    pub side: Option<String>,
    pub team: Option<i64>,
}

const SELECT: &str =
    "u.id, u.name, u.email, u.side, u.team_id, m.name AS team_name, u.region, u.role, u.disabled_at, u.recorded_at, u.import_id";
const BASE: &str = "users u";
const JOINS: &str = "LEFT JOIN teams m ON m.id = u.team_id";

static NAME: [Key; 2] = [text_key("u.name"), int_key("u.id")];

pub async fn list(tx: &mut ReadTx, filter: &UserFilter, turn: Turn<'_>) -> Result<Page<UserRow>> {
    let mut listing = Listing::new(SELECT, BASE, JOINS, &NAME, false);
    if let Some(side) = &filter.side {
        listing.check("u.side", Wanted::Is(Value::Text(side.clone())));
    }
    if let Some(team) = filter.team {
        listing.check("u.team_id", Wanted::Is(Value::Int(team)));
    }
    listing.page(tx, turn).await
}

pub async fn one(connection: &mut AnyConnection, id: i64) -> Result<UserRow> {
    let sql = format!("SELECT {SELECT} FROM {BASE} {JOINS} WHERE u.id = $1");
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| missing("user", id))
}

/// (id, name) for a filter's choices, by name.
pub async fn names(connection: &mut AnyConnection) -> Result<Vec<(i64, String)>> {
    Ok(sqlx::query_as("SELECT id, name FROM users ORDER BY name, id LIMIT 500").fetch_all(connection).await?)
}
