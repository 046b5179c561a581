//! What the field says of misalignment: quotations, never measured here, that anybody may put other figures into.

use alignment::rate::Rate;
use serde::Serialize;

/// Shares of 0..=1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Claims {
    pub revenue_lost_rate: f64,
    pub unconverted_rate: f64,
    pub unused_content_rate: f64,
    pub rejected_spend_rate: (f64, f64),
}

impl Claims {
    pub const OF_THE_FIELD: Claims =
        Claims { revenue_lost_rate: 0.1, unconverted_rate: 0.79, unused_content_rate: 0.7, rejected_spend_rate: (0.3, 0.4) };
}

/// A claim beside what this record says of the same thing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClaimSeen {
    pub key: &'static str,
    /// What the field says.
    pub words: &'static str,
    /// What we set beside it, which is not always quite the same.
    pub measured_words: &'static str,
    pub claimed: (f64, f64),
    /// `None`: this record does not say.
    pub measured: Option<f64>,
    pub interval: Option<(f64, f64)>,
    pub n: u64,
}

/// What the record says, for [`seen`].
pub struct Known {
    pub cost_of_revenue: Option<f64>,
    pub deals: u64,
    pub unconverted: Rate,
    pub unused_content: Rate,
    pub rejected_of_spend: Option<f64>,
    pub rejected: u64,
}

pub fn seen(claims: &Claims, known: &Known) -> Vec<ClaimSeen> {
    let rate = |rate: Rate| (rate.value(), rate.interval(), rate.of);
    let row = |key, words, measured_words, claimed, (measured, interval, n)| ClaimSeen {
        key,
        words,
        measured_words,
        claimed,
        measured,
        interval,
        n,
    };
    let one = |rate: f64| (rate, rate);
    vec![
        row(
            "revenue_lost",
            "Misaligned companies lose this share of their revenue a year.",
            "All that the parts above add, over the revenue signed in the period.",
            one(claims.revenue_lost_rate),
            (known.cost_of_revenue, None, known.deals),
        ),
        row(
            "unconverted",
            "So many of marketing's leads are never converted.",
            "MQLs that have had the horizon's time and are no customers.",
            one(claims.unconverted_rate),
            rate(known.unconverted),
        ),
        row(
            "unused_content",
            "So much of marketing's content is never used by sales.",
            "Pieces made in the period that no touch, lead or activity names.",
            one(claims.unused_content_rate),
            rate(known.unused_content),
        ),
        row(
            "rejected_spend",
            "So much of the ad spend goes to leads that sales rejects.",
            "Spend on rejected leads over all that marketing spent in the period.",
            claims.rejected_spend_rate,
            (known.rejected_of_spend, None, known.rejected),
        ),
    ]
}
