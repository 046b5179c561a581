//! The manifest: a small text file that names the files of a history. It is what makes a set of files a history: until it is
//! renamed into place, the one before counts.

use std::path::Path;

use xxhash_rust::xxh3::xxh3_64;

use super::held::TableFile;

pub const FILE: &str = "manifest";
/// Raise it whenever the columns or their meaning change: an older history is then rebuilt, not misread.
pub const FORMAT: u32 = 6;
const TITLE: &str = "tandem-history";

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manifest {
    pub generation: u64,
    pub last_event: i64,
    /// Table name and its file.
    pub tables: Vec<(String, TableFile)>,
}

#[derive(Debug, PartialEq)]
pub enum Unreadable {
    Foreign,
    Format(u32),
    Torn,
}

impl Manifest {
    pub fn write(&self) -> String {
        let mut text = format!("{TITLE} {FORMAT}\ngeneration {}\nlast_event {}\n", self.generation, self.last_event);
        for (table, file) in &self.tables {
            let TableFile { name, rows, bytes, recorded_to, checksum, frame, .. } = file;
            text += &format!("table {table} {name} {rows} {bytes} {recorded_to} {checksum:016x} {frame:016x}\n");
        }
        text += &format!("checksum {:016x}\n", xxh3_64(text.as_bytes()));
        text
    }

    pub fn read(text: &str, folder: &Path) -> Result<Manifest, Unreadable> {
        let format = text.lines().next().and_then(|line| line.strip_prefix(TITLE)).ok_or(Unreadable::Foreign)?;
        let format: u32 = format.trim().parse().map_err(|_| Unreadable::Foreign)?;
        if format != FORMAT {
            return Err(Unreadable::Format(format));
        }
        let end = text.rfind("checksum ").ok_or(Unreadable::Torn)?;
        if text[end..] != format!("checksum {:016x}\n", xxh3_64(&text.as_bytes()[..end])) {
            return Err(Unreadable::Torn);
        }
        let mut manifest = Manifest::default();
        for line in text[..end].lines().skip(1) {
            manifest.take(line, folder).ok_or(Unreadable::Torn)?;
        }
        Ok(manifest)
    }

    fn take(&mut self, line: &str, folder: &Path) -> Option<()> {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["generation", number] => self.generation = number.parse().ok()?,
            ["last_event", id] => self.last_event = id.parse().ok()?,
            ["table", table, name, rows, bytes, recorded_to, checksum, frame] => self.tables.push((
                table.to_string(),
                TableFile {
                    folder: folder.to_owned(),
                    name: name.to_string(),
                    rows: rows.parse().ok()?,
                    bytes: bytes.parse().ok()?,
                    recorded_to: recorded_to.parse().ok()?,
                    checksum: u64::from_str_radix(checksum, 16).ok()?,
                    frame: u64::from_str_radix(frame, 16).ok()?,
                },
            )),
            _ => return None,
        }
        Some(())
    }
}
