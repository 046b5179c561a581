//! Questions that are kept with their answers, and when somebody last looked at a number.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{
    FactsError, ReadTx, Result, WriteTx,
    bulk::Value,
    changes::{self, Author},
    list::{Key, Listing, Page, Turn, Wanted, int_key},
    schema,
};

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SavedRow {
    pub id: i64,
    pub name: String,
    pub report: String,
    /// JSON.
    pub params: String,
    pub answer_hash: String,
    pub agreement_version: i64,
    pub as_of: i64,
    pub known_at: i64,
    pub user_id: Option<i64>,
    pub user_name: Option<String>,
    pub recorded_at: i64,
    pub removed_at: Option<i64>,
}

pub struct NewSaved<'a> {
    pub name: &'a str,
    pub report: &'a str,
    pub params: &'a str,
    pub answer: &'a str,
    pub answer_hash: &'a str,
    pub agreement_version: i64,
    pub as_of: i64,
    pub known_at: i64,
}

const SELECT: &str = "q.id, q.name, q.report, q.params, q.answer_hash, q.agreement_version, q.as_of, q.known_at, q.user_id, \
     u.name AS user_name, q.recorded_at, q.removed_at";
const BASE: &str = "saved_questions q";
const JOINS: &str = "LEFT JOIN users u ON u.id = q.user_id";

static NEWEST: [Key; 1] = [int_key("q.id")];

pub async fn add(tx: &mut WriteTx, author: &Author, new: &NewSaved<'_>) -> Result<i64> {
    let text = |text: &str| Value::Text(text.to_owned());
    let values = [
        ("name", text(new.name)),
        ("report", text(new.report)),
        ("params", text(new.params)),
        ("answer", text(new.answer)),
        ("answer_hash", text(new.answer_hash)),
        ("agreement_version", Value::Int(new.agreement_version)),
        ("as_of", Value::Int(new.as_of)),
        ("known_at", Value::Int(new.known_at)),
        ("user_id", Value::int(author.actor)),
    ];
    changes::add(tx, author, &schema::SAVED_QUESTIONS, author.now, &values).await
}

/// Whether something was written down after event `after` that says of itself that it was known at `known_at`. Nobody else commits an
/// event from here to the end of the transaction.
pub async fn came_late(tx: &mut WriteTx, after: i64, known_at: i64) -> Result<bool> {
    let engine = tx.engine;
    engine.order_events(tx.conn()).await?;
    const SQL: &str = "SELECT id FROM events WHERE id > $1 AND recorded_at <= $2 LIMIT 1";
    let found: Option<(i64,)> = sqlx::query_as(SQL).bind(after).bind(known_at).fetch_optional(tx.conn()).await?;
    Ok(found.is_some())
}

/// Those that are not removed, newest first.
pub async fn list(tx: &mut ReadTx, turn: Turn<'_>) -> Result<Page<SavedRow>> {
    let mut listing = Listing::new(SELECT, BASE, JOINS, &NEWEST, true);
    listing.check("q.removed_at", Wanted::NotRecorded);
    listing.page(tx, turn).await
}

pub async fn one(connection: &mut AnyConnection, id: i64) -> Result<SavedRow> {
    let sql = format!("SELECT {SELECT} FROM {BASE} {JOINS} WHERE q.id = $1");
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| FactsError::not_found("saved question", id))
}

/// The answer as it was given, byte for byte.
pub async fn answer(connection: &mut AnyConnection, id: i64) -> Result<String> {
    let found: Option<(String,)> =
        sqlx::query_as("SELECT answer FROM saved_questions WHERE id = $1").bind(id).fetch_optional(connection).await?;
    found.map(|(answer,)| answer).ok_or_else(|| FactsError::not_found("saved question", id))
}

/// Gives it another name, takes it off the list, or puts it back.
pub async fn set(tx: &mut WriteTx, author: &Author, id: i64, field: &'static str, value: Value) -> Result<()> {
    changes::set(tx, author, &schema::SAVED_QUESTIONS, "saved question", id, vec![(field, value)]).await?;
    Ok(())
}

/// When somebody looked, and when the time before. A question is named by its hash: its address can be longer than a key may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Look {
    pub at: i64,
    pub before_at: Option<i64>,
}

pub async fn look(connection: &mut AnyConnection, user: i64, number: &str, question: &str) -> Result<Option<Look>> {
    const SQL: &str = "SELECT at, before_at FROM looks WHERE user_id = $1 AND number = $2 AND question = $3";
    Ok(sqlx::query_as(SQL).bind(user).bind(number.to_owned()).bind(question.to_owned()).fetch_optional(connection).await?)
}

/// Remembers a look. Looks at other questions that are older than `forget_before` are forgotten, so that a person has few.
pub async fn set_look(tx: &mut WriteTx, user: i64, number: &str, question: &str, look: Look, forget_before: i64) -> Result<()> {
    sqlx::query("DELETE FROM looks WHERE user_id = $1 AND at < $2").bind(user).bind(forget_before).execute(tx.conn()).await?;
    const SQL: &str = "INSERT INTO looks (user_id, number, question, at, before_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (user_id, number, question) DO UPDATE SET at = $4, before_at = $5";
    sqlx::query(SQL)
        .bind(user)
        .bind(number.to_owned())
        .bind(question.to_owned())
        .bind(look.at)
        .bind(look.before_at)
        .execute(tx.conn())
        .await?;
    Ok(())
}
