//! How far chance alone could have moved a model's answer: the journeys drawn again, with replacement, from a seed.
//!
//! What a deal gives each row is worked out once; a replicate only adds it up as often as the deal was drawn. Of more deals than
//! [`UNITS_MAX`], runs of neighbours are drawn together, so that the cost has a bound. The Markov model is solved again for each
//! replicate, from transition counts in [`BLOCKS`] blocks of companies: converted journeys and others are drawn alike.

use std::ops::Range;

use rand::Rng;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::Serialize;

use super::{
    Journey, Model,
    axis::Axis,
    chain::{self, Chain, Effects},
    led::Led,
    sharer::Sharer,
    signed::Signed,
};
use crate::{
    answer::ModelAnswer,
    chance::seeded,
    engine::percentile,
    history::History,
    question::{Goal, Question},
};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Uncertainty {
    pub model: &'static str,
    pub replicates: u32,
    /// What was drawn: so many deals, runs of deals, or blocks of journeys.
    pub units: u64,
    pub unit: &'static str,
    pub rows: Vec<RowUncertainty>,
}

/// 95% of the replicates lie inside.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RowUncertainty {
    pub label: Option<String>,
    pub id: Option<i64>,
    pub conversions: (f64, f64),
    /// Minor units.
    pub revenue: (f64, f64),
    pub rank: (u32, u32),
    /// The part of the replicates in which it has the rank that it has in the answer.
    pub rank_kept: f64,
}

const SEED: u64 = 2_718_281_828;
/// Fewer deals than this say nothing of chance.
const DEALS_MIN: usize = 5;
const UNITS_MAX: usize = 4096;
const BLOCKS: u64 = 64;
/// Rows beyond the first so many have no interval.
const ROWS_MAX: usize = 200;
const REPLICATES_MIN: usize = 100;
const REPLICATES_MAX: usize = 1000;
const ADDITIONS_MAX: usize = 20_000_000;
/// Enough for [`REPLICATES_MIN`] of the largest chain of order 1.
const PRODUCTS_MAX: usize = 1_200_000_000;
/// Sweeps of one replicate at most: chance is wider than what they leave.
const SWEEPS: usize = 60;
const OF_ORDER_1: &str = "blocks of journeys (by a chain of order 1, as the order of the answer takes too long to be solved again)";

/// For the first rows of the answer to the same question. `None`: too few deals, or a chain too large to be solved
/// again and again.
pub fn uncertainty(history: &History, question: &Question, model: &'static Model, answer: &ModelAnswer) -> Option<Uncertainty> {
    let signed = Signed::of(history, question);
    if signed.won.len() < DEALS_MIN || answer.rows.is_empty() {
        return None;
    }
    let axis = Axis::of(&signed);
    let led = Led::of(&signed, &axis);
    let drawn = if model.is_markov() && axis.is_of_touches() {
        of_chain(&signed, &axis, &led, answer)?
    } else {
        of_deals(&signed, &axis, &led, model, answer)
    };
    Some(drawn.finish(model, answer, question.settings.goal))
}

/// By replicate, what each row of the answer got: conversions and minor units.
struct Drawn {
    replicates: Vec<Vec<(f64, f64)>>,
    units: usize,
    unit: &'static str,
}

/// The row of each label, where it is among the first.
fn row_of_label(axis: &Axis, answer: &ModelAnswer) -> Vec<Option<u32>> {
    let rows = answer.rows.iter().take(ROWS_MAX).zip(0..);
    let places: FxHashMap<(Option<&str>, Option<i64>), u32> = rows.map(|(row, place)| ((row.label.as_deref(), row.id), place)).collect();
    let place = |label: usize| {
        let label = axis.label(label);
        places.get(&(label.name.as_deref(), label.id)).copied()
    };
    (0..axis.len()).map(place).collect()
}

/// How often each of so many was drawn.
fn draw(replicate: u64, units: usize) -> Vec<u32> {
    let mut chance = seeded(SEED, replicate);
    let mut times = vec![0; units];
    // Of 64 random bits, the part that is left out by taking the high half of the product is below 2^-50 for so few units.
    (0..units).for_each(|_| times[((u128::from(chance.next_u64()) * units as u128) >> 64) as usize] += 1);
    times
}

fn of_deals(signed: &Signed, axis: &Axis, led: &Led, model: &'static Model, answer: &ModelAnswer) -> Drawn {
    let row_of = row_of_label(axis, answer);
    let units = signed.won.len().min(UNITS_MAX);
    let run = |unit: usize| unit * signed.won.len() / units..(unit + 1) * signed.won.len() / units;
    let given: Vec<Vec<(u32, f64, f64)>> = (0..units)
        .into_par_iter()
        .map_init(Sharer::default, |sharer, unit| split(signed, led, model, &row_of, run(unit), sharer))
        .collect();
    let additions: usize = given.iter().map(Vec::len).sum::<usize>() + units;
    let replicates = (ADDITIONS_MAX / additions.max(1)).clamp(REPLICATES_MIN, REPLICATES_MAX);
    let rows = answer.rows.len().min(ROWS_MAX);
    let replicate = |replicate: usize| {
        let mut sums = vec![(0.0, 0.0); rows];
        for (times, given) in draw(replicate as u64, units).into_iter().zip(&given).filter(|(times, _)| *times > 0) {
            for (row, conversions, minor) in given {
                let sum = &mut sums[*row as usize];
                *sum = (sum.0 + f64::from(times) * conversions, sum.1 + f64::from(times) * minor);
            }
        }
        sums
    };
    let unit = if units == signed.won.len() { "deals" } else { "runs of deals" };
    Drawn { replicates: (0..replicates).into_par_iter().map(replicate).collect(), units, unit }
}

/// What a run of deals gives each row: conversions and minor units.
fn split(
    signed: &Signed,
    led: &Led,
    model: &Model,
    row_of: &[Option<u32>],
    places: Range<usize>,
    sharer: &mut Sharer,
) -> Vec<(u32, f64, f64)> {
    let mut given: Vec<(u32, f64, f64)> = Vec::new();
    let half_life_days = signed.question.settings.half_life_days;
    for place in places {
        let (won, (labels, touched_at)) = (&signed.won[place], led.journey(place));
        let marks = signed.marks(won.row, won.at);
        let journey = Journey { touched_at, labels, marks, half_life_days, worths: None };
        let (weights, minors) = sharer.share(model, &journey, None, signed.minor(won.row));
        for (code, (weight, minor)) in labels.iter().zip(weights.iter().zip(minors)) {
            if let Some(row) = row_of[*code as usize] {
                given.push((row, *weight, *minor as f64));
            }
        }
    }
    given.sort_by_key(|(row, ..)| *row);
    given.chunk_by(|a, b| a.0 == b.0).map(|of| of.iter().fold((of[0].0, 0.0, 0.0), |sum, it| (sum.0, sum.1 + it.1, sum.2 + it.2))).collect()
}

/// Of the order that the answer has, or else of order 1: its ratios say about as much of chance, for a small part of the time.
fn of_chain(signed: &Signed, axis: &Axis, led: &Led, answer: &ModelAnswer) -> Option<Drawn> {
    let order = answer.chain.as_ref().map_or(1, |chain| chain.order);
    of_order(signed, axis, led, answer, order).or_else(|| of_order(signed, axis, led, answer, 1).filter(|_| order > 1))
}

/// `None`: so many replicates as an interval takes would cost more than there is time for.
fn of_order(signed: &Signed, axis: &Axis, led: &Led, answer: &ModelAnswer, order: u32) -> Option<Drawn> {
    let counted = chain::count(signed, axis, led, order, BLOCKS);
    let (states, sorted) = (&counted.states, counted.counts.sorted());
    let whole = Chain::of(&sorted, |_| 1.0);
    let replicates = (PRODUCTS_MAX / (whole.cost(SWEEPS) + sorted.steps.len()).max(1)).min(REPLICATES_MAX / 2);
    if replicates < REPLICATES_MIN {
        return None;
    }
    let wholes = parts(&whole);
    let row_of = row_of_label(axis, answer);
    let mut state_of = vec![0; answer.rows.len().min(ROWS_MAX)];
    row_of.iter().zip(&states.of_label).for_each(|(row, state)| {
        if let Some(row) = row {
            state_of[*row as usize] = *state as usize;
        }
    });
    let replicate = |replicate: usize| {
        let times = draw(replicate as u64, BLOCKS as usize);
        let chain = Chain::of(&sorted, |block| f64::from(times[block]));
        let parts = parts(&chain);
        // What the row has, times how much more or less the chain gives its channel.
        let row = |(state, row): (&usize, &crate::answer::ShareRow)| {
            let ratio = |side: usize| if wholes[side][*state] > 0.0 { parts[side][*state] / wholes[side][*state] } else { 0.0 };
            (row.conversions * ratio(0), row.revenue.minor as f64 * ratio(1))
        };
        state_of.iter().zip(&answer.rows).map(row).collect()
    };
    let unit = if answer.chain.as_ref().is_some_and(|chain| chain.order > order) { OF_ORDER_1 } else { "blocks of journeys" };
    Some(Drawn { replicates: (0..replicates).into_par_iter().map(replicate).collect(), units: BLOCKS as usize, unit })
}

/// What the chain gives each channel: conversions, and what they bring.
fn parts(chain: &Chain) -> [Vec<f64>; 2] {
    let effects = chain.effects_within(SWEEPS);
    let of = |effects: &[f64], whole: f64| {
        let parts = Effects::parts(effects).unwrap_or_else(|| vec![0.0; effects.len()]);
        parts.iter().map(|part| part * whole).collect()
    };
    [of(&effects.conversions, chain.conversions), of(&effects.worth, chain.worth)]
}

impl Drawn {
    fn finish(self, model: &'static Model, answer: &ModelAnswer, goal: Goal) -> Uncertainty {
        let ranks: Vec<Vec<u32>> = self.replicates.par_iter().map(|sums| ranks(sums, goal)).collect();
        let row = |(place, row): (usize, &crate::answer::ShareRow)| {
            let column = |pick: fn(&(f64, f64)) -> f64| inner(self.replicates.iter().map(|sums| pick(&sums[place])).collect());
            let ranks = || ranks.iter().map(|ranks| ranks[place]);
            let rank = inner(ranks().map(f64::from).collect());
            let kept = ranks().filter(|rank| *rank == place as u32 + 1).count();
            RowUncertainty {
                label: row.label.clone(),
                id: row.id,
                conversions: column(|sum| sum.0),
                revenue: column(|sum| sum.1),
                rank: (rank.0.round() as u32, rank.1.round() as u32),
                rank_kept: kept as f64 / self.replicates.len() as f64,
            }
        };
        Uncertainty {
            model: model.key,
            replicates: self.replicates.len() as u32,
            units: self.units as u64,
            unit: self.unit,
            rows: answer.rows.iter().take(ROWS_MAX).enumerate().map(row).collect(),
        }
    }
}

/// The rank of each row, from 1; of equals, the one that stands first in the answer.
fn ranks(sums: &[(f64, f64)], goal: Goal) -> Vec<u32> {
    let size = |row: &usize| if goal == Goal::Customers { sums[*row] } else { (sums[*row].1, sums[*row].0) };
    let mut order: Vec<usize> = (0..sums.len()).collect();
    order.sort_by(|a, b| {
        let (a, b) = (size(a), size(b));
        b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1))
    });
    let mut ranks = vec![0; sums.len()];
    (1..).zip(order).for_each(|(rank, row)| ranks[row] = rank);
    ranks
}

/// From the 2.5th to the 97.5th percentile, between the two nearest values.
fn inner(mut values: Vec<f64>) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    (percentile(&values, 0.025), percentile(&values, 0.975))
}

#[cfg(test)]
#[path = "uncertainty_tests.rs"]
mod tests;
