//! What defines a number.

use alignment::lifecycle::Stage;

use super::{Context, Observation};
use crate::{
    answer::{Better, Kind, Measure, Team, Unit},
    kpi::{converting, entering},
    question::{Dimension, Question},
    rows::Table,
};

/// How a row counts in a number. What several numbers ask is named here and not hidden in a function: rows are then observed once for all
/// of them, in a loop without calls.
#[derive(Clone, Copy)]
pub enum Observe {
    /// A lead that entered a stage.
    Entering(Stage),
    /// A lead that entered the first stage, and whether it has reached the second since.
    Converting(Stage, Stage),
    /// The number's own rule, of rows that count by one.
    Each(fn(&Context, usize) -> Option<Observation>),
    /// The number's own rule.
    Own(fn(&Context, usize) -> Option<Observation>),
}

impl Observe {
    pub fn row(self, context: &Context, row: usize) -> Option<Observation> {
        match self {
            Observe::Entering(stage) => entering(context, row, stage),
            Observe::Converting(from, to) => converting(context, row, from, to),
            Observe::Each(observe) | Observe::Own(observe) => observe(context, row),
        }
    }

    /// Whether both are known to observe alike.
    pub fn is_same(self, other: Observe) -> bool {
        match (self, other) {
            (Observe::Entering(ours), Observe::Entering(theirs)) => ours == theirs,
            (Observe::Converting(from, to), Observe::Converting(other_from, other_to)) => (from, to) == (other_from, other_to),
            _ => false,
        }
    }
}

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
    /// Works out, before several threads observe the rows, what they would each work out at the same time.
    pub prepare: fn(&Context),
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

pub fn nothing_to_prepare(_: &Context) {}

pub fn no_target(_: &Context) -> Option<f64> {
    None
}
