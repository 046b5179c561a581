//! Writing and reading many rows of any table of [`schema`](crate::schema).

use rustc_hash::FxHashMap;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Row, any::AnyRow, query::Query};

use crate::{
    Result,
    dialect::Engine,
    schema::{Column, ColumnKind, Table},
};

/// A value of a column. All columns of the record are integers or text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    Null,
    Int(i64),
    Text(String),
}

impl Value {
    pub fn int(value: Option<i64>) -> Value {
        value.map_or(Value::Null, Value::Int)
    }

    pub fn text(value: Option<&str>) -> Value {
        value.map_or(Value::Null, |text| Value::Text(text.to_owned()))
    }

    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(int) => Some(*int),
            _ => None,
        }
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn is_null(&self) -> bool {
        *self == Value::Null
    }

    /// As kept in the field history; `None` is an empty field.
    pub fn to_history(&self) -> Option<String> {
        match self {
            Value::Null => None,
            Value::Int(int) => Some(int.to_string()),
            Value::Text(text) => Some(text.clone()),
        }
    }

    pub fn from_history(kind: ColumnKind, text: Option<String>) -> Value {
        match (kind, text) {
            (_, None) => Value::Null,
            (ColumnKind::Int, Some(text)) => text.parse().map_or(Value::Null, Value::Int),
            (ColumnKind::Text, Some(text)) => Value::Text(text),
        }
    }
}

type AnyQuery<'q> = Query<'q, Any, sqlx::any::AnyArguments>;

/// PostgreSQL wants to know the type even of a NULL, so the column's kind decides.
pub fn bind_value<'q>(query: AnyQuery<'q>, kind: ColumnKind, value: Value) -> AnyQuery<'q> {
    match (kind, value) {
        (ColumnKind::Int, Value::Int(int)) => query.bind(int),
        (ColumnKind::Int, _) => query.bind(None::<i64>),
        (ColumnKind::Text, Value::Text(text)) => query.bind(text),
        (ColumnKind::Text, Value::Int(int)) => query.bind(int.to_string()),
        (ColumnKind::Text, Value::Null) => query.bind(None::<String>),
    }
}

pub fn read_value(row: &AnyRow, index: usize, kind: ColumnKind) -> Result<Value> {
    Ok(match kind {
        ColumnKind::Int => Value::int(row.try_get::<Option<i64>, _>(index)?),
        ColumnKind::Text => row.try_get::<Option<String>, _>(index)?.map_or(Value::Null, Value::Text),
    })
}

/// Inserts rows given one after another in `values`, each with a value per column of the table. Several hundred rows go with one
/// statement: that is what makes it fast.
pub async fn insert(connection: &mut AnyConnection, engine: Engine, table: &Table, values: Vec<Value>) -> Result<()> {
    let width = table.columns.len();
    assert_eq!(values.len() % width, 0, "a value for each column of {}", table.name);
    let rows_max = (engine.parameters_max() / width).min(1_000);
    let mut values = values.into_iter();
    let mut rows_left = values.len() / width;
    while rows_left > 0 {
        let rows = rows_left.min(rows_max);
        rows_left -= rows;
        let sql = insert_text(engine, table, rows);
        // A full statement comes again and is kept prepared; the last, shorter one is not worth it.
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(rows == rows_max);
        for _ in 0..rows {
            for column in table.columns {
                query = bind_value(query, column.kind, values.next().unwrap_or(Value::Null));
            }
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

fn insert_text(engine: Engine, table: &Table, rows: usize) -> String {
    let names: Vec<_> = table.columns.iter().map(|column| column.name).collect();
    let mut sql = format!("INSERT INTO {} ({}) VALUES ", table.name, names.join(", "));
    let mut number = 0;
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for index in 0..names.len() {
            if index > 0 {
                sql.push_str(", ");
            }
            number += 1;
            sql.push_str(&engine.bulk_placeholder(number));
        }
        sql.push(')');
    }
    sql
}

/// The rows with these ids, as values in the order of `columns`.
pub async fn load_by_ids(
    connection: &mut AnyConnection,
    engine: Engine,
    table: &Table,
    columns: &[&Column],
    ids: &[i64],
) -> Result<FxHashMap<i64, Vec<Value>>> {
    let mut found = FxHashMap::default();
    let names: Vec<_> = columns.iter().map(|column| column.name).collect();
    for chunk in ids.chunks(1_000) {
        let sql = format!("SELECT id, {} FROM {} WHERE id IN ({})", names.join(", "), table.name, placeholders(engine, 1, chunk.len()));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for id in chunk {
            query = query.bind(*id);
        }
        for row in query.fetch_all(&mut *connection).await? {
            let values = columns.iter().enumerate().map(|(index, column)| read_value(&row, index + 1, column.kind));
            found.insert(row.try_get(0)?, values.collect::<Result<Vec<_>>>()?);
        }
    }
    Ok(found)
}

/// `count` placeholders, the first numbered `first`.
pub fn placeholders(engine: Engine, first: usize, count: usize) -> String {
    (first..first + count).map(|number| engine.bulk_placeholder(number)).collect::<Vec<_>>().join(", ")
}

/// Sets columns of one row.
pub async fn update(connection: &mut AnyConnection, table: &Table, id: i64, values: &[(&Column, Value)]) -> Result<()> {
    let sets: Vec<_> = values.iter().enumerate().map(|(index, (column, _))| format!("{} = ${}", column.name, index + 1)).collect();
    let sql = format!("UPDATE {} SET {} WHERE id = ${}", table.name, sets.join(", "), values.len() + 1);
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (column, value) in values {
        query = bind_value(query, column.kind, value.clone());
    }
    query.bind(id).execute(connection).await?;
    Ok(())
}

/// Writes whole rows over those with the same primary key; `values` as for [`insert`].
pub async fn overwrite(connection: &mut AnyConnection, engine: Engine, table: &Table, values: Vec<Value>) -> Result<()> {
    let width = table.columns.len();
    assert_eq!(values.len() % width, 0, "a value for each column of {}", table.name);
    let sets: Vec<_> = table
        .columns
        .iter()
        .filter(|column| !table.key.contains(&column.name))
        .map(|column| format!("{0} = excluded.{0}", column.name))
        .collect();
    let clause = format!(" ON CONFLICT ({}) DO UPDATE SET {}", table.key.join(", "), sets.join(", "));
    let mut values = values.into_iter();
    let mut rows_left = values.len() / width;
    while rows_left > 0 {
        let rows = rows_left.min(200);
        rows_left -= rows;
        let mut query = sqlx::query(AssertSqlSafe(insert_text(engine, table, rows) + &clause)).persistent(rows == 200);
        for _ in 0..rows {
            for column in table.columns {
                query = bind_value(query, column.kind, values.next().unwrap_or(Value::Null));
            }
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}
