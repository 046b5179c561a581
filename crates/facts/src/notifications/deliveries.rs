//! Deliveries: one message on its way to one address, claimed by one sender at a time.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{
    FactsError, ReadTx, Result, WriteTx,
    bulk::{self, Value},
    changes::Author,
    list::{Key, Listing, Page, Turn, Wanted, int_key},
    notifications::note,
    schema,
};

/// What is written about a message that is to go out.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDelivery {
    /// `None` for a team's channel.
    pub user: Option<i64>,
    pub medium: &'static str,
    pub address: String,
    pub digest: bool,
    pub body: String,
    pub send_at: i64,
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Delivery {
    pub id: i64,
    pub user_id: Option<i64>,
    pub user_name: Option<String>,
    pub medium: String,
    pub address: String,
    pub state: String,
    pub digest: i64,
    pub body: String,
    pub tries: i64,
    pub next_try_at: i64,
    pub last_error: Option<String>,
    pub sent_at: Option<i64>,
    pub recorded_at: i64,
    /// Of the first notification in it.
    pub title: Option<String>,
}

/// What a message says: a notification in it.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Carried {
    pub title: String,
    pub body: String,
    pub url: Option<String>,
}

/// The message to this address that waits and was not tried yet, held until the end of the transaction so that it does not leave
/// meanwhile; its id and body. What is to go out now joins whatever is due; what waits for later (the end of quiet hours, a digest) joins
/// only what waits for the same instant, so that it does not leave before its time.
pub async fn hold_open(tx: &mut WriteTx, new: &NewDelivery, now: i64) -> Result<Option<(i64, String)>> {
    let first = if new.send_at <= now { i64::MIN } else { new.send_at };
    let query = sqlx::query_as(
        "UPDATE deliveries SET next_try_at = next_try_at WHERE id = \
         (SELECT MIN(id) FROM deliveries WHERE address = $1 AND medium = $2 AND digest = $3 AND COALESCE(user_id, 0) = $5 \
          AND next_try_at BETWEEN $6 AND $4 AND state = 'waiting' AND tries = 0) AND state = 'waiting' AND tries = 0 RETURNING id, body",
    );
    let query = query.bind(new.address.clone()).bind(new.medium).bind(i64::from(new.digest));
    Ok(query.bind(new.send_at).bind(new.user.unwrap_or(0)).bind(first).fetch_optional(tx.conn()).await?)
}

pub async fn add(tx: &mut WriteTx, author: &Author, new: &NewDelivery) -> Result<i64> {
    let id = tx.allocate(schema::DELIVERIES.name, 1).await?;
    let row = vec![
        Value::Int(id),
        Value::int(new.user),
        Value::Text(new.medium.into()),
        Value::Text(new.address.clone()),
        Value::Text("waiting".into()),
        Value::Int(i64::from(new.digest)),
        Value::Text(new.body.clone()),
        Value::Int(0),
        Value::Int(new.send_at),
        Value::Null,
        Value::Null,
        Value::Int(author.now),
    ];
    let engine = tx.engine;
    bulk::insert(tx.conn(), engine, &schema::DELIVERIES, row).await?;
    note(tx, author, "added", schema::DELIVERIES.name, id, id);
    Ok(id)
}

/// To be called with a delivery that this transaction holds.
pub async fn set_body(tx: &mut WriteTx, id: i64, body: &str) -> Result<()> {
    sqlx::query("UPDATE deliveries SET body = $2 WHERE id = $1").bind(id).bind(body).execute(tx.conn()).await?;
    Ok(())
}

/// Puts notifications into a delivery that this transaction made or holds.
pub async fn put_in(tx: &mut WriteTx, id: i64, medium: &str, notifications: &[i64]) -> Result<()> {
    let rows = notifications.iter().flat_map(|one| [Value::Int(id), Value::Int(*one), Value::Text(medium.to_owned())]);
    let engine = tx.engine;
    bulk::insert(tx.conn(), engine, &schema::DELIVERED_NOTIFICATIONS, rows.collect()).await
}

/// Those whose turn it is, oldest first: that wait, and that a sender claimed and never came back to.
pub async fn due(connection: &mut AnyConnection, now: i64, limit: i64) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> = sqlx::query_as(
        "SELECT id FROM deliveries WHERE state IN ('waiting', 'sending') AND next_try_at <= $1 ORDER BY next_try_at, id LIMIT $2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Takes a delivery to send it, until `lease_until`. Of several senders one gets it; `None` for the others.
pub async fn claim(tx: &mut WriteTx, id: i64, now: i64, lease_until: i64) -> Result<Option<Delivery>> {
    let done = sqlx::query(
        "UPDATE deliveries SET state = 'sending', tries = tries + 1, next_try_at = $3 \
         WHERE id = $1 AND state IN ('waiting', 'sending') AND next_try_at <= $2",
    )
    .bind(id)
    .bind(now)
    .bind(lease_until)
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 0 { Ok(None) } else { one(tx.conn(), id).await.map(Some) }
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    Sent,
    /// To be tried again at an instant.
    Waiting {
        next_try_at: i64,
        error: String,
    },
    Dead {
        error: String,
    },
}

/// Writes down how the attempt ended, unless the claim ran out and somebody else has taken the delivery since.
pub async fn end(tx: &mut WriteTx, author: &Author, claimed: &Delivery, ending: &Ending) -> Result<bool> {
    let (state, event, next_try_at, error, sent_at) = match ending {
        Ending::Sent => ("sent", "sent", claimed.next_try_at, None, Some(author.now)),
        Ending::Waiting { next_try_at, error } => ("waiting", "put_off", *next_try_at, Some(error.as_str()), None),
        Ending::Dead { error } => ("dead", "gave_up", claimed.next_try_at, Some(error.as_str()), None),
    };
    let done = sqlx::query(
        "UPDATE deliveries SET state = $3, next_try_at = $4, last_error = $5, sent_at = $6 WHERE id = $1 AND state = 'sending' AND tries = $2",
    )
    .bind(claimed.id)
    .bind(claimed.tries)
    .bind(state)
    .bind(next_try_at)
    .bind(error.map(str::to_owned))
    .bind(sent_at)
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 1 {
        note(tx, author, event, schema::DELIVERIES.name, claimed.id, claimed.id);
    }
    Ok(done.rows_affected() == 1)
}

/// Gives a dead delivery another life, from its first try on.
pub async fn replay(tx: &mut WriteTx, author: &Author, id: i64) -> Result<()> {
    let sql = "UPDATE deliveries SET state = 'waiting', tries = 0, next_try_at = $2 WHERE id = $1 AND state IN ('dead', 'dropped')";
    change(tx, author, id, "replayed", sqlx::query(sql).bind(id).bind(author.now)).await
}

/// All that are dead. Gives how many there were.
pub async fn replay_all(tx: &mut WriteTx, author: &Author) -> Result<u64> {
    let ids: Vec<(i64,)> =
        sqlx::query_as("UPDATE deliveries SET state = 'waiting', tries = 0, next_try_at = $1 WHERE state = 'dead' RETURNING id")
            .bind(author.now)
            .fetch_all(tx.conn())
            .await?;
    for (id,) in &ids {
        note(tx, author, "replayed", schema::DELIVERIES.name, *id, *id);
    }
    Ok(ids.len() as u64)
}

/// Never to be sent; can be replayed all the same.
pub async fn drop_dead(tx: &mut WriteTx, author: &Author, id: i64) -> Result<()> {
    let sql = "UPDATE deliveries SET state = 'dropped' WHERE id = $1 AND state = 'dead'";
    change(tx, author, id, "dropped", sqlx::query(sql).bind(id)).await
}

/// Takes a drop back.
pub async fn restore(tx: &mut WriteTx, author: &Author, id: i64) -> Result<()> {
    let sql = "UPDATE deliveries SET state = 'dead' WHERE id = $1 AND state = 'dropped'";
    change(tx, author, id, "restored", sqlx::query(sql).bind(id)).await
}

async fn change(
    tx: &mut WriteTx,
    author: &Author,
    id: i64,
    event: &'static str,
    query: sqlx::query::Query<'_, sqlx::Any, sqlx::any::AnyArguments>,
) -> Result<()> {
    if query.execute(tx.conn()).await?.rows_affected() == 1 {
        note(tx, author, event, schema::DELIVERIES.name, id, id);
        return Ok(());
    }
    let state = one(tx.conn(), id).await?.state;
    Err(FactsError::Refused(format!("This message is {state}; only one that was given up can be sent again or dropped.")))
}

/// A person's new day: moves what waits for their digest.
pub async fn move_digests(tx: &mut WriteTx, user: i64, send_at: i64) -> Result<()> {
    let sql = "UPDATE deliveries SET next_try_at = $2 WHERE user_id = $1 AND digest = 1 AND state = 'waiting' AND tries = 0";
    sqlx::query(sql).bind(user).bind(send_at).execute(tx.conn()).await?;
    Ok(())
}

static NEWEST: [Key; 1] = [int_key("d.id")];
const SELECT: &str = "d.id, d.user_id, u.name AS user_name, d.medium, d.address, d.state, d.digest, d.body, d.tries, d.next_try_at, \
     d.last_error, d.sent_at, d.recorded_at, (SELECT n.title FROM notifications n WHERE n.id = \
     (SELECT MIN(c.notification_id) FROM delivered_notifications c WHERE c.delivery_id = d.id)) AS title";
const JOINS: &str = "LEFT JOIN users u ON u.id = d.user_id";

/// Newest first, in one state or in all.
pub async fn list(tx: &mut ReadTx, state: Option<&str>, turn: Turn<'_>) -> Result<Page<Delivery>> {
    let mut listing = Listing::new(SELECT, "deliveries d", JOINS, &NEWEST, true);
    if let Some(state) = state {
        listing.drive("d.state", Wanted::Is(Value::Text(state.to_owned())));
    }
    listing.page(tx, turn).await
}

pub async fn one(connection: &mut AnyConnection, id: i64) -> Result<Delivery> {
    let sql = format!("SELECT {SELECT} FROM deliveries d {JOINS} WHERE d.id = $1");
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| FactsError::not_found("delivery", id))
}

/// The first `limit` notifications in a delivery, and how many it has.
pub async fn carried(connection: &mut AnyConnection, id: i64, limit: i64) -> Result<(Vec<Carried>, i64)> {
    let (count,): (i64,) =
        sqlx::query_as("SELECT COUNT(*) FROM delivered_notifications WHERE delivery_id = $1").bind(id).fetch_one(&mut *connection).await?;
    let rows = sqlx::query_as(
        "SELECT n.title, n.body, n.url FROM delivered_notifications c JOIN notifications n ON n.id = c.notification_id \
         WHERE c.delivery_id = $1 ORDER BY n.id LIMIT $2",
    )
    .bind(id)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    Ok((rows, count))
}
