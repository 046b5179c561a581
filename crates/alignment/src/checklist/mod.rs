//! The checklist of alignment: ten points, judged from what the teams do and not from what they say of themselves.

mod points;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use points::judge;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Done,
    Partly,
    NotYet,
    /// Nothing is written down yet that would show it.
    CantJudge,
}

impl Standing {
    pub fn key(self) -> &'static str {
        ["done", "partly", "not_yet", "cant_judge"][self as usize]
    }

    pub fn name(self) -> &'static str {
        ["Done", "Partly", "Not yet", "Can't be judged yet"][self as usize]
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    pub key: &'static str,
    pub name: &'static str,
    pub standing: Standing,
    pub evidence: Vec<Evidence>,
    pub next_step: Link,
}

/// A fact with the page that shows its rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evidence {
    pub words: String,
    pub page: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Link {
    pub words: &'static str,
    pub page: &'static str,
}

/// What the record says of the teams' behaviour. A figure that can't be known is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Behaviour {
    /// Version in force, and since when in words.
    pub agreement_version: u32,
    pub agreement_since: String,
    /// Signed by the heads of both sides.
    pub is_signed: bool,
    /// The Agreement says by criteria when a lead becomes an MQL.
    pub has_mql_criteria: bool,
    pub has_revenue_target: bool,
    /// Of the last 30 days: stage changes made here, and those brought in by imports.
    pub moves_here: u64,
    pub moves_imported: u64,
    /// People of each side who changed something here in the last 30 days.
    pub active_marketing: u64,
    pub active_sales: u64,
    /// Review clocks due in the last 30 days.
    pub reviews_kept: u64,
    pub reviews_broken: u64,
    /// Rejections and recycles of the last 30 days, and those with a reason of the Agreement.
    pub sent_back: u64,
    pub sent_back_with_reason: u64,
    /// Leads that wait in a queue without an owner.
    pub queued: u64,
    pub content_live: u64,
    /// Pieces used in a deal in the last 90 days; none where nobody writes that down.
    pub content_used: Option<u64>,
    /// Reviews of feedback in the last 28 days.
    pub feedback_reviews: u64,
    /// Of the last three months that are over, those that both sides have settled; and of them whether the last one is.
    pub settled_months: u64,
    pub is_last_month_settled: bool,
}
