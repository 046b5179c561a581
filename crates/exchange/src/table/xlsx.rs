//! Workbooks: the cells of one sheet as text. Dates become ISO text, so that the same recipe reads the CSV and the XLSX export.

use std::io::{Read, Seek, SeekFrom};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};

use super::{CELL_CHARACTERS_MAX, COLUMNS_MAX, FileError, XLSX_TEXT_BYTES_MAX, XLSX_UNPACKED_BYTES_MAX};
use crate::cells::Cells;

/// The name of the sheet read and its rows, blank ones left out. The first sheet, unless one is named.
pub fn read<R: Read + Seek>(file: &str, mut input: R, sheet: Option<&str>) -> Result<(String, Vec<Cells>), FileError> {
    let unpacked = unpacked_bytes(&mut input).map_err(|error| FileError::unreadable(file, error))?;
    if unpacked.is_none_or(|bytes| bytes > XLSX_UNPACKED_BYTES_MAX) {
        return Err(match unpacked {
            Some(_) => FileError::WorkbookTooLarge { file: file.to_owned() },
            None => FileError::BadWorkbook { file: file.to_owned(), reason: "its list of parts is missing".to_owned() },
        });
    }
    let bad = |error: calamine::XlsxError| FileError::BadWorkbook { file: file.to_owned(), reason: error.to_string() };
    let mut workbook = Xlsx::new(std::io::BufReader::new(input)).map_err(bad)?;
    let sheets = workbook.sheet_names();
    let chosen = match sheet {
        Some(name) => sheets.iter().find(|sheet| sheet.eq_ignore_ascii_case(name)).cloned(),
        None => sheets.first().cloned(),
    };
    let Some(chosen) = chosen else {
        return Err(FileError::NoSheet { file: file.to_owned(), sheet: sheet.unwrap_or("1").to_owned(), sheets });
    };
    let mut reader = workbook.worksheet_cells_reader(&chosen).map_err(bad)?;
    let mut rows = Rows { file, rows: Vec::new(), current: Vec::new(), current_row: 0, text_bytes: 0 };
    while let Some(cell) = reader.next_cell().map_err(bad)? {
        let (row, column) = cell.get_position();
        rows.put(row, column as usize, text_of(cell.get_value()))?;
    }
    rows.end_row();
    let width = rows.rows.first().map_or(0, Vec::len);
    let cells = rows.rows.into_iter().map(|mut row| {
        // A sheet does not store the blank cells at the end of a row.
        if row.len() < width {
            row.resize(width, String::new());
        }
        row.into_iter().collect()
    });
    Ok((chosen, cells.collect()))
}

/// What all parts of the archive say they are unpacked. Shared texts are held in memory whole, so an archive that is small and
/// unpacks to very much is refused before it is opened. `None` where the list of parts can't be found.
fn unpacked_bytes(input: &mut (impl Read + Seek)) -> std::io::Result<Option<u64>> {
    const TAIL_BYTES_MAX: u64 = 66_000;
    const END: &[u8] = b"PK\x05\x06";
    const ENTRY: &[u8] = b"PK\x01\x02";
    let len = input.seek(SeekFrom::End(0))?;
    let tail_start = len.saturating_sub(TAIL_BYTES_MAX);
    let tail = bytes_from(input, tail_start, len - tail_start)?;
    let Some(end) = tail.windows(END.len()).rposition(|window| window == END) else { return Ok(None) };
    let (Some(size), Some(start)) = (number_at(&tail, end + 12, 4), number_at(&tail, end + 16, 4)) else { return Ok(None) };
    let list = bytes_from(input, start, size.min(len))?;
    let (mut at, mut total) = (0, 0);
    while list.get(at..at + ENTRY.len()) == Some(ENTRY) {
        let field = |offset: usize, width: usize| number_at(&list, at + offset, width).unwrap_or(u64::from(u32::MAX));
        total += field(24, 4);
        at += 46 + (field(28, 2) + field(30, 2) + field(32, 2)) as usize;
    }
    input.seek(SeekFrom::Start(0))?;
    Ok((total > 0).then_some(total))
}

fn bytes_from(input: &mut (impl Read + Seek), start: u64, len: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.seek(SeekFrom::Start(start))?;
    input.take(len).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn number_at(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    Some(bytes.get(at..at + width)?.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

struct Rows<'a> {
    file: &'a str,
    rows: Vec<Vec<String>>,
    current: Vec<String>,
    current_row: u32,
    text_bytes: u64,
}

impl Rows<'_> {
    fn put(&mut self, row: u32, column: usize, text: String) -> Result<(), FileError> {
        if text.is_empty() {
            return Ok(());
        }
        if column >= COLUMNS_MAX {
            return Err(FileError::TooManyColumns { file: self.file.to_owned(), columns: column + 1 });
        }
        if row != self.current_row {
            self.end_row();
            self.current_row = row;
        }
        // Memory goes with the cells in front of this one too, so they count.
        let blanks = (column + 1).saturating_sub(self.current.len()) as u64;
        self.text_bytes += text.len() as u64 + blanks * size_of::<String>() as u64;
        if self.text_bytes > XLSX_TEXT_BYTES_MAX || text.len() > CELL_CHARACTERS_MAX {
            return Err(FileError::WorkbookTooLarge { file: self.file.to_owned() });
        }
        if self.current.len() <= column {
            self.current.resize(column + 1, String::new());
        }
        self.current[column] = text;
        Ok(())
    }

    fn end_row(&mut self) {
        let row = std::mem::take(&mut self.current);
        if row.iter().any(|cell| !cell.trim().is_empty()) {
            self.rows.push(row);
        }
    }
}

fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(date) => date_text(date),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    }
}

/// Sheets know one kind of number, with 15 digits that mean something: an id is written without a point or an exponent, and
/// `0.1 + 0.2` as `0.3`.
fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    rounded.to_string()
}

fn date_text(date: &ExcelDateTime) -> String {
    if !date.is_datetime() || !(0.0..2_958_466.0).contains(&date.as_f64()) {
        return number_text(date.as_f64());
    }
    let (year, month, day, hour, minute, second, milli) = date.to_ymd_hms_milli();
    match (hour, minute, second, milli) {
        (0, 0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        (_, _, _, 0) => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{milli:03}"),
    }
}
