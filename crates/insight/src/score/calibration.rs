//! From a score to a probability: Platt's scaling, a logistic curve through the scores of rows that the model has not learned from
//! (J. Platt, Probabilistic Outputs for Support Vector Machines, 1999, with his targets, which keep small samples from certainty).

use serde::{Deserialize, Serialize};

use super::{
    logistic::{Logistic, sigmoid},
    sparse::Sparse,
};

/// log-odds of the probability = `intercept + slope * score`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Platt {
    pub intercept: f64,
    pub slope: f64,
}

impl Platt {
    pub fn fit(scores: &[f64], outcomes: &[bool]) -> Platt {
        let rows = scores.len().max(1) as f64;
        let mean = scores.iter().sum::<f64>() / rows;
        let spread = (scores.iter().map(|score| (score - mean).powi(2)).sum::<f64>() / rows).sqrt().max(1e-12);
        let standard: Vec<Vec<f64>> = scores.iter().map(|score| vec![(score - mean) / spread]).collect();
        let hits = outcomes.iter().filter(|outcome| **outcome).count() as f64;
        let misses = outcomes.len() as f64 - hits;
        let (high, low) = ((hits + 1.0) / (hits + 2.0), 1.0 / (misses + 2.0));
        let targets: Vec<f64> = outcomes.iter().map(|outcome| if *outcome { high } else { low }).collect();
        let found = Logistic::fit(&Sparse::from_dense(1, &standard), &targets, 1e-3);
        // A score that is worse than none says next to nothing, but keeps its order.
        let slope = found.weights[0].max(1e-6) / spread;
        let intercept = found.intercept - slope * mean;
        Platt { intercept, slope }
    }

    pub fn log_odds(&self, score: f64) -> f64 {
        self.intercept + self.slope * score
    }

    pub fn probability(&self, score: f64) -> f64 {
        sigmoid(self.log_odds(score))
    }
}
