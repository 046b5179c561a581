//! What can be wrong with a file as a whole. A fault of one row is in its `Row`, not here.

use super::{COLUMNS_MAX, ROW_BYTES_MAX, XLSX_TEXT_BYTES_MAX};

#[derive(Debug, thiserror::Error, Clone, PartialEq)]
pub enum FileError {
    #[error("{file} can't be read: {reason}")]
    Unreadable { file: String, reason: String },
    #[error("{file} is empty: it needs a header line with the names of the columns")]
    Empty { file: String },
    #[error("{file} has no header: its first line must name the columns")]
    NoHeader { file: String },
    #[error("{file} is {}, the limit is {}: split it into several files", size(*bytes), size(*limit))]
    TooLarge { file: String, bytes: u64, limit: u64 },
    #[error("{file} has {columns} columns, the limit is {COLUMNS_MAX}: leave out those that you don't need")]
    TooManyColumns { file: String, columns: usize },
    #[error("{file}: the name of column {column} holds a NUL character: remove it")]
    NulInHeader { file: String, column: usize },
    #[error("{file} is {format}: save it as CSV or XLSX")]
    NotATable { file: String, format: &'static str },
    #[error("{file}: a quote opened on line {line} is never closed: close it, or write a quote inside a quoted cell twice (\"\")")]
    QuoteLeftOpen { file: String, line: u64 },
    #[error("{file}: the row that starts on line {line} is longer than {}: look for a quote that is not closed", size(ROW_BYTES_MAX as u64))]
    RowTooLong { file: String, line: u64 },
    #[error("{file} is not a workbook that can be read ({reason}): save it again as XLSX, or as CSV")]
    BadWorkbook { file: String, reason: String },
    #[error("{file} has no sheet `{sheet}`; it has: {}", sheets.join(", "))]
    NoSheet { file: String, sheet: String, sheets: Vec<String> },
    #[error("{file} holds more text than {}: save it as CSV, which has no such limit", size(XLSX_TEXT_BYTES_MAX))]
    WorkbookTooLarge { file: String },
}

impl FileError {
    pub(crate) fn unreadable(file: &str, error: std::io::Error) -> FileError {
        FileError::Unreadable { file: file.to_owned(), reason: error.to_string() }
    }
}

/// A size as a person says it: `2 GiB`, `200 MiB`, `12 bytes`.
fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match UNITS.iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) if bytes.is_multiple_of(*unit) => format!("{} {name}", bytes / unit),
        Some((unit, name)) => format!("{:.1} {name}", bytes as f64 / *unit as f64),
        None => format!("{bytes} bytes"),
    }
}
