//! Plans that the teams keep: what they aim at, spend, and what they assume otherwise than the record says.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{
    FactsError, ReadTx, Result, WriteTx,
    bulk::Value,
    changes::{self, Author},
    list::{Key, Listing, Page, Turn, Wanted, int_key, missing},
    schema,
};

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct PlanRow {
    pub id: i64,
    pub name: String,
    /// JSON.
    pub body: String,
    /// How often it was saved: who changes it says which one they saw.
    pub edits: i64,
    pub author_id: Option<i64>,
    pub author_name: Option<String>,
    pub recorded_at: i64,
    pub edited_at: i64,
    pub removed_at: Option<i64>,
}

const SELECT: &str = "p.id, p.name, p.body, p.edits, p.author_id, u.name AS author_name, p.recorded_at, p.edited_at, p.removed_at";
const BASE: &str = "plans p";
const JOINS: &str = "LEFT JOIN users u ON u.id = p.author_id";
const NOUN: &str = "plan";

static ID: [Key; 1] = [int_key("p.id")];

/// Newest first, without those that were removed.
pub async fn list(tx: &mut ReadTx, turn: Turn<'_>) -> Result<Page<PlanRow>> {
    let mut listing = Listing::new(SELECT, BASE, JOINS, &ID, true);
    listing.check("p.removed_at", Wanted::NotRecorded);
    listing.page(tx, turn).await
}

/// Also one that was removed.
pub async fn one(connection: &mut AnyConnection, id: i64) -> Result<PlanRow> {
    let sql = format!("SELECT {SELECT} FROM {BASE} {JOINS} WHERE p.id = $1");
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| missing(NOUN, id))
}

pub async fn add(tx: &mut WriteTx, author: &Author, name: &str, body: &str) -> Result<i64> {
    let values = [
        ("name", Value::Text(name.to_owned())),
        ("body", Value::Text(body.to_owned())),
        ("edits", Value::Int(1)),
        ("author_id", Value::int(author.actor)),
        ("edited_at", Value::Int(author.now)),
    ];
    changes::add(tx, author, &schema::PLANS, author.now, &values).await
}

/// Holds a plan that was not removed until the end of the transaction, and gives it.
pub async fn held(tx: &mut WriteTx, id: i64) -> Result<PlanRow> {
    changes::hold(tx, &schema::PLANS, NOUN, id).await?;
    let plan = one(tx.conn(), id).await?;
    if plan.removed_at.is_some() {
        return Err(FactsError::not_found(NOUN, id));
    }
    Ok(plan)
}

/// Saves it anew, if anything differs. Gives the names of the fields that changed.
pub async fn edit(tx: &mut WriteTx, author: &Author, plan: &PlanRow, name: &str, body: &str) -> Result<Vec<&'static str>> {
    if plan.name == name && plan.body == body {
        return Ok(Vec::new());
    }
    let values = vec![
        ("name", Value::Text(name.to_owned())),
        ("body", Value::Text(body.to_owned())),
        ("edits", Value::Int(plan.edits + 1)),
        ("edited_at", Value::Int(author.now)),
    ];
    changes::set(tx, author, &schema::PLANS, NOUN, plan.id, values).await
}

/// Takes it out of the list; done twice, it changes nothing more.
pub async fn remove(tx: &mut WriteTx, author: &Author, id: i64) -> Result<()> {
    changes::hold(tx, &schema::PLANS, NOUN, id).await?;
    if one(tx.conn(), id).await?.removed_at.is_none() {
        changes::set(tx, author, &schema::PLANS, NOUN, id, vec![("removed_at", Value::Int(author.now))]).await?;
    }
    Ok(())
}

/// Puts one that was removed back.
pub async fn put_back(tx: &mut WriteTx, author: &Author, id: i64) -> Result<()> {
    changes::set(tx, author, &schema::PLANS, NOUN, id, vec![("removed_at", Value::Null)]).await?;
    Ok(())
}
