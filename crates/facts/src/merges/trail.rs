//! Rows as they were and as they were left.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{
    Result, WriteTx,
    bulk::Value,
    keys,
    schema::{self, ColumnKind, Table},
};

/// What stands on a lead and goes over with it, with the column that names the lead. Clocks are reckoned anew.
pub static ON_LEADS: &[(&Table, &str)] = &[
    (&schema::TRANSITIONS, "lead_id"),
    (&schema::ASSIGNMENTS, "lead_id"),
    (&schema::CONFIRMATIONS, "lead_id"),
    (&schema::QUESTIONS, "lead_id"),
    (&schema::APPEALS, "lead_id"),
    (&schema::RECYCLE_DATES, "lead_id"),
    (&schema::RETRACTIONS, "lead_id"),
    (&schema::JOINED_DEALS, "lead_id"),
    (&schema::DEALS, "lead_id"),
];

/// A row in the order of its table's columns.
pub type Row = Vec<Json>;
/// Rows by the name of their table.
pub type Rows = BTreeMap<String, Vec<Row>>;

/// What a merge did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trail {
    /// Rows that it changed or took away, as they were.
    pub before: Rows,
    /// Rows that it changed or made, as it left them.
    pub after: Rows,
    /// Ids of the touches and activities that went over.
    pub moved: BTreeMap<String, Vec<i64>>,
    /// Leads of both that became one, the kept one first.
    pub joined: Vec<Vec<i64>>,
    /// Clocks of those, with the times in which they stood still, as they were.
    pub clocks: Rows,
    /// Ids of what stood on a lead that took others in, by lead and table.
    pub standing: BTreeMap<i64, BTreeMap<String, Vec<i64>>>,
}

/// All rows about some people and leads, by table and key.
pub struct Snapshot(BTreeMap<&'static str, FxHashMap<Vec<Value>, Vec<Value>>>);

impl Snapshot {
    pub async fn take(tx: &mut WriteTx, people: &[i64], leads: &[i64]) -> Result<Snapshot> {
        let mut taken: BTreeMap<&'static str, FxHashMap<Vec<Value>, Vec<Value>>> = BTreeMap::new();
        let of_people = [(&schema::PEOPLE, "id"), (&schema::DEAL_PEOPLE, "person_id")].map(|(table, column)| (table, column, people, None));
        let of_leads = ON_LEADS.iter().copied().chain([(&schema::LEADS, "id")]).map(|(table, column)| (table, column, leads, None));
        let named = [(&schema::EXTERNAL_IDS, "person", "lead"), (&schema::CUSTOM_VALUES, "people", "leads")];
        let named = named
            .into_iter()
            .flat_map(|(table, person, lead)| [(table, "record_id", people, Some(person)), (table, "record_id", leads, Some(lead))]);
        for (table, column, ids, noun) in of_people.into_iter().chain(of_leads).chain(named) {
            let engine = tx.engine;
            for row in keys::children(tx.conn(), engine, table, column, ids).await? {
                if noun.is_none_or(|noun| row[0].as_text() == Some(noun)) {
                    taken.entry(table.name).or_default().insert(key_of(table, &row), row);
                }
            }
        }
        Ok(Snapshot(taken))
    }

    /// Rows here that `other` has not, or has otherwise.
    pub fn without(&self, other: &Snapshot) -> Rows {
        let none = FxHashMap::default();
        let mut rows = Rows::new();
        for (table, here) in &self.0 {
            let there = other.0.get(table).unwrap_or(&none);
            let mut differing: Vec<Row> =
                here.iter().filter(|(key, row)| there.get(*key) != Some(*row)).map(|(_, row)| to_json(row)).collect();
            // In an order of its own, so that the same merge is kept in the same words.
            differing.sort_by_key(|row| serde_json::to_string(row).unwrap_or_default());
            if !differing.is_empty() {
                rows.insert((*table).to_owned(), differing);
            }
        }
        rows
    }

    /// Ids of what stands on a lead, by table.
    pub fn standing_on(&self, lead: i64) -> BTreeMap<String, Vec<i64>> {
        let mut standing = BTreeMap::new();
        for (table, column) in ON_LEADS {
            let Some(index) = table.index_of(column) else { continue };
            let rows = self.0.get(table.name).into_iter().flat_map(FxHashMap::values);
            let mut ids: Vec<i64> = rows.filter(|row| row[index].as_int() == Some(lead)).filter_map(|row| row[0].as_int()).collect();
            ids.sort_unstable();
            standing.insert(table.name.to_owned(), ids);
        }
        standing
    }
}

/// The whole rows of a table by a column.
pub async fn rows_of(tx: &mut WriteTx, table: &'static Table, column: &str, ids: &[i64]) -> Result<Vec<Row>> {
    let engine = tx.engine;
    Ok(keys::children(tx.conn(), engine, table, column, ids).await?.iter().map(|row| to_json(row)).collect())
}

pub(super) fn key_of(table: &Table, row: &[Value]) -> Vec<Value> {
    table.key.iter().filter_map(|name| table.index_of(name)).map(|index| row[index].clone()).collect()
}

fn to_json(row: &[Value]) -> Row {
    let json = |value: &Value| match value {
        Value::Null => Json::Null,
        Value::Int(int) => Json::from(*int),
        Value::Text(text) => Json::from(text.as_str()),
    };
    row.iter().map(json).collect()
}

/// A row as it was kept; `None` where it does not have the columns that the table has.
pub(super) fn from_json(table: &Table, row: &Row) -> Option<Vec<Value>> {
    let value = |(json, kind): (&Json, ColumnKind)| match (kind, json) {
        (_, Json::Null) => Some(Value::Null),
        (ColumnKind::Int, json) => json.as_i64().map(Value::Int),
        (ColumnKind::Text, json) => json.as_str().map(|text| Value::Text(text.to_owned())),
    };
    if row.len() != table.columns.len() {
        return None;
    }
    row.iter().zip(table.columns.iter().map(|column| column.kind)).map(value).collect()
}
