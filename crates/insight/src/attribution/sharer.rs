//! What one deal gives each of its touches. Rows of answers and the touches behind them come from this one place, so they agree.

use alignment::{Instant, money};

use super::{Journey, Model};

/// Reused from deal to deal, so that nothing is allocated per touch.
#[derive(Clone, Debug, Default)]
pub(super) struct Sharer {
    weights: Vec<f64>,
    minors: Vec<i64>,
    order: Vec<(f64, u32)>,
}

impl Sharer {
    /// Each touch's weight, and its part of `minor`: the parts sum to it exactly.
    pub fn share(&mut self, model: &Model, touched_at: &[Instant], half_life_days: f64, minor: i64) -> (&[f64], &[i64]) {
        self.weights.resize(touched_at.len(), 0.0);
        self.minors.resize(touched_at.len(), 0);
        model.weigh(&Journey { touched_at, half_life_days }, &mut self.weights);
        if minor == 0 {
            self.minors.fill(0);
        } else {
            money::split_into(minor, &self.weights, &mut self.minors, &mut self.order);
        }
        (&self.weights, &self.minors)
    }
}
