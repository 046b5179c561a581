//! `verify`, `backup`, `restore`, `migrate`: keeping the record.

use std::path::Path;

use facts::{Facts, backup};
use insight::history::differences;
use office::history::HistoryKeeper;
use serde_json::json;

use crate::{Format, Place, print_json};

/// Holds the history's files against their checksums, builds the history anew from the record and compares it with the one in use.
pub async fn verify(place: &Place) -> anyhow::Result<()> {
    let office = place.open().await?;
    tokio::task::spawn_blocking({
        let office = office.clone();
        move || office.history_keeper().verify_files()
    })
    .await??;
    let in_use = office.history().await?;
    let rebuilt = HistoryKeeper::rebuild(office.facts()).await?;
    let found = tokio::task::spawn_blocking({
        let rebuilt = rebuilt.clone();
        move || differences(&in_use, &rebuilt)
    })
    .await?;
    let counts = rebuilt.counts();
    if place.format == Format::Json {
        print_json(&json!({"ok": found.is_empty(), "differences": found, "rows": counts, "last_event": rebuilt.last_event()}))?;
    } else if found.is_empty() {
        println!("The history agrees with the record: {} leads, {} touches, {} deals.", counts.leads, counts.touches, counts.deals);
    }
    if !found.is_empty() {
        anyhow::bail!(
            "the history differs from the record:\n{}\nRemove the folder `history` in the home: it is built anew.",
            found.join("\n")
        );
    }
    Ok(())
}

pub async fn backup(place: &Place, file: &Path) -> anyhow::Result<()> {
    let office = place.open().await?;
    let rows = backup::write(office.facts(), file).await?;
    said(place, rows, &format!("Wrote {rows} rows to {}.", file.display()))
}

pub async fn restore(place: &Place, file: &Path) -> anyhow::Result<()> {
    let office = place.open().await?;
    let rows = backup::restore(office.facts(), file).await?;
    office::office::renew_record_name(office.facts()).await?;
    // The history belongs to the record as it was before; the next opening builds the new one.
    drop(office);
    let office = place.open().await?;
    office.history().await?;
    office.history_keeper().save_rest().await?;
    said(place, rows, &format!("Restored {rows} rows into {}.", place.home.display()))
}

pub async fn migrate(place: &Place) -> anyhow::Result<()> {
    let office = place.open().await?;
    drop(office);
    let version = Facts::schema_version();
    if place.format == Format::Json {
        return print_json(&json!({"schema": version}));
    }
    println!("The database is at schema {version}.");
    Ok(())
}

fn said(place: &Place, rows: u64, words: &str) -> anyhow::Result<()> {
    if place.format == Format::Json {
        return print_json(&json!({"rows": rows}));
    }
    println!("{words}");
    Ok(())
}
