//! Writing single records with their history: a row and its event, or the fields of a row with what they were before.

mod past;

pub use past::*;

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{
    FactsError, ReadTx, Result, WriteTx,
    bulk::{self, Value},
    events::{Event, NewEvent},
    list::{Key, Listing, Page, Turn, Wanted, int_key},
    schema::{self, Column, Table},
};

/// On whose behalf, and when, a record is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Author {
    pub actor: Option<i64>,
    pub now: i64,
    pub agreement_version: Option<i64>,
}

/// A field before and after.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ChangeRow {
    pub id: i64,
    pub field: String,
    pub old_value: Option<String>,
    pub new_value: Option<String>,
    pub recorded_at: i64,
    pub actor_id: Option<i64>,
    pub actor_name: Option<String>,
    pub import_id: Option<i64>,
}

/// Adds a row with these values; columns not named stay empty. `id` and `recorded_at` are filled in. Notes the event `added`.
pub async fn add(tx: &mut WriteTx, author: &Author, table: &'static Table, at: i64, values: &[(&str, Value)]) -> Result<i64> {
    let id = tx.allocate(table.name, 1).await?;
    let value_of = |column: &Column| match column.name {
        "id" => Value::Int(id),
        "recorded_at" => Value::Int(author.now),
        name => values.iter().find(|(given, _)| *given == name).map_or(Value::Null, |(_, value)| value.clone()),
    };
    let row = table.columns.iter().map(value_of).collect();
    let engine = tx.engine;
    bulk::insert(tx.conn(), engine, table, row).await?;
    note(tx, author, "added", table, id, at, None, None);
    Ok(id)
}

/// Holds a row until the end of the transaction, so that what is decided by its state is still so when it is written. SQLite has one
/// writer at a time; on PostgreSQL others who want the row wait here.
pub async fn hold(tx: &mut WriteTx, table: &Table, noun: &'static str, id: i64) -> Result<()> {
    let sql = format!("UPDATE {} SET recorded_at = recorded_at WHERE id = $1", table.name);
    match sqlx::query(AssertSqlSafe(sql)).bind(id).execute(tx.conn()).await?.rows_affected() {
        0 => Err(FactsError::not_found(noun, id)),
        _ => Ok(()),
    }
}

/// Sets fields of a row, writes down those that changed with what they were, and notes the event `changed`. Where nothing differs,
/// nothing is written. Gives the names of the changed fields.
pub async fn set(
    tx: &mut WriteTx,
    author: &Author,
    table: &'static Table,
    noun: &'static str,
    id: i64,
    values: Vec<(&'static str, Value)>,
) -> Result<Vec<&'static str>> {
    set_by_import(tx, author, table, noun, id, values, None).await
}

/// The same on behalf of an import, whose undo sets the fields back.
pub async fn set_by_import(
    tx: &mut WriteTx,
    author: &Author,
    table: &'static Table,
    noun: &'static str,
    id: i64,
    values: Vec<(&'static str, Value)>,
    import_id: Option<i64>,
) -> Result<Vec<&'static str>> {
    let pairs: Vec<(&Column, Value)> =
        values.into_iter().filter_map(|(name, value)| table.column(name).map(|column| (column, value))).collect();
    let columns: Vec<_> = pairs.iter().map(|(column, _)| *column).collect();
    hold(tx, table, noun, id).await?;
    if pairs.is_empty() {
        return Ok(Vec::new());
    }
    let engine = tx.engine;
    let found = bulk::load_by_ids(tx.conn(), engine, table, &columns, &[id]).await?;
    let before = found.get(&id).ok_or_else(|| FactsError::not_found(noun, id))?;
    let changed: Vec<_> = pairs.into_iter().zip(before).filter(|((_, new), old)| new != *old).collect();
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let mut history = Vec::new();
    let mut change_id = tx.allocate(schema::CHANGES.name, changed.len()).await?;
    for ((column, new), old) in &changed {
        history.extend([
            Value::Int(change_id),
            Value::Text(table.name.to_owned()),
            Value::Int(id),
            Value::Text(column.name.to_owned()),
            old.to_history().map_or(Value::Null, Value::Text),
            new.to_history().map_or(Value::Null, Value::Text),
            Value::Int(author.now),
            Value::int(author.actor),
            Value::int(import_id),
        ]);
        change_id += 1;
    }
    bulk::insert(tx.conn(), engine, &schema::CHANGES, history).await?;
    let sets: Vec<_> = changed.into_iter().map(|(pair, _)| pair).collect();
    bulk::update(tx.conn(), table, id, &sets).await?;
    let names: Vec<_> = sets.iter().map(|(column, _)| column.name).collect();
    note(tx, author, "changed", table, id, author.now, Some(names.join(",")), import_id);
    Ok(names)
}

/// A field of a row that was written by other means than [`set`]: what it was and what it is.
pub struct Written {
    pub record_id: i64,
    pub field: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// Writes down fields that changed, so that the record can be seen as it was. The event is noted by who wrote them.
pub async fn remember(
    tx: &mut WriteTx,
    author: &Author,
    import_id: Option<i64>,
    table: &'static Table,
    written: Vec<Written>,
) -> Result<()> {
    if written.is_empty() {
        return Ok(());
    }
    let first = tx.allocate(schema::CHANGES.name, written.len()).await?;
    let mut values = Vec::with_capacity(written.len() * schema::CHANGES.columns.len());
    for (id, field) in (first..).zip(written) {
        values.extend([
            Value::Int(id),
            Value::Text(table.name.to_owned()),
            Value::Int(field.record_id),
            Value::Text(field.field),
            field.old.map_or(Value::Null, Value::Text),
            field.new.map_or(Value::Null, Value::Text),
            Value::Int(author.now),
            Value::int(author.actor),
            Value::int(import_id),
        ]);
    }
    let engine = tx.engine;
    bulk::insert(tx.conn(), engine, &schema::CHANGES, values).await
}

/// Notes that a row was written to by other means than [`set`].
pub fn note_changed(tx: &mut WriteTx, author: &Author, table: &'static Table, id: i64, body: &str) {
    note(tx, author, "changed", table, id, author.now, Some(body.to_owned()), None);
}

#[expect(clippy::too_many_arguments, reason = "an event is said whole, in one place")]
fn note(
    tx: &mut WriteTx,
    author: &Author,
    kind: &'static str,
    table: &'static Table,
    id: i64,
    at: i64,
    body: Option<String>,
    import_id: Option<i64>,
) {
    tx.note(NewEvent {
        kind,
        table: table.name,
        first_id: id,
        last_id: id,
        at,
        recorded_at: author.now,
        actor_id: author.actor,
        import_id,
        agreement_version: author.agreement_version,
        body,
    });
}

/// Field history of a record, newest first.
pub async fn of(connection: &mut AnyConnection, table: &Table, id: i64, limit: i64) -> Result<Vec<ChangeRow>> {
    Ok(sqlx::query_as(
        "SELECT h.id, h.field, h.old_value, h.new_value, h.recorded_at, h.actor_id, u.name AS actor_name, h.import_id \
         FROM changes h LEFT JOIN users u ON u.id = h.actor_id WHERE h.noun = $1 AND h.record_id = $2 ORDER BY h.id DESC LIMIT $3",
    )
    .bind(table.name)
    .bind(id)
    .bind(limit)
    .fetch_all(connection)
    .await?)
}

/// Whether a record exists.
pub async fn exists(connection: &mut AnyConnection, table: &Table, id: i64) -> Result<bool> {
    let sql = format!("SELECT id FROM {} WHERE id = $1", table.name);
    let found: Option<(i64,)> = sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    Ok(found.is_some())
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventFilter {
    /// Name of a table.
    pub table: Option<String>,
    pub kind: Option<String>,
}

static EVENT_ID: [Key; 1] = [int_key("e.id")];

/// The event log, a page at a time; newest first, or oldest first for those who follow it.
pub async fn events(tx: &mut ReadTx, filter: &EventFilter, newest_first: bool, turn: Turn<'_>) -> Result<Page<Event>> {
    let select = "e.id, e.kind, e.noun, e.first_id, e.last_id, e.at, e.recorded_at, e.actor_id, e.import_id, e.body";
    let mut listing = Listing::new(select, "events e", "", &EVENT_ID, newest_first);
    for (column, text) in [("e.noun", &filter.table), ("e.kind", &filter.kind)] {
        if let Some(text) = text {
            listing.check(column, Wanted::Is(Value::Text(text.clone())));
        }
    }
    listing.page(tx, turn).await
}
