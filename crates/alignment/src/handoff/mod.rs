//! The hand-off from marketing to sales: its promises about each lead, as clocks.

pub mod clocks;
mod timing;

pub use clocks::{Clock, ClockKind, Outcome, Passed, Terms, clocks_of, steps_due};
pub use timing::Pause;
