//! The rows that a batch of an import works on: loaded or newly made, changed in memory, written together at the end of the batch.

use facts::{
    Result, WriteTx,
    bulk::{self, Value},
    schema::Table,
};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Context;

/// A row, and how it stood in the record before this batch (`None`: it was not there).
pub struct RowState {
    pub values: Vec<Value>,
    original: Option<Vec<Value>>,
}

#[derive(Default)]
struct TableRows {
    states: FxHashMap<i64, RowState>,
    /// Ids made in this batch, in order.
    made: Vec<i64>,
    changed: FxHashSet<i64>,
    /// Free ids, as (next, end).
    block: (i64, i64),
}

/// Rows by table name; a `BTreeMap` so that they are always written in the same order.
#[derive(Default)]
pub struct Rows {
    tables: std::collections::BTreeMap<&'static str, (&'static Table, TableRows)>,
    /// Runs of ids added or changed by the whole import, for its events.
    pub added: Vec<(&'static Table, i64, i64)>,
    pub touched: Vec<(&'static Table, i64, i64)>,
}

impl Rows {
    fn table(&mut self, table: &'static Table) -> &mut TableRows {
        &mut self.tables.entry(table.name).or_insert_with(|| (table, TableRows::default())).1
    }

    /// Makes sure that `count` more ids of the table can be taken without asking the database.
    pub async fn reserve(&mut self, tx: &mut WriteTx, table: &'static Table, count: usize) -> Result<()> {
        let rows = self.table(table);
        if count > 0 && rows.block.1 - rows.block.0 < count as i64 {
            let first = tx.allocate(table.name, count).await?;
            let rows = self.table(table);
            if rows.block.1 == first {
                rows.block.1 = first + count as i64;
            } else {
                // What is left of the old block stays unused: ids are plenty, and an event's run then holds this import's rows alone.
                rows.block = (first, first + count as i64);
            }
        }
        Ok(())
    }

    pub fn take_id(&mut self, table: &'static Table) -> i64 {
        let block = &mut self.table(table).block;
        assert!(block.0 < block.1, "ids of {} were reserved for the batch", table.name);
        block.0 += 1;
        block.0 - 1
    }

    /// Loads those of `ids` that are not here yet.
    pub async fn load(&mut self, tx: &mut WriteTx, table: &'static Table, ids: impl IntoIterator<Item = i64>) -> Result<()> {
        let rows = self.table(table);
        let mut wanted: Vec<i64> = ids.into_iter().filter(|id| !rows.states.contains_key(id)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let columns: Vec<_> = table.columns.iter().collect();
        let engine = tx.engine;
        let found = bulk::load_by_ids(tx.conn(), engine, table, &columns, &wanted).await?;
        let rows = self.table(table);
        rows.states.extend(found.into_iter().map(|(id, values)| (id, RowState { original: Some(values.clone()), values })));
        Ok(())
    }

    /// Takes in a row read by another way (a child of a parent), unless it is here already.
    pub fn adopt(&mut self, table: &'static Table, values: Vec<Value>) {
        let Some(id) = values.first().and_then(Value::as_int) else { return };
        self.table(table).states.entry(id).or_insert_with(|| RowState { original: Some(values.clone()), values });
    }

    pub fn get(&self, table: &'static Table, id: i64) -> Option<&RowState> {
        self.tables.get(table.name)?.1.states.get(&id)
    }

    pub fn value(&self, table: &'static Table, id: i64, column: &str) -> Option<&Value> {
        self.get(table, id)?.values.get(table.index_of(column)?)
    }

    /// Whether the row was brought by this very import, in this batch or an earlier one.
    pub fn is_of_import(&self, table: &'static Table, id: i64, import_id: i64) -> bool {
        self.value(table, id, "import_id").and_then(Value::as_int) == Some(import_id)
    }

    /// A new row with these values; columns that are not named are empty.
    pub fn make(&mut self, table: &'static Table, context: &Context, fields: Vec<(&'static str, Value)>) -> i64 {
        let id = self.take_id(table);
        let mut values = vec![Value::Null; table.columns.len()];
        values[0] = Value::Int(id);
        for (column, value) in fields {
            if let Some(index) = table.index_of(column) {
                values[index] = value;
            }
        }
        for (column, value) in [("recorded_at", context.now), ("import_id", context.import_id)] {
            if let Some(index) = table.index_of(column) {
                values[index] = Value::Int(value);
            }
        }
        let rows = self.table(table);
        rows.states.insert(id, RowState { values, original: None });
        rows.made.push(id);
        id
    }

    /// Sets a column where it differs; says whether it did.
    pub fn set(&mut self, table: &'static Table, id: i64, column: &str, value: Value) -> bool {
        let Some(index) = table.index_of(column) else { return false };
        let rows = self.table(table);
        let Some(state) = rows.states.get_mut(&id) else { return false };
        if state.values[index] == value {
            return false;
        }
        state.values[index] = value;
        if state.original.is_some() {
            rows.changed.insert(id);
        }
        true
    }

    /// Marks a row as changed though its own columns are not, because something that belongs to it is.
    pub fn mark_touched(&mut self, table: &'static Table, id: i64) {
        if self.get(table, id).is_none_or(|state| state.original.is_some()) {
            self.touched.push((table, id, id));
        }
    }

    /// Writes all that is new or changed, and forgets the rows.
    pub async fn flush(&mut self, tx: &mut WriteTx, context: &Context) -> Result<()> {
        let mut changes = Vec::new();
        let engine = tx.engine;
        for (table, rows) in self.tables.values_mut() {
            let mut values = Vec::with_capacity(rows.made.len() * table.columns.len());
            for id in &rows.made {
                add_to_runs(&mut self.added, table, *id);
                if let Some(state) = rows.states.remove(id) {
                    values.extend(state.values);
                }
            }
            bulk::insert(tx.conn(), engine, table, values).await?;
            let mut changed: Vec<_> = rows.changed.drain().collect();
            changed.sort_unstable();
            let mut values = Vec::with_capacity(changed.len() * table.columns.len());
            for id in changed {
                let Some(RowState { values: new, original: Some(old) }) = rows.states.remove(&id) else { continue };
                if new == old {
                    continue;
                }
                add_to_runs(&mut self.touched, table, id);
                for (index, column) in table.columns.iter().enumerate().filter(|(index, _)| new[*index] != old[*index]) {
                    changes.push(FieldChange {
                        table: table.name,
                        record_id: id,
                        field: column.name.to_owned(),
                        old: old[index].to_history(),
                        new: new[index].to_history(),
                    });
                }
                values.extend(new);
            }
            bulk::overwrite(tx.conn(), engine, table, values).await?;
            rows.made.clear();
            rows.states.clear();
        }
        write_changes(tx, context, changes).await
    }
}

/// Lengthens the last run of the table where the id follows it.
fn add_to_runs(runs: &mut Vec<(&'static Table, i64, i64)>, table: &'static Table, id: i64) {
    match runs.iter_mut().rev().take(16).find(|run| run.0.name == table.name) {
        Some(run) if run.2 + 1 == id => run.2 = id,
        Some(run) if run.1 <= id && id <= run.2 => {}
        _ => runs.push((table, id, id)),
    }
}

pub struct FieldChange {
    pub table: &'static str,
    pub record_id: i64,
    pub field: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

pub async fn write_changes(tx: &mut WriteTx, context: &Context, changes: Vec<FieldChange>) -> Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let mut id = tx.allocate("changes", changes.len()).await?;
    let mut values = Vec::with_capacity(changes.len() * facts::schema::CHANGES.columns.len());
    for change in changes {
        values.extend([
            Value::Int(id),
            Value::Text(change.table.to_owned()),
            Value::Int(change.record_id),
            Value::Text(change.field),
            change.old.map_or(Value::Null, Value::Text),
            change.new.map_or(Value::Null, Value::Text),
            Value::Int(context.now),
            Value::int(context.actor_id),
            Value::Int(context.import_id),
        ]);
        id += 1;
    }
    let engine = tx.engine;
    bulk::insert(tx.conn(), engine, &facts::schema::CHANGES, values).await
}
