//! The two passes: how often each journey occurs, then what those that are shown bring.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;

use super::{
    Ask, Cell, Order,
    flow::{Flows, Plan},
    spread::Lengths,
    walk::{End, Seen, Walk},
};

/// How often one journey occurs.
#[derive(Clone, Copy, Default)]
struct Times {
    journeys: u64,
    conversions: u64,
    steps: usize,
}

/// How often each journey occurs, and each label at each place.
pub struct Common<'a> {
    walk: &'a Walk<'a>,
    times: FxHashMap<u128, Times>,
    /// Layer by layer: journeys by label.
    pub placed: Vec<Vec<u64>>,
    bytes: Vec<u8>,
}

impl<'a> Common<'a> {
    pub fn new(walk: &'a Walk<'a>) -> Common<'a> {
        let placed = vec![vec![0; walk.axis.len()]; walk.ask.layers];
        Common { walk, times: FxHashMap::default(), placed, bytes: Vec::new() }
    }

    pub fn observe(&mut self, seen: &Seen) {
        let times = self.times.entry(self.walk.key(seen.steps, &mut self.bytes)).or_default();
        times.journeys += 1;
        times.conversions += u64::from(matches!(seen.end, End::Reached { .. }));
        times.steps = seen.steps.len();
        for (layer, step) in super::flow::placed(seen.steps, self.placed.len()) {
            self.placed[layer][step as usize] += 1;
        }
    }

    pub fn merge(mut self, other: Common<'a>) -> Common<'a> {
        if self.times.len() < other.times.len() {
            return other.merge(self);
        }
        for (key, times) in other.times {
            let sums = self.times.entry(key).or_default();
            sums.journeys += times.journeys;
            sums.conversions += times.conversions;
            sums.steps = times.steps;
        }
        for (sum, more) in self.placed.iter_mut().flatten().zip(other.placed.iter().flatten()) {
            *sum += more;
        }
        self
    }

    /// How many different journeys there are.
    pub fn distinct(&self) -> usize {
        self.times.len()
    }

    /// The journeys to show and their place, the most common first; of those that occur equally often the shorter, and then by key.
    pub fn top(&self, ask: &Ask) -> FxHashMap<u128, usize> {
        let rank = |(key, times): &(&u128, &Times)| match ask.order {
            Order::Journeys => (Reverse(times.journeys), Reverse(times.conversions), times.steps, **key),
            Order::Conversions => (Reverse(times.conversions), Reverse(times.journeys), times.steps, **key),
        };
        let mut all: Vec<_> = self.times.iter().collect();
        if all.len() > ask.rows && ask.rows > 0 {
            all.select_nth_unstable_by_key(ask.rows - 1, rank);
        }
        all.truncate(ask.rows);
        all.sort_unstable_by_key(rank);
        all.into_iter().enumerate().map(|(place, (key, _))| (*key, place)).collect()
    }
}

/// One journey that is shown.
#[derive(Clone, Default)]
pub struct Told {
    pub key: u128,
    /// Known once it was met.
    pub steps: Option<Box<[u32]>>,
    pub cell: Cell,
}

pub struct Seconds<'a> {
    walk: &'a Walk<'a>,
    top: &'a FxHashMap<u128, usize>,
    pub told: Vec<Told>,
    pub rest: Cell,
    pub flows: Flows<'a>,
    pub lengths: Lengths,
    bytes: Vec<u8>,
}

impl<'a> Seconds<'a> {
    pub fn new(walk: &'a Walk<'a>, plan: &'a Plan, top: &'a FxHashMap<u128, usize>) -> Seconds<'a> {
        let mut told = vec![Told::default(); top.len()];
        top.iter().for_each(|(key, place)| told[*place].key = *key);
        Seconds { walk, top, told, rest: Cell::default(), flows: Flows::new(plan), lengths: Lengths::default(), bytes: Vec::new() }
    }

    pub fn observe(&mut self, seen: &Seen) {
        match self.top.get(&self.walk.key(seen.steps, &mut self.bytes)) {
            None => self.rest.observe(seen),
            Some(place) => {
                let told = &mut self.told[*place];
                told.steps.get_or_insert_with(|| seen.steps.into());
                told.cell.observe(seen);
            }
        }
        self.flows.observe(seen);
        self.lengths.observe(seen);
    }

    pub fn merge(mut self, other: Seconds<'a>) -> Seconds<'a> {
        for (ours, theirs) in self.told.iter_mut().zip(other.told) {
            ours.steps = ours.steps.take().or(theirs.steps);
            ours.cell.merge(theirs.cell);
        }
        self.rest.merge(other.rest);
        self.flows.merge(other.flows);
        self.lengths.merge(&other.lengths);
        self
    }
}
