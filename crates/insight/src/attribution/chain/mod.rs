//! The Markov chain over journeys: count, solve, and hand each deal its part.

mod counts;
mod fit;
mod record;
mod solve;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub(super) use counts::{Counts, Ends, Shape};
pub(super) use fit::{Together, fit};
pub(super) use record::{Solved, count, solve};
pub(super) use solve::{Chain, Effects};

/// What each channel is worth beside another, for splitting one conversion. Labels may share a state.
#[derive(Clone, Copy, Debug)]
pub struct Worths<'a> {
    /// By label.
    pub state_of: &'a [u32],
    /// By state.
    pub of_state: &'a [f64],
}

/// What stands behind the answer of the Markov model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChainFacts {
    /// The order it was solved with: the one asked for, or the highest below it that stays within bounds.
    pub order: u32,
    pub order_asked: u32,
    /// States that some journey was in, the start among them.
    pub states: u64,
    /// Journeys that reached the goal, and those that have not.
    pub converted: u64,
    pub unconverted: u64,
    /// The largest error left in any equation of the chain.
    pub residual: f64,
    /// The part of conversions, and of revenue, that stands with another row than the chain alone would have it, because a deal is only
    /// ever shared out over its own touches.
    pub misplaced_conversions: f64,
    pub misplaced_revenue: f64,
}

impl Effects {
    /// The part of the whole for each channel: the effects, divided by their sum. `None`: nothing has any.
    pub fn parts(effects: &[f64]) -> Option<Vec<f64>> {
        let sum: f64 = effects.iter().sum();
        (sum > 0.0).then(|| effects.iter().map(|effect| effect / sum).collect())
    }
}
