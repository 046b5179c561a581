//! The chain of a record: journeys that reached the goal, and those that have not.
//!
//! An unconverted journey is what a company (or person) did after its last conversion, up to `as_of`: the touches in the lookback
//! before the last one, if that lies in the period.

use std::ops::Range;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{
    super::{
        axis::Axis,
        led::Led,
        signed::{Nulls, Signed},
    },
    Chain, ChainFacts, Counts, Effects, Ends, Shape, Together, Worths, fit,
};

/// The chain, solved, for the labels of an axis.
pub(in crate::attribution) struct Solved {
    pub states: States,
    pub effects: Effects,
    /// By state: what splits a deal, so that the conversions and so that the revenue add up to the chain's.
    by_conversions: Vec<f64>,
    by_revenue: Vec<f64>,
    pub facts: ChainFacts,
}

impl Solved {
    pub fn by_conversions(&self) -> Worths<'_> {
        Worths { state_of: &self.states.of_label, of_state: &self.by_conversions }
    }

    pub fn by_revenue(&self) -> Worths<'_> {
        Worths { state_of: &self.states.of_label, of_state: &self.by_revenue }
    }

    /// Removal effects of a label's channel.
    pub fn effect(&self, label: usize) -> (f64, f64) {
        let state = self.states.of_label[label] as usize;
        (self.effects.conversions[state], self.effects.worth[state])
    }
}

/// The channel of each label: its own, by name, or one for all the labels with few touches.
pub(in crate::attribution) struct States {
    pub of_label: Vec<u32>,
    pub channels: usize,
}

/// More channels than anybody can tell apart, and few enough to factor in milliseconds.
const CHANNELS_MAX: usize = 256;

impl States {
    fn of(axis: &Axis, order: u32) -> States {
        // Where all fit into a chain of order 1, it does not matter how many touches each has: a channel without any leads nowhere. The work of
        // a higher order grows with all channels.
        let touched = if order == 1 && axis.len() <= CHANNELS_MAX { vec![1; axis.len()] } else { axis.touched() };
        let mut by_name: Vec<usize> = (0..axis.len()).filter(|label| touched[*label] > 0).collect();
        by_name.sort_by_cached_key(|label| {
            let named = axis.label(*label);
            (named.name, named.id)
        });
        let mut most: Vec<usize> = by_name.clone();
        most.sort_by_key(|label| std::cmp::Reverse(touched[*label]));
        let least = if most.len() > CHANNELS_MAX { touched[most[CHANNELS_MAX - 1]] } else { 0 };
        let mut of_label = vec![0; axis.len()];
        let mut channels = 0;
        for label in by_name.iter().filter(|label| touched[**label] > least) {
            of_label[*label] = channels;
            channels += 1;
        }
        let rest = by_name.iter().filter(|label| touched[**label] <= least);
        let together = rest.clone().count() > 0;
        rest.for_each(|label| of_label[*label] = channels);
        States { of_label, channels: channels as usize + usize::from(together) }
    }
}

/// Journeys counted, by block of those whose they are.
pub(in crate::attribution) struct Blocks {
    pub states: States,
    pub counts: Counts<u64>,
    together: FxHashMap<Box<[u32]>, (u64, u64)>,
    converted: u64,
    unconverted: u64,
}

pub(in crate::attribution) fn solve(signed: &Signed, axis: &Axis, led: &Led) -> Solved {
    let order_asked = signed.question.settings.markov_order;
    let mut order = order_asked;
    loop {
        let blocks = count(signed, axis, led, order, 1);
        let chain = Chain::of(&blocks.counts.sorted(), |_| 1.0);
        order = blocks.counts.shape.order;
        if order == 1 || chain.work() <= WORK_MAX {
            return finish(blocks, &chain, order_asked);
        }
        order -= 1;
    }
}

/// A higher order takes a sweep over all steps for each channel, again and again: about a second for so many.
const WORK_MAX: usize = 10_000_000;

fn finish(blocks: Blocks, chain: &Chain, order_asked: u32) -> Solved {
    let effects = chain.effects();
    let even = || vec![1.0; blocks.states.channels];
    let mut sets: Vec<_> = blocks.together.iter().collect();
    sets.sort_unstable();
    let fitted = |effects: &[f64], worth: fn(&(u64, u64)) -> u64| {
        let deals: Vec<Together> = sets.iter().map(|(channels, it)| Together { channels, worth: worth(it) as f64 }).collect();
        Effects::parts(effects).map_or_else(
            || (even(), 0.0),
            |parts| {
                let fitted = fit(&deals, &parts);
                (fitted.worths, fitted.misplaced)
            },
        )
    };
    let (by_conversions, misplaced_conversions) = fitted(&effects.conversions, |it| it.0);
    let (by_revenue, misplaced_revenue) =
        if chain.worth > 0.0 { fitted(&effects.worth, |it| it.1) } else { (by_conversions.clone(), misplaced_conversions) };
    let facts = ChainFacts {
        order: blocks.counts.shape.order,
        order_asked,
        states: chain.states() as u64,
        converted: blocks.converted,
        unconverted: blocks.unconverted,
        residual: effects.residual,
        misplaced_conversions,
        misplaced_revenue,
    };
    Solved { states: blocks.states, effects, by_conversions, by_revenue, facts }
}

/// Counts all journeys in two passes: over the deals, and over whoever has not converted.
pub(in crate::attribution) fn count(signed: &Signed, axis: &Axis, led: &Led, order: u32, blocks: u64) -> Blocks {
    let states = States::of(axis, order);
    let shape = Shape::of(order, states.channels);
    let size = per_thread(signed.won.len());
    let parts = (0..signed.won.len().div_ceil(size)).into_par_iter();
    let deals = parts.map(|part| {
        let places = part * size..signed.won.len().min((part + 1) * size);
        converted(signed, led, &states, shape, blocks, places)
    });
    let (counts, together, converted) = deals.reduce(
        || (Counts::new(shape, blocks), FxHashMap::default(), 0),
        |(counts, mut together, converted), (others, sets, more)| {
            sets.into_iter().for_each(|(set, it)| add(together.entry(set).or_default(), it));
            (counts.merge(others), together, converted + more)
        },
    );
    let (nulls, unconverted) = unconverted(signed, axis, &states, shape, blocks);
    Blocks { counts: counts.merge(nulls), states, together, converted, unconverted }
}

fn add(to: &mut (u64, u64), more: (u64, u64)) {
    *to = (to.0 + more.0, to.1.saturating_add(more.1));
}

fn per_thread(rows: usize) -> usize {
    (rows / (rayon::current_num_threads() * 4)).max(256)
}

fn block_of(owner: i64, blocks: u64) -> u64 {
    // The finalizer of splitmix64, so that neighbours come into different blocks.
    let mixed = (owner as u64 ^ (owner as u64 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) % blocks
}

type Sets = FxHashMap<Box<[u32]>, (u64, u64)>;

fn converted(signed: &Signed, led: &Led, states: &States, shape: Shape, blocks: u64, places: Range<usize>) -> (Counts<u64>, Sets, u64) {
    let (mut counts, mut sets, mut converted) = (Counts::new(shape, blocks), Sets::default(), 0);
    let mut codes = Vec::new();
    for place in places {
        let won = &signed.won[place];
        codes.clear();
        codes.extend(led.journey(place).0.iter().map(|code| states.of_label[*code as usize]));
        if codes.is_empty() {
            continue;
        }
        let worth = signed.minor(won.row).max(0) as u64;
        counts.observe(block_of(won.group.0, blocks), codes.iter().copied(), Ends { conversions: 1, nulls: 0, worth });
        codes.sort_unstable();
        codes.dedup();
        match sets.get_mut(codes.as_slice()) {
            Some(known) => add(known, (1, worth)),
            None => _ = sets.insert(codes.as_slice().into(), (1, worth)),
        }
        converted += 1;
    }
    (counts, sets, converted)
}

fn unconverted(signed: &Signed, axis: &Axis, states: &States, shape: Shape, blocks: u64) -> (Counts<u64>, u64) {
    if !axis.is_of_touches() {
        return (Counts::new(shape, blocks), 0);
    }
    let nulls = Nulls::of(signed);
    let groups = signed.history.journeys().len();
    let size = per_thread(groups);
    let parts = (0..groups.div_ceil(size)).into_par_iter().map(|part| {
        let (mut counts, mut journeys) = (Counts::new(shape, blocks), 0);
        nulls.walk(part * size..groups.min((part + 1) * size), |owner, rows| {
            let channels = rows.iter().map(|row| states.of_label[axis.code(*row as usize)]);
            counts.observe(block_of(owner, blocks), channels, Ends { conversions: 0, nulls: 1, worth: 0 });
            journeys += 1;
        });
        (counts, journeys)
    });
    parts.reduce(|| (Counts::new(shape, blocks), 0), |(counts, journeys), (others, more)| (counts.merge(others), journeys + more))
}
