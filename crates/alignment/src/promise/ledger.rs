//! The ledger of a month as both sides see it and close it.

use serde::{Deserialize, Serialize};

use super::{CreditCounts, Judgement, Month, Promise, Status, definition::percent};
use crate::lifecycle::Side;

/// One month, both sides. What the two sides close is this without anything that depends on when one looks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    pub period: Month,
    /// In force when the month began; it judges all but the clocks.
    pub agreement_version: u32,
    pub lines: Vec<Line>,
    pub credits: Credits,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub key: String,
    pub side: Side,
    pub status: Status,
    /// The month is over and nothing is open.
    pub is_final: bool,
    /// A share from 0 to 1, or a number of leads; none where there is nothing to divide by.
    pub value: Option<f64>,
    pub target: f64,
    pub numerator: u64,
    pub denominator: u64,
    pub open: u64,
    /// Single ones that were let off.
    pub waived: u64,
    /// What was promised, with the Agreement's numbers.
    pub promised: String,
    /// What can still become of it, or why there is no verdict.
    pub projection: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<WaiverNote>,
    /// Of complete data: each source by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceShare>,
}

/// Who let a promise off for the month, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WaiverNote {
    pub id: i64,
    pub who: String,
    pub why: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceShare {
    /// None where the lead has no source.
    pub source: Option<String>,
    pub numerator: u64,
    pub denominator: u64,
}

/// The lead guarantee in MQLs; what marketing owes is above zero, what it has ahead below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credits {
    /// From the settled months before.
    pub carried_in: i64,
    pub counts: CreditCounts,
    pub carried_out: i64,
}

/// A side's closing of a month, as others see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Closing {
    pub side: Side,
    pub who: String,
    pub at: crate::Instant,
    pub hash: String,
    pub reopen_asked: bool,
}

/// Something that is different from when the month was settled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// A promise's key, or `credits`.
    pub key: String,
    pub was: String,
    pub is: String,
}

impl Line {
    pub fn of(promise: &Promise, judgement: Judgement, promised: String, is_over: bool) -> Line {
        Line {
            key: promise.key.into(),
            side: promise.side,
            status: judgement.status,
            is_final: is_over && judgement.open == 0,
            value: judgement.value,
            target: judgement.target,
            numerator: judgement.numerator,
            denominator: judgement.denominator,
            open: judgement.open,
            waived: judgement.waived,
            promised,
            projection: judgement.projection,
            waiver: None,
            sources: Vec::new(),
        }
    }

    fn in_short(&self) -> String {
        let figures = match self.value {
            None => String::new(),
            Some(value) if self.key == "volume" => format!(", {value:.0} of {:.0}", self.target),
            Some(value) => format!(", {} of {}", percent(value), self.denominator),
        };
        let open = if self.open > 0 { format!(", {} open", self.open) } else { String::new() };
        format!("{}{figures}{open}", self.status.name().to_lowercase())
    }
}

/// What the record says now against what was settled.
pub fn corrections(settled: &Ledger, now: &Ledger) -> Vec<Correction> {
    let line = |was: &Line| {
        let is = now.lines.iter().find(|line| line.key == was.key)?;
        let (was_short, is_short) = (was.in_short(), is.in_short());
        (was_short != is_short).then(|| Correction { key: was.key.clone(), was: was_short, is: is_short })
    };
    let words = |credits: &Credits| {
        format!(
            "{} outside the profile, {} late, {} carried over",
            credits.counts.outside_icp, credits.counts.late_reviews, credits.carried_out
        )
    };
    let (was, is) = (words(&settled.credits), words(&now.credits));
    let credits = (was != is).then(|| Correction { key: "credits".into(), was, is });
    settled.lines.iter().filter_map(line).chain(credits).collect()
}
