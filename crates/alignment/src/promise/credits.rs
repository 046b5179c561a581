//! The lead guarantee, both ways, counted in MQLs.
//!
//! A lead that sales rejected because it is outside the ideal customer profile: marketing owes another one. A lead that sales reviewed too
//! late: it counts for marketing's volume whatever became of it, and sales is owed one less. The balance is what marketing owes; below
//! zero, what it has ahead.

use serde::{Deserialize, Serialize};

/// Credits that arose in a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditCounts {
    /// Rejected as outside the profile; rejections that were overturned are none.
    pub outside_icp: u64,
    /// Reviews that were late; waived ones are none.
    pub late_reviews: u64,
}

impl CreditCounts {
    pub fn balance(self) -> i64 {
        signed(self.outside_icp) - signed(self.late_reviews)
    }
}

/// The MQLs that marketing owes in a month: those promised and what is carried over, never below none.
pub fn owed_mqls(promised: u64, carried_in: i64) -> u64 {
    signed(promised).saturating_add(carried_in).max(0).unsigned_abs()
}

/// What goes on to the next month: MQLs above the promise pay off what was carried in, MQLs below it use up what was ahead, and the month's
/// own credits come on top.
pub fn carry(carried_in: i64, delivered: u64, promised: u64, credits: CreditCounts) -> i64 {
    let extra = signed(delivered) - signed(promised);
    let left = match carried_in {
        debt if debt > 0 => debt - extra.clamp(0, debt),
        ahead => ahead + (-extra).clamp(0, -ahead),
    };
    left.saturating_add(credits.balance())
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
