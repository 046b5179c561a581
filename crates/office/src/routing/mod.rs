//! Routing: who gets a lead, and why.

use facts::{WriteTx, changes::Author};

use crate::agreement::Versions;

/// Gives each of these leads, at its instant, an owner by the Agreement in force then, or puts it into the fallback queue; writes the
/// reason down. Those that are routed already stay where they are.
pub async fn route(_tx: &mut WriteTx, _author: &Author, _versions: &Versions, _leads: &[(i64, alignment::Instant)]) -> anyhow::Result<()> {
    Ok(())
}

/// Routes a lead anew, past its owner, who let it lie. Gives the new owner; `None` where it went to the fallback queue.
pub async fn reassign(_tx: &mut WriteTx, _author: &Author, _versions: &Versions, _lead: i64, _reason: &str) -> anyhow::Result<Option<i64>> {
    Ok(None)
}
