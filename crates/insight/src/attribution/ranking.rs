//! The accumulator over journeys whose values are plain numbers (files have no currency), and the ranking of channels it ends in.

use alignment::Instant;
use serde::Serialize;

use super::{
    Exact, Journey, Kernel, Model,
    chain::{Chain, ChainFacts, Counts, Effects, Ends, Shape},
    marks::Marks,
};

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
    /// Of the Markov model: the part of all conversions that would be lost without the channel.
    pub removal_effect: Option<f64>,
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
    half_life_days: f64,
    /// The place of each channel by name, so that the chain is the same in whatever order the rows came.
    places: Vec<u32>,
    chain: Option<Counts<Exact>>,
    nulls: Exact,
    /// Model by model, one cell per channel.
    cells: Vec<Cell>,
    total: Cell,
    unattributed: Cell,
    weights: Vec<f64>,
    counts: Vec<u32>,
}

/// One journey: the channels of its touches, oldest first, and when they were, if that is known; how often it converted, what that
/// brought, and how often it did not.
pub(super) struct Observed<'a> {
    pub channels: &'a [u32],
    pub touched_at: Option<&'a [Instant]>,
    pub conversions: f64,
    pub value: f64,
    pub nulls: f64,
}

/// How a file is read by the models that have settings.
#[derive(Clone, Copy)]
pub(super) struct How {
    pub half_life_days: f64,
    pub markov_order: u32,
}

impl<'m> Shares<'m> {
    pub fn new(models: &'m [&'static Model], names: &[Option<&str>], how: How) -> Shares<'m> {
        let channels = names.len();
        let mut by_name: Vec<usize> = (0..channels).collect();
        by_name.sort_by_key(|code| names[*code]);
        let mut places = vec![0; channels];
        (0..).zip(by_name).for_each(|(place, code)| places[code] = place);
        let asked = models.iter().any(|model| model.is_markov());
        Shares {
            models,
            channels,
            half_life_days: how.half_life_days,
            places,
            chain: asked.then(|| Counts::new(Shape::of(how.markov_order, channels), 1)),
            nulls: Exact::default(),
            cells: vec![Cell::default(); models.len() * channels],
            total: Cell::default(),
            unattributed: Cell::default(),
            weights: Vec::new(),
            counts: Vec::new(),
        }
    }

    pub fn observe(mut self, observed: Observed) -> Shares<'m> {
        self.add(&observed);
        self
    }

    pub fn add(&mut self, observed: &Observed) {
        let Observed { channels, touched_at, conversions, value, nulls } = *observed;
        self.total.add(conversions, value);
        self.nulls.add(nulls);
        if let Some(chain) = &mut self.chain {
            let ends = Ends { conversions: exact(conversions), nulls: exact(nulls), worth: exact(value.max(0.0)) };
            chain.observe(0, channels.iter().map(|channel| self.places[*channel as usize]), ends);
        }
        if channels.is_empty() {
            self.unattributed.add(conversions, value);
            return;
        }
        self.weights.resize(channels.len(), 0.0);
        let (marks, half_life_days) = (Marks::default(), self.half_life_days);
        let journey = Journey { touched_at: touched_at.unwrap_or_default(), labels: channels, marks, half_life_days, worths: None };
        for (index, model) in self.models.iter().enumerate() {
            let cells = &mut self.cells[index * self.channels..][..self.channels];
            if let Kernel::One(kernel) = model.kernel {
                cells[channels[kernel(channels.len())] as usize].add(conversions, value);
                continue;
            }
            if model.is_markov() || model.lacks(touched_at.is_some()).is_some() {
                continue;
            }
            model.weigh(&journey, &mut self.counts, &mut self.weights);
            for (channel, weight) in channels.iter().zip(&self.weights) {
                cells[*channel as usize].add(conversions * weight, value * weight);
            }
        }
    }

    pub fn merge(mut self, other: Shares) -> Shares<'m> {
        for (cell, theirs) in self.cells.iter_mut().zip(&other.cells) {
            cell.merge(theirs);
        }
        self.chain = self.chain.zip(other.chain).map(|(ours, theirs)| ours.merge(theirs));
        self.nulls.merge(other.nulls);
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

    pub fn nulls(&self) -> f64 {
        self.nulls.value()
    }

    /// The rankings, with the channels' names by code; and the chain, if a model asks for it.
    pub fn rankings(&self, names: &[Option<&str>], timed: bool, order_asked: u32) -> (Vec<Ranking>, Option<ChainFacts>) {
        let solved = self.chain.as_ref().map(|counts| self.solve(counts, order_asked));
        let ranking = |(index, model): (usize, &&'static Model)| {
            let Model { key, name, .. } = **model;
            if let Some(reason) = model.lacks(timed) {
                return Ranking { model: key, name, rows: None, reason: Some(reason) };
            }
            let cells = &self.cells[index * self.channels..][..self.channels];
            let mut rows: Vec<ChannelRow> = match solved.as_ref().filter(|_| model.is_markov()) {
                Some((effects, _)) => self.rows_of_chain(effects, names),
                None => cells.iter().zip(names).map(|(cell, name)| row(*name, cell.amounts(), None)).collect(),
            };
            rows.sort_by(|a, b| b.conversions.total_cmp(&a.conversions).then_with(|| a.channel.cmp(&b.channel)));
            Ranking { model: key, name, rows: Some(rows), reason: None }
        };
        let rankings = self.models.iter().enumerate().map(ranking).collect();
        (rankings, solved.map(|(_, facts)| facts))
    }

    fn solve(&self, counts: &Counts<Exact>, order_asked: u32) -> (Effects, ChainFacts) {
        let chain = Chain::of(&counts.sorted(), |_| 1.0);
        let effects = chain.effects();
        let facts = ChainFacts {
            order: counts.shape.order,
            order_asked,
            states: chain.states() as u64,
            converted: chain.conversions.round() as u64,
            unconverted: self.nulls().round() as u64,
            residual: effects.residual,
            misplaced_conversions: 0.0,
            misplaced_revenue: 0.0,
        };
        (effects, facts)
    }

    /// A file has no deals to open, so each channel gets its part of the whole as the chain has it.
    fn rows_of_chain(&self, effects: &Effects, names: &[Option<&str>]) -> Vec<ChannelRow> {
        let nothing = || vec![0.0; self.channels];
        let by_conversions = Effects::parts(&effects.conversions).unwrap_or_else(nothing);
        let by_worth = Effects::parts(&effects.worth).unwrap_or_else(|| by_conversions.clone());
        let (total, unattributed) = (self.total(), self.unattributed());
        let channel = |(code, name): (usize, &Option<&str>)| {
            let place = self.places[code] as usize;
            let conversions = (total.conversions - unattributed.conversions) * by_conversions[place];
            let value = (total.value - unattributed.value) * by_worth[place];
            row(*name, Amounts { conversions, value }, Some(effects.conversions[place]))
        };
        names.iter().enumerate().map(channel).collect()
    }
}

fn exact(amount: f64) -> Exact {
    let mut exact = Exact::default();
    exact.add(amount);
    exact
}

fn row(name: Option<&str>, amounts: Amounts, removal_effect: Option<f64>) -> ChannelRow {
    ChannelRow { channel: name.map(str::to_owned), conversions: amounts.conversions, value: amounts.value, removal_effect }
}
