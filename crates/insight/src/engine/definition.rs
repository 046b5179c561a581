//! What defines a number.

use super::{Context, Observation};
use crate::{
    answer::{Better, Kind, Measure, Team, Unit},
    question::{Dimension, Question},
    rows::Table,
};

pub type Observe = fn(&Context, usize) -> Option<Observation>;

/// One number: its words, and how a row counts in it.
pub struct Kpi {
    pub key: &'static str,
    pub name: &'static str,
    pub words: &'static str,
    pub formula: &'static str,
    /// A worked example, for the documentation.
    pub example: &'static str,
    pub unit: Unit,
    pub better: Better,
    pub kind: Kind,
    pub team: Team,
    /// The rows that the number is made of, and what its evidence lists.
    pub table: Table,
    pub observe: Observe,
    pub summary: Summary,
    pub clip: Clip,
    /// Rows that belong to the number and don't count in it: the key of their count, and why, in words.
    pub asides: &'static [(&'static str, &'static str)],
    /// Segments to show where the question names no dimension.
    pub splits: Option<Splits>,
    pub target: fn(&Context) -> Option<f64>,
    /// What stands beside the total, by name, where it takes more than the rows' sums.
    pub beside: fn(&Context, &Measure) -> Beside,
}

/// Values by name; `None` is undefined.
pub type Beside = Vec<(&'static str, Option<f64>)>;

/// What the observed rows add up to.
#[derive(Clone, Copy)]
pub enum Summary {
    Count,
    /// Hits out of all.
    Rate,
    /// Median, mean and percentiles of the values. `within` names the share of hits among these and the first kind of asides.
    Spread {
        within: Option<&'static str>,
    },
    Sum,
    /// The mean of the values, with an interval by bootstrap.
    Mean,
    /// The value of the hits out of the value of all.
    ValueShare,
    /// The sum of the values for each lead that `Observe` counts.
    PerLead(Observe),
    /// Hits for each whole month.
    PerMonth,
    /// Hits (this month) against the others (the month before).
    Growth,
    /// The sum of the values out of what the function gives.
    OutOf(fn(&Question) -> Option<f64>),
}

/// Which of the observed rows count, by their instant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Clip {
    Period,
    WholeMonths,
    LastTwoMonths,
    /// All: the number says how things stand at `as_of`. It has no trend.
    Snapshot,
}

/// The code of a part, for `Splits::observe`, and its label.
pub type SplitLabel = (i32, Option<String>);

/// A breakdown of the number's own, such as by reason.
#[derive(Clone)]
pub struct Splits {
    pub labels: fn(&Context) -> Vec<SplitLabel>,
    pub observe: fn(&Context, usize, i32) -> Option<Observation>,
    /// The dimension that means the same: asked by it, the number answers by its own parts.
    pub dimension: Option<Dimension>,
}

pub fn nothing_beside(_: &Context, _: &Measure) -> Beside {
    Vec::new()
}

pub fn no_target(_: &Context) -> Option<f64> {
    None
}
