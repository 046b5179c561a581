//! What the ledger of promises is made from: counts of a month, the rows behind them, and what both sides wrote into it.
//!
//! Every count reads the index over its month and nothing else, so that its cost grows with the month and not with the record.

pub mod acts;
pub mod behaviour;
pub mod counts;
mod pieces;
pub mod rows;

/// A month, and how much of it was known: instants from `from` on, before `to`, and before `before` (just after the as-of instant).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: i64,
    pub to: i64,
    pub before: i64,
}
