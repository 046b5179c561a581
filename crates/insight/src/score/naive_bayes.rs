//! The rule of Odoo's predictive lead scoring, to compare with: of each value of each field how many leads were won and lost, and the
//! product of these shares (`_pls_get_naive_bayes_probabilities` of its module `crm`; the rule, in our own words). A value that is not
//! recorded says nothing; counts begin at 0.1.

use super::{encode::Encoder, logistic::logit, sparse::Sparse};

pub struct NaiveBayes {
    won_log_odds: f64,
    /// Of each slot, what it adds to the log-odds.
    adds: Vec<f64>,
}

const FIRST_COUNT: f64 = 0.1;
/// Odoo's answers stay between 0.01% and 99.99%.
const LOG_ODDS_MAX: f64 = 9.210_240_366_975_85;

impl NaiveBayes {
    pub fn fit(encoder: &Encoder, rows: &Sparse, outcomes: &[bool]) -> NaiveBayes {
        let mut counts = vec![[FIRST_COUNT; 2]; rows.width];
        for (row, outcome) in outcomes.iter().enumerate() {
            rows.row(row).for_each(|(slot, _)| counts[slot][usize::from(*outcome)] += 1.0);
        }
        let mut adds = vec![0.0; rows.width];
        for feature in &encoder.features {
            let missing = feature.slots.missing().map(|slot| feature.first + slot);
            let known = || feature.range().filter(|slot| Some(*slot) != missing);
            let totals = known().fold([0.0; 2], |sum, slot| [sum[0] + counts[slot][0], sum[1] + counts[slot][1]]);
            known().for_each(|slot| adds[slot] = (counts[slot][1] / totals[1]).ln() - (counts[slot][0] / totals[0]).ln());
        }
        let hits = outcomes.iter().filter(|outcome| **outcome).count() as f64;
        NaiveBayes { won_log_odds: logit(hits / outcomes.len().max(1) as f64), adds }
    }

    pub fn all_log_odds(&self, rows: &Sparse) -> Vec<f64> {
        let of_row = |row: usize| (self.won_log_odds + rows.dot(row, &self.adds)).clamp(-LOG_ODDS_MAX, LOG_ODDS_MAX);
        (0..rows.len()).map(of_row).collect()
    }
}
