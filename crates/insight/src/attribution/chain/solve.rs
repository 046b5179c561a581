//! Removal effects, by exact solution of the absorbing chain.
//!
//! With h the probability of converting from each state, h = r + Q h. Removing a channel sends whoever would go to it to nothing.
//! For order 1 all removals come from one factorization of I - Q: who converts without ever meeting the channel is who converts, less
//! who meets it first and converts from there, and the probability of meeting c is N(start, c) / N(c, c), with N the inverse of I - Q
//! (Kemeny and Snell 1960). For higher orders a channel is many states, and each removal is a solution of its own, by Gauss-Seidel
//! down to the last bit.

use rayon::prelude::*;

use super::counts::{Shape, Sorted};

/// The chain as rows of probabilities. State 0 is the start.
pub(in crate::attribution) struct Chain {
    shape: Shape,
    states: Vec<State>,
    /// (state, probability), row after row.
    steps: Vec<(u32, f64)>,
    /// What journeys that convert bring, for each that converts.
    pub conversions: f64,
    pub worth: f64,
}

struct State {
    /// The channel touched last, from 1; 0 at the start.
    newest: u64,
    /// Where its steps are.
    steps: std::ops::Range<usize>,
    /// Probability of converting from here at once, and what that brings on average.
    ends: [f64; 2],
}

/// By channel: the part of all conversions, and of all that they bring, that would be lost without it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::attribution) struct Effects {
    pub conversions: Vec<f64>,
    pub worth: Vec<f64>,
    /// The largest error left in any equation of the chain.
    pub residual: f64,
}

/// Above so many states a factorization takes longer than solving channel by channel.
const FACTORED_STATES: usize = 512;
const SWEEPS_MAX: usize = 20_000;
/// Products that the sweeps of all channels take together at most; what is then still missing is told as the residual.
const SWEPT_PRODUCTS_MAX: usize = 2_000_000_000;
const SWEEPS_MIN: usize = 60;

impl Chain {
    /// `weight_of_block` is 1 for all, unless journeys are drawn again.
    pub fn of(counted: &Sorted, weight_of_block: impl Fn(usize) -> f64) -> Chain {
        let shape = counted.shape;
        let (cells, worths) = (Sorted::weighted(&counted.steps, &weight_of_block), Sorted::weighted(&counted.worth, &weight_of_block));
        let keys: Vec<u64> = cells.chunk_by(|a, b| a.0 / shape.base() == b.0 / shape.base()).map(|row| row[0].0 / shape.base()).collect();
        let mut chain = Chain { shape, states: Vec::new(), steps: Vec::new(), conversions: 0.0, worth: worths.iter().map(|it| it.1).sum() };
        let mut worths = worths.iter().peekable();
        for row in cells.chunk_by(|a, b| a.0 / shape.base() == b.0 / shape.base()) {
            let key = row[0].0 / shape.base();
            let total: f64 = row.iter().map(|(_, amount)| amount).sum();
            let from = chain.steps.len();
            let mut ends = [0.0; 2];
            for (cell, amount) in row {
                match cell % shape.base() {
                    next if next == shape.converted() => {
                        ends[0] = amount / total;
                        chain.conversions += amount;
                    }
                    next if next == shape.nothing() => {}
                    next => {
                        if let Ok(state) = keys.binary_search(&shape.next(key, next)) {
                            chain.steps.push((state as u32, amount / total));
                        }
                    }
                }
            }
            while worths.peek().is_some_and(|(state, _)| *state < key) {
                worths.next();
            }
            if let Some((_, worth)) = worths.next_if(|(state, _)| *state == key) {
                ends[1] = worth / total;
            }
            chain.states.push(State { newest: key % shape.base(), steps: from..chain.steps.len(), ends });
        }
        chain
    }

    pub fn states(&self) -> usize {
        self.states.len()
    }

    /// How many products a sweep over the chain takes for all channels.
    pub fn work(&self) -> usize {
        self.steps.len().saturating_mul(self.shape.channels as usize)
    }

    /// How many products a solution takes at most, with so many sweeps.
    pub fn cost(&self, sweeps: usize) -> usize {
        // A third for the factors, as much again for the diagonal of the inverse.
        if self.is_factored() { self.states.len().pow(3) * 2 / 3 } else { self.work().saturating_mul(sweeps) }
    }

    fn is_factored(&self) -> bool {
        self.shape.order == 1 && self.states.len() <= FACTORED_STATES
    }

    pub fn effects(&self) -> Effects {
        self.effects_within((SWEPT_PRODUCTS_MAX / self.work().max(1)).clamp(SWEEPS_MIN, SWEEPS_MAX))
    }

    /// With so many sweeps at most, where it takes sweeps.
    pub fn effects_within(&self, sweeps_max: usize) -> Effects {
        let channels = self.shape.channels as usize;
        if self.states.is_empty() || self.conversions <= 0.0 {
            return Effects { conversions: vec![0.0; channels], worth: vec![0.0; channels], residual: 0.0 };
        }
        let mut effects = if self.is_factored() { self.factored() } else { self.swept(sweeps_max) };
        if self.worth <= 0.0 {
            effects.worth.clone_from(&effects.conversions);
        }
        effects
    }

    fn row(&self, state: usize) -> &[(u32, f64)] {
        &self.steps[self.states[state].steps.clone()]
    }

    /// Order 1: state i + 1 is row i of the matrix.
    fn factored(&self) -> Effects {
        let size = self.states.len() - 1;
        let mut matrix = vec![0.0; size * size];
        for row in 0..size {
            matrix[row * size + row] = 1.0;
            self.row(row + 1).iter().for_each(|(state, chance)| matrix[row * size + *state as usize - 1] -= chance);
        }
        let factors = Factors::of(matrix, size);
        let ends = |side: usize| -> Vec<f64> { self.states[1..].iter().map(|state| state.ends[side]).collect() };
        let from = [factors.solve(ends(0)), factors.solve(ends(1))];
        let mut start = vec![0.0; size];
        self.row(0).iter().for_each(|(state, chance)| start[*state as usize - 1] = *chance);
        let whole = [0, 1].map(|side| start.iter().zip(&from[side]).map(|(chance, from)| chance * from).sum::<f64>());
        let visits = factors.solve_transposed(start);
        let mut effects = Effects { residual: self.residual(&from), ..Effects::default() };
        effects.conversions = vec![0.0; self.shape.channels as usize];
        effects.worth = effects.conversions.clone();
        for row in 0..size {
            let met = visits[row] / factors.inverse_diagonal(row);
            let channel = self.states[row + 1].newest as usize - 1;
            effects.conversions[channel] = share(met * from[0][row], whole[0]);
            effects.worth[channel] = share(met * from[1][row], whole[1]);
        }
        effects
    }

    /// The largest error of h = r + Q h over all states but the start, in parts of the largest h.
    fn residual(&self, from: &[Vec<f64>; 2]) -> f64 {
        let error = |side: usize| {
            let most = from[side].iter().copied().fold(f64::MIN_POSITIVE, f64::max);
            let of_state = |state: usize| {
                let next: f64 = self.row(state).iter().map(|(next, chance)| chance * from[side][*next as usize - 1]).sum();
                (self.states[state].ends[side] + next - from[side][state - 1]).abs() / most
            };
            (1..self.states.len()).map(of_state).fold(0.0, f64::max)
        };
        error(0).max(error(1))
    }

    pub(super) fn swept(&self, sweeps_max: usize) -> Effects {
        let (whole, left) = self.sweep(None, sweeps_max);
        let without: Vec<([f64; 2], f64)> =
            (1..=self.shape.channels).into_par_iter().map(|channel| self.sweep(Some(channel), sweeps_max)).collect();
        let effect = |side: usize| without.iter().map(|(rest, _)| share(whole[side] - rest[side], whole[side])).collect();
        let residual = without.iter().map(|(_, left)| *left).fold(left, f64::max);
        Effects { conversions: effect(0), worth: effect(1), residual }
    }

    /// What converts from the start without ever touching a channel, and the error left. From below, a sweep can only add; what it
    /// adds dies out as journeys end.
    fn sweep(&self, removed: Option<u64>, sweeps_max: usize) -> ([f64; 2], f64) {
        let mut from = vec![[0.0_f64; 2]; self.states.len()];
        let mut left = 0.0;
        for _ in 0..sweeps_max {
            let (mut most, mut moved) = ([f64::MIN_POSITIVE; 2], [0.0_f64; 2]);
            for state in (0..self.states.len()).rev() {
                if removed == Some(self.states[state].newest) {
                    continue;
                }
                let (mut sums, mut stays) = (self.states[state].ends, 0.0);
                for (next, chance) in self.row(state) {
                    if *next as usize == state {
                        stays = *chance;
                    } else if removed != Some(self.states[*next as usize].newest) {
                        let next = from[*next as usize];
                        sums = [sums[0] + chance * next[0], sums[1] + chance * next[1]];
                    }
                }
                for side in 0..2 {
                    let now = sums[side] / (1.0 - stays);
                    moved[side] = moved[side].max((now - from[state][side]).abs());
                    most[side] = most[side].max(now);
                    from[state][side] = now;
                }
            }
            left = (moved[0] / most[0]).max(moved[1] / most[1]);
            if left <= f64::EPSILON {
                break;
            }
        }
        (from[0], left)
    }
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { (part / whole).clamp(0.0, 1.0) } else { 0.0 }
}

/// L and U of a matrix whose diagonal outweighs its rows, which needs no pivoting.
struct Factors {
    cells: Vec<f64>,
    size: usize,
}

impl Factors {
    fn of(mut cells: Vec<f64>, size: usize) -> Factors {
        for pivot in 0..size {
            let (above, below) = cells.split_at_mut((pivot + 1) * size);
            let pivot_row = &above[pivot * size..];
            for row in below.chunks_exact_mut(size) {
                if row[pivot] != 0.0 {
                    let factor = row[pivot] / pivot_row[pivot];
                    row[pivot] = factor;
                    row[pivot + 1..].iter_mut().zip(&pivot_row[pivot + 1..]).for_each(|(cell, other)| *cell -= factor * other);
                }
            }
        }
        Factors { cells, size }
    }

    fn row(&self, row: usize) -> &[f64] {
        &self.cells[row * self.size..][..self.size]
    }

    fn solve(&self, mut right: Vec<f64>) -> Vec<f64> {
        self.forward(&mut right, 0);
        self.backward(&mut right, 0);
        right
    }

    fn forward(&self, right: &mut [f64], first: usize) {
        for row in first..self.size {
            let sum: f64 = self.row(row)[first..row].iter().zip(&right[first..row]).map(|(cell, known)| cell * known).sum();
            right[row] -= sum;
        }
    }

    fn backward(&self, right: &mut [f64], down_to: usize) {
        for row in (down_to..self.size).rev() {
            let sum: f64 = self.row(row)[row + 1..].iter().zip(&right[row + 1..]).map(|(cell, known)| cell * known).sum();
            right[row] = (right[row] - sum) / self.row(row)[row];
        }
    }

    fn solve_transposed(&self, mut right: Vec<f64>) -> Vec<f64> {
        for row in 0..self.size {
            right[row] /= self.row(row)[row];
            let known = right[row];
            right[row + 1..].iter_mut().zip(&self.row(row)[row + 1..]).for_each(|(cell, factor)| *cell -= factor * known);
        }
        for row in (0..self.size).rev() {
            let known = right[row];
            right[..row].iter_mut().zip(self.row(row)).for_each(|(cell, factor)| *cell -= factor * known);
        }
        right
    }

    /// One cell of the inverse's diagonal.
    fn inverse_diagonal(&self, place: usize) -> f64 {
        let mut unit = vec![0.0; self.size];
        unit[place] = 1.0;
        self.forward(&mut unit, place);
        self.backward(&mut unit, place);
        unit[place]
    }
}
