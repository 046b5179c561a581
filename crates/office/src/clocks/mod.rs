//! Clocks: the promises about each lead that run in working time.

use facts::{WriteTx, changes::Author};

use crate::{Office, agreement::Versions};

/// Brings the clocks of these leads to what their transitions, attempts and questions say, and each lead's `due_at` with them. To be
/// called in the transaction that changed any of these.
pub async fn sync(_tx: &mut WriteTx, _author: &Author, _versions: &Versions, _leads: &[i64]) -> anyhow::Result<()> {
    Ok(())
}

/// Does what has come due by now: warnings, breaches, escalation. Gives how many clocks it acted on.
pub async fn tick(_office: &Office) -> anyhow::Result<usize> {
    Ok(0)
}
