//! A history on disk: one Arrow IPC file per table and a manifest that names them, with checksums.
//!
//! Saving writes only the tables that changed, each to a new file under a new name, flushes them, and then renames the new manifest
//! over the old one: a crash at any point leaves the old history or the new one, whole. Files that no manifest names any more are
//! removed afterwards. Time grows with the bytes of the tables that changed. One process writes a folder at a time.
//!
//! Opening maps the files, and columns point into the mapping: only what a question needs is read. Each file's frame (where things
//! are in it) is verified by its checksum at once; all of its bytes are by [`History::verify_files`], which reads them.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, Field, Schema};
use rayon::prelude::*;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::{
    Derived, History,
    held::{Held, TableFile},
    journeys::Journeys,
    manifest::{self, Manifest, Unreadable},
    mapped,
    tables::{Rows, Touches},
};

/// Whatever it says, the history can be rebuilt from the record.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    #[error("`{}` is not a history of Tandem: remove it, and the history is rebuilt from the record", path.display())]
    Foreign { path: PathBuf },
    #[error("the history in `{}` has format {found} and this version reads {}: it has to be rebuilt from the record", path.display(), manifest::FORMAT)]
    OtherFormat { path: PathBuf, found: u32 },
    #[error("`{}` is damaged ({what}): the history has to be rebuilt from the record", path.display())]
    Damaged { path: PathBuf, what: String },
    #[error("can't {doing} `{}`: {source}", path.display())]
    Io { doing: &'static str, path: PathBuf, source: std::io::Error },
}

impl HistoryError {
    /// Whether what lies there is unusable for this version, so that it is to be made anew.
    pub fn asks_for_rebuild(&self) -> bool {
        !matches!(self, HistoryError::Io { .. })
    }
}

impl History {
    /// `None` where nothing has been saved yet.
    pub fn open(folder: &Path) -> Result<Option<History>, HistoryError> {
        let Some(manifest) = read_manifest(folder)? else { return Ok(None) };
        let reader = Reader { folder, manifest: &manifest };
        let touches: Arc<Held<Touches>> = reader.table("touches")?;
        let derived = reader.derived(touches.len())?;
        Ok(Some(History {
            last_event: manifest.last_event,
            companies: reader.table("companies")?,
            people: reader.table("people")?,
            leads: reader.table("leads")?,
            transitions: reader.table("transitions")?,
            touches,
            activities: reader.table("activities")?,
            deals: reader.table("deals")?,
            deal_transitions: reader.table("deal_transitions")?,
            campaigns: reader.table("campaigns")?,
            content: reader.table("content")?,
            users: reader.table("users")?,
            spend: reader.table("spend")?,
            clocks: reader.table("clocks")?,
            waivers: reader.table("waivers")?,
            derived: Arc::new(derived),
        }))
    }

    /// Reads every byte of the files that this history was opened from and holds it against their checksums.
    pub fn verify_files(folder: &Path) -> Result<(), HistoryError> {
        let Some(manifest) = read_manifest(folder)? else { return Ok(()) };
        manifest.tables.par_iter().try_for_each(|(_, file)| {
            let path = folder.join(&file.name);
            let mapped = map(&path)?;
            match xxh3_64(&mapped) == file.checksum {
                true => Ok(()),
                false => Err(damaged(&path, "its checksum is another".to_owned())),
            }
        })
    }

    pub fn save(&self, folder: &Path) -> Result<(), HistoryError> {
        fs::create_dir_all(folder).map_err(io("create", folder))?;
        // A damaged or foreign manifest gives no generation; the names below must then not meet any file that is there.
        let generation = match read_manifest(folder) {
            Ok(found) => found.map_or(0, |manifest| manifest.generation),
            Err(_) => highest_generation(folder),
        };
        let mut writer = Writer { folder, generation: generation + 1, tables: Vec::new() };
        writer.table("companies", &self.companies)?;
        writer.table("people", &self.people)?;
        writer.table("leads", &self.leads)?;
        writer.table("transitions", &self.transitions)?;
        writer.table("touches", &self.touches)?;
        writer.table("activities", &self.activities)?;
        writer.table("deals", &self.deals)?;
        writer.table("deal_transitions", &self.deal_transitions)?;
        writer.table("campaigns", &self.campaigns)?;
        writer.table("content", &self.content)?;
        writer.table("users", &self.users)?;
        writer.table("spend", &self.spend)?;
        writer.table("clocks", &self.clocks)?;
        writer.table("waivers", &self.waivers)?;
        writer.journeys(self.journeys())?;
        sync_folder(folder)?;
        let manifest = Manifest { generation: writer.generation, last_event: self.last_event, tables: writer.tables };
        write_whole(folder, manifest::FILE, |file| file.write_all(manifest.write().as_bytes()))?;
        sync_folder(folder)?;
        remove_unnamed(folder, &manifest);
        Ok(())
    }
}

struct Reader<'a> {
    folder: &'a Path,
    manifest: &'a Manifest,
}

impl Reader<'_> {
    fn table<T: Rows>(&self, table: &str) -> Result<Arc<Held<T>>, HistoryError> {
        let (file, path, batch) = self.batch(table)?;
        let rows = T::load(&batch).map_err(|what| damaged(&path, what))?;
        if rows.len() as u64 != file.rows {
            return Err(damaged(&path, format!("{} rows instead of {}", rows.len(), file.rows)));
        }
        let held = Held::new(rows);
        let _ = held.file.set(file.clone());
        Ok(Arc::new(held))
    }

    fn derived(&self, touches: usize) -> Result<Derived, HistoryError> {
        let (file, path, batch) = self.batch(JOURNEYS)?;
        let journeys = Journeys::load(&batch, touches).ok_or_else(|| damaged(&path, "its journeys are of other touches".to_owned()))?;
        let _ = journeys.file.set(file.clone());
        Ok(Derived { journeys: journeys.into(), ..Derived::default() })
    }

    fn batch(&self, table: &str) -> Result<(&TableFile, PathBuf, RecordBatch), HistoryError> {
        let named = self.manifest.tables.iter().find(|(known, _)| known == table);
        let (_, file) = named.ok_or_else(|| damaged(&self.folder.join(manifest::FILE), format!("it names no {table}")))?;
        let path = self.folder.join(&file.name);
        let mapped = map(&path)?;
        if mapped.len() as u64 != file.bytes {
            return Err(damaged(&path, format!("{} bytes instead of {}", mapped.len(), file.bytes)));
        }
        let batch = mapped::decode(mapped, file.frame).map_err(|what| damaged(&path, what))?;
        Ok((file, path, batch))
    }
}

const JOURNEYS: &str = "journeys";

fn map(path: &Path) -> Result<memmap2::Mmap, HistoryError> {
    mapped::map(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => damaged(path, "it is missing".to_owned()),
        _ => HistoryError::Io { doing: "open", path: path.to_owned(), source },
    })
}

struct Writer<'a> {
    folder: &'a Path,
    generation: u64,
    tables: Vec<(String, TableFile)>,
}

impl Writer<'_> {
    fn table<T: Rows>(&mut self, table: &str, held: &Held<T>) -> Result<(), HistoryError> {
        self.keep(table, &held.file, held.len(), || held.recorded_to(), || held.store())
    }

    fn journeys(&mut self, journeys: &Journeys) -> Result<(), HistoryError> {
        self.keep(JOURNEYS, &journeys.file, journeys.len(), || i64::MIN, || journeys.store())
    }

    /// Names the file that holds the rows already, or writes one.
    fn keep(
        &mut self,
        table: &str,
        held_in: &OnceLock<TableFile>,
        rows: usize,
        recorded_to: impl Fn() -> i64,
        columns: impl Fn() -> Vec<(Field, ArrayRef)>,
    ) -> Result<(), HistoryError> {
        let same = held_in.get().filter(|file| file.folder == self.folder && self.folder.join(&file.name).exists());
        let file = match same {
            Some(file) => file.clone(),
            None => self.write(table, rows, recorded_to(), columns())?,
        };
        let _ = held_in.set(file.clone());
        self.tables.push((table.to_owned(), file));
        Ok(())
    }

    fn write(&self, table: &str, rows: usize, recorded_to: i64, columns: Vec<(Field, ArrayRef)>) -> Result<TableFile, HistoryError> {
        let name = format!("{table}-{}.arrow", self.generation);
        let path = self.folder.join(&name);
        let (bytes, checksum) = write_whole(self.folder, &name, |file| write_batch(rows, columns, file).map_err(std::io::Error::other))?;
        let frame = mapped::frame(map(&path)?).map_err(|what| damaged(&path, what))?;
        Ok(TableFile { folder: self.folder.to_owned(), name, rows: rows as u64, bytes, recorded_to, checksum, frame })
    }
}

fn write_batch(rows: usize, columns: Vec<(Field, ArrayRef)>, out: &mut impl Write) -> Result<(), ArrowError> {
    let (fields, columns): (Vec<Field>, Vec<_>) = columns.into_iter().unzip();
    let schema = Arc::new(Schema::new(fields));
    let count = RecordBatchOptions::new().with_row_count(Some(rows));
    let batch = RecordBatch::try_new_with_options(schema.clone(), columns, &count)?;
    let mut writer = FileWriter::try_new(out, &schema)?;
    writer.write(&batch)?;
    writer.finish()
}

/// Writes a file under another name, flushes it to disk and renames it: it is there whole or not at all. Gives bytes and checksum.
fn write_whole(
    folder: &Path,
    name: &str,
    fill: impl FnOnce(&mut Summing<BufWriter<File>>) -> std::io::Result<()>,
) -> Result<(u64, u64), HistoryError> {
    let (path, partial) = (folder.join(name), folder.join(format!("{name}.partial")));
    let file = File::create(&partial).map_err(io("create", &partial))?;
    let mut out = Summing { inner: BufWriter::with_capacity(1 << 20, file), bytes: 0, sum: Xxh3::new() };
    fill(&mut out).and_then(|()| out.flush()).and_then(|()| out.inner.get_ref().sync_all()).map_err(io("write", &partial))?;
    fs::rename(&partial, &path).map_err(io("rename", &partial))?;
    Ok((out.bytes, out.sum.digest()))
}

/// Counts and sums up what passes through.
struct Summing<W> {
    inner: W,
    bytes: u64,
    sum: Xxh3,
}

impl<W: Write> Write for Summing<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.sum.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

fn read_manifest(folder: &Path) -> Result<Option<Manifest>, HistoryError> {
    let path = folder.join(manifest::FILE);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(HistoryError::Io { doing: "read", path, source }),
    };
    let text = String::from_utf8(bytes).map_err(|_| HistoryError::Foreign { path: path.clone() })?;
    Manifest::read(&text, folder).map(Some).map_err(|reason| match reason {
        Unreadable::Foreign => HistoryError::Foreign { path },
        Unreadable::Format(found) => HistoryError::OtherFormat { path, found },
        Unreadable::Torn => damaged(&path, "it is not whole".to_owned()),
    })
}

fn highest_generation(folder: &Path) -> u64 {
    let generation = |name: String| name.strip_suffix(".arrow")?.rsplit_once('-')?.1.parse::<u64>().ok();
    names_in(folder).filter_map(generation).max().unwrap_or(0)
}

/// A file that stays behind costs space and nothing else, so failing to remove one is no error.
fn remove_unnamed(folder: &Path, manifest: &Manifest) {
    for name in names_in(folder) {
        let ours = name.ends_with(".arrow") || name.ends_with(".partial");
        if ours && manifest.tables.iter().all(|(_, file)| file.name != name) {
            let _ = fs::remove_file(folder.join(name));
        }
    }
}

fn names_in(folder: &Path) -> impl Iterator<Item = String> {
    fs::read_dir(folder).into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok())
}

/// A rename is durable once its folder is.
fn sync_folder(folder: &Path) -> Result<(), HistoryError> {
    if cfg!(unix) {
        File::open(folder).and_then(|file| file.sync_all()).map_err(io("flush", folder))?;
    }
    Ok(())
}

fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> HistoryError {
    move |source| HistoryError::Io { doing, path: path.to_owned(), source }
}

fn damaged(path: &Path, what: String) -> HistoryError {
    HistoryError::Damaged { path: path.to_owned(), what }
}
