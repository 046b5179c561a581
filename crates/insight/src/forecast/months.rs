//! Calendar months of a zone.

use alignment::Instant;
use jiff::{ToSpan, tz::TimeZone};

/// Two hundred years; whoever has more has a fault in the data.
const MONTHS_MAX: usize = 2_400;

/// The starts of the months from that of `from` to that of `to`.
pub fn month_starts(from: Instant, to: Instant, zone: &TimeZone) -> Vec<Instant> {
    let mut starts = Vec::new();
    let mut next = from.in_zone(zone).first_of_month().ok().and_then(|at| at.start_of_day().ok());
    while let Some(this) = next
        && starts.len() < MONTHS_MAX
    {
        let at = Instant::from_timestamp(this.timestamp());
        if at > to {
            break;
        }
        starts.push(at);
        next = this.checked_add(1.month()).ok().and_then(|at| at.start_of_day().ok());
    }
    starts
}

/// The starts of the month of `at` and of those that follow: `count` of them, and the end of the last.
pub fn months_from(at: Instant, count: usize, zone: &TimeZone) -> Vec<Instant> {
    let mut starts = month_starts(at, at.plus_days(31 * (count as i64 + 1)), zone);
    starts.truncate(count + 1);
    starts
}
