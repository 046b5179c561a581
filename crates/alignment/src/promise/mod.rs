//! Promises: what each side owes the other each month, and how the ledger judges whether it was kept.
//!
//! What is promised is in the Agreement, what happened comes as counts from the record, and everything here is a function of the two.
//! Each promise of a month is judged by the Agreement in force when the month began; each clock by the one in force when it started.

mod credits;
mod definition;
mod judge;
mod ledger;
mod month;
mod windows;

#[cfg(test)]
mod tests;

pub use credits::{CreditCounts, carry, owed_mqls};
pub use definition::{ALL, CLOCK_KINDS, Promise, Unit, find};
pub use judge::{Judgement, Progress, Status, Tally, judge_rate, judge_volume, not_due, not_recorded, waived};
pub use ledger::{Closing, Correction, Credits, Ledger, Line, SourceShare, WaiverNote, corrections};
pub use month::{Month, MonthError};
pub use windows::tally_windows;
