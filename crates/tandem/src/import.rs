//! `tandem import`: files in by recipe; `tandem import undo`: out again.

use std::{path::PathBuf, sync::Arc};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use exchange::Recipe;
use indicatif::{ProgressBar, ProgressStyle};
use office::{
    Actor,
    imports::{self, ImportReport, Progress},
};
use serde_json::json;

use crate::{Format, Place, print_json, print_text};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, arg_required_else_help = true)]
pub struct ImportArgs {
    #[command(subcommand)]
    command: Option<ImportCommand>,
    /// A built-in recipe (tandem, hubspot, salesforce, ...) or a recipe file; see docs/recipes.md
    #[arg(long, value_name = "NAME_OR_FILE", required = true)]
    recipe: Option<String>,
    /// Files, or folders in which the recipe finds its files
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Do everything and then take it back: shows the counts and the rows that would be rejected
    #[arg(long)]
    dry_run: bool,
}

#[derive(Subcommand)]
enum ImportCommand {
    /// Take a whole import back: what it made and what it changed
    Undo {
        #[arg(value_name = "IMPORT_ID")]
        id: i64,
    },
    /// The imports so far, newest first
    List,
    /// Write the rejected rows of an import as CSV, to mend and import again
    Rejected {
        #[arg(value_name = "IMPORT_ID")]
        id: i64,
        /// Which file's rows, where the import had several
        #[arg(long)]
        file: Option<String>,
    },
}

pub async fn run(place: &Place, args: ImportArgs) -> anyhow::Result<()> {
    match args.command {
        Some(ImportCommand::Undo { id }) => undo(place, id).await,
        Some(ImportCommand::List) => list(place).await,
        Some(ImportCommand::Rejected { id, file }) => rejected(place, id, file).await,
        None => bring_in(place, &args).await,
    }
}

async fn bring_in(place: &Place, args: &ImportArgs) -> anyhow::Result<()> {
    let recipe = Recipe::load(args.recipe.as_deref().unwrap_or_default())?;
    let plan = recipe.plan(&args.paths)?;
    let office = place.open().await?;
    let (bar, progress) = progress_bar("rows");
    let report = imports::run(&office, &Actor::command_line(), plan, args.dry_run, progress).await;
    bar.finish_and_clear();
    let report = report?;
    // The history is brought up to date now, so that the next report starts at once.
    if !args.dry_run {
        office.history().await?;
        office.history_keeper().save_rest().await?;
    }
    match place.format {
        Format::Json => print_json(&report),
        Format::Csv => print_text(&to_csv(&report)),
        Format::Text => print_text(&to_text(&report)),
    }
}

/// A bar on standard error, where that is a terminal.
pub fn progress_bar(what: &str) -> (ProgressBar, Progress) {
    let bar = ProgressBar::new_spinner();
    let style = ProgressStyle::with_template(&format!("{{spinner}} {{human_pos}} {what}, {{per_sec}}, {{elapsed}}"));
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    let shown = bar.clone();
    (bar, Arc::new(move |rows| shown.set_position(rows)))
}

fn to_text(report: &ImportReport) -> String {
    let mut text = String::new();
    for file in &report.files {
        text += &format!(
            "{}: {} rows; {} created, {} updated, {} unchanged, {} rejected",
            file.file, file.rows, file.created, file.updated, file.unchanged, file.rejected
        );
        text += &if file.skipped > 0 { format!(", {} left out by the recipe\n", file.skipped) } else { "\n".into() };
    }
    for skipped in &report.skipped_files {
        text += &format!("not read: {skipped}\n");
    }
    text += &format!(
        "{}{} rows: {} created, {} updated, {} unchanged ({} of them repeated in the files), {} rejected\n",
        if report.dry_run { "Dry run, nothing was kept. " } else { "" },
        report.rows,
        report.created,
        report.updated,
        report.unchanged,
        report.duplicates,
        report.rejected
    );
    if report.unresolved > 0 {
        text += &format!("{} references led nowhere and were left empty.\n", report.unresolved);
    }
    for rejection in &report.rejections {
        text += &format!("  {} row {}: {}\n", rejection.file, rejection.line, rejection.reason);
    }
    if let Some(id) = &report.import_id {
        if report.rejected > 0 {
            text += &format!("Rejected rows as a file: tandem import rejected {id}\n");
        }
        text += &format!("Import {id}. Take it back with: tandem import undo {id}\n");
    }
    text
}

fn to_csv(report: &ImportReport) -> String {
    format!(
        "rows,created,updated,unchanged,rejected,import_id\r\n{},{},{},{},{},{}\r\n",
        report.rows,
        report.created,
        report.updated,
        report.unchanged,
        report.rejected,
        report.import_id.as_deref().unwrap_or_default()
    )
}

async fn undo(place: &Place, id: i64) -> anyhow::Result<()> {
    let office = place.open().await?;
    let undone = imports::undo(&office, &Actor::command_line(), id).await?;
    office.history().await?;
    office.history_keeper().save_rest().await?;
    if place.format == Format::Json {
        return print_json(&json!({"import_id": id.to_string(), "undone": undone}));
    }
    for (table, rows) in &undone.removed {
        println!("{rows} {} taken away", table.replace('_', " "));
    }
    println!("{} fields set back, {} left because they were changed since.", undone.restored, undone.kept);
    println!("Import {id} is undone.");
    Ok(())
}

async fn list(place: &Place) -> anyhow::Result<()> {
    let office = place.open().await?;
    let found = imports::list(&office, None, 200).await?;
    if place.format == Format::Json {
        let rows: Vec<_> = found
            .iter()
            .map(|import| {
                json!({"import_id": import.id.to_string(), "recipe": import.recipe, "state": import.state, "rows": import.rows_total,
                       "created": import.created, "updated": import.updated, "unchanged": import.unchanged, "rejected": import.rejected,
                       "started_at": alignment::Instant(import.started_at)})
            })
            .collect();
        return print_json(&rows);
    }
    if found.is_empty() {
        println!("No imports yet. Bring in a file with: tandem import --recipe NAME_OR_FILE PATH");
    }
    for import in found {
        println!(
            "{:>4}  {}  {:<11}  {:<12}  {} rows: {} created, {} updated, {} rejected",
            import.id,
            alignment::Instant(import.started_at),
            import.state,
            import.recipe,
            import.rows_total,
            import.created,
            import.updated,
            import.rejected
        );
    }
    Ok(())
}

async fn rejected(place: &Place, id: i64, file: Option<String>) -> anyhow::Result<()> {
    let office = place.open().await?;
    let files = imports::rejected_files(&office, id).await?;
    let file = match (file, files.as_slice()) {
        (Some(file), _) => file,
        (None, []) => anyhow::bail!("import {id} rejected no rows"),
        (None, [(only, _)]) => only.clone(),
        (None, several) => {
            let names: Vec<_> = several.iter().map(|(name, rows)| format!("{name} ({rows} rows)")).collect();
            anyhow::bail!("several files have rejected rows; choose one with --file: {}", names.join(", "))
        }
    };
    let csv = imports::rejected_csv(&office, id, &file).await?;
    std::io::Write::write_all(&mut std::io::stdout(), &csv).context("writing the rows")
}
