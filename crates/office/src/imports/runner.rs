//! Running an import: files are read and mapped on one core while the batch before is written on the other.

use std::{collections::VecDeque, sync::Arc};

use alignment::{Instant, intake::IntakeRow};
use exchange::{
    Cells, FileError,
    recipe::{ImportPlan, Outcome},
};
use facts::{changes::Author, imports};
use tokio::sync::mpsc;

use super::{
    FileReport, ImportError, ImportReport, Progress, RejectionReport,
    apply::{Context, Importer, RowOutcome},
    refused::Refused,
};
use crate::{Actor, Office, judging, office::News};

const ROWS_PER_BATCH: usize = 2_000;
/// Rows between two tellings of progress.
const ROWS_PER_NEWS: u64 = 10_000;
/// Rejections that a report lists itself.
const REJECTIONS_SHOWN_MAX: usize = 20;

/// Rows of one file, mapped.
pub struct Batch {
    pub file: usize,
    pub name: String,
    pub title: String,
    pub header: Vec<String>,
    pub rows: Vec<Incoming>,
}

pub struct Incoming {
    pub line: u64,
    /// The row as it stood in the file; empty for records that were made.
    pub cells: Cells,
    pub outcome: Outcome,
}

type Batches = mpsc::Receiver<Result<Batch, FileError>>;

pub fn read_ahead(plan: ImportPlan) -> Batches {
    let (sender, receiver) = mpsc::channel(3);
    tokio::task::spawn_blocking(move || {
        for (index, file) in plan.files.iter().enumerate() {
            let batch = |rows| Batch { file: index, name: file.name.clone(), title: file.title.clone(), header: file.header.clone(), rows };
            let mut rows = Vec::with_capacity(ROWS_PER_BATCH);
            let reader = match file.rows() {
                Ok(reader) => reader,
                Err(error) => return drop(sender.blocking_send(Err(error))),
            };
            for row in reader {
                let row = match row {
                    Ok(row) => row,
                    Err(error) => return drop(sender.blocking_send(Err(error))),
                };
                rows.push(Incoming { line: row.line, cells: row.cells, outcome: row.outcome });
                if rows.len() == ROWS_PER_BATCH && sender.blocking_send(Ok(batch(std::mem::take(&mut rows)))).is_err() {
                    // The other side gave up.
                    return;
                }
            }
            // Sent even when empty, so that a file without rows is in the report.
            if sender.blocking_send(Ok(batch(rows))).is_err() {
                return;
            }
        }
    });
    receiver
}

pub fn made_ahead(batches: impl Iterator<Item = (String, Vec<IntakeRow>)> + Send + 'static) -> Batches {
    let (sender, receiver) = mpsc::channel(3);
    tokio::task::spawn_blocking(move || {
        for (index, (title, rows)) in batches.enumerate() {
            let mut rows = VecDeque::from(rows);
            while !rows.is_empty() {
                let part = rows.drain(..rows.len().min(ROWS_PER_BATCH));
                let rows =
                    part.map(|row| Incoming { line: row.line, cells: Cells::default(), outcome: Outcome::Taken(Box::new(row)) }).collect();
                let batch = Batch { file: index, name: title.clone(), title: title.clone(), header: Vec::new(), rows };
                if sender.blocking_send(Ok(batch)).is_err() {
                    return;
                }
            }
        }
    });
    receiver
}

/// Applies all batches in one transaction; without an `id` it is taken back at the end.
pub async fn apply_batches(
    office: &Office,
    actor: &Actor,
    id: Option<i64>,
    mut batches: Batches,
    progress: Progress,
) -> Result<Tally, ImportError> {
    let versions = office.versions().await?;
    let actor_id = actor.user.map(|user| user.0);
    let now = office.clock().now().0;
    let mut tx = office.facts().write().await?;
    let engine = tx.engine;
    engine.one_import_at_a_time(tx.conn()).await?;
    let mut importer = Importer::new(Context { import_id: id.unwrap_or(0), actor_id, now, versions: Arc::clone(&versions) });
    let mut tally = Tally::default();
    let mut refused = Refused::new(id);
    let mut told = 0;
    while let Some(batch) = batches.recv().await {
        let Batch { file, name, title, header, rows } = batch?;
        tally.begin_file(file, &name, &title);
        let mut intake = Vec::with_capacity(rows.len());
        let mut others = Vec::new();
        for Incoming { line, cells, outcome } in rows {
            match outcome {
                Outcome::Taken(row) => {
                    intake.push(*row);
                    others.push((line, cells));
                }
                Outcome::Rejected(reason) => {
                    tally.reject(&name, line, &reason);
                    refused.add(&name, line, reason, &header, &cells)?;
                }
                Outcome::Skipped(_) => tally.skip(),
            }
        }
        let outcomes = importer.take(&mut tx, &intake).await?;
        for (outcome, (line, cells)) in outcomes.into_iter().zip(others) {
            if let RowOutcome::Rejected(reason) = &outcome {
                tally.reject(&name, line, reason);
                refused.add(&name, line, reason.clone(), &header, &cells)?;
            } else {
                tally.count(&outcome);
            }
        }
        refused.flush(&mut tx).await?;
        let read = tally.read();
        if read >= told + ROWS_PER_NEWS {
            told = read;
            progress(read);
            if let Some(import_id) = id {
                office.tell(News::ImportProgress { import_id, rows_done: read, rows_total: None });
            }
        }
    }
    let aftermath = importer.finish(&mut tx).await?;
    tally.report.unresolved = aftermath.unresolved;
    progress(tally.read());
    let Some(id) = id else {
        tx.rollback().await?;
        return Ok(tally);
    };
    let version = versions.at(Instant(now)).number;
    let author = Author { actor: actor_id, now, agreement_version: Some(version.into()) };
    judging::import_arrived(&mut tx, &author, &versions, &aftermath, id).await?;
    let import = imports::get(tx.conn(), id).await?;
    imports::end(&mut tx, &tally.ended(import, office.clock().now().0)).await?;
    tx.commit().await?;
    Ok(tally)
}

/// Counts while an import runs.
#[derive(Default)]
pub struct Tally {
    report: ImportReport,
    file: usize,
}

impl Tally {
    fn begin_file(&mut self, index: usize, name: &str, title: &str) {
        while self.report.files.len() <= index {
            self.report.files.push(FileReport::default());
        }
        self.file = index;
        let file = &mut self.report.files[index];
        if file.file.is_empty() {
            file.file = name.to_owned();
            file.title = title.to_owned();
        }
    }

    fn read(&self) -> u64 {
        self.report.rows + self.report.skipped
    }

    fn count(&mut self, outcome: &RowOutcome) {
        let report = &mut self.report;
        let file = &mut report.files[self.file];
        report.rows += 1;
        file.rows += 1;
        let (total, of_file) = match outcome {
            RowOutcome::Created => (&mut report.created, &mut file.created),
            RowOutcome::Updated => (&mut report.updated, &mut file.updated),
            RowOutcome::Rejected(_) => (&mut report.rejected, &mut file.rejected),
            RowOutcome::Unchanged | RowOutcome::Duplicate => (&mut report.unchanged, &mut file.unchanged),
        };
        *total += 1;
        *of_file += 1;
        if *outcome == RowOutcome::Duplicate {
            report.duplicates += 1;
        }
    }

    fn reject(&mut self, file: &str, line: u64, reason: &str) {
        self.count(&RowOutcome::Rejected(String::new()));
        if self.report.rejections.len() < REJECTIONS_SHOWN_MAX {
            self.report.rejections.push(RejectionReport { file: file.to_owned(), line, reason: reason.to_owned() });
        }
    }

    fn skip(&mut self) {
        self.report.skipped += 1;
        self.report.files[self.file].skipped += 1;
    }

    pub fn report(self, id: Option<i64>) -> ImportReport {
        ImportReport { import_id: id.map(|id| id.to_string()), dry_run: id.is_none(), ..self.report }
    }

    fn ended(&self, import: imports::Import, at: i64) -> imports::Import {
        let report = &self.report;
        imports::Import {
            state: "done".into(),
            rows_total: report.rows as i64,
            created: report.created as i64,
            updated: report.updated as i64,
            unchanged: report.unchanged as i64,
            duplicates: report.duplicates as i64,
            rejected: report.rejected as i64,
            skipped: report.skipped as i64,
            unresolved: report.unresolved as i64,
            finished_at: Some(at),
            ..import
        }
    }
}
