//! Notifications: what people were told, how they want to be told, and the deliveries that carry it to them.

pub mod choices;
pub mod deliveries;

use sqlx::{AnyConnection, AssertSqlSafe, Row};

use crate::{
    FactsError, ReadTx, Result, WriteTx,
    bulk::{self, Value},
    changes::Author,
    events::NewEvent,
    list::{Key, Listing, Page, Turn, Wanted, int_key},
    schema,
};

/// One thing for one person to know.
#[derive(Clone, Debug, PartialEq)]
pub struct NewNotification {
    pub user: i64,
    /// Names what happened; with the same name nobody is told twice.
    pub once: String,
    pub kind: &'static str,
    pub title: String,
    pub body: String,
    pub url: Option<String>,
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct NotificationRow {
    pub id: i64,
    pub user_id: i64,
    pub user_name: Option<String>,
    pub kind: String,
    pub title: String,
    pub body: String,
    pub url: Option<String>,
    pub at: i64,
    pub read_at: Option<i64>,
}

/// Rows in one statement.
const ROWS_MAX: usize = 200;

/// Writes these down, but for those that were said before. Gives what is new, with its id. Where another transaction is about to say the
/// same, this one waits to see whether it does.
pub async fn add(tx: &mut WriteTx, author: &Author, mut all: Vec<NewNotification>) -> Result<Vec<(i64, NewNotification)>> {
    if all.is_empty() {
        return Ok(Vec::new());
    }
    // Everybody takes them in the same order, so that two who say the same don't wait for each other.
    all.sort_by(|a, b| (a.user, &a.once).cmp(&(b.user, &b.once)));
    all.dedup_by(|a, b| (a.user, &a.once) == (b.user, &b.once));
    let first = tx.allocate(schema::NOTIFICATIONS.name, all.len()).await?;
    let mut added = Vec::new();
    let numbered: Vec<_> = (first..).zip(all).collect();
    for chunk in numbered.chunks(ROWS_MAX) {
        let new = insert(tx, author, chunk).await?;
        added.extend(chunk.iter().filter(|(id, _)| new.contains(id)).cloned());
    }
    if let (Some((first, _)), Some((last, _))) = (added.first(), added.last()) {
        note(tx, author, "added", schema::NOTIFICATIONS.name, *first, *last);
    }
    Ok(added)
}

async fn insert(tx: &mut WriteTx, author: &Author, rows: &[(i64, NewNotification)]) -> Result<Vec<i64>> {
    const COLUMNS: usize = 9;
    let marks: Vec<_> = (0..rows.len()).map(|row| format!("({})", bulk::placeholders(tx.engine, row * COLUMNS + 1, COLUMNS))).collect();
    let sql = format!(
        "INSERT INTO notifications (id, user_id, once, kind, title, body, url, at, recorded_at) VALUES {} \
         ON CONFLICT (user_id, once) DO NOTHING RETURNING id",
        marks.join(", ")
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (id, new) in rows {
        query = query.bind(*id).bind(new.user).bind(new.once.clone()).bind(new.kind).bind(new.title.clone()).bind(new.body.clone());
        query = query.bind(new.url.clone()).bind(author.now).bind(author.now);
    }
    let found = query.fetch_all(tx.conn()).await?;
    Ok(found.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<_>>()?)
}

/// Whether this is said for the first time, by its name; it counts as said from then on.
pub async fn first_time(tx: &mut WriteTx, once: &str, now: i64) -> Result<bool> {
    let done = sqlx::query("INSERT INTO said_once (once, at) VALUES ($1, $2) ON CONFLICT (once) DO NOTHING")
        .bind(once)
        .bind(now)
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

static NEWEST: [Key; 1] = [int_key("n.id")];
const SELECT: &str = "n.id, n.user_id, u.name AS user_name, n.kind, n.title, n.body, n.url, n.at, n.read_at";
const JOINS: &str = "LEFT JOIN users u ON u.id = n.user_id";

/// Newest first; of one person, or of all.
pub async fn list(tx: &mut ReadTx, user: Option<i64>, unread: bool, turn: Turn<'_>) -> Result<Page<NotificationRow>> {
    let mut listing = Listing::new(SELECT, "notifications n", JOINS, &NEWEST, true);
    if let Some(user) = user {
        listing.drive("n.user_id", Wanted::Is(Value::Int(user)));
    }
    if unread {
        listing.check("n.read_at", Wanted::NotRecorded);
    }
    listing.page(tx, turn).await
}

/// One of that person's.
pub async fn one(connection: &mut AnyConnection, user: i64, id: i64) -> Result<NotificationRow> {
    let sql = format!("SELECT {SELECT} FROM notifications n {JOINS} WHERE n.id = $1 AND n.user_id = $2");
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(id).bind(user).fetch_optional(connection).await?;
    found.ok_or_else(|| FactsError::not_found("notification", id))
}

/// Unread ones of that person, counted up to `count_max`.
pub async fn unread(connection: &mut AnyConnection, user: i64, count_max: i64) -> Result<i64> {
    let (count,): (i64,) = sqlx::query_as(
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM notifications WHERE user_id = $1 AND read_at IS NULL LIMIT $2) AS unread",
    )
    .bind(user)
    .bind(count_max)
    .fetch_one(connection)
    .await?;
    Ok(count)
}

/// That person has read it; read before, it stays read from then.
pub async fn mark_read(tx: &mut WriteTx, author: &Author, user: i64, id: i64) -> Result<()> {
    let done = sqlx::query("UPDATE notifications SET read_at = $3 WHERE id = $1 AND user_id = $2 AND read_at IS NULL")
        .bind(id)
        .bind(user)
        .bind(author.now)
        .execute(tx.conn())
        .await?;
    if done.rows_affected() == 1 {
        note(tx, author, "read", schema::NOTIFICATIONS.name, id, id);
        return Ok(());
    }
    one(tx.conn(), user, id).await.map(|_| ())
}

/// That person has read all there are. Gives how many were new.
pub async fn mark_all_read(tx: &mut WriteTx, author: &Author, user: i64) -> Result<u64> {
    let sql = "UPDATE notifications SET read_at = $2 WHERE user_id = $1 AND read_at IS NULL";
    set_read(tx, author, "read", sqlx::query(sql).bind(user).bind(author.now), user).await
}

/// Takes back what was marked all at once, at `read_at`.
pub async fn mark_unread(tx: &mut WriteTx, author: &Author, user: i64, read_at: i64) -> Result<u64> {
    let sql = "UPDATE notifications SET read_at = NULL WHERE user_id = $1 AND read_at = $2";
    set_read(tx, author, "unread", sqlx::query(sql).bind(user).bind(read_at), user).await
}

async fn set_read(
    tx: &mut WriteTx,
    author: &Author,
    kind: &'static str,
    query: sqlx::query::Query<'_, sqlx::Any, sqlx::any::AnyArguments>,
    user: i64,
) -> Result<u64> {
    let rows = query.execute(tx.conn()).await?.rows_affected();
    if rows > 0 {
        // Which rows these were, the rows themselves say: by the instant.
        note(tx, author, kind, schema::USERS.name, user, user);
    }
    Ok(rows)
}

/// An administrator changed the ways out.
pub fn note_settings(tx: &mut WriteTx, author: &Author) {
    note(tx, author, "channels_changed", schema::SETTINGS.name, 0, 0);
}

pub(crate) fn note(tx: &mut WriteTx, author: &Author, kind: &'static str, table: &'static str, first_id: i64, last_id: i64) {
    tx.note(NewEvent {
        kind,
        table,
        first_id,
        last_id,
        at: author.now,
        recorded_at: author.now,
        actor_id: author.actor,
        import_id: None,
        agreement_version: author.agreement_version,
        body: None,
    });
}
