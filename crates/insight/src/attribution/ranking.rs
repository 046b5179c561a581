//! The accumulator over journeys whose values are plain numbers (files have no currency), and the ranking of channels it ends in.

use serde::Serialize;

use super::{Exact, Journey, Kernel, Model};

/// What one model gives each channel.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ranking {
    pub model: &'static str,
    pub name: &'static str,
    /// Most conversions first, then by name; `None` if the model can't be computed from such data.
    pub rows: Option<Vec<ChannelRow>>,
    /// Why there are no rows.
    pub reason: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChannelRow {
    /// `None`: touches that name no channel.
    pub channel: Option<String>,
    pub conversions: f64,
    pub value: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Amounts {
    pub conversions: f64,
    pub value: f64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    conversions: Exact,
    value: Exact,
}

impl Cell {
    fn add(&mut self, conversions: f64, value: f64) {
        self.conversions.add(conversions);
        self.value.add(value);
    }

    fn merge(&mut self, other: &Cell) {
        self.conversions.merge(other.conversions);
        self.value.merge(other.value);
    }

    fn amounts(&self) -> Amounts {
        Amounts { conversions: self.conversions.value(), value: self.value.value() }
    }
}

/// Observes journeys, merges with another, finishes: the same result however the journeys were divided.
pub(super) struct Shares<'m> {
    models: &'m [&'static Model],
    channels: usize,
    /// Model by model, one cell per channel.
    cells: Vec<Cell>,
    total: Cell,
    unattributed: Cell,
    weights: Vec<f64>,
}

/// One journey: the channels of its touches, oldest first, and when they were, if that is known.
pub(super) struct Observed<'a> {
    pub channels: &'a [u32],
    pub times: Option<Journey<'a>>,
    pub conversions: f64,
    pub value: f64,
}

impl<'m> Shares<'m> {
    pub fn new(models: &'m [&'static Model], channels: usize) -> Shares<'m> {
        let cells = vec![Cell::default(); models.len() * channels];
        Shares { models, channels, cells, total: Cell::default(), unattributed: Cell::default(), weights: Vec::new() }
    }

    pub fn observe(mut self, observed: Observed) -> Shares<'m> {
        self.add(&observed);
        self
    }

    pub fn add(&mut self, observed: &Observed) {
        let Observed { channels, conversions, value, .. } = *observed;
        self.total.add(conversions, value);
        if channels.is_empty() {
            self.unattributed.add(conversions, value);
            return;
        }
        self.weights.resize(channels.len(), 0.0);
        for (index, model) in self.models.iter().enumerate() {
            let cells = &mut self.cells[index * self.channels..][..self.channels];
            if let Kernel::One(kernel) = model.kernel {
                cells[channels[kernel(channels.len())] as usize].add(conversions, value);
                continue;
            }
            let weighed = match &observed.times {
                Some(journey) => {
                    model.weigh(journey, &mut self.weights);
                    true
                }
                None => model.weigh_positions(&mut self.weights),
            };
            if weighed {
                for (channel, weight) in channels.iter().zip(&self.weights) {
                    cells[*channel as usize].add(conversions * weight, value * weight);
                }
            }
        }
    }

    pub fn merge(mut self, other: Shares) -> Shares<'m> {
        for (cell, theirs) in self.cells.iter_mut().zip(&other.cells) {
            cell.merge(theirs);
        }
        self.total.merge(&other.total);
        self.unattributed.merge(&other.unattributed);
        self
    }

    pub fn total(&self) -> Amounts {
        self.total.amounts()
    }

    pub fn unattributed(&self) -> Amounts {
        self.unattributed.amounts()
    }

    /// The rankings, with the channels' names by code.
    pub fn rankings(&self, names: &[Option<&str>], timed: bool) -> Vec<Ranking> {
        let ranking = |(index, model): (usize, &&'static Model)| {
            let Model { key, name, .. } = **model;
            if model.needs_times() && !timed {
                return Ranking { model: key, name, rows: None, reason: Some("needs time-stamped touches") };
            }
            let cells = &self.cells[index * self.channels..][..self.channels];
            let mut rows: Vec<ChannelRow> = cells.iter().zip(names).map(|(cell, name)| row(*name, cell.amounts())).collect();
            rows.sort_by(|a, b| b.conversions.total_cmp(&a.conversions).then_with(|| a.channel.cmp(&b.channel)));
            Ranking { model: key, name, rows: Some(rows), reason: None }
        };
        self.models.iter().enumerate().map(ranking).collect()
    }
}

fn row(name: Option<&str>, amounts: Amounts) -> ChannelRow {
    ChannelRow { channel: name.map(str::to_owned), conversions: amounts.conversions, value: amounts.value }
}
