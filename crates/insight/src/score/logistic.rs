//! Logistic regression with an L2 penalty: the weights that minimise
//! `sum(log(1 + exp(z)) - y z) + penalty / 2 * |w|^2`, where `z = intercept + w x` and the intercept is free.
//!
//! The minimum is found by L-BFGS (Nocedal and Wright, Numerical Optimization, 2006, 7.2) of the crate `argmin`. It is the only one
//! there is, and sums run over fixed chunks, so that the same rows give the same weights on any number of threads.

use argmin::{
    core::{CostFunction, Error, Executor, Gradient, State},
    solver::{linesearch::MoreThuenteLineSearch, quasinewton::LBFGS},
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::sparse::Sparse;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Logistic {
    pub intercept: f64,
    pub weights: Vec<f64>,
}

/// Norm of the gradient, per row, at which the search ends.
const GRADIENT_MAX: f64 = 1e-10;
const ITERATIONS_MAX: u64 = 1000;
const MEMORY: usize = 10;
const CHUNK_ROWS: usize = 1 << 11;

impl Logistic {
    /// `targets` are 0 or 1, or between where they stand for a share.
    pub fn fit(rows: &Sparse, targets: &[f64], penalty: f64) -> Logistic {
        let mean = targets.iter().sum::<f64>() / targets.len().max(1) as f64;
        Logistic { intercept: logit(mean), weights: vec![0.0; rows.width] }.refit(rows, targets, penalty)
    }

    /// The same, with the search begun here: quicker where the minimum is near.
    pub fn refit(&self, rows: &Sparse, targets: &[f64], penalty: f64) -> Logistic {
        let start: Vec<f64> = self.weights.iter().copied().chain([self.intercept]).collect();
        let loss = Loss { rows, targets, penalty, scale: 1.0 / targets.len().max(1) as f64 };
        let mut found = minimised(&loss, start.clone()).unwrap_or(start);
        let intercept = found.pop().unwrap_or_default();
        Logistic { intercept, weights: found }
    }

    /// Log-odds of a row.
    pub fn log_odds(&self, rows: &Sparse, row: usize) -> f64 {
        self.intercept + rows.dot(row, &self.weights)
    }

    pub fn all_log_odds(&self, rows: &Sparse) -> Vec<f64> {
        (0..rows.len()).map(|row| self.log_odds(rows, row)).collect()
    }
}

/// Log-odds of a share, kept finite.
pub fn logit(share: f64) -> f64 {
    let share = share.clamp(1e-9, 1.0 - 1e-9);
    (share / (1.0 - share)).ln()
}

pub fn sigmoid(log_odds: f64) -> f64 {
    if log_odds >= 0.0 {
        1.0 / (1.0 + (-log_odds).exp())
    } else {
        let odds = log_odds.exp();
        odds / (1.0 + odds)
    }
}

/// Ends where the gradient is nothing, or where a step lowers the loss by less than a number can show. Where the line search can't
/// see a difference any more and says so as an error, the last start is what there is.
fn minimised(loss: &Loss, start: Vec<f64>) -> Option<Vec<f64>> {
    let (mut best, mut cost) = (start.clone(), loss.value(&start));
    // A second search begins with a clean memory, which gains the last digits.
    for _ in 0..2 {
        let solver = LBFGS::new(MoreThuenteLineSearch::new(), MEMORY).with_tolerance_grad(GRADIENT_MAX).ok()?;
        let run = Executor::new(loss, solver).configure(|state| state.param(best.clone()).max_iters(ITERATIONS_MAX)).run();
        let Ok(result) = run else { break };
        let Some(found) = result.state().get_best_param() else { break };
        let found_cost = loss.value(found);
        if found_cost < cost {
            (best, cost) = (found.clone(), found_cost);
        }
    }
    Some(best)
}

/// The intercept stands behind the weights.
struct Loss<'a> {
    rows: &'a Sparse,
    targets: &'a [f64],
    penalty: f64,
    scale: f64,
}

impl Loss<'_> {
    fn chunks(&self) -> impl IndexedParallelIterator<Item = std::ops::Range<usize>> + '_ {
        let rows = self.rows.len();
        (0..rows.div_ceil(CHUNK_ROWS)).into_par_iter().map(move |chunk| chunk * CHUNK_ROWS..rows.min((chunk + 1) * CHUNK_ROWS))
    }

    fn value(&self, at: &[f64]) -> f64 {
        let (weights, intercept) = at.split_at(self.rows.width);
        let loss = |row: usize| {
            let log_odds = intercept[0] + self.rows.dot(row, weights);
            log_odds.max(0.0) + (-log_odds.abs()).exp().ln_1p() - self.targets[row] * log_odds
        };
        let sums: Vec<f64> = self.chunks().map(|rows| rows.map(loss).sum::<f64>()).collect();
        let size: f64 = weights.iter().map(|weight| weight * weight).sum();
        (sums.iter().sum::<f64>() + self.penalty / 2.0 * size) * self.scale
    }

    fn slope(&self, at: &[f64]) -> Vec<f64> {
        let (weights, intercept) = at.split_at(self.rows.width);
        let of_chunk = |rows: std::ops::Range<usize>| {
            let mut sums = vec![0.0; at.len()];
            for row in rows {
                let over = sigmoid(intercept[0] + self.rows.dot(row, weights)) - self.targets[row];
                self.rows.row(row).for_each(|(column, value)| sums[column] += over * value);
                sums[weights.len()] += over;
            }
            sums
        };
        let chunks: Vec<Vec<f64>> = self.chunks().map(of_chunk).collect();
        let mut slope: Vec<f64> = weights.iter().map(|weight| self.penalty * weight).chain([0.0]).collect();
        chunks.iter().for_each(|sums| slope.iter_mut().zip(sums).for_each(|(all, sum)| *all += sum));
        slope.iter_mut().for_each(|part| *part *= self.scale);
        slope
    }
}

impl CostFunction for &Loss<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, at: &Vec<f64>) -> Result<f64, Error> {
        Ok(self.value(at))
    }
}

impl Gradient for &Loss<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, at: &Vec<f64>) -> Result<Vec<f64>, Error> {
        Ok(self.slope(at))
    }
}
