//! How well scores and probabilities do on rows they were not learned from.

use rand::RngExt;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::chance::seeded;

/// A figure with its 95% interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Share of pairs, one that reached the outcome and one that did not, that are in the right order; ties count half.
    pub auc: Estimate,
    /// Mean of -ln of the probability given to what happened.
    pub log_loss: Estimate,
    /// Mean squared distance of the probability from 0 or 1.
    pub brier: Estimate,
    /// Mean distance, over ten parts of equal size, of the mean probability from the share that reached the outcome.
    pub calibration_error: Estimate,
    /// Share among the tenth with the highest scores / share among all.
    pub top_decile_lift: Estimate,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    pub rows: u64,
    pub hits: u64,
    pub mean_probability: f64,
}

/// Area under the ROC curve by ranks (Mann and Whitney, 1947); undefined where all rows have the same outcome.
pub fn auc(scores: &[f64], outcomes: &[bool]) -> Option<f64> {
    weighted_auc(&ranked(scores), scores, outcomes, |_| 1.0)
}

/// Probabilities are kept 2^-52 away from 0 and 1.
pub fn log_loss(probabilities: &[f64], outcomes: &[bool]) -> f64 {
    mean(probabilities.iter().zip(outcomes).map(|(probability, outcome)| row_log_loss(*probability, *outcome)))
}

pub fn brier(probabilities: &[f64], outcomes: &[bool]) -> f64 {
    mean(probabilities.iter().zip(outcomes).map(|(probability, outcome)| row_brier(*probability, *outcome)))
}

/// Up to `parts` bins with about as many rows each, from the lowest probability on; bins without rows are left out. Rows fall into them
/// as in scikit-learn's `calibration_curve(strategy="quantile")`.
pub fn calibration_bins(probabilities: &[f64], outcomes: &[bool], parts: usize) -> Vec<CalibrationBin> {
    let mut sorted = probabilities.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return Vec::new() };
    let edge = |part: usize| {
        let place = part as f64 / parts as f64 * last as f64;
        let (below, rest) = (place.floor() as usize, place.fract());
        sorted[below] + (sorted[(below + 1).min(last)] - sorted[below]) * rest
    };
    let edges: Vec<f64> = (1..parts).map(edge).collect();
    let mut sums = vec![(0_u64, 0_u64, 0.0); parts];
    for (probability, outcome) in probabilities.iter().zip(outcomes) {
        let (rows, hits, sum) = &mut sums[edges.partition_point(|edge| edge < probability)];
        *rows += 1;
        *hits += u64::from(*outcome);
        *sum += probability;
    }
    let filled = sums.into_iter().filter(|(rows, ..)| *rows > 0);
    filled.map(|(rows, hits, sum)| CalibrationBin { rows, hits, mean_probability: sum / rows as f64 }).collect()
}

pub fn calibration_error(bins: &[CalibrationBin]) -> f64 {
    let rows: u64 = bins.iter().map(|bin| bin.rows).sum();
    let off = |bin: &CalibrationBin| (bin.mean_probability * bin.rows as f64 - bin.hits as f64).abs();
    bins.iter().map(off).sum::<f64>() / rows.max(1) as f64
}

/// (share of the rows that did not reach the outcome, of those that did) above each score, thinned to some fifty points.
pub fn roc(scores: &[f64], outcomes: &[bool]) -> Vec<(f64, f64)> {
    let order = ranked(scores);
    let hits = outcomes.iter().filter(|outcome| **outcome).count().max(1) as f64;
    let misses = outcomes.iter().filter(|outcome| !**outcome).count().max(1) as f64;
    let (mut points, mut above) = (vec![(0.0, 0.0)], [0.0_f64; 2]);
    let step = (order.len() / 50).max(1);
    for (place, row) in order.iter().rev().enumerate() {
        above[usize::from(outcomes[*row as usize])] += 1.0;
        let is_tied = order.len().checked_sub(place + 2).is_some_and(|next| scores[order[next] as usize] == scores[*row as usize]);
        if !is_tied && (place + 1 == order.len() || place % step == 0) {
            points.push((above[0] / misses, above[1] / hits));
        }
    }
    points
}

/// Rows to be judged: outcomes, and to whom each belongs, since rows of one person stand or fall together.
pub struct Judged<'a> {
    pub outcomes: &'a [bool],
    /// Numbers from 0 up.
    pub clusters: &'a [u32],
}

/// Scores of the same rows by one model.
pub struct Scored {
    pub probabilities: Vec<f64>,
    /// What the rows are ranked by: a curve to a probability must not tie what differs.
    pub scores: Vec<f64>,
    order: Vec<u32>,
}

impl Scored {
    pub fn of(probabilities: Vec<f64>) -> Scored {
        Scored::ranked_by(probabilities.clone(), probabilities)
    }

    pub fn ranked_by(scores: Vec<f64>, probabilities: Vec<f64>) -> Scored {
        Scored { order: ranked(&scores), scores, probabilities }
    }
}

const RESAMPLES: u64 = 400;
const PARTS: usize = 10;

/// The figures of each model with bootstrap intervals (whole persons drawn with replacement), and the difference of the AUC of the first
/// from each of the others on the same draws. `None` where all rows have the same outcome.
pub fn compare(judged: &Judged, models: &[Scored], seed: u64) -> Option<(Vec<Figures>, Vec<Estimate>)> {
    let here = all_of(judged, models, |_| 1.0)?;
    let clusters = judged.clusters.iter().max().map_or(0, |last| *last as usize + 1);
    let resample = |replicate: u64| {
        let mut chance = seeded(seed, replicate);
        let mut times = vec![0_u32; clusters];
        (0..clusters).for_each(|_| times[chance.random_range(0..clusters)] += 1);
        all_of(judged, models, |row| f64::from(times[judged.clusters[row] as usize]))
    };
    let drawn: Vec<Vec<[f64; 5]>> = (0..RESAMPLES).into_par_iter().filter_map(resample).collect();
    let estimate = |value: f64, of: &dyn Fn(&Vec<[f64; 5]>) -> f64| {
        let mut values: Vec<f64> = drawn.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        let at = |share: f64| values.get((values.len().saturating_sub(1) as f64 * share).round() as usize).copied().unwrap_or(value);
        Estimate { value, low: at(0.025), high: at(0.975) }
    };
    let of_model = |model: usize| {
        let [auc, log_loss, brier, calibration_error, top_decile_lift] =
            std::array::from_fn(|figure| estimate(here[model][figure], &|drawn| drawn[model][figure]));
        Figures { auc, log_loss, brier, calibration_error, top_decile_lift }
    };
    let ahead = (1..models.len()).map(|other| estimate(here[0][0] - here[other][0], &|drawn| drawn[0][0] - drawn[other][0]));
    Some(((0..models.len()).map(of_model).collect(), ahead.collect()))
}

fn all_of(judged: &Judged, models: &[Scored], weight: impl Fn(usize) -> f64) -> Option<Vec<[f64; 5]>> {
    models.iter().map(|model| of_one(judged.outcomes, model, &weight)).collect()
}

/// AUC, log-loss, Brier score, calibration error and lift of the top decile, each row counting as often as its weight says.
fn of_one(outcomes: &[bool], model: &Scored, weight: impl Fn(usize) -> f64) -> Option<[f64; 5]> {
    let auc = weighted_auc(&model.order, &model.scores, outcomes, &weight)?;
    let (mut log_loss, mut brier, mut hits, mut all) = (0.0, 0.0, 0.0, 0.0);
    for (row, (probability, outcome)) in model.probabilities.iter().zip(outcomes).enumerate() {
        let weight = weight(row);
        log_loss += weight * row_log_loss(*probability, *outcome);
        brier += weight * row_brier(*probability, *outcome);
        hits += if *outcome { weight } else { 0.0 };
        all += weight;
    }
    let error = error_of_parts(outcomes, model, all, &weight);
    Some([auc, log_loss / all, brier / all, error, top_decile(outcomes, model, all, &weight) / (hits / all)])
}

/// The calibration error over parts of equal weight, by rank.
fn error_of_parts(outcomes: &[bool], model: &Scored, all: f64, weight: impl Fn(usize) -> f64) -> f64 {
    let (mut below, mut off) = (0.0, [0.0; PARTS]);
    for row in model.order.iter().map(|row| *row as usize) {
        let part = ((below / all * PARTS as f64) as usize).min(PARTS - 1);
        let outcome = if outcomes[row] { 1.0 } else { 0.0 };
        off[part] += weight(row) * (model.probabilities[row] - outcome);
        below += weight(row);
    }
    off.iter().map(|off| off.abs()).sum::<f64>() / all
}

/// The share that reached the outcome among the tenth with the highest scores; of rows with the same score at its end, a part counts.
fn top_decile(outcomes: &[bool], model: &Scored, all: f64, weight: impl Fn(usize) -> f64) -> f64 {
    let (wanted, mut taken, mut hits) = (all / 10.0, 0.0, 0.0);
    let mut rest = model.order.as_slice();
    while let Some(last) = rest.last() {
        let score = model.scores[*last as usize];
        let start = rest.partition_point(|row| model.scores[*row as usize] < score);
        let (mut tied, mut tied_hits) = (0.0, 0.0);
        for row in rest[start..].iter().map(|row| *row as usize) {
            tied += weight(row);
            tied_hits += if outcomes[row] { weight(row) } else { 0.0 };
        }
        let share = if taken + tied > wanted { (wanted - taken) / tied } else { 1.0 };
        taken += tied * share;
        hits += tied_hits * share;
        if taken >= wanted {
            break;
        }
        rest = &rest[..start];
    }
    hits / wanted
}

/// Rows by score, the lowest first.
fn ranked(scores: &[f64]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..scores.len() as u32).collect();
    order.sort_by(|a, b| scores[*a as usize].total_cmp(&scores[*b as usize]));
    order
}

fn weighted_auc(order: &[u32], scores: &[f64], outcomes: &[bool], weight: impl Fn(usize) -> f64) -> Option<f64> {
    let (mut hits, mut misses, mut right) = (0.0, 0.0, 0.0);
    let mut index = 0;
    while index < order.len() {
        let score = scores[order[index] as usize];
        let (mut tied_hits, mut tied_misses) = (0.0, 0.0);
        while index < order.len() && scores[order[index] as usize] == score {
            let row = order[index] as usize;
            if outcomes[row] {
                tied_hits += weight(row)
            } else {
                tied_misses += weight(row)
            }
            index += 1;
        }
        right += tied_hits * (misses + tied_misses / 2.0);
        hits += tied_hits;
        misses += tied_misses;
    }
    (hits > 0.0 && misses > 0.0).then(|| right / (hits * misses))
}

fn row_log_loss(probability: f64, outcome: bool) -> f64 {
    let probability = probability.clamp(f64::EPSILON, 1.0 - f64::EPSILON);
    if outcome { -probability.ln() } else { -(-probability).ln_1p() }
}

fn row_brier(probability: f64, outcome: bool) -> f64 {
    (probability - if outcome { 1.0 } else { 0.0 }).powi(2)
}

fn mean(items: impl ExactSizeIterator<Item = f64>) -> f64 {
    let rows = items.len().max(1) as f64;
    items.sum::<f64>() / rows
}
