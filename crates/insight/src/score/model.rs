//! The model: slots, weights and the curve from log-odds to probability; and what it says of one lead, part by part.

use serde::{Deserialize, Serialize};

use super::{
    calibration::Platt,
    encode::{Encoder, Feature},
    logistic::{Logistic, sigmoid},
    measure,
    sparse::Sparse,
    table::Table,
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    pub encoder: Encoder,
    pub logistic: Logistic,
    /// The share of rows learned from on which each slot is on.
    pub means: Vec<f64>,
    pub platt: Platt,
    pub penalty: f64,
}

/// What a score is made of. `base_log_odds` and all contributions, shown and unshown, sum to `log_odds`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explained {
    pub probability: f64,
    pub log_odds: f64,
    /// Of an average lead.
    pub base_log_odds: f64,
    /// The largest first.
    pub contributions: Vec<Contribution>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    pub feature: String,
    /// Such as `Job title has “director”`.
    pub words: String,
    /// What it adds to the log-odds, compared with an average lead.
    pub log_odds: f64,
}

/// The weight of one slot, for reading the model as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weight {
    pub feature: String,
    pub words: String,
    /// Compared with an average lead.
    pub log_odds: f64,
    /// Of the rows learned from.
    pub share: f64,
}

/// Penalties that are tried; the one with the lowest log-loss on the rows kept for calibration is taken.
const PENALTIES: [f64; 4] = [64.0, 16.0, 4.0, 1.0];

impl Model {
    /// Learns weights from `learn_rows` and the curve from `calibrate_rows`.
    pub fn fit(table: &Table, outcomes: &[bool], learn_rows: &[usize], calibrate_rows: &[usize]) -> Model {
        let encoder = Encoder::fit(table, learn_rows);
        let (learn, calibrate) = (encoder.encode(table, learn_rows), encoder.encode(table, calibrate_rows));
        let targets: Vec<f64> = learn_rows.iter().map(|row| if outcomes[*row] { 1.0 } else { 0.0 }).collect();
        let calibrate_outcomes: Vec<bool> = calibrate_rows.iter().map(|row| outcomes[*row]).collect();
        let mut last: Option<Logistic> = None;
        let tried = PENALTIES.map(|penalty| {
            let found = last.as_ref().map(|last| last.refit(&learn, &targets, penalty));
            let logistic = found.unwrap_or_else(|| Logistic::fit(&learn, &targets, penalty));
            last = Some(logistic.clone());
            let log_odds = logistic.all_log_odds(&calibrate);
            let probabilities: Vec<f64> = log_odds.iter().map(|log_odds| sigmoid(*log_odds)).collect();
            (measure::log_loss(&probabilities, &calibrate_outcomes), penalty, logistic, log_odds)
        });
        let best = tried.into_iter().reduce(|best, next| if next.0 < best.0 { next } else { best });
        let (_, penalty, logistic, log_odds) = best.expect("some penalties are tried");
        Model { means: learn.means(), platt: Platt::fit(&log_odds, &calibrate_outcomes), encoder, logistic, penalty }
    }

    pub fn probabilities(&self, table: &Table, rows: &[usize]) -> Vec<f64> {
        self.of_encoded(&self.encoder.encode(table, rows))
    }

    pub fn of_encoded(&self, rows: &Sparse) -> Vec<f64> {
        self.logistic.all_log_odds(rows).into_iter().map(|log_odds| self.platt.probability(log_odds)).collect()
    }

    pub fn explain(&self, table: &Table, row: usize) -> Explained {
        let encoded = self.encoder.encode(table, &[row]);
        let mut on = vec![false; encoded.width];
        encoded.row(0).for_each(|(slot, _)| on[slot] = true);
        let mut contributions = Vec::new();
        for feature in &self.encoder.features {
            self.contributions_of(feature, &on, &mut contributions);
        }
        contributions.sort_by(|a, b| b.log_odds.abs().total_cmp(&a.log_odds.abs()).then_with(|| a.words.cmp(&b.words)));
        let log_odds = self.platt.log_odds(self.logistic.log_odds(&encoded, 0));
        let base_log_odds = log_odds - contributions.iter().map(|one| one.log_odds).sum::<f64>();
        Explained { probability: sigmoid(log_odds), log_odds, base_log_odds, contributions }
    }

    /// Of a label or a number one part; of words one for each that is there, and one for those that are not.
    fn contributions_of(&self, feature: &Feature, on: &[bool], out: &mut Vec<Contribution>) {
        let mut add = |words: String, log_odds: f64| out.push(Contribution { feature: feature.key.clone(), words, log_odds });
        let weight = |slot: usize| self.platt.slope * self.logistic.weights[slot];
        if feature.slots.missing().is_some() {
            if let Some(slot) = feature.range().find(|slot| on[*slot]) {
                add(feature.sentence(slot - feature.first), weight(slot) - self.average(feature));
            }
            return;
        }
        let there = feature.range().filter(|slot| on[*slot]);
        there.for_each(|slot| add(feature.sentence(slot - feature.first), weight(slot) * (1.0 - self.means[slot])));
        let not_there: f64 = feature.range().filter(|slot| !on[*slot]).map(|slot| -weight(slot) * self.means[slot]).sum();
        add(format!("{} has no other word that counts", feature.words), not_there);
    }

    /// Mean contribution of a feature over the rows learned from.
    fn average(&self, feature: &Feature) -> f64 {
        feature.range().map(|slot| self.platt.slope * self.logistic.weights[slot] * self.means[slot]).sum()
    }

    /// All weights, the largest first.
    pub fn weights(&self) -> Vec<Weight> {
        let of_feature = |feature: &Feature| {
            let average = if feature.slots.missing().is_some() { self.average(feature) } else { 0.0 };
            let weight = |slot: usize| Weight {
                feature: feature.key.clone(),
                words: feature.sentence(slot - feature.first),
                log_odds: self.platt.slope * self.logistic.weights[slot] - average,
                share: self.means[slot],
            };
            feature.range().filter(|slot| self.means[*slot] > 0.0).map(weight).collect::<Vec<_>>()
        };
        let mut weights: Vec<Weight> = self.encoder.features.iter().flat_map(of_feature).collect();
        weights.sort_by(|a, b| b.log_odds.abs().total_cmp(&a.log_odds.abs()).then_with(|| a.words.cmp(&b.words)));
        weights
    }
}
