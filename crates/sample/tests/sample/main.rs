//! The sample as a reader of its records sees it: nothing here looks behind the rows.

mod coherence;
mod ledger;
mod points;
mod rates;
mod stories;

pub const ENDS_AT: &str = "2026-06-30T17:00:00Z";
