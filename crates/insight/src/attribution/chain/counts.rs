//! Transition counts: how often journeys went from each state to each next channel, to conversion or to nothing.
//!
//! A state is the last touches, as many as the order of the chain; fewer at the start. It is a number whose digits are the channels,
//! so counting a journey is one addition per touch, and nothing is allocated.

use rustc_hash::FxHashMap;

use super::super::Exact;

/// What is counted: whole journeys of a record, or the numbers of a file.
pub(in crate::attribution) trait Amount: Copy + Default + Send + Sync {
    fn plus(&mut self, more: Self);
    fn value(self) -> f64;
}

impl Amount for u64 {
    fn plus(&mut self, more: u64) {
        *self = self.saturating_add(more);
    }

    fn value(self) -> f64 {
        self as f64
    }
}

impl Amount for Exact {
    fn plus(&mut self, more: Exact) {
        self.merge(more);
    }

    fn value(self) -> f64 {
        Exact::value(self)
    }
}

/// How states are numbered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::attribution) struct Shape {
    pub order: u32,
    pub channels: u64,
}

/// A table of so many cells is a plain list, a larger one keeps the cells that are used.
const LISTED_CELLS: u64 = 1 << 17;

impl Shape {
    /// The order asked for, or the highest below it whose states can be numbered.
    pub fn of(order: u32, channels: usize) -> Shape {
        let channels = channels as u64;
        let fits = |order: &u32| (channels + 2).checked_pow(order + 1).is_some_and(|cells| cells < 1 << 56);
        Shape { order: (1..=order).rev().find(fits).unwrap_or(1), channels }
    }

    pub fn base(self) -> u64 {
        self.channels + 2
    }

    /// One past the last state.
    pub fn states(self) -> u64 {
        self.base().pow(self.order)
    }

    pub fn converted(self) -> u64 {
        0
    }

    pub fn nothing(self) -> u64 {
        self.base() - 1
    }

    /// The state after a touch of a channel, which counts from 1.
    pub fn next(self, state: u64, channel: u64) -> u64 {
        if self.order == 1 { channel } else { (state * self.base() + channel) % self.states() }
    }
}

/// The accumulator: observes journeys, merges with another. It adds integers only.
#[derive(Clone)]
pub(in crate::attribution) struct Counts<N> {
    pub shape: Shape,
    /// By block, state and what came next.
    steps: Cells<N>,
    /// By block and state: what conversions from there brought.
    worth: Cells<N>,
}

#[derive(Clone)]
enum Cells<N> {
    Listed(Vec<N>),
    Kept(FxHashMap<u64, N>),
}

/// How often a journey converted and did not, and what it brought.
#[derive(Clone, Copy, Default)]
pub(in crate::attribution) struct Ends<N> {
    pub conversions: N,
    pub nulls: N,
    pub worth: N,
}

impl<N: Amount> Counts<N> {
    /// With blocks, the journeys of each are counted apart.
    pub fn new(shape: Shape, blocks: u64) -> Counts<N> {
        let cells = |count: u64| {
            if count <= LISTED_CELLS { Cells::Listed(vec![N::default(); count as usize]) } else { Cells::Kept(FxHashMap::default()) }
        };
        Counts { shape, steps: cells(blocks * shape.states() * shape.base()), worth: cells(blocks * shape.states()) }
    }

    /// One journey, or several that are the same: its channels, oldest first. A journey without touches says nothing.
    pub fn observe(&mut self, block: u64, channels: impl Iterator<Item = u32>, ends: Ends<N>) {
        let (shape, offset) = (self.shape, block * self.shape.states());
        let mut times = ends.conversions;
        times.plus(ends.nulls);
        let walked = match &mut self.steps {
            Cells::Listed(cells) => walk(shape, offset, channels, |cell| cells[cell as usize].plus(times)),
            Cells::Kept(cells) => walk(shape, offset, channels, |cell| cells.entry(cell).or_default().plus(times)),
        };
        let Some(state) = walked else { return };
        let cell = (offset + state) * shape.base();
        self.steps.add(cell + shape.converted(), ends.conversions);
        self.steps.add(cell + shape.nothing(), ends.nulls);
        self.worth.add(offset + state, ends.worth);
    }

    pub fn merge(mut self, other: Counts<N>) -> Counts<N> {
        self.steps.merge(other.steps);
        self.worth.merge(other.worth);
        self
    }

    pub fn sorted(&self) -> Sorted {
        let states = self.shape.states();
        Sorted { shape: self.shape, steps: self.steps.sorted(states * self.shape.base()), worth: self.worth.sorted(states) }
    }
}

/// What was counted, in order; those of nothing are left out.
#[derive(Debug, PartialEq)]
pub(in crate::attribution) struct Sorted {
    pub shape: Shape,
    pub steps: Vec<InBlock>,
    pub worth: Vec<InBlock>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::attribution) struct InBlock {
    cell: u64,
    block: u64,
    amount: f64,
}

impl Sorted {
    /// Sums over the blocks by cell, each times the weight of its block.
    pub fn weighted(cells: &[InBlock], weight_of_block: impl Fn(usize) -> f64) -> Vec<(u64, f64)> {
        let sum =
            |of_cell: &[InBlock]| (of_cell[0].cell, of_cell.iter().map(|it| it.amount * weight_of_block(it.block as usize)).sum::<f64>());
        cells.chunk_by(|a, b| a.cell == b.cell).map(sum).filter(|(_, amount)| *amount > 0.0).collect()
    }
}

fn walk(shape: Shape, offset: u64, channels: impl Iterator<Item = u32>, mut step: impl FnMut(u64)) -> Option<u64> {
    let mut state = 0;
    for channel in channels {
        let channel = u64::from(channel) + 1;
        step((offset + state) * shape.base() + channel);
        state = shape.next(state, channel);
    }
    (state > 0).then_some(state)
}

impl<N: Amount> Cells<N> {
    fn add(&mut self, cell: u64, amount: N) {
        match self {
            Cells::Listed(cells) => cells[cell as usize].plus(amount),
            Cells::Kept(cells) => cells.entry(cell).or_default().plus(amount),
        }
    }

    fn merge(&mut self, other: Cells<N>) {
        match (self, other) {
            (Cells::Listed(cells), Cells::Listed(others)) => cells.iter_mut().zip(others).for_each(|(cell, other)| cell.plus(other)),
            (cells, Cells::Kept(others)) => others.into_iter().for_each(|(cell, amount)| cells.add(cell, amount)),
            (cells, Cells::Listed(others)) => (0..).zip(others).for_each(|(cell, amount)| cells.add(cell, amount)),
        }
    }

    /// By cell of `size` and block.
    fn sorted(&self, size: u64) -> Vec<InBlock> {
        let in_block = |cell: u64, amount: N| InBlock { cell: cell % size, block: cell / size, amount: amount.value() };
        let mut found: Vec<InBlock> = match self {
            Cells::Listed(cells) => (0..).zip(cells).map(|(cell, amount)| in_block(cell, *amount)).collect(),
            Cells::Kept(cells) => cells.iter().map(|(cell, amount)| in_block(*cell, *amount)).collect(),
        };
        found.retain(|it| it.amount != 0.0);
        found.sort_unstable_by_key(|it| (it.cell, it.block));
        found
    }
}
