//! Imports: files in by recipe, whole or not at all, and out again by undo.

use std::sync::Arc;

use alignment::{Instant, intake::IntakeRow};
use exchange::recipe::ImportPlan;
use facts::{
    FactsError,
    changes::Author,
    imports::{self, Import, Undone},
};
use serde::Serialize;

use crate::{Actor, Office, Role, access::Scope, clocks, office::News};

pub mod api;
mod apply;
mod choices;
pub mod pages;
mod refused;
mod runner;
mod upload;
mod wizard;

pub use apply::Aftermath;
pub use refused::{REJECTIONS_KEPT_MAX, rejected_csv, rejected_files};

use runner::Tally;

/// What an import did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ImportReport {
    /// `created + updated + unchanged + rejected`.
    pub rows: u64,
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub rejected: u64,
    /// `None` for a dry run.
    pub import_id: Option<String>,
    /// Of `unchanged`: rows whose record an earlier row of the same import had brought already.
    pub duplicates: u64,
    /// Rows that the recipe leaves out, such as deleted records and blank lines; not in `rows`.
    pub skipped: u64,
    /// Optional references that led nowhere and were left empty.
    pub unresolved: u64,
    pub dry_run: bool,
    pub files: Vec<FileReport>,
    pub skipped_files: Vec<String>,
    /// The first rejected rows; all of them are in the file of rejected rows.
    pub rejections: Vec<RejectionReport>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FileReport {
    pub file: String,
    pub title: String,
    pub rows: u64,
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub rejected: u64,
    pub skipped: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RejectionReport {
    pub file: String,
    pub line: u64,
    pub reason: String,
}

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("your role does not allow imports: ask a marketer, a leader or an administrator")]
    NotAllowed,
    #[error("{0}. Nothing was imported.")]
    File(#[from] exchange::FileError),
    #[error(
        "more than {REJECTIONS_KEPT_MAX} rows were rejected, the first because: {first}. Is it the right recipe? Nothing was imported."
    )]
    TooManyRejected { first: String },
    #[error("{0}")]
    Facts(#[from] FactsError),
    #[error("{0}")]
    Other(#[from] anyhow::Error),
}

/// Told now and then while an import runs: rows read so far.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;

pub fn no_progress() -> Progress {
    Arc::new(|_| {})
}

/// Reads the files of the plan and brings them in, in one transaction. A dry run does all of it and then takes it back.
pub async fn run(office: &Office, actor: &Actor, plan: ImportPlan, dry_run: bool, progress: Progress) -> Result<ImportReport, ImportError> {
    check_may_import(actor)?;
    let id = if dry_run { None } else { Some(start(office, actor, &plan).await?) };
    run_started(office, actor, plan, id, progress).await
}

/// Notes the import as running, so that it can be watched; [`run_started`] does the work.
pub async fn start(office: &Office, actor: &Actor, plan: &ImportPlan) -> Result<i64, ImportError> {
    check_may_import(actor)?;
    let files: Vec<_> = plan.files.iter().map(|file| file.name.as_str()).collect();
    start_named(office, actor, &plan.recipe.name, &files.join("\n")).await
}

pub async fn run_started(
    office: &Office,
    actor: &Actor,
    plan: ImportPlan,
    id: Option<i64>,
    progress: Progress,
) -> Result<ImportReport, ImportError> {
    let skipped_files = plan.skipped.iter().map(|file| format!("{}: {}", file.name, file.reason)).collect();
    let batches = runner::read_ahead(plan);
    let mut report = finish(office, actor, id, runner::apply_batches(office, actor, id, batches, progress).await).await?;
    report.skipped_files = skipped_files;
    Ok(report)
}

/// Brings in records that are made rather than read, by the same way as a file.
pub async fn run_batches(
    office: &Office,
    actor: &Actor,
    recipe: &str,
    batches: impl Iterator<Item = (String, Vec<IntakeRow>)> + Send + 'static,
    progress: Progress,
) -> Result<ImportReport, ImportError> {
    check_may_import(actor)?;
    let id = start_named(office, actor, recipe, "").await?;
    let batches = runner::made_ahead(batches);
    finish(office, actor, Some(id), runner::apply_batches(office, actor, Some(id), batches, progress).await).await
}

async fn start_named(office: &Office, actor: &Actor, recipe: &str, files: &str) -> Result<i64, ImportError> {
    let now = office.clock().now().0;
    let mut tx = office.facts().write().await?;
    let id = imports::start(&mut tx, recipe, files, actor.user.map(|user| user.0), &office.runner(), now).await?;
    tx.commit().await?;
    Ok(id)
}

async fn finish(office: &Office, actor: &Actor, id: Option<i64>, done: Result<Tally, ImportError>) -> Result<ImportReport, ImportError> {
    let result = match (done, id) {
        (Ok(tally), _) => Ok(tally.report(id)),
        (Err(error), Some(id)) => {
            let mut tx = office.facts().write().await?;
            let mut import = imports::get(tx.conn(), id).await?;
            import.state = "failed".into();
            import.message = Some(error.to_string());
            import.finished_at = Some(office.clock().now().0);
            imports::end(&mut tx, &import).await?;
            tx.commit().await?;
            Err(error)
        }
        (Err(error), None) => Err(error),
    };
    if let Some(import_id) = id {
        tracing::info!(import_id, actor = actor.name, ok = result.is_ok(), "import ended");
        office.tell(News::ImportEnded { import_id });
        office.tell(News::Record { tables: vec!["imports".into()] });
    }
    result
}

/// Takes a whole import back: what it made and what it changed.
pub async fn undo(office: &Office, actor: &Actor, id: i64) -> Result<Undone, ImportError> {
    check_may_import(actor)?;
    let mut tx = office.facts().write().await?;
    let engine = tx.engine;
    engine.one_import_at_a_time(tx.conn()).await?;
    let import = imports::get(tx.conn(), id).await?;
    let now = office.clock().now().0;
    let leads = imports::leads_of(tx.conn(), id).await?;
    let undone = imports::undo(&mut tx, &import, actor.user.map(|user| user.0), now).await?;
    // Clocks of leads that stay go back to what is left to say about them.
    let versions = office.versions().await?;
    let version = versions.at(Instant(now)).number;
    let author = Author { actor: actor.user.map(|user| user.0), now, agreement_version: Some(version.into()) };
    clocks::sync(&mut tx, &author, &versions, &leads).await?;
    tx.commit().await?;
    office.tell(News::ImportEnded { import_id: id });
    Ok(undone)
}

/// Newest first; `before` is the id to go on from.
pub async fn list(office: &Office, before: Option<i64>, limit: i64) -> facts::Result<Vec<Import>> {
    imports::list(&mut *office.facts().reader().await?, before.unwrap_or(i64::MAX), limit).await
}

pub async fn get(office: &Office, id: i64) -> facts::Result<Import> {
    imports::get(&mut *office.facts().reader().await?, id).await
}

/// Imports that were running when this installation stopped left nothing behind; this says so.
pub async fn end_interrupted(office: &Office) -> anyhow::Result<()> {
    let now = office.clock().now().0;
    let mut tx = office.facts().write().await?;
    let count = imports::mark_interrupted(&mut tx, &office.runner(), now).await?;
    tx.commit().await?;
    if count > 0 {
        tracing::warn!(count, "imports were interrupted by a stop; nothing of them was kept");
    }
    Ok(())
}

fn check_may_import(actor: &Actor) -> Result<(), ImportError> {
    let role_may = matches!(actor.role, Role::Marketing | Role::Leader | Role::Admin);
    let scope_may = actor.scopes.as_ref().is_none_or(|scopes| scopes.contains(&Scope::Import));
    if role_may && scope_may { Ok(()) } else { Err(ImportError::NotAllowed) }
}
