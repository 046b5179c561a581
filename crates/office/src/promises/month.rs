//! A month as both sides see it.

use alignment::{
    Instant,
    lifecycle::Side,
    promise::{Closing, Correction, Ledger, Month, corrections},
};
use anyhow::Context as _;
use facts::{Connection, ledger::acts};
use serde::Serialize;

use super::lines::{self, Scope};
use crate::agreement::Versions;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MonthSeen {
    /// As it was settled; otherwise as the record tells it.
    pub ledger: Ledger,
    /// Both sides have closed the same text.
    pub is_settled: bool,
    pub is_over: bool,
    pub from: Instant,
    /// The first instant after it.
    pub to: Instant,
    pub as_of: Instant,
    pub closings: Vec<Closing>,
    /// What the record tells differently since it was settled.
    pub changed_since: Vec<Correction>,
    /// Names the text that would be closed now.
    pub hash: String,
}

impl MonthSeen {
    pub fn closing(&self, side: Side) -> Option<&Closing> {
        self.closings.iter().find(|closing| closing.side == side)
    }
}

/// What both sides close, as text.
pub fn body(ledger: &Ledger) -> anyhow::Result<(String, String)> {
    let text = serde_json::to_string(ledger)?;
    let hash = crate::agreement::hash(&text);
    Ok((text, hash))
}

pub async fn look(connection: &mut Connection, versions: &Versions, period: Month, as_of: Instant) -> anyhow::Result<MonthSeen> {
    let live = lines::ledger(connection, versions, period, as_of).await?;
    let scope = Scope::new(versions, period, as_of);
    let rows = acts::closings(connection, &period.to_string()).await?;
    let (_, hash) = body(&live)?;
    let is_settled = rows.len() == 2 && rows[0].hash == rows[1].hash;
    let (ledger, changed_since) = match rows.first().filter(|_| is_settled) {
        Some(row) => {
            let settled: Ledger = serde_json::from_str(&row.body).with_context(|| format!("the settled ledger of {period}"))?;
            let changed = corrections(&settled, &live);
            (settled, changed)
        }
        None => (live, Vec::new()),
    };
    let closing = |row: acts::SettlementRow| Closing {
        side: if row.side == "sales" { Side::Sales } else { Side::Marketing },
        who: row.user_name.unwrap_or_else(|| format!("user {}", row.user_id)),
        at: Instant(row.at),
        hash: row.hash,
        reopen_asked: row.reopen_asked_at.is_some(),
    };
    let closings = rows.into_iter().map(closing).collect();
    Ok(MonthSeen { ledger, is_settled, is_over: scope.is_over(), from: scope.from, to: scope.to, as_of, closings, changed_since, hash })
}
