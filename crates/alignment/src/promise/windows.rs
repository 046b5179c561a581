//! Promises to do something at least once in so many days.

use super::judge::Tally;
use crate::{Instant, instant::MICROS_PER_DAY};

/// Stretches of `days` days from `from` on; what is left over before `to` belongs to the last one. A stretch is kept if anything of `done` falls
/// into it. Those that began before `recordable_from` don't count, nor those that have not begun by `as_of`.
pub fn tally_windows(from: Instant, to: Instant, days: u32, done: &[Instant], recordable_from: Instant, as_of: Instant) -> Tally {
    let length = i64::from(days.max(1)) * MICROS_PER_DAY;
    let count = ((to.0 - from.0) / length).max(1);
    let mut tally = Tally::default();
    for index in 0..count {
        let start = Instant(from.0 + index * length);
        let end = if index + 1 == count { to } else { Instant(start.0 + length) };
        if start < recordable_from || start > as_of {
            continue;
        }
        if done.iter().any(|at| *at >= start && *at < end && *at <= as_of) {
            tally.kept += 1;
        } else if end <= as_of {
            tally.broken += 1;
        } else {
            tally.open += 1;
            tally.pressing += u64::from(4 * (as_of.0 - start.0) >= 3 * (end.0 - start.0));
        }
    }
    tally
}
