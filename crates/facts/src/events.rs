//! The event log: append-only, in the order of commits. One event covers a run of consecutive ids of one table.

use sqlx::AnyConnection;

use crate::{
    Result, WriteTx,
    bulk::{self, Value},
    schema,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// `added`, `changed`, `removed`, or a word of the product such as `lead_accepted`.
    pub kind: &'static str,
    /// Name of the table whose rows it is about.
    pub table: &'static str,
    pub first_id: i64,
    pub last_id: i64,
    pub at: i64,
    pub recorded_at: i64,
    pub actor_id: Option<i64>,
    pub import_id: Option<i64>,
    pub agreement_version: Option<i64>,
    pub body: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Event {
    pub id: i64,
    pub kind: String,
    pub noun: String,
    pub first_id: i64,
    pub last_id: i64,
    pub at: i64,
    pub recorded_at: i64,
    pub actor_id: Option<i64>,
    pub import_id: Option<i64>,
    pub body: Option<String>,
}

pub(crate) async fn append(tx: &mut WriteTx, events: Vec<NewEvent>) -> Result<()> {
    let engine = tx.engine;
    engine.order_events(tx.conn()).await?;
    let mut id = tx.allocate("events", events.len()).await?;
    let mut values = Vec::with_capacity(events.len() * schema::EVENTS.columns.len());
    for event in events {
        values.extend([
            Value::Int(id),
            Value::Text(event.kind.to_owned()),
            Value::Text(event.table.to_owned()),
            Value::Int(event.first_id),
            Value::Int(event.last_id),
            Value::Int(event.at),
            Value::Int(event.recorded_at),
            Value::int(event.actor_id),
            Value::int(event.import_id),
            Value::int(event.agreement_version),
            event.body.map_or(Value::Null, Value::Text),
        ]);
        id += 1;
    }
    bulk::insert(tx.conn(), engine, &schema::EVENTS, values).await
}

/// Id of the last event; 0 where there is none.
pub async fn last_id(connection: &mut AnyConnection) -> Result<i64> {
    let (id,): (Option<i64>,) = sqlx::query_as("SELECT MAX(id) FROM events").fetch_one(connection).await?;
    Ok(id.unwrap_or(0))
}

/// Events after `after`, oldest first, `limit` at most.
pub async fn after(connection: &mut AnyConnection, after: i64, limit: i64) -> Result<Vec<Event>> {
    Ok(sqlx::query_as(
        "SELECT id, kind, noun, first_id, last_id, at, recorded_at, actor_id, import_id, body FROM events WHERE id > $1 ORDER BY id LIMIT $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(connection)
    .await?)
}
