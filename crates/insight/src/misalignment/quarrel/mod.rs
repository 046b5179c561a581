//! The four quarrels that sales and marketing have everywhere, answered from the record: what speaks for and against each, where it is
//! true, the cause it points at, and the remedy to discuss.
//!
//! Each quarrel has one deciding point and others. A point speaks *for* the complaint where its whole 95% interval is beyond a stated limit,
//! *against* it where the whole interval is on the other side, and else leaves it open.

mod case;
mod points;
mod selling;
mod talk;
#[cfg(test)]
mod tests;
mod volume;

use alignment::{calendar::WorkCalendar, rate::Rate};
use serde::Serialize;

pub use case::{Case, quarrels, rows};
pub use points::words_of;
pub use talk::Talk;

use crate::{
    answer::Team,
    experiment::proportions::{Difference, p_above},
    question::Dimension,
};

/// What the two teams promised each other, as far as the quarrels ask.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    pub follow_up: super::FollowUpTerms,
    pub attempts_min: u32,
    pub attempts_days: u32,
    pub mqls_per_month_min: f64,
    pub acceptance_rate_min: f64,
}

/// Where to look for whom it is true of.
pub struct Lookout<'a> {
    pub calendar: &'a WorkCalendar,
    pub terms: &'a Terms,
    pub talk: &'a Talk,
    pub dimensions: &'a [Dimension],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaks {
    For,
    Against,
    /// The interval holds the limit: chance could make either.
    Open,
    /// The record does not say.
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The deciding point speaks for it.
    Supported,
    /// Another point does, or it is true of some segments.
    Partly,
    /// The deciding point speaks against it, and it is true of no segment.
    NotSupported,
    CannotBeSaid,
}

#[derive(Clone, Debug, Serialize)]
pub struct Quarrel {
    pub key: &'static str,
    pub name: &'static str,
    /// Who says so.
    pub said_by: Team,
    pub verdict: Verdict,
    /// By what the verdict was reached, in words.
    pub thresholds: &'static str,
    /// The deciding one first.
    pub points: Vec<Point>,
    /// Where the deciding point is worst, of each dimension looked at; those it is true of first.
    pub segments: Vec<SegmentSeen>,
    /// The point of leads that the segments are parts of: their rows are listed by this key.
    pub segments_of: &'static str,
    /// What it points at, the strongest first.
    pub causes: Vec<Cause>,
    /// What to discuss, and the page on which it is done.
    pub remedies: Vec<Remedy>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Point {
    pub key: &'static str,
    pub words: &'static str,
    pub speaks: Speaks,
    pub decides: bool,
    /// A rate 0..=1; of a difference between two times, the later one.
    pub value: Option<f64>,
    pub hits: u64,
    pub n: u64,
    pub interval: Option<(f64, f64)>,
    /// Of the value, or of the difference where there is one.
    pub limit: f64,
    /// Against the time before.
    pub before: Option<Rate>,
    pub difference: Option<Difference>,
    /// Its rows can be listed by this key.
    pub has_rows: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SegmentSeen {
    pub dimension: String,
    pub label: Option<String>,
    pub id: Option<i64>,
    pub hits: u64,
    pub n: u64,
    pub value: Option<f64>,
    pub interval: Option<(f64, f64)>,
    /// Of all others together.
    pub elsewhere: Option<f64>,
    pub p_adjusted: Option<f64>,
    /// Beyond the limit, beyond chance, allowing for how many segments were looked at.
    pub is_true_here: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cause {
    pub words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Remedy {
    pub words: &'static str,
    /// Of the page where it is done.
    pub address: &'static str,
}

/// Fewer than this in a segment, and it is not judged.
pub const SEGMENT_MIN: u64 = 15;
/// Fewer than this in all, and a point says nothing.
pub const POINT_MIN: u64 = 10;

/// A point that is a share: it speaks for the complaint above the limit.
fn above(key: &'static str, words: &'static str, rate: Rate, limit: f64) -> Point {
    judged(key, words, rate, limit, |low, high| (low > limit, high < limit))
}

/// The other way round.
fn below(key: &'static str, words: &'static str, rate: Rate, limit: f64) -> Point {
    judged(key, words, rate, limit, |low, high| (high < limit, low > limit))
}

fn judged(key: &'static str, words: &'static str, rate: Rate, limit: f64, judge: impl Fn(f64, f64) -> (bool, bool)) -> Point {
    let interval = rate.interval();
    let speaks = match interval.filter(|_| rate.of >= POINT_MIN).map(|(low, high)| judge(low, high)) {
        None => Speaks::Unknown,
        Some((true, _)) => Speaks::For,
        Some((_, true)) => Speaks::Against,
        Some(_) => Speaks::Open,
    };
    Point {
        key,
        words,
        speaks,
        decides: false,
        value: rate.value(),
        hits: rate.hits,
        n: rate.of,
        interval,
        limit,
        before: None,
        difference: None,
        has_rows: true,
    }
}

fn verdict(points: &[Point], segments: &[SegmentSeen]) -> Verdict {
    let deciding = points.iter().find(|point| point.decides).map_or(Speaks::Unknown, |point| point.speaks);
    let elsewhere =
        points.iter().any(|point| !point.decides && point.speaks == Speaks::For) || segments.iter().any(|segment| segment.is_true_here);
    match deciding {
        Speaks::For => Verdict::Supported,
        _ if elsewhere => Verdict::Partly,
        Speaks::Against => Verdict::NotSupported,
        _ => Verdict::CannotBeSaid,
    }
}

/// How likely a share as high would be by chance, if it were at the limit.
fn p_of(rate: Rate, limit: f64) -> f64 {
    p_above(rate, limit).unwrap_or(1.0)
}
