//! What one deal gives each of its touches. Rows of answers and the touches behind them come from this one place, so they agree.

use alignment::money;

use super::{Journey, Model, chain::Solved};

/// Reused from deal to deal, so that nothing is allocated per touch.
#[derive(Clone, Debug, Default)]
pub(super) struct Sharer {
    weights: Vec<f64>,
    of_money: Vec<f64>,
    minors: Vec<i64>,
    order: Vec<(f64, u32)>,
    counts: Vec<u32>,
}

impl Sharer {
    /// Each touch's weight, and its part of `minor`: the parts sum to it exactly. The chain gives revenue by what would be lost in
    /// revenue and conversions by what would be lost in conversions; under all other models both follow the same weights.
    pub fn share(&mut self, model: &Model, journey: &Journey, solved: Option<&Solved>, minor: i64) -> (&[f64], &[i64]) {
        let touches = journey.labels.len();
        self.weights.resize(touches, 0.0);
        self.minors.resize(touches, 0);
        let of_conversions = Journey { worths: solved.map(Solved::by_conversions), ..*journey };
        model.weigh(&of_conversions, &mut self.counts, &mut self.weights);
        if minor == 0 {
            self.minors.fill(0);
            return (&self.weights, &self.minors);
        }
        match solved.filter(|_| model.is_markov()) {
            None => money::split_into(minor, &self.weights, &mut self.minors, &mut self.order),
            Some(solved) => {
                self.of_money.resize(touches, 0.0);
                let of_revenue = Journey { worths: Some(solved.by_revenue()), ..*journey };
                model.weigh(&of_revenue, &mut self.counts, &mut self.of_money);
                money::split_into(minor, &self.of_money, &mut self.minors, &mut self.order);
            }
        }
        (&self.weights, &self.minors)
    }
}
