//! Answers: numbers with all that is needed to trust them. Formatting is left to the page; undefined stays undefined.

use alignment::{Instant, Money};
use serde::Serialize;

use crate::rows::Table;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Count,
    /// 0..=1.
    Rate,
    Days,
    Hours,
    Money,
    /// A growth or a coverage: 0.085 is +8.5%, 3.2 is 3.2 times.
    Ratio,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    Up,
    Down,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Leading,
    Lagging,
}

/// Which team's work the number shows first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Team {
    Marketing,
    Sales,
    Both,
}

/// Why a number has the value it has, or has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Measured,
    /// The cohort has not had the time that the number asks for; the value is what is known so far.
    TooYoung,
    /// No source of data writes this down.
    NotRecorded,
    /// It is recorded and nothing has happened yet: no denominator.
    NoData,
}

/// A value with its sample.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measure {
    pub state: State,
    /// In the unit of the number; money in minor units. `None` unless there is something to show.
    pub value: Option<f64>,
    /// Sample size: the denominator of a rate, the number of durations, of deals, ...
    pub n: u64,
    /// The numerator, for rates.
    pub hits: Option<u64>,
    /// 95%, where the number has one.
    pub interval: Option<(f64, f64)>,
    /// What else belongs to it, by name: `mean`, `p75`, `p90`, `within_sla`, `undecided`, `data_faults`, ...
    pub also: Vec<(&'static str, Option<f64>)>,
}

impl Measure {
    /// One of the values beside it. `None`: there is none of that name, or it is undefined.
    pub fn also(&self, name: &str) -> Option<f64> {
        self.also.iter().find(|(known, _)| *known == name).and_then(|(_, value)| *value)
    }
}

/// One number: the definition it comes from, and its values.
#[derive(Clone, Debug, Serialize)]
pub struct KpiAnswer {
    pub key: &'static str,
    pub name: &'static str,
    pub words: &'static str,
    pub formula: &'static str,
    pub unit: Unit,
    pub better: Better,
    pub kind: Kind,
    pub team: Team,
    pub measure: Measure,
    pub target: Option<f64>,
    /// By month, oldest first.
    pub trend: Vec<TrendPoint>,
    /// By the question's dimension, largest sample first; empty without one.
    pub segments: Vec<Segment>,
    pub agreement_version: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrendPoint {
    pub from: Instant,
    pub measure: Measure,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Segment {
    /// `None`: not recorded, which is a value of its own and never mixed with one called "unknown".
    pub label: Option<String>,
    /// Id of the campaign, content or user that the label names.
    pub id: Option<i64>,
    pub measure: Measure,
    /// By month, oldest first; only where one number is asked for alone, and for a few dozen segments at most.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trend: Vec<TrendPoint>,
}

/// The rows behind a number.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evidence {
    #[serde(skip)]
    pub table: Table,
    pub rows: Vec<EvidenceRow>,
    /// All of them, where `rows` is a page.
    pub total: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EvidenceRow {
    pub id: i64,
    /// Whether the row is in the numerator.
    pub hit: bool,
    /// What the row adds to the denominator and to the numerator: 1 and 0 or 1, but for a row of several parts, such as the required
    /// fields of a lead. Neither, where it is not counted.
    pub n: u32,
    pub hits: u32,
    /// What the row adds, in the unit of the number: days, minor units, ...
    pub value: Option<f64>,
    pub at: Option<Instant>,
    /// Why the row is listed but not counted, e.g. a signature before the first contact.
    pub fault: Option<&'static str>,
}

/// The funnel, by segment: what `report funnel` prints.
#[derive(Clone, Debug, Serialize)]
pub struct FunnelAnswer {
    pub rows: Vec<FunnelRow>,
    pub total: FunnelRow,
    /// Facts that contradict each other, such as a signature before the first contact: kept, counted and listed.
    pub faults: Vec<DataFault>,
}

#[derive(Clone, Debug, Serialize)]
pub struct FunnelRow {
    pub label: Option<String>,
    pub id: Option<i64>,
    /// `None`: not recorded.
    pub leads: Option<u64>,
    pub mqls: Option<u64>,
    pub sals: Option<u64>,
    pub sqls: Option<u64>,
    pub sales_ready: Option<u64>,
    pub opportunities: Option<u64>,
    pub customers: Option<u64>,
    pub rejected: Option<u64>,
    pub recycled: Option<u64>,
    pub lost: Option<u64>,
    pub lead_to_customer: Option<f64>,
    pub revenue: Money,
    pub deals_with_revenue: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DataFault {
    pub kind: &'static str,
    pub words: &'static str,
    #[serde(skip)]
    pub table: Table,
    pub ids: Vec<i64>,
    pub total: u64,
}

/// Revenue and conversions shared out by one model.
#[derive(Clone, Debug, Serialize)]
pub struct ModelAnswer {
    pub model: &'static str,
    pub name: &'static str,
    pub rows: Vec<ShareRow>,
    /// Won deals that no touch inside the lookback leads to; with them the rows sum to all the revenue.
    pub unattributed: ShareRow,
    pub total: ShareRow,
    /// Of the Markov model: the chain that it was solved from.
    pub chain: Option<crate::attribution::ChainFacts>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ShareRow {
    /// `None`: touches that carry no such label.
    pub label: Option<String>,
    pub id: Option<i64>,
    pub conversions: f64,
    pub revenue: Money,
    /// Won deals in which it had any share.
    pub deals: u64,
    /// Of the Markov model: the part of all conversions that would be lost without it.
    pub removal_effect: Option<f64>,
}

/// One touch of a won deal's journey, with its share under each model.
#[derive(Clone, Debug, Serialize)]
pub struct JourneyTouch {
    pub touch: i64,
    pub person: Option<i64>,
    pub at: Instant,
    pub kind: alignment::touch::TouchKind,
    pub channel: Option<String>,
    pub source: Option<String>,
    pub campaign: Option<i64>,
    pub content: Option<i64>,
    pub inside_lookback: bool,
    /// Minor units by model key; they sum to the deal's revenue over the journey.
    pub shares: Vec<(&'static str, i64, f64)>,
}
