//! What a plan is asked for, and what is assumed otherwise than the record says.

use alignment::Instant;
use serde::{Deserialize, Serialize};

/// Draws of a simulation, unless said.
pub const REPLICATES: usize = 1_000;
pub const REPLICATES_MAX: usize = 4_000;
pub const SEED: u64 = 20;
/// A plan looks at most so far ahead.
pub const MONTHS_MAX: usize = 24;
/// The columns that a plan has, unless said.
pub const PROBABILITIES: [f64; 3] = [0.5, 0.8, 0.95];
/// The column that months, spend by source and bottlenecks are of, unless said.
pub const FOCUS: f64 = 0.8;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    Customers(u64),
    /// In minor units of the question's currency.
    Revenue(i64),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    pub target: Target,
    /// What is signed before this instant counts.
    pub by: Instant,
    /// The chance that months, spend by source and bottlenecks are of; a column of its own beside [`PROBABILITIES`].
    pub focus: f64,
    pub changes: Changes,
    pub replicates: usize,
    pub seed: u64,
}

impl Ask {
    pub fn new(target: Target, by: Instant) -> Ask {
        Ask { target, by, focus: FOCUS, changes: Changes::default(), replicates: REPLICATES, seed: SEED }
    }

    /// In ascending order.
    pub fn probabilities(&self) -> Vec<f64> {
        let mut all = PROBABILITIES.to_vec();
        if !all.contains(&self.focus) {
            all.push(self.focus);
        }
        all.sort_by(f64::total_cmp);
        all
    }
}

/// What is assumed otherwise than the record says; `None` is as the record has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Changes {
    /// Of the step from each stage to the next that is recorded, 0..1.
    pub lead_rate: Option<f64>,
    pub mql_rate: Option<f64>,
    pub sal_rate: Option<f64>,
    pub sql_rate: Option<f64>,
    /// Mean of a signed deal, in minor units.
    pub deal_size_minor: Option<f64>,
    /// Marketing's spend a month, in minor units, shared over sources and months as now.
    pub spend_minor: Option<f64>,
    /// Spend by month and source, instead of the above.
    pub spend: Vec<SpendOf>,
    /// Every step takes so many times as long.
    pub cycle_factor: Option<f64>,
    /// Who takes MQLs.
    pub reps: Option<f64>,
    /// MQLs that one of them takes in a month.
    pub mqls_per_rep: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpendOf {
    /// `2026-07`.
    pub month: String,
    /// As the record names it; `null` is what is not recorded.
    pub source: Option<String>,
    pub amount_minor: i64,
}

impl Changes {
    pub fn rates(&self) -> [Option<f64>; 4] {
        [self.lead_rate, self.mql_rate, self.sal_rate, self.sql_rate]
    }

    pub fn is_none(&self) -> bool {
        *self == Changes::default()
    }
}
