//! Revenue and conversions of won deals, shared out by every model in one pass over their journeys.

use alignment::{Currency, Instant, Money};
use rayon::prelude::*;

use super::{
    Exact, Journey, Kernel, Model,
    axis::Axis,
    chain::{self, Solved},
    led::{DEALS_PER_PART, Led},
    marks::Marks,
    sharer::Sharer,
    signed::Signed,
};
use crate::{
    answer::{ModelAnswer, ShareRow},
    engine::Label,
    history::History,
    question::{Goal, Question},
};

/// What each model gives each channel, source, campaign or content (`question.by`; channel unless set): of the deals that reached the
/// goal in `question.period` (won, unless set), over the touches in the lookback of the Agreement's settings. By another dimension, the
/// whole of a deal goes to the deal's own value. Rows and `unattributed` sum to `total`, to the minor unit; rows stand by revenue, then conversions.
///
/// A deal without an amount, or with one in another currency than the question's, is a conversion without revenue.
pub fn attribute(history: &History, question: &Question, models: &[&'static Model]) -> Vec<ModelAnswer> {
    let signed = Signed::of(history, question);
    let axis = Axis::of(&signed);
    let led = Led::of(&signed, &axis);
    let solved = solved(&signed, &axis, Some(&led), models);
    let empty = || Walk::new(&signed, axis.len(), &led, models, solved.as_ref());
    let parts = (0..signed.won.len().div_ceil(DEALS_PER_PART)).into_par_iter();
    let walked = parts.fold(empty, Walk::observe).reduce_with(Walk::merge).unwrap_or_else(empty);
    walked.shares.finish(&axis, question)
}

/// The chain, if a model asks for it and touches have a label of their own. `led`: the journeys, where they are gathered already.
pub(super) fn solved(signed: &Signed, axis: &Axis, led: Option<&Led>, models: &[&'static Model]) -> Option<Solved> {
    if !models.iter().any(|model| model.is_markov()) || !axis.is_of_touches() {
        return None;
    }
    Some(match led {
        Some(led) => chain::solve(signed, axis, led),
        None => chain::solve(signed, axis, &Led::of(signed, axis)),
    })
}

/// Walks from deal to deal and hands each one's journey to the accumulator.
struct Walk<'a> {
    signed: &'a Signed<'a>,
    led: &'a Led,
    shares: RevenueShares<'a>,
    /// Whether a model looks at them.
    with_marks: bool,
}

impl<'a> Walk<'a> {
    fn new(signed: &'a Signed<'a>, labels: usize, led: &'a Led, models: &'a [&'static Model], solved: Option<&'a Solved>) -> Walk<'a> {
        let shares = RevenueShares::new(models, labels, signed.question.settings.half_life_days, solved);
        let with_marks = models.iter().any(|model| matches!(model.kernel, Kernel::ByMarks(_)));
        Walk { signed, led, shares, with_marks }
    }

    fn observe(mut self, part: usize) -> Walk<'a> {
        let first = part * DEALS_PER_PART;
        for (place, won) in (first..).zip(&self.signed.won[first..]).take(DEALS_PER_PART) {
            let (codes, touched_at) = self.led.journey(place);
            let marks = if self.with_marks { self.signed.marks(won.row, won.at) } else { Marks::default() };
            self.shares.observe(codes, touched_at, marks, self.signed.minor(won.row));
        }
        self
    }

    fn merge(mut self, other: Walk<'a>) -> Walk<'a> {
        self.shares.merge(&other.shares);
        self
    }
}

/// The accumulator: observes journeys, merges with another, finishes. It adds integers only, so the answer is the same to the last
/// bit however the journeys were divided.
pub(super) struct RevenueShares<'m> {
    models: &'m [&'static Model],
    labels: usize,
    half_life_days: f64,
    solved: Option<&'m Solved>,
    /// Model by model, one cell per label.
    cells: Vec<Cell>,
    unattributed: Cell,
    total: Cell,
    journeys: u64,
    sharer: Sharer,
}

#[derive(Clone, Copy, Default)]
struct Cell {
    conversions: Exact,
    minor: i128,
    deals: u64,
    /// The last journey that counted as one of its deals.
    journey: u64,
}

impl Cell {
    fn add_whole(&mut self, minor: i64) {
        self.conversions.add_weight(1.0);
        self.minor += i128::from(minor);
        self.deals += 1;
    }

    fn add_share(&mut self, journey: u64, weight: f64, minor: i64) {
        self.conversions.add_weight(weight);
        self.minor += i128::from(minor);
        self.deals += u64::from(self.journey != journey);
        self.journey = journey;
    }

    fn merge(&mut self, other: &Cell) {
        self.conversions.merge(other.conversions);
        self.minor += other.minor;
        self.deals += other.deals;
    }
}

impl<'m> RevenueShares<'m> {
    pub fn new(models: &'m [&'static Model], labels: usize, half_life_days: f64, solved: Option<&'m Solved>) -> RevenueShares<'m> {
        let cells = vec![Cell::default(); models.len() * labels];
        let (unattributed, total, sharer) = (Cell::default(), Cell::default(), Sharer::default());
        RevenueShares { models, labels, half_life_days, solved, cells, unattributed, total, journeys: 0, sharer }
    }

    /// One won deal: the labels and instants of the touches that led to it, oldest first, its marks, and what it brings.
    pub fn observe(&mut self, labels: &[u32], touched_at: &[Instant], marks: Marks, minor: i64) {
        self.journeys += 1;
        self.total.add_whole(minor);
        let Some(first) = labels.first() else { return self.unattributed.add_whole(minor) };
        // However it is shared, all of it ends with the one label.
        let alone = labels.iter().all(|label| label == first);
        let journey = Journey { touched_at, labels, marks, half_life_days: self.half_life_days, worths: None };
        for (index, model) in self.models.iter().enumerate() {
            let cells = &mut self.cells[index * self.labels..][..self.labels];
            match model.kernel {
                _ if alone => cells[*first as usize].add_whole(minor),
                Kernel::One(kernel) => cells[labels[kernel(labels.len())] as usize].add_whole(minor),
                _ => {
                    let (weights, minors) = self.sharer.share(model, &journey, self.solved, minor);
                    let shares = labels.iter().zip(weights.iter().zip(minors));
                    // A touch so old that its weight is 0 has no share; the units of a split by floats are kept wherever they fall.
                    for (label, (weight, minor)) in shares.filter(|(_, (weight, minor))| **weight > 0.0 || **minor != 0) {
                        cells[*label as usize].add_share(self.journeys, *weight, *minor);
                    }
                }
            }
        }
    }

    pub fn merge(&mut self, other: &RevenueShares) {
        for (cell, theirs) in self.cells.iter_mut().zip(&other.cells) {
            cell.merge(theirs);
        }
        self.unattributed.merge(&other.unattributed);
        self.total.merge(&other.total);
    }

    fn finish(&self, axis: &Axis, question: &Question) -> Vec<ModelAnswer> {
        let answer = |(index, model): (usize, &&'static Model)| {
            let solved = self.solved.filter(|_| model.is_markov());
            let currency = question.currency;
            let cells = self.cells[index * self.labels..][..self.labels].iter().enumerate();
            let shared = cells.filter(|(_, cell)| cell.deals > 0);
            let mut rows: Vec<ShareRow> = shared
                .map(|(code, cell)| {
                    let removal_effect = solved.map(|solved| solved.effect(code).0);
                    ShareRow { removal_effect, ..share_row(axis.label(code), cell, currency) }
                })
                .collect();
            rows.sort_by(|a, b| by_share(question.settings.goal, b, a).then_with(|| (&a.label, a.id).cmp(&(&b.label, b.id))));
            let (unattributed, total) =
                (share_row(NOT_RECORDED, &self.unattributed, currency), share_row(NOT_RECORDED, &self.total, currency));
            ModelAnswer { model: model.key, name: model.name, rows, unattributed, total, chain: solved.map(|solved| solved.facts.clone()) }
        };
        self.models.iter().enumerate().map(answer).collect()
    }
}

const NOT_RECORDED: Label = Label { name: None, id: None };

/// Which row is larger: in money, unless customers are the goal.
pub(super) fn by_share(goal: Goal, a: &ShareRow, b: &ShareRow) -> std::cmp::Ordering {
    let (money, conversions) = (a.revenue.minor.cmp(&b.revenue.minor), a.conversions.total_cmp(&b.conversions));
    if goal == Goal::Customers { conversions.then(money) } else { money.then(conversions) }
}

fn share_row(Label { name: label, id }: Label, cell: &Cell, currency: Currency) -> ShareRow {
    let minor = cell.minor.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64;
    ShareRow {
        label,
        id,
        conversions: cell.conversions.value(),
        revenue: Money::new(minor, currency),
        deals: cell.deals,
        removal_effect: None,
    }
}

#[cfg(test)]
#[path = "revenue_tests.rs"]
mod tests;
