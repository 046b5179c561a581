//! The company's own fields of its records.

use facts::{
    Result, WriteTx,
    bulk::{self, Value},
    schema,
};
use rustc_hash::FxHashMap;

use super::{Context, rows::FieldChange, rows::write_changes};

#[derive(Default)]
pub struct CustomValues {
    /// (table, record, field) to value, as it is in the record and as this batch will have it.
    known: FxHashMap<(&'static str, i64, String), String>,
    new: Vec<(&'static str, i64, String, String)>,
    changes: Vec<FieldChange>,
}

impl CustomValues {
    pub async fn load(&mut self, tx: &mut WriteTx, table: &'static str, ids: &[i64]) -> Result<()> {
        let engine = tx.engine;
        for (id, field, value) in facts::keys::custom_values_of(tx.conn(), engine, table, ids).await? {
            self.known.entry((table, id, field)).or_insert(value);
        }
        Ok(())
    }

    /// Sets the fields that differ; says whether any did. `is_new`: the record is made by this batch, so no field history is due.
    pub fn set(&mut self, table: &'static str, id: i64, values: &[(String, String)], is_new: bool) -> bool {
        let mut changed = false;
        for (field, value) in values {
            let old = self.known.insert((table, id, field.clone()), value.clone());
            if old.as_ref() == Some(value) {
                continue;
            }
            changed = true;
            self.new.push((table, id, field.clone(), value.clone()));
            if !is_new {
                self.changes.push(FieldChange { table, record_id: id, field: format!("custom:{field}"), old, new: Some(value.clone()) });
            }
        }
        changed
    }

    pub async fn flush(&mut self, tx: &mut WriteTx, context: &Context) -> Result<()> {
        // One statement may not write a row twice: the last value counts.
        let mut last: FxHashMap<(&'static str, i64, String), String> = FxHashMap::default();
        for (table, id, field, value) in self.new.drain(..) {
            last.insert((table, id, field), value);
        }
        let mut rows: Vec<_> = last.into_iter().collect();
        rows.sort_unstable();
        let mut values = Vec::with_capacity(rows.len() * schema::CUSTOM_VALUES.columns.len());
        for ((table, id, field), value) in rows {
            values.extend([
                Value::Text(table.to_owned()),
                Value::Int(id),
                Value::Text(field),
                Value::Text(value),
                Value::Int(context.import_id),
            ]);
        }
        let engine = tx.engine;
        bulk::overwrite(tx.conn(), engine, &schema::CUSTOM_VALUES, values).await?;
        self.known.clear();
        write_changes(tx, context, std::mem::take(&mut self.changes)).await
    }
}
