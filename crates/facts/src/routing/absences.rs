//! When somebody is away: nothing is routed to them.

use sqlx::AnyConnection;

use crate::{
    FactsError, ReadTx, Result, WriteTx,
    bulk::Value,
    changes::{self, Author},
    list::{Key, Listing, Page, Turn, Wanted, int_key},
    schema,
};

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct AbsenceRow {
    pub id: i64,
    pub user_id: i64,
    pub user_name: Option<String>,
    /// `absence`, or `off_rota` where a breach took them off.
    pub kind: String,
    pub starts_at: i64,
    pub ends_at: i64,
    pub note: Option<String>,
    pub actor_id: Option<i64>,
    pub revoked_at: Option<i64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct NewAbsence<'a> {
    pub user: i64,
    pub kind: &'a str,
    pub starts_at: i64,
    pub ends_at: i64,
    pub note: Option<&'a str>,
}

const SELECT: &str = "s.id, s.user_id, u.name AS user_name, s.kind, s.starts_at, s.ends_at, s.note, s.actor_id, s.revoked_at";
const JOINS: &str = "LEFT JOIN users u ON u.id = s.user_id";
static ENDS_AT: [Key; 2] = [int_key("s.ends_at"), int_key("s.id")];

/// Those that are not over at `now` and were not revoked, the first to end first; of one user, where given.
pub async fn absences(tx: &mut ReadTx, user: Option<i64>, now: i64, turn: Turn<'_>) -> Result<Page<AbsenceRow>> {
    let mut listing = Listing::new(SELECT, "absences s", JOINS, &ENDS_AT, false);
    listing.drive_range("s.ends_at", ">", Value::Int(now));
    listing.check("s.revoked_at", Wanted::NotRecorded);
    if let Some(user) = user {
        listing.check("s.user_id", Wanted::Is(Value::Int(user)));
    }
    listing.page(tx, turn).await
}

pub async fn absence(connection: &mut AnyConnection, id: i64) -> Result<AbsenceRow> {
    let sql = format!("SELECT {SELECT} FROM absences s {JOINS} WHERE s.id = $1");
    let found = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| FactsError::not_found("absence", id))
}

pub async fn add_absence(tx: &mut WriteTx, author: &Author, new: &NewAbsence<'_>) -> Result<i64> {
    let values = [
        ("user_id", Value::Int(new.user)),
        ("kind", Value::Text(new.kind.to_owned())),
        ("starts_at", Value::Int(new.starts_at)),
        ("ends_at", Value::Int(new.ends_at)),
        ("note", Value::text(new.note)),
        ("actor_id", Value::int(author.actor)),
    ];
    changes::add(tx, author, &schema::ABSENCES, new.starts_at, &values).await
}

/// Takes it back: from now on the user gets leads again. One that was revoked stays as it is.
pub async fn revoke_absence(tx: &mut WriteTx, author: &Author, id: i64) -> Result<()> {
    changes::hold(tx, &schema::ABSENCES, "absence", id).await?;
    if absence(tx.conn(), id).await?.revoked_at.is_none() {
        changes::set(tx, author, &schema::ABSENCES, "absence", id, vec![("revoked_at", Value::Int(author.now))]).await?;
    }
    Ok(())
}
