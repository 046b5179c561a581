//! Clocks: what they are made from, their rows, and what has come due.

mod due;
mod listed;
mod source;

pub use due::*;
pub use listed::*;
pub use source::*;

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{
    Result, WriteTx,
    bulk::{self, Value},
    changes::{self, Author, Written},
    events::NewEvent,
    list::id_list,
    schema,
};

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ClockRow {
    pub id: i64,
    pub lead_id: i64,
    pub kind: String,
    pub owner_id: Option<i64>,
    pub started_at: i64,
    pub warn_at: i64,
    pub due_at: i64,
    pub ended_at: Option<i64>,
    pub outcome: Option<String>,
    pub breached_at: Option<i64>,
    pub warned_at: Option<i64>,
    pub steps_taken: i64,
    pub paused_at: Option<i64>,
    pub done: i64,
    pub agreement_version: i64,
    pub recorded_at: i64,
    pub import_id: Option<i64>,
    pub calendar: Option<String>,
    pub next_step_at: Option<i64>,
}

pub(crate) const COLUMNS: &str = "c.id, c.lead_id, c.kind, c.owner_id, c.started_at, c.warn_at, c.due_at, c.ended_at, c.outcome, c.breached_at, \
     c.warned_at, c.steps_taken, c.paused_at, c.done, c.agreement_version, c.recorded_at, c.import_id, c.calendar, c.next_step_at";

impl ClockRow {
    /// In the order of the table's columns.
    fn values(&self) -> [Value; 19] {
        [
            Value::Int(self.id),
            Value::Int(self.lead_id),
            Value::Text(self.kind.clone()),
            Value::int(self.owner_id),
            Value::Int(self.started_at),
            Value::Int(self.warn_at),
            Value::Int(self.due_at),
            Value::int(self.ended_at),
            Value::text(self.outcome.as_deref()),
            Value::int(self.breached_at),
            Value::int(self.warned_at),
            Value::Int(self.steps_taken),
            Value::int(self.paused_at),
            Value::Int(self.done),
            Value::Int(self.agreement_version),
            Value::Int(self.recorded_at),
            Value::int(self.import_id),
            Value::text(self.calendar.as_deref()),
            Value::int(self.next_step_at),
        ]
    }
}

fn values(rows: &[ClockRow]) -> Vec<Value> {
    rows.iter().flat_map(ClockRow::values).collect()
}

pub async fn insert(tx: &mut WriteTx, rows: &[ClockRow]) -> Result<()> {
    let engine = tx.engine;
    bulk::insert(tx.conn(), engine, &schema::CLOCKS, values(rows)).await
}

/// What numbers read of a clock: changes of it are written down, so that they can be asked as they stood on any day.
const REMEMBERED: [&str; 6] = ["owner_id", "due_at", "ended_at", "outcome", "breached_at", "paused_at"];

pub async fn overwrite(tx: &mut WriteTx, author: &Author, import_id: Option<i64>, rows: &[ClockRow]) -> Result<()> {
    let engine = tx.engine;
    let places: Vec<_> = REMEMBERED.iter().filter_map(|name| schema::CLOCKS.index_of(name)).collect();
    let columns: Vec<_> = places.iter().map(|place| &schema::CLOCKS.columns[*place]).collect();
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let before = bulk::load_by_ids(tx.conn(), engine, &schema::CLOCKS, &columns, &ids).await?;
    let mut written = Vec::new();
    for row in rows {
        let Some(before) = before.get(&row.id) else { continue };
        let after = row.values();
        for ((place, column), old) in places.iter().zip(&columns).zip(before).filter(|((place, _), old)| after[**place] != **old) {
            let (old, new) = (old.to_history(), after[*place].to_history());
            written.push(Written { record_id: row.id, field: column.name.to_owned(), old, new });
        }
    }
    changes::remember(tx, author, import_id, &schema::CLOCKS, written).await?;
    bulk::overwrite(tx.conn(), engine, &schema::CLOCKS, values(rows)).await
}

/// Tells all that follows the log of clocks that a merge or a correction took away or set back.
pub fn note(tx: &mut WriteTx, author: &Author, import_id: Option<i64>, kind: &'static str, ids: &[i64]) {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    for run in ids.chunk_by(|one, next| one + 1 == *next) {
        tx.note(NewEvent {
            kind,
            table: schema::CLOCKS.name,
            first_id: run[0],
            last_id: run[run.len() - 1],
            at: author.now,
            recorded_at: author.now,
            actor_id: author.actor,
            import_id,
            agreement_version: author.agreement_version,
            body: None,
        });
    }
}

/// Clocks of a stage that was entered by mistake, or of a lead that was merged away.
pub async fn delete(tx: &mut WriteTx, author: &Author, import_id: Option<i64>, ids: &[i64]) -> Result<()> {
    note(tx, author, import_id, "removed", ids);
    for (table, column) in [("clock_pauses", "clock_id"), ("clocks", "id")] {
        let sql = format!("DELETE FROM {table} WHERE {column} IN ({})", id_list(ids));
        sqlx::query(AssertSqlSafe(sql)).persistent(false).execute(tx.conn()).await?;
    }
    Ok(())
}

/// The times in which a clock stood still, in the place of those that are written down.
pub async fn set_pauses(tx: &mut WriteTx, clock: i64, pauses: &[(i64, Option<i64>)], reason: &str, now: i64) -> Result<()> {
    sqlx::query("DELETE FROM clock_pauses WHERE clock_id = $1").bind(clock).execute(tx.conn()).await?;
    let first = tx.allocate(schema::CLOCK_PAUSES.name, pauses.len()).await?;
    let rows = (first..).zip(pauses).flat_map(|(id, (from, to))| {
        let reason = Value::Text(reason.to_owned());
        [Value::Int(id), Value::Int(clock), Value::Int(*from), Value::int(*to), reason, Value::Int(now)]
    });
    let engine = tx.engine;
    bulk::insert(tx.conn(), engine, &schema::CLOCK_PAUSES, rows.collect()).await
}

/// Brings the next due instant of these leads to what their clocks say.
pub async fn set_lead_dues(tx: &mut WriteTx, leads: &[i64]) -> Result<()> {
    let sql = format!(
        "UPDATE leads SET due_at = (SELECT MIN(c.due_at) FROM clocks c WHERE c.lead_id = leads.id AND c.ended_at IS NULL AND c.paused_at IS NULL) \
         WHERE id IN ({})",
        id_list(leads)
    );
    sqlx::query(AssertSqlSafe(sql)).persistent(false).execute(tx.conn()).await?;
    Ok(())
}

/// Who heads a side at an instant.
pub async fn head_of(connection: &mut AnyConnection, side: &str, at: i64) -> Result<Option<i64>> {
    let sql =
        "SELECT user_id FROM heads WHERE side = $1 AND starts_at <= $2 AND (ends_at IS NULL OR ends_at > $2) ORDER BY id DESC LIMIT 1";
    let found: Option<(i64,)> = sqlx::query_as(sql).bind(side).bind(at).fetch_optional(connection).await?;
    Ok(found.map(|(id,)| id))
}
