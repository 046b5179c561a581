//! CSV, read strictly enough to say what is wrong: RFC 4180 with any delimiter and line ending. White space after a closing quote
//! is allowed, other text there is a fault of the row; a quote inside an unquoted cell is an ordinary character.

use super::{CELL_CHARACTERS_MAX, FileError, ROW_BYTES_MAX, decode::Text, delimiter, read_up_to};
use crate::cells::Cells;

/// How much of the beginning is looked at to find the delimiter.
pub const SAMPLE_BYTES: usize = 64 * 1024;

pub struct CsvRow {
    pub cells: Cells,
    pub fault: Option<String>,
}

pub struct CsvRows {
    file: String,
    input: Text,
    delimiter: u8,
    buffer: Vec<u8>,
    at: usize,
    end: usize,
    /// 1-based line of the file that the reader stands on.
    line: u64,
}

/// The row being read.
#[derive(Default)]
struct Draft {
    text: Vec<u8>,
    ends: Vec<u32>,
    cell_start: usize,
    fault: Option<String>,
}

impl CsvRows {
    pub fn new(file: &str, mut input: Text) -> Result<CsvRows, FileError> {
        let mut buffer = vec![0; SAMPLE_BYTES];
        let end = read_up_to(&mut input, &mut buffer).map_err(|error| FileError::unreadable(file, error))?;
        let sample = &buffer[..end];
        let (delimiter, at) = delimiter::stated(sample).unwrap_or_else(|| (delimiter::detect(sample), 0));
        Ok(CsvRows { file: file.to_owned(), input, delimiter, buffer, at, end, line: if at > 0 { 2 } else { 1 } })
    }

    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The next row that is not a blank line.
    pub fn next_row(&mut self) -> Result<Option<CsvRow>, FileError> {
        while let Some(byte) = self.peek()? {
            match byte {
                b'\n' => self.line += 1,
                b'\r' => {}
                _ => return self.read_row().map(Some),
            }
            self.at += 1;
        }
        Ok(None)
    }

    fn read_row(&mut self) -> Result<CsvRow, FileError> {
        let start_line = self.line;
        let mut row = Draft { text: Vec::with_capacity(128), ends: Vec::with_capacity(16), ..Draft::default() };
        loop {
            if self.peek()? == Some(b'"') {
                self.at += 1;
                self.quoted(&mut row)?;
            } else {
                self.unquoted(&mut row)?;
            }
            row.end_cell();
            if row.text.len() > ROW_BYTES_MAX {
                return Err(FileError::RowTooLong { file: self.file.clone(), line: start_line });
            }
            match self.peek()? {
                Some(byte) if byte == self.delimiter => self.at += 1,
                _ => break,
            }
        }
        self.end_line()?;
        Ok(row.finish())
    }

    /// Up to the delimiter, the end of the line or of the file.
    fn unquoted(&mut self, row: &mut Draft) -> Result<(), FileError> {
        while self.peek()?.is_some() {
            let rest = &self.buffer[self.at..self.end];
            let stop = rest.iter().position(|byte| *byte == self.delimiter || *byte == b'\n' || *byte == b'\r');
            let len = stop.unwrap_or(rest.len());
            row.text.extend_from_slice(&rest[..len]);
            self.at += len;
            if stop.is_some() {
                break;
            }
            self.check_length(row)?;
        }
        Ok(())
    }

    /// From behind the opening quote to behind the closing one.
    fn quoted(&mut self, row: &mut Draft) -> Result<(), FileError> {
        let open_line = self.line;
        loop {
            if self.peek()?.is_none() {
                return Err(FileError::QuoteLeftOpen { file: self.file.clone(), line: open_line });
            }
            let rest = &self.buffer[self.at..self.end];
            let stop = rest.iter().position(|byte| *byte == b'"');
            let len = stop.unwrap_or(rest.len());
            self.line += rest[..len].iter().filter(|byte| **byte == b'\n').count() as u64;
            row.text.extend_from_slice(&rest[..len]);
            self.at += len + usize::from(stop.is_some());
            self.check_length(row)?;
            if stop.is_none() {
                continue;
            }
            if self.peek()? != Some(b'"') {
                break;
            }
            row.text.push(b'"');
            self.at += 1;
        }
        self.after_quote(row)
    }

    fn after_quote(&mut self, row: &mut Draft) -> Result<(), FileError> {
        while matches!(self.peek()?, Some(b' ' | b'\t')) && self.peek()? != Some(self.delimiter) {
            self.at += 1;
        }
        match self.peek()? {
            None | Some(b'\n' | b'\r') => Ok(()),
            Some(byte) if byte == self.delimiter => Ok(()),
            Some(_) => {
                let cell = row.ends.len() + 1;
                row.fault(|| format!("cell {cell} has text after its closing quote: write a quote inside a quoted cell twice (\"\")"));
                self.unquoted(row)
            }
        }
    }

    fn check_length(&self, row: &Draft) -> Result<(), FileError> {
        if row.text.len() > ROW_BYTES_MAX {
            return Err(FileError::RowTooLong { file: self.file.clone(), line: self.line });
        }
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), FileError> {
        if self.peek()? == Some(b'\r') {
            self.at += 1;
        }
        if self.peek()? == Some(b'\n') {
            self.at += 1;
        }
        self.line += 1;
        Ok(())
    }

    #[inline]
    fn peek(&mut self) -> Result<Option<u8>, FileError> {
        if self.at == self.end {
            self.end = read_up_to(&mut self.input, &mut self.buffer).map_err(|error| FileError::unreadable(&self.file, error))?;
            self.at = 0;
            if self.end == 0 {
                return Ok(None);
            }
        }
        Ok(Some(self.buffer[self.at]))
    }
}

impl Draft {
    fn end_cell(&mut self) {
        let bytes = &self.text[self.cell_start..];
        // A character takes up to four bytes: count only where the limit is near.
        if bytes.len() > CELL_CHARACTERS_MAX {
            let characters = bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
            let cell = self.ends.len() + 1;
            if characters > CELL_CHARACTERS_MAX {
                self.fault(|| format!("cell {cell} has {characters} characters, the limit is {CELL_CHARACTERS_MAX}: shorten it"));
            }
        }
        self.ends.push(self.text.len() as u32);
        self.cell_start = self.text.len();
    }

    /// Keeps the first thing that is wrong.
    fn fault(&mut self, words: impl FnOnce() -> String) {
        if self.fault.is_none() {
            self.fault = Some(words());
        }
    }

    fn finish(mut self) -> CsvRow {
        match String::from_utf8(self.text) {
            Ok(text) => CsvRow { cells: Cells::new(text, self.ends), fault: self.fault },
            Err(error) => {
                // The file was valid when it was opened, so it changed since; read what can be read.
                self.fault = self.fault.or_else(|| Some("the row is not valid UTF-8: save the file again as UTF-8".to_owned()));
                let bytes = error.into_bytes();
                let starts = std::iter::once(0).chain(self.ends.iter().copied());
                let cells =
                    starts.zip(&self.ends).map(|(start, end)| String::from_utf8_lossy(&bytes[start as usize..*end as usize]).into_owned());
                CsvRow { cells: cells.collect(), fault: self.fault }
            }
        }
    }
}
