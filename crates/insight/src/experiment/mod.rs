//! Two versions of a campaign, a page or an e-mail compared down to SQLs, customers and revenue, not clicks.
//!
//! `members → what each lead brought → difference with interval → what may be said now`. The statistics stand in files of their own and
//! serve the effect of the Agreement and the cost of misalignment too.

mod advice;
mod base;
mod compare;
pub mod normal;
mod outcome;
pub mod posterior;
pub mod power;
pub mod proportions;
pub mod resample;
pub mod sequential;
#[cfg(test)]
mod tests;

use alignment::Instant;
use serde::Serialize;

pub use advice::{Advice, Standing};
pub use base::Base;
pub use compare::{Compared, Seen, experiment, rows};
pub use outcome::Outcome;

use crate::question::Dimension;

/// What is compared, as it was written down before the first look.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// What tells the two versions apart, and the value of each.
    pub dimension: Dimension,
    pub a: String,
    pub b: String,
    /// The number that decides.
    pub decides: Outcome,
    /// The smallest change of it that would change what we do, relative to version A: 0.2 is 20% more or less.
    pub worth_finding: f64,
    pub starts_at: Instant,
    pub ends_at: Option<Instant>,
    /// Count only leads of this age or older, and what they brought in that time.
    pub within_days: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Version {
    A,
    B,
}

/// Two versions side by side.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    pub a: VersionSeen,
    pub b: VersionSeen,
    pub outcomes: Vec<Compared>,
    pub advice: Advice,
    pub agreement_version: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VersionSeen {
    pub label: String,
    /// Leads opened while the experiment ran.
    pub leads: u64,
    /// How long ago they were opened, on average. Where the two differ by much, one version has had more time.
    pub age_days: Option<f64>,
    /// Too young to count, where only leads of an age count.
    pub young: u64,
}

/// Draws come from this seed: the same question has the same answer.
pub(crate) const SEED: u64 = 0x7a6d_656d;
