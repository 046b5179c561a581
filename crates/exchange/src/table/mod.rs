//! Reading files as tables: a header and rows of text, from CSV (any delimiter and encoding) or XLSX.

mod csv;
mod decode;
mod delimiter;
mod error;
mod xlsx;

#[cfg(test)]
mod tests;

use std::{
    fs::File,
    io::{BufReader, Cursor, Read, Seek, SeekFrom},
    path::Path,
};

pub use error::FileError;

use crate::{cells::Cells, rejected};

/// The limits. Each is named in the error of the file or row that passes it.
pub const FILE_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;
pub const XLSX_BYTES_MAX: u64 = 200 * 1024 * 1024;
/// What an XLSX, which is an archive, may unpack to.
pub const XLSX_UNPACKED_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;
pub const XLSX_TEXT_BYTES_MAX: u64 = 1024 * 1024 * 1024;
pub const COLUMNS_MAX: usize = 1_000;
pub const CELL_CHARACTERS_MAX: usize = 1_000_000;
pub const ROW_BYTES_MAX: usize = 32 * 1024 * 1024;

/// A row as it stands in its file.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// 1-based number of the data row: the header and blank lines are not counted.
    pub line: u64,
    pub cells: Cells,
    /// Why this row can't be read as a row of the table. The rows around it are good.
    pub fault: Option<String>,
}

/// An open file: its header, then an iterator of its rows. After an `Err` there are no more rows.
pub struct Table {
    pub name: String,
    pub header: Vec<String>,
    /// How the file was understood, in words: `CSV, comma, UTF-8`.
    pub format: String,
    rows: Source,
    /// Cells in a row of the file: more than the header has, where the file is one of rejected rows.
    width: usize,
    line: u64,
    finished: bool,
}

enum Source {
    Csv(Box<csv::CsvRows>),
    Xlsx(std::vec::IntoIter<Cells>),
}

pub fn open(path: &Path) -> Result<Table, FileError> {
    open_sheet(path, None)
}

/// Opens a file; of a workbook, the named sheet.
pub fn open_sheet(path: &Path, sheet: Option<&str>) -> Result<Table, FileError> {
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    let unreadable = |error| FileError::unreadable(&name, error);
    let file = File::open(path).map_err(unreadable)?;
    let bytes = file.metadata().map_err(unreadable)?.len();
    open_input(&name, BufReader::with_capacity(64 * 1024, file), bytes, sheet)
}

pub fn from_bytes(name: &str, bytes: impl Into<Vec<u8>>) -> Result<Table, FileError> {
    let bytes = bytes.into();
    let len = bytes.len() as u64;
    open_input(name, Cursor::new(bytes), len, None)
}

fn open_input<R: Read + Seek + Send + 'static>(name: &str, mut input: R, bytes: u64, sheet: Option<&str>) -> Result<Table, FileError> {
    if bytes > FILE_BYTES_MAX {
        return Err(FileError::TooLarge { file: name.to_owned(), bytes, limit: FILE_BYTES_MAX });
    }
    let unreadable = |error| FileError::unreadable(name, error);
    let mut magic = [0; 8];
    let magic_len = read_up_to(&mut input, &mut magic).map_err(unreadable)?;
    input.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    match &magic[..magic_len] {
        [] => Err(FileError::Empty { file: name.to_owned() }),
        [b'P', b'K', 3, 4, ..] => open_xlsx(name, input, bytes, sheet),
        start => match other_format(start) {
            Some(format) => Err(FileError::NotATable { file: name.to_owned(), format }),
            None => open_csv(name, input),
        },
    }
}

fn open_csv<R: Read + Seek + Send + 'static>(name: &str, input: R) -> Result<Table, FileError> {
    let (text, encoding) = decode::text_of(input).map_err(|error| FileError::unreadable(name, error))?;
    let mut rows = csv::CsvRows::new(name, text)?;
    let Some(first) = rows.next_row()? else { return Err(FileError::Empty { file: name.to_owned() }) };
    let format = format!("CSV, {}, {encoding}", delimiter::words(rows.delimiter()));
    Table::new(name, &first.cells, format, Source::Csv(Box::new(rows)))
}

fn open_xlsx<R: Read + Seek>(name: &str, input: R, bytes: u64, sheet: Option<&str>) -> Result<Table, FileError> {
    if bytes > XLSX_BYTES_MAX {
        return Err(FileError::TooLarge { file: name.to_owned(), bytes, limit: XLSX_BYTES_MAX });
    }
    let (sheet, rows) = xlsx::read(name, input, sheet)?;
    let mut rows = rows.into_iter();
    let Some(first) = rows.next() else { return Err(FileError::Empty { file: name.to_owned() }) };
    Table::new(name, &first, format!("XLSX, sheet {sheet}"), Source::Xlsx(rows))
}

/// Names of the columns: trimmed, blank ones named after their place, repeated ones numbered (`Email`, `Email (2)`).
fn header_of(file: &str, cells: &Cells) -> Result<Vec<String>, FileError> {
    if cells.len() > COLUMNS_MAX {
        return Err(FileError::TooManyColumns { file: file.to_owned(), columns: cells.len() });
    }
    if cells.is_blank() {
        return Err(FileError::NoHeader { file: file.to_owned() });
    }
    let mut header: Vec<String> = Vec::with_capacity(cells.len());
    for (index, cell) in cells.iter().enumerate() {
        let name = match cell.trim() {
            "" => format!("Column {}", index + 1),
            name if name.contains('\0') => return Err(FileError::NulInHeader { file: file.to_owned(), column: index + 1 }),
            name => name.to_owned(),
        };
        let same = |candidate: &String| header.iter().any(|taken| taken.eq_ignore_ascii_case(candidate));
        let distinct = (2..).map(|n| format!("{name} ({n})"));
        header.extend(std::iter::once(name.clone()).chain(distinct).find(|candidate| !same(candidate)));
    }
    Ok(header)
}

impl Table {
    fn new(name: &str, first: &Cells, format: String, rows: Source) -> Result<Table, FileError> {
        let mut header = header_of(name, first)?;
        let width = header.len();
        if header.ends_with(&[rejected::LINE_COLUMN.to_owned(), rejected::REASON_COLUMN.to_owned()]) {
            header.truncate(width - 2);
            header.iter_mut().for_each(|name| *name = rejected::restored(name).to_owned());
        }
        Ok(Table { name: name.to_owned(), header, format, rows, width, line: 0, finished: false })
    }

    /// Index of the column with this name, without regard to case.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column.eq_ignore_ascii_case(name.trim()))
    }

    fn next_cells(&mut self) -> Result<Option<(Cells, Option<String>)>, FileError> {
        match &mut self.rows {
            Source::Csv(rows) => Ok(rows.next_row()?.map(|row| (row.cells, row.fault))),
            Source::Xlsx(rows) => Ok(rows.next().map(|cells| (cells, None))),
        }
    }

    /// Cells beyond the header are allowed only while they are blank; missing ones are not.
    fn fault_of(&self, cells: &mut Cells) -> Option<String> {
        let columns = self.width;
        if cells.len() > columns && cells.iter().skip(columns).all(|cell| cell.trim().is_empty()) {
            cells.truncate(columns);
        }
        if cells.len() != columns {
            return Some(format!(
                "the row has {} cells and the header has {columns}: quote cells that hold the delimiter or a line break",
                cells.len()
            ));
        }
        if columns != self.header.len() {
            // A file of rejected rows comes back: without the columns that were added, and as the cells were.
            *cells = cells.iter().take(self.header.len()).map(rejected::restored).collect();
        }
        if !cells.joined().contains('\0') {
            return None;
        }
        let column = cells.iter().position(|cell| cell.contains('\0')).unwrap_or_default();
        Some(format!("column `{}` holds a NUL character, which no text can hold: remove it", self.header[column]))
    }
}

impl Iterator for Table {
    type Item = Result<Row, FileError>;

    fn next(&mut self) -> Option<Result<Row, FileError>> {
        if self.finished {
            return None;
        }
        match self.next_cells() {
            Ok(Some((mut cells, fault))) => {
                self.line += 1;
                let fault = fault.or_else(|| self.fault_of(&mut cells));
                Some(Ok(Row { line: self.line, cells, fault }))
            }
            Ok(None) => {
                self.finished = true;
                None
            }
            Err(error) => {
                self.finished = true;
                Some(Err(error))
            }
        }
    }
}

/// What a file that is no table is, by how it begins.
fn other_format(start: &[u8]) -> Option<&'static str> {
    match start {
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Some("an Excel file of the old kind (.xls)"),
        [b'%', b'P', b'D', b'F', ..] => Some("a PDF"),
        [0x1F, 0x8B, ..] => Some("a gzip archive"),
        [b'P', b'A', b'R', b'1', ..] => Some("a Parquet file"),
        [0x89, b'P', b'N', b'G', ..] | [0xFF, 0xD8, 0xFF, ..] => Some("a picture"),
        _ => None,
    }
}

fn read_up_to(input: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
