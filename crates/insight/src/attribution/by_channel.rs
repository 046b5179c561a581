//! Weights by channel: each channel of the journey gets its part, whichever and however many of the touches carry it, and the
//! touches of one channel share that part equally.

use super::chain::Worths;

/// Without `worths`, all channels are worth the same. Channels that are worth nothing share equally where the journey has no other.
pub(super) fn weigh(labels: &[u32], worths: Option<Worths>, counts: &mut Vec<u32>, weights: &mut [f64]) {
    let place = |label: u32| worths.map_or(label, |worths| worths.state_of[label as usize]) as usize;
    let last = labels.iter().map(|label| place(*label)).max().unwrap_or(0);
    if counts.len() <= last {
        counts.resize(last + 1, 0);
    }
    labels.iter().for_each(|label| counts[place(*label)] += 1);
    let mut total = 0.0;
    for (label, weight) in labels.iter().zip(weights.iter_mut()) {
        let place = place(*label);
        *weight = worths.map_or(1.0, |worths| worths.of_state[place]) / f64::from(counts[place]);
        total += *weight;
    }
    if total > 0.0 {
        weights.iter_mut().for_each(|weight| *weight /= total);
    } else {
        evenly(labels, &place, counts, weights);
    }
    labels.iter().for_each(|label| counts[place(*label)] = 0);
}

fn evenly(labels: &[u32], place: &impl Fn(u32) -> usize, counts: &[u32], weights: &mut [f64]) {
    let parts = |label: &u32| 1.0 / f64::from(counts[place(*label)]);
    let channels: f64 = labels.iter().map(parts).sum();
    labels.iter().zip(weights).for_each(|(label, weight)| *weight = parts(label) / channels);
}
