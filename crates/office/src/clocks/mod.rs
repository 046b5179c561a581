//! Clocks: the promises about each lead that run in working time. The rules are [`alignment::handoff`] and [`alignment::calendar`];
//! `docs/clocks.md` says what starts and ends each.

pub mod api;
mod calendars;
mod escalation;
mod reckon;
mod running;
mod sync;
mod telling;
mod tick;

pub use calendars::Calendars;
pub use running::{RunningClock, running_of};
pub use tick::{tick, tick_regularly};

use facts::{WriteTx, changes::Author};

use crate::agreement::Versions;

/// Brings the clocks of these leads to what their transitions, attempts and questions say, and each lead's `due_at` with them. To be
/// called in the transaction that changed any of these. Whoever calls it twice changes nothing.
pub async fn sync(tx: &mut WriteTx, author: &Author, versions: &Versions, leads: &[i64]) -> anyhow::Result<()> {
    sync::sync(tx, author, versions, leads, None).await
}

/// The same for what an import brought: clocks that start with it go with its undo.
pub async fn sync_import(
    tx: &mut WriteTx,
    author: &Author,
    versions: &Versions,
    leads: &[i64],
    import_id: Option<i64>,
) -> anyhow::Result<()> {
    sync::sync(tx, author, versions, leads, import_id).await
}

#[cfg(test)]
mod tests;
