//! What the forecast says.

use alignment::Instant;
use serde::Serialize;

use super::{backtest::Backtest, bands::Bands};

#[derive(Clone, Debug, Serialize)]
pub struct ForecastAnswer {
    pub as_of: Instant,
    /// `None`: fewer deals have been closed than can be learned from.
    pub simulated: Option<Simulated>,
    /// The stage-weighted pipeline in all, as the scoreboard has it: the sum of the rows' `weighted_minor`.
    pub weighted_minor: i64,
    pub open: OpenCounts,
    /// Open deals, the largest weighted amount first.
    pub rows: Vec<OpenRow>,
    /// By the question's dimension: what the open deals will bring.
    pub segments: Vec<OpenSegment>,
    /// Revenue of past months, oldest first; the last one is under way.
    pub past: Vec<PastMonth>,
    /// What the model would have said at the end of past months. `None`: too little was known then.
    pub backtest: Option<Backtest>,
    /// Closed deals that the model has learned from.
    pub closed: u64,
}

#[derive(Clone, Debug, Serialize)]
pub struct Simulated {
    pub seed: u64,
    pub replicates: u64,
    /// Deals expected a month, now. `None`: too few months are known, so only open deals are forecast.
    pub arrivals_per_month: Option<f64>,
    /// The month under way with what it has brought so far, and those after it.
    pub months: Vec<MonthAhead>,
    /// The calendar quarter under way with what it has brought so far, and the next one, where the horizon holds them whole.
    pub quarters: Vec<SpanAhead>,
    /// By how much the bands are drawn apart, because the backtest showed them too narrow; 1 where it did not.
    pub widening: f64,
}

#[derive(Clone, Debug, Serialize)]
pub struct MonthAhead {
    pub starts_at: Instant,
    pub ends_at: Instant,
    /// Signed in this month already.
    pub signed_minor: i64,
    /// With what is signed.
    pub revenue: Bands,
    /// The mean of what deals that are open now bring.
    pub from_open_minor: i64,
    /// The mean of what deals that are not there yet bring.
    pub from_new_minor: i64,
    /// Of the stage-weighted pipeline, what is expected to close in this month.
    pub weighted_minor: i64,
}

#[derive(Clone, Debug, Serialize)]
pub struct SpanAhead {
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub signed_minor: i64,
    pub revenue: Bands,
}

#[derive(Clone, Debug, Serialize)]
pub struct PastMonth {
    pub starts_at: Instant,
    pub revenue_minor: i64,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct OpenCounts {
    pub deals: u64,
    /// No amount is written down, or one in another currency: they count for nothing in money.
    pub without_amount: u64,
    /// No instant is written down for the stage they are in, so their age is not known and they are not simulated.
    pub undated: u64,
}

/// An open deal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OpenRow {
    pub id: i64,
    pub stage: &'static str,
    pub age_days: Option<f64>,
    pub amount_minor: Option<i64>,
    /// Win rate of its stage. `None`: no deal has been closed from it.
    pub stage_rate: Option<f64>,
    /// Amount x stage rate, to the minor unit.
    pub weighted_minor: i64,
    /// Simulated, by its age in the stage: won within the horizon.
    pub win_rate: Option<f64>,
    /// Simulated: lost within the horizon.
    pub loss_rate: Option<f64>,
    /// Simulated: when, on average, if it is won within the horizon.
    pub expected_at: Option<Instant>,
    /// What the seller has written down.
    pub stated_at: Option<Instant>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OpenSegment {
    /// `None`: not recorded.
    pub label: Option<String>,
    pub id: Option<i64>,
    pub deals: u64,
    pub amount_minor: i64,
    pub weighted_minor: i64,
    /// Amount x simulated win rate. `None`: nothing was simulated.
    pub expected_minor: Option<i64>,
}
