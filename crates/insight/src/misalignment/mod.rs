//! What misalignment costs this company, and what is true of the four quarrels that sales and marketing have everywhere. All from the
//! record's own rows; what the field claims stands beside it as a quotation.

mod answered;
mod claims;
mod content;
mod cost;
mod drivers;
pub mod goes_with;
mod hours;
pub mod quarrel;
mod revenue;
mod spend;
#[cfg(test)]
mod tests;

pub use answered::{Answered, answer_of};
pub use claims::{ClaimSeen, Claims};
pub use cost::{Cost, CostRow, Part, PartKind, PartState, cost};
pub use drivers::Driver;
pub use goes_with::GoesWith;

/// What the record does not say and somebody has to assume. Stated with every answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Assumptions {
    /// How long each kind of activity takes a rep.
    pub call_minutes: f64,
    pub email_minutes: f64,
    pub meeting_minutes: f64,
    pub note_minutes: f64,
    pub task_minutes: f64,
    /// Reading a lead and rejecting it.
    pub decision_minutes: f64,
    /// What an hour of a rep costs, in minor units.
    pub hour_cost_minor: i64,
    /// What a piece of content costs to make, in minor units.
    pub piece_cost_minor: i64,
    /// A lead with nothing logged in so many days after it was accepted counts as dropped.
    pub dropped_days: u32,
}

impl Assumptions {
    /// In a currency with this many minor units in a major one.
    pub fn usual(minor_per_major: i64) -> Assumptions {
        Assumptions {
            call_minutes: 15.0,
            email_minutes: 10.0,
            meeting_minutes: 45.0,
            note_minutes: 5.0,
            task_minutes: 10.0,
            decision_minutes: 10.0,
            hour_cost_minor: 50 * minor_per_major,
            piece_cost_minor: 1_000 * minor_per_major,
            dropped_days: 14,
        }
    }
}

/// What sales promised about following up, in working minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FollowUpTerms {
    pub review_minutes_max: i64,
    /// After accepting.
    pub first_attempt_minutes_max: i64,
}
