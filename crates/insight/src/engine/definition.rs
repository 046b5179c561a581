//! What defines a number.

use alignment::{Instant, instant::MICROS_PER_DAY, lifecycle::Stage};

use super::{Context, Observation};
use crate::{
    answer::{Better, Kind, Measure, Team, Unit},
    kpi::{converting, entering, known},
    question::{Dimension, Question},
    rows::Table,
    view::LeadFacts,
};

/// How a row counts in a number. What several numbers ask is named here and not hidden in a function: rows are then observed once for all
/// of them.
#[derive(Clone, Copy)]
pub enum Observe {
    /// A lead that entered a stage.
    Entering(Stage),
    /// A lead that entered the first stage, and whether it has reached the second since.
    Converting(Stage, Stage),
    /// A lead that counts by one, by the stages alone that it went through: at when it began or when it reached a stage of the funnel, and for
    /// the rest whenever it reached them, in whatever order.
    Stood(fn(&LeadFacts) -> Option<Observation>),
    /// The number's own rule, of rows that count by one.
    Each(fn(&Context, usize) -> Option<Observation>),
    /// The number's own rule.
    Own(fn(&Context, usize) -> Option<Observation>),
}

/// When a lead is old enough for what has become of it to be told.
#[derive(Clone, Copy)]
pub struct Aging {
    pub as_of: Instant,
    pub horizon_micros: i64,
}

impl Aging {
    pub fn of(context: &Context) -> Aging {
        let horizon_micros = i64::from(context.question.settings.horizon_days) * MICROS_PER_DAY;
        Aging { as_of: context.view.as_of, horizon_micros }
    }

    #[inline]
    pub fn is_young(self, from: Instant) -> bool {
        self.as_of.0.saturating_sub(from.0) < self.horizon_micros
    }

    #[inline]
    pub fn is_in_time(self, from: Instant, to: Instant) -> bool {
        to.0.saturating_sub(from.0) <= self.horizon_micros
    }
}

impl Observe {
    pub fn row(self, context: &Context, row: usize) -> Option<Observation> {
        match self {
            Observe::Each(observe) | Observe::Own(observe) => observe(context, row),
            _ => self.of_stages(known(context, row)?, Aging::of(context)),
        }
    }

    /// What a rule says that looks at nothing but a lead's stages.
    pub(super) fn of_stages(self, facts: &LeadFacts, aging: Aging) -> Option<Observation> {
        if !facts.is_known() {
            return None;
        }
        match self {
            Observe::Entering(stage) => entering(facts, stage),
            Observe::Converting(from, to) => converting(facts, from, to, aging),
            Observe::Stood(observe) => observe(facts),
            Observe::Each(_) | Observe::Own(_) => None,
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
