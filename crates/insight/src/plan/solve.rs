//! How many it takes: the smallest volume whose chance of the target is as high as asked.
//!
//! Given the rates, the customers of so many entries are binomial, so their tail is worked out and not drawn: the chance of the target is
//! the mean of the tails over all replicates, grows with the volume without a jump back, and is searched by bisection.

use rayon::prelude::*;

use super::{draws::Draw, tails};

/// More than that nobody plans.
pub const VOLUME_MAX: f64 = 1e8;
/// Replicates that one thread takes at a time; their number depends on the replicates alone, so that the sums do too.
const CHUNK: usize = 64;

/// The chance that `volume` entries into a stage, with what is open further on, reach the target.
pub fn chance(draws: &[Draw], stage: usize, volume: f64) -> f64 {
    let of_draw = |draw: &Draw| {
        let (chance, trials) = draw.chances[stage];
        tails::at_least(draw.wanted[stage], volume * trials, chance)
    };
    let sums: Vec<f64> = draws.par_chunks(CHUNK).map(|chunk| chunk.iter().map(of_draw).sum::<f64>()).collect();
    sums.iter().sum::<f64>() / draws.len().max(1) as f64
}

/// The volumes for several probabilities in ascending order, in whole entries (to one in a thousand above a thousand). `None`: no
/// volume is enough.
pub fn volumes(draws: &[Draw], stage: usize, probabilities: &[f64]) -> Vec<Option<f64>> {
    // What everything would reach that is not certain to fail: beyond it no search helps.
    let most = chance(draws, stage, VOLUME_MAX);
    let mut from = 0.0;
    let mut found = Vec::new();
    for probability in probabilities {
        let volume = (most >= *probability).then(|| search(draws, stage, *probability, from));
        from = volume.unwrap_or(from);
        found.push(volume);
    }
    found
}

fn search(draws: &[Draw], stage: usize, probability: f64, from: f64) -> f64 {
    let reaches = |volume: f64| chance(draws, stage, volume) >= probability;
    if reaches(from) {
        return from;
    }
    let (mut low, mut high) = (from, guess(draws, stage).max(from) + 1.0);
    while !reaches(high) && high < VOLUME_MAX {
        (low, high) = (high, (high * 1.5).ceil().min(VOLUME_MAX));
    }
    while high - low > (high / 1000.0).max(1.0) {
        let middle = (0.5 * (low + high)).floor();
        if reaches(middle) { high = middle } else { low = middle }
    }
    high
}

/// On average, it takes what is wanted over the chance of one.
fn guess(draws: &[Draw], stage: usize) -> f64 {
    let (wanted, chance) = draws.iter().fold((0.0, 0.0), |sum, draw| {
        let (chance, trials) = draw.chances[stage];
        (sum.0 + draw.wanted[stage].min(1e12), sum.1 + chance * trials)
    });
    if chance > 0.0 { (wanted / chance).ceil().min(VOLUME_MAX) } else { 0.0 }
}
