//! Attribution over aggregated paths: a file of `eta > iota > alpha` with how often each converted, for what value, and how often not.
//!
//! Values are plain numbers here and not money: such files have no currency and hold fractions like 0.244. Paths have an order and no
//! times, so a model that looks at time has no answer; places in the path are the places of the touches.

use rayon::prelude::*;
use serde::Serialize;

use super::{
    Amounts, ChainFacts, Model, Ranking,
    labels::{self, AmountError, Labels},
    ranking::{How, Observed, Shares},
};

/// Paths read in, one [`Paths::push`] per row of the file.
#[derive(Clone, Debug)]
pub struct Paths {
    separator: String,
    channels: Labels,
    /// The channels of all paths, one path after another.
    touches: Vec<u32>,
    rows: Vec<Row>,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    /// Where its channels end in `touches`, and so where those of the next row start.
    start: usize,
    end: usize,
    conversions: f64,
    value: f64,
    nulls: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PathsAnswer {
    pub models: Vec<Ranking>,
    /// Rows that name no channel at all.
    pub unattributed: Amounts,
    pub total: Amounts,
    pub paths: u64,
    /// Journeys that ended without a conversion; the rule models give them nothing to share.
    pub nulls: f64,
    /// Of the Markov model, if it was asked for.
    pub chain: Option<ChainFacts>,
}

#[derive(Debug, thiserror::Error, PartialEq)]
pub enum PathError {
    #[error("the separator between channels is empty: write the text that stands between two channels of a path, such as >")]
    NoSeparator,
    #[error("the path `{path}` has no channel before, after or between its separators `{separator}`: fill it in or take the separator out")]
    NoChannel { path: String, separator: String },
    #[error("the path `{path}` brings {value} without a conversion: write how many conversions that stands for, or leave the value out")]
    ValueWithoutConversion { path: String, value: f64 },
    #[error(transparent)]
    Amount(#[from] AmountError),
}

impl Paths {
    pub fn new(separator: &str) -> Result<Paths, PathError> {
        // `a > b` and `a>b` are the same path, so blanks around the separator say nothing; unless blanks are the separator.
        let trimmed = separator.trim();
        let separator = if trimmed.is_empty() { separator } else { trimmed };
        if separator.is_empty() {
            return Err(PathError::NoSeparator);
        }
        Ok(Paths { separator: separator.to_owned(), channels: Labels::default(), touches: Vec::new(), rows: Vec::new() })
    }

    /// Adds one row. A blank path has no touches: its conversions count and belong to no channel. A refused row leaves nothing behind.
    pub fn push(&mut self, path: &str, conversions: f64, value: f64, nulls: f64) -> Result<(), PathError> {
        let conversions = labels::count("the number of conversions", conversions)?;
        let value = labels::amount("the value", value)?;
        let nulls = labels::count("the number of journeys without conversion", nulls)?;
        let blank = path.trim().is_empty();
        if !blank && path.split(&self.separator).any(|channel| channel.trim().is_empty()) {
            return Err(PathError::NoChannel { path: path.to_owned(), separator: self.separator.clone() });
        }
        if conversions == 0.0 && value != 0.0 {
            return Err(PathError::ValueWithoutConversion { path: path.to_owned(), value });
        }
        let start = self.touches.len();
        for channel in path.split(&self.separator).filter(|_| !blank) {
            self.touches.push(self.channels.code(channel.trim()));
        }
        self.rows.push(Row { start, end: self.touches.len(), conversions, value, nulls });
        Ok(())
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// All models in one pass over the paths. Each channel of the file has a row under each model, also where its share is 0.
/// The Markov model's chain is of `markov_order`, 1 to 3.
pub fn attribute_paths(paths: &Paths, models: &[&'static Model], markov_order: u32) -> PathsAnswer {
    let names: Vec<Option<&str>> = paths.channels.names().iter().map(|name| Some(name.as_str())).collect();
    // Paths have no times, so nothing can be half as old.
    let how = How { half_life_days: 0.0, markov_order };
    let empty = || Shares::new(models, &names, how);
    let observed = |row: &Row| {
        let channels = &paths.touches[row.start..row.end];
        Observed { channels, touched_at: None, conversions: row.conversions, value: row.value, nulls: row.nulls }
    };
    let shares = paths.rows.par_iter().map(observed).fold(empty, Shares::observe).reduce_with(Shares::merge).unwrap_or_else(empty);
    let (models, chain) = shares.rankings(&names, false, markov_order);
    PathsAnswer {
        models,
        unattributed: shares.unattributed(),
        total: shares.total(),
        paths: paths.rows.len() as u64,
        nulls: shares.nulls(),
        chain,
    }
}

#[cfg(test)]
#[path = "paths_tests.rs"]
mod tests;
