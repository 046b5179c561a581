//! What a backtest says. It is kept as JSON with the draft, so that signers see what they sign.

use alignment::{Currency, Instant, Money, rate::Rate};
use serde::{Deserialize, Serialize};

/// People that a list names at most.
pub const LISTED_MAX: usize = 200;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backtest {
    /// MQLs from here on up to `to` (exclusive) count.
    pub from: Instant,
    pub to: Instant,
    /// Nothing that happened later counts, neither touches nor what became of anybody.
    pub as_of: Instant,
    pub currency: Currency,
    /// MQLs younger than this at `as_of` are left out of win rates.
    pub horizon_days: u32,
    pub months: Vec<Month>,
    pub in_force: Replayed,
    pub draft: Replayed,
    /// MQLs of the draft of people who are none under the Agreement in force.
    pub entering: Moving,
    /// MQLs of the Agreement in force of people who are none under the draft.
    pub leaving: Moving,
    pub staying: Staying,
    /// Fields of the draft's criteria whose texts the history does not keep: only whether they are filled in was judged.
    pub not_judged: Vec<String>,
}

/// Where the MQLs come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The criteria, replayed.
    Criteria,
    /// What the record says, because the Agreement has no criteria.
    Recorded,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Month {
    /// Its first instant, in the zone of the Agreement in force; of the first one, that of the period if it is later.
    pub from: Instant,
    pub in_force: u64,
    pub draft: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Replayed {
    pub basis: Basis,
    pub outcome: Outcome,
    pub load: Load,
    pub reviews: Reviews,
}

/// What became of a set of MQLs, by the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub mqls: u64,
    /// Accepted, of those that sales decided on; not recorded where it decided on none.
    pub acceptance: Share,
    pub undecided: u64,
    /// With a won deal after it, of those old enough.
    pub win: Share,
    pub too_young: u64,
    pub revenue: Revenue,
}

/// A rate with its sample and Wilson's interval at 95%; `None` where there is nothing to divide by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Share {
    pub hits: u64,
    pub of: u64,
    pub value: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

impl Share {
    pub fn new(hits: u64, of: u64) -> Share {
        let rate = Rate::new(hits, of);
        let interval = rate.interval();
        Share { hits, of, value: rate.value(), low: interval.map(|(low, _)| low), high: interval.map(|(_, high)| high) }
    }
}

/// Revenue of the won deals that these MQLs came before, with a bootstrap interval at 95%.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Revenue {
    pub amount: Money,
    pub low: Money,
    pub high: Money,
    pub deals: u64,
    /// Won deals in another currency or without an amount, which are in no sum.
    pub deals_left_out: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moving {
    pub people: u64,
    /// The first [`LISTED_MAX`] of them, by instant.
    pub first: Vec<Moved>,
    pub outcome: Outcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub person: i64,
    /// When this person is first an MQL in the period.
    pub at: Instant,
}

/// People who are MQLs under both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Staying {
    pub people: u64,
    /// Of whom the draft makes an MQL earlier, and later.
    pub earlier: u64,
    pub later: u64,
    /// Days by which the draft is later; below zero, earlier.
    pub median_shift_days: Option<f64>,
    /// Of the draft's MQLs of these people: what is kept.
    pub outcome: Outcome,
}

/// MQLs that each rep would have been given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Load {
    pub weeks: u64,
    /// Most MQLs first.
    pub reps: Vec<RepLoad>,
    /// MQLs that no rule and no recorded owner places: they would wait in the fallback queue.
    pub unplaced: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RepLoad {
    /// `None`: somebody whom the draft names and the record does not know.
    pub user: Option<i64>,
    pub name: String,
    pub mqls: u64,
    pub per_week_mean: f64,
    pub per_week_p90: f64,
}

/// Whether reviews would have met the promise, at the pace that reps have shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reviews {
    pub review_hours_max: u32,
    /// Kept, of the MQLs with an owner. Undefined where no review was ever recorded.
    pub kept: Share,
    /// Recorded reviews from which the pace is drawn.
    pub recorded_reviews: u64,
}
