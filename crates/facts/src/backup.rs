//! Backup and restore: the whole record as one compressed file that either engine can read back.
//!
//! The file is gzip over lines of JSON: a head (format, schema version), for each table its name and columns and then a list per row, and a
//! tail with the count of rows and a checksum of all lines before it. A file without its tail was cut off and is refused. It is written
//! from one reading transaction, so it is the state of one instant, while others go on writing. Sessions and one-time links are left out.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
    path::Path,
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde_json::{Value as Json, json};
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use crate::{
    Facts, FactsError, Result,
    bulk::{self, Value},
    schema::{self, ColumnKind, Table},
};

const FORMAT: u64 = 1;
const ROWS_PER_PAGE: i64 = 5_000;
static LEFT_OUT: &[&str] = &["sessions", "sign_in_links"];

/// Writes a backup to `path`, which must not exist; says how many rows it holds.
pub async fn write(facts: &Facts, path: &Path) -> Result<u64> {
    // Written beside its place and moved there when it is whole.
    let partial = path.with_extension("partial");
    if path.exists() {
        return Err(FactsError::Backup(format!("{} exists already: name a new file", path.display())));
    }
    let mut out = Lines { out: GzEncoder::new(BufWriter::new(File::create(&partial)?), Compression::fast()), sum: xxh(0, b"") };
    let mut read = facts.read().await?;
    out.line(&json!({"tandem_backup": FORMAT, "schema": Facts::schema_version()}))?;
    let mut rows = 0;
    for table in schema::ALL.iter().filter(|table| !LEFT_OUT.contains(&table.name)) {
        let columns: Vec<_> = table.columns.iter().map(|column| column.name).collect();
        out.line(&json!({"table": table.name, "columns": columns}))?;
        rows += write_table(read.conn(), table, &mut out).await?;
    }
    let sum = format!("{:016x}", out.sum);
    out.line(&json!({"rows": rows, "checksum": sum}))?;
    let file = out.out.finish()?.into_inner().map_err(|error| error.into_error())?;
    file.sync_all()?;
    std::fs::rename(&partial, path)?;
    Ok(rows)
}

/// Pages by key, so that a table of any size takes little memory.
async fn write_table(connection: &mut AnyConnection, table: &Table, out: &mut Lines<impl Write>) -> Result<u64> {
    let names: Vec<_> = table.columns.iter().map(|column| column.name).collect();
    let key = table.key.join(", ");
    let mut after: Option<Vec<Value>> = None;
    let mut rows = 0;
    loop {
        let condition = match &after {
            None => String::new(),
            Some(_) => {
                let marks: Vec<_> = (1..=table.key.len()).map(|number| format!("${number}")).collect();
                format!("WHERE ({key}) > ({})", marks.join(", "))
            }
        };
        let sql = format!("SELECT {} FROM {} {condition} ORDER BY {key} LIMIT {ROWS_PER_PAGE}", names.join(", "), table.name);
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (name, value) in table.key.iter().zip(after.take().into_iter().flatten()) {
            let kind = table.column(name).map_or(ColumnKind::Text, |column| column.kind);
            query = bulk::bind_value(query, kind, value);
        }
        let page = query.fetch_all(&mut *connection).await?;
        for row in &page {
            let mut cells = Vec::with_capacity(row.len());
            for (index, column) in table.columns.iter().enumerate() {
                cells.push(match bulk::read_value(row, index, column.kind)? {
                    Value::Null => Json::Null,
                    Value::Int(int) => json!(int),
                    Value::Text(text) => json!(text),
                });
            }
            out.line(&Json::Array(cells))?;
        }
        rows += page.len() as u64;
        let Some(last) = page.last().filter(|_| page.len() as i64 == ROWS_PER_PAGE) else { return Ok(rows) };
        let mut key_values = Vec::new();
        for name in table.key {
            let index = table.index_of(name).unwrap_or(0);
            key_values.push(bulk::read_value(last, index, table.columns[index].kind)?);
        }
        after = Some(key_values);
    }
}

/// Reads a backup into a record that holds nothing yet but what a new one does, whole or not at all; says how many rows it held.
pub async fn restore(facts: &Facts, path: &Path) -> Result<u64> {
    check_whole(path)?;
    let mut tx = facts.write().await?;
    for table in ["companies", "people", "touches", "imports"] {
        let sql = format!("SELECT COUNT(*) FROM (SELECT 1 FROM {table} LIMIT 1) AS any_row");
        let (count,): (i64,) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(tx.conn()).await?;
        if count > 0 {
            return Err(FactsError::Backup(format!("this record has {table} already: restore into an empty one (another --home)")));
        }
    }
    for table in schema::ALL {
        sqlx::query(AssertSqlSafe(format!("DELETE FROM {}", table.name))).execute(tx.conn()).await?;
    }
    let engine = tx.engine;
    let mut table: Option<&Table> = None;
    let (mut values, mut rows) = (Vec::new(), 0);
    for line in lines(path)? {
        let line: Json = parse(&line?)?;
        if let Some(name) = line.get("table").and_then(Json::as_str) {
            flush(tx.conn(), engine, table, &mut values).await?;
            let found = schema::table(name)
                .ok_or_else(|| FactsError::Backup(format!("it has a table `{name}` that this program does not know")))?;
            check_columns(found, &line)?;
            table = Some(found);
        } else if let (Json::Array(cells), Some(table)) = (&line, table) {
            values.extend(cells.iter().map(from_json));
            rows += 1;
            if values.len() >= table.columns.len() * ROWS_PER_PAGE as usize {
                bulk::insert(tx.conn(), engine, table, std::mem::take(&mut values)).await?;
            }
        }
    }
    flush(tx.conn(), engine, table, &mut values).await?;
    tx.commit().await?;
    Ok(rows)
}

async fn flush(
    connection: &mut AnyConnection,
    engine: crate::dialect::Engine,
    table: Option<&Table>,
    values: &mut Vec<Value>,
) -> Result<()> {
    match table {
        Some(table) => bulk::insert(connection, engine, table, std::mem::take(values)).await,
        None => Ok(()),
    }
}

fn check_columns(table: &Table, line: &Json) -> Result<()> {
    let columns: Vec<_> = line.get("columns").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str).collect();
    if columns.iter().copied().ne(table.columns.iter().map(|column| column.name)) {
        return Err(FactsError::Backup(format!("its table `{}` has other columns than this program's", table.name)));
    }
    Ok(())
}

/// Reads the file to its end and holds it against its own tail, before anything is written.
fn check_whole(path: &Path) -> Result<()> {
    let cut_off = || FactsError::Backup(format!("{} is cut off or damaged: nothing was restored", path.display()));
    let mut sum = xxh(0, b"");
    let mut first = true;
    let mut lines = lines(path)?;
    while let Some(line) = lines.next() {
        let line = line.map_err(|_| cut_off())?;
        let json: Json = serde_json::from_str(&line).map_err(|_| cut_off())?;
        if first {
            first = false;
            let (format, schema) = (json.get("tandem_backup").and_then(Json::as_u64), json.get("schema").and_then(Json::as_i64));
            if format != Some(FORMAT) {
                return Err(FactsError::Backup(format!("{} is no backup of Tandem that this program can read", path.display())));
            }
            let (found, known) = (schema.unwrap_or(0), Facts::schema_version());
            if found > known {
                return Err(FactsError::SchemaTooNew { found, known });
            }
        }
        if let Some(checksum) = json.get("checksum").and_then(Json::as_str) {
            // The packing has a tail of its own after the last line.
            let whole = lines.next().is_none();
            return if whole && checksum == format!("{sum:016x}") { Ok(()) } else { Err(cut_off()) };
        }
        sum = xxh(sum, line.as_bytes());
    }
    Err(cut_off())
}

fn lines(path: &Path) -> Result<std::io::Lines<BufReader<GzDecoder<BufReader<File>>>>> {
    Ok(BufReader::new(GzDecoder::new(BufReader::new(File::open(path)?))).lines())
}

fn parse(line: &str) -> Result<Json> {
    serde_json::from_str(line).map_err(|error| FactsError::Backup(error.to_string()))
}

fn from_json(json: &Json) -> Value {
    match json {
        Json::Number(number) => Value::int(number.as_i64()),
        Json::String(text) => Value::Text(text.clone()),
        _ => Value::Null,
    }
}

fn xxh(sum: u64, bytes: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64_with_seed(bytes, sum)
}

struct Lines<W: Write> {
    out: GzEncoder<W>,
    sum: u64,
}

impl<W: Write> Lines<W> {
    fn line(&mut self, json: &Json) -> Result<()> {
        let text = json.to_string();
        self.sum = xxh(self.sum, text.as_bytes());
        self.out.write_all(text.as_bytes())?;
        self.out.write_all(b"\n")?;
        Ok(())
    }
}
