//! Attribution over a file of time-stamped touches, in any order: who, when, by which channel, and whether that touch converted.
//!
//! Values are plain numbers here and not money, as such files have no currency.

use alignment::Instant;
use rayon::prelude::*;
use serde::Serialize;

use super::{
    Amounts, ChainFacts, Model, Ranking,
    labels::{self, AmountError, Labels},
    ranking::{How, Observed, Shares},
};

/// Which touches count, and how fast they fade.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    pub lookback_days: u32,
    pub half_life_days: f64,
    /// Of the Markov model's chain: 1 to 3.
    pub markov_order: u32,
}

impl Default for Window {
    fn default() -> Window {
        Window { lookback_days: 90, half_life_days: 7.0, markov_order: 1 }
    }
}

/// Touches read in, one [`Touches::push`] per row of the file, in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Touches {
    customers: Labels,
    channels: Labels,
    rows: Vec<Row>,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    customer: u32,
    /// `None`: the row names no channel.
    channel: Option<u32>,
    at: Instant,
    /// The value of the conversion that this row is.
    converted: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TouchesAnswer {
    pub models: Vec<Ranking>,
    /// Conversions that no touch inside the lookback leads to.
    pub unattributed: Amounts,
    pub total: Amounts,
    pub touches: u64,
    pub customers: u64,
    /// Journeys that have not ended in a conversion.
    pub open_journeys: u64,
    /// Of the Markov model, if it was asked for.
    pub chain: Option<ChainFacts>,
}

impl Touches {
    /// Adds one row; `value` counts on a conversion alone. A row that is a conversion is a touch too, if it names a channel; a row
    /// that is none and names no channel is a touch without a label, which is a row of its own in the answer.
    pub fn push(&mut self, customer: &str, at: Instant, channel: &str, converted: bool, value: f64) -> Result<(), AmountError> {
        let converted = if converted { Some(labels::amount("the value", value)?) } else { None };
        let channel = Some(channel.trim()).filter(|channel| !channel.is_empty()).map(|channel| self.channels.code(channel));
        self.rows.push(Row { customer: self.customers.code(customer.trim()), channel, at, converted });
        Ok(())
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// All models in one pass. Rows are sorted by customer and time, in file order where both are the same; each conversion closes a
/// journey and the next touch opens another.
pub fn attribute_touches(mut touches: Touches, models: &[&'static Model], window: Window) -> TouchesAnswer {
    touches.rows.par_sort_by_key(|row| (row.customer, row.at));
    let mut names: Vec<Option<&str>> = touches.channels.names().iter().map(|name| Some(name.as_str())).collect();
    let unlabelled = names.len() as u32;
    if touches.rows.iter().any(|row| row.channel.is_none() && row.converted.is_none()) {
        names.push(None);
    }
    let empty = || Walk::new(models, &names, unlabelled, window);
    let walked = touches
        .rows
        .par_chunk_by(|a, b| a.customer == b.customer)
        .fold(empty, Walk::customer)
        .reduce_with(Walk::merge)
        .unwrap_or_else(empty);
    let (models, chain) = walked.shares.rankings(&names, true, window.markov_order);
    TouchesAnswer {
        models,
        unattributed: walked.shares.unattributed(),
        total: walked.shares.total(),
        touches: touches.rows.len() as u64,
        customers: touches.customers.names().len() as u64,
        open_journeys: walked.open_journeys,
        chain,
    }
}

/// Walks along the touches of one customer after another.
struct Walk<'m> {
    shares: Shares<'m>,
    window: Window,
    unlabelled: u32,
    open_journeys: u64,
    channels: Vec<u32>,
    touched_at: Vec<Instant>,
}

impl<'m> Walk<'m> {
    fn new(models: &'m [&'static Model], names: &[Option<&str>], unlabelled: u32, window: Window) -> Walk<'m> {
        let how = How { half_life_days: window.half_life_days, markov_order: window.markov_order };
        let shares = Shares::new(models, names, how);
        Walk { shares, window, unlabelled, open_journeys: 0, channels: Vec::new(), touched_at: Vec::new() }
    }

    /// `rows`: of one customer, oldest first.
    fn customer(mut self, rows: &[Row]) -> Walk<'m> {
        self.start_journey();
        for row in rows {
            let channel = row.channel.or(row.converted.is_none().then_some(self.unlabelled));
            if let Some(channel) = channel {
                self.channels.push(channel);
                self.touched_at.push(row.at);
            }
            if let Some(value) = row.converted {
                self.end(row.at, 1.0, value, 0.0);
            }
        }
        if let Some(last) = self.touched_at.last().copied() {
            self.open_journeys += 1;
            self.end(last, 0.0, 0.0, 1.0);
        }
        self
    }

    /// Ends the journey at an instant: what is older than the lookback by then does not count.
    fn end(&mut self, at: Instant, conversions: f64, value: f64, nulls: f64) {
        let opens = at.plus_days(-i64::from(self.window.lookback_days));
        let outside = self.touched_at.partition_point(|touched_at| *touched_at < opens);
        let (channels, touched_at) = (&self.channels[outside..], Some(&self.touched_at[outside..]));
        self.shares.add(&Observed { channels, touched_at, conversions, value, nulls });
        self.start_journey();
    }

    fn start_journey(&mut self) {
        self.channels.clear();
        self.touched_at.clear();
    }

    fn merge(mut self, other: Walk) -> Walk<'m> {
        self.shares = self.shares.merge(other.shares);
        self.open_journeys += other.open_journeys;
        self
    }
}

#[cfg(test)]
#[path = "touches_tests.rs"]
mod tests;
