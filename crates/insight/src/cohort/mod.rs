//! Cohorts and time: who entered a stage together, and what became of them as they grew older.

pub mod curve;
pub mod deals;
mod rows;
mod stages;
mod stays;
mod table;
#[cfg(test)]
mod tests;
mod within;

pub use curve::{Curve, Estimate, Interval, Outcome, Spell, Step};
pub use rows::{Figure, Part, RowsBehind, StayRow, rows_behind};
pub use stages::{ENDED_MIN, StageTimes, stage_times};
pub use stays::{LeftOut, Stay, Stays, stays};
pub use table::{AGES_DAYS, Ask, COHORTS_MAX, Cell, Cohort, CohortAnswer, CurvePoint, Every, cohorts};
pub use within::converted_within;
