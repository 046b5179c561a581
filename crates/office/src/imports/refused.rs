//! Rows that could not be taken: kept with their reason, and given back as a file to mend and import again.

use exchange::{Cells, rejected::RejectedWriter};
use facts::{
    FactsError, WriteTx,
    bulk::{self, Value},
    imports, schema,
};

use super::ImportError;
use crate::Office;

/// More rejected rows than this mean the wrong recipe, and the import is refused.
pub const REJECTIONS_KEPT_MAX: usize = 100_000;

/// Read at once for the file of rejected rows.
const ROWS_PER_PAGE: i64 = 1_000;

pub struct Refused {
    import_id: Option<i64>,
    count: usize,
    waiting: Vec<(String, u64, String, String, String)>,
    first: Option<String>,
}

impl Refused {
    pub fn new(import_id: Option<i64>) -> Refused {
        Refused { import_id, count: 0, waiting: Vec::new(), first: None }
    }

    pub fn add(&mut self, file: &str, line: u64, reason: String, header: &[String], cells: &Cells) -> Result<(), ImportError> {
        self.count += 1;
        let first = self.first.get_or_insert_with(|| reason.clone());
        if self.count > REJECTIONS_KEPT_MAX {
            return Err(ImportError::TooManyRejected { first: first.clone() });
        }
        let json = |texts: &[&str]| serde_json::to_string(texts).unwrap_or_default();
        let header: Vec<_> = header.iter().map(String::as_str).collect();
        let cells: Vec<_> = cells.iter().collect();
        self.waiting.push((file.to_owned(), line, reason, json(&header), json(&cells)));
        Ok(())
    }

    pub async fn flush(&mut self, tx: &mut WriteTx) -> facts::Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        let Some(import_id) = self.import_id.filter(|_| !waiting.is_empty()) else { return Ok(()) };
        let mut id = tx.allocate("import_rejections", waiting.len()).await?;
        let mut values = Vec::with_capacity(waiting.len() * schema::IMPORT_REJECTIONS.columns.len());
        for (file, line, reason, header, cells) in waiting {
            // PostgreSQL keeps no NUL in a text; JSON writes it as an escape, but the reason may quote it.
            let reason = reason.replace('\0', "\u{2400}");
            values.extend([Value::Int(id), Value::Int(import_id), Value::Text(file), Value::Int(line as i64), Value::Text(reason)]);
            values.extend([Value::Text(header), Value::Text(cells)]);
            id += 1;
        }
        let engine = tx.engine;
        bulk::insert(tx.conn(), engine, &schema::IMPORT_REJECTIONS, values).await
    }
}

/// The rejected rows of one file of an import as CSV, with its own columns, the line and the reason.
pub async fn rejected_csv(office: &Office, import_id: i64, file: &str) -> anyhow::Result<Vec<u8>> {
    let mut connection = office.facts().reader().await?;
    imports::get(&mut connection, import_id).await?;
    let texts = |json: &str| serde_json::from_str::<Vec<String>>(json).unwrap_or_default();
    let mut writer = None;
    let mut after = 0;
    loop {
        let page = imports::rejections(&mut connection, import_id, file, after, ROWS_PER_PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for row in &page {
            let into = match &mut writer {
                Some(into) => into,
                None => writer.insert(RejectedWriter::new(Vec::new(), &texts(&row.header))?),
            };
            into.row(row.line as u64, &texts(&row.cells).into_iter().collect(), &row.reason)?;
        }
    }
    match writer {
        Some(writer) => Ok(writer.finish()?),
        None => anyhow::bail!(FactsError::Refused(format!("import {import_id} rejected no rows of `{file}`"))),
    }
}

/// The files of an import that have rejected rows, with how many.
pub async fn rejected_files(office: &Office, import_id: i64) -> facts::Result<Vec<(String, i64)>> {
    imports::rejected_files(&mut *office.facts().reader().await?, import_id).await
}
