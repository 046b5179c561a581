//! The file of rejected rows: each row as it stood, with its line and the reason, to be mended and imported again.
//!
//! A spreadsheet runs a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return as a formula, and a file from outside
//! may carry one on purpose. Such cells are written with an apostrophe in front, which a spreadsheet shows as plain text; so are
//! cells that begin with apostrophes and then such a sign, so that taking one apostrophe away gives the cell back in every case.
//! Numbers (`-12.50`, `+351 210 000 000`) are no formulas and stay as they are. When a file that ends with the two added columns is
//! opened again, `table` leaves them out and gives the cells back as they were.

use std::{borrow::Cow, io::Write};

use crate::cells::Cells;

pub const LINE_COLUMN: &str = "tandem_line";
pub const REASON_COLUMN: &str = "tandem_reason";

/// Writes rejected rows as CSV in UTF-8 with a byte-order mark, which spreadsheets need to read it right.
pub struct RejectedWriter<W: Write> {
    csv: csv::Writer<W>,
    columns: usize,
}

impl<W: Write> RejectedWriter<W> {
    pub fn new(mut output: W, header: &[String]) -> std::io::Result<RejectedWriter<W>> {
        output.write_all("\u{feff}".as_bytes())?;
        let mut csv = csv::WriterBuilder::new().flexible(false).from_writer(output);
        let kept: Vec<Cow<'_, str>> = header.iter().map(|name| escaped(name)).collect();
        let names = kept.iter().map(AsRef::as_ref).chain([LINE_COLUMN, REASON_COLUMN]);
        csv.write_record(names.map(str::as_bytes)).map_err(std::io::Error::from)?;
        Ok(RejectedWriter { csv, columns: header.len() })
    }

    /// A row with too few cells is filled up with blanks; of one with too many, the surplus goes into the last cell.
    pub fn row(&mut self, line: u64, cells: &Cells, reason: &str) -> std::io::Result<()> {
        let mut record: Vec<Cow<'_, str>> = cells.iter().take(self.columns).map(escaped).collect();
        let surplus: Vec<&str> = cells.iter().skip(self.columns).collect();
        if let (Some(last), false) = (record.last_mut(), surplus.is_empty()) {
            *last = Cow::Owned(format!("{last},{}", surplus.join(",")));
        }
        record.resize(self.columns, Cow::Borrowed(""));
        record.push(Cow::Owned(line.to_string()));
        record.push(escaped(reason));
        self.csv.write_record(record.iter().map(|cell| cell.as_bytes())).map_err(std::io::Error::from)
    }

    pub fn finish(mut self) -> std::io::Result<W> {
        self.csv.flush()?;
        self.csv.into_inner().map_err(|error| std::io::Error::other(error.to_string()))
    }
}

/// The cell, safe to open in a spreadsheet.
pub fn escaped(cell: &str) -> Cow<'_, str> {
    if needs_escape(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// The cell as it was before [`escaped`].
pub fn restored(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if needs_escape(rest) => rest,
        _ => cell,
    }
}

fn needs_escape(cell: &str) -> bool {
    let shown = cell.trim_start_matches('\'');
    shown.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && !(shown.len() == cell.len() && is_number(cell))
}

/// A sign, then digits with the marks that numbers and phone numbers have.
fn is_number(cell: &str) -> bool {
    let Some(rest) = cell.strip_prefix(['+', '-']) else { return false };
    rest.starts_with(|c: char| c.is_ascii_digit()) && rest.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | ' '))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_shown_not_run() {
        for (cell, written) in [
            ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-12.50", "-12.50"),
            ("+351 210 000 000", "+351 210 000 000"),
            ("-1+1", "'-1+1"),
            ("'=x", "''=x"),
            ("it's", "it's"),
            ("", ""),
        ] {
            assert_eq!(escaped(cell), written);
            assert_eq!(restored(written), cell);
        }
    }

    #[test]
    fn rejected_rows_keep_their_cells() {
        let header = ["Name".to_owned(), "Note".to_owned()];
        let mut writer = RejectedWriter::new(Vec::new(), &header).unwrap();
        writer.row(3, &["=1+1", "a\nb"].into_iter().collect(), "`x` is not a date").unwrap();
        writer.row(9, &["only"].into_iter().collect(), "too few").unwrap();
        writer.row(11, &["a", "b", "c"].into_iter().collect(), "too many").unwrap();
        let text = String::from_utf8(writer.finish().unwrap()).unwrap();
        let expected =
            "\u{feff}Name,Note,tandem_line,tandem_reason\n'=1+1,\"a\nb\",3,`x` is not a date\nonly,,9,too few\na,\"b,c\",11,too many\n";
        assert_eq!(text, expected);
    }

    proptest! {
        #[test]
        fn every_cell_comes_back(cell in "['=+@\\-\t a1.]{0,6}") {
            let written = escaped(&cell);
            prop_assert_eq!(restored(&written), cell.as_str());
            prop_assert!(!written.starts_with('=') && !written.starts_with('@'));
        }
    }
}
