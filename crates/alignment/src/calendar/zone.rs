//! A time zone as spans of constant distance from UTC, so that working time is plain arithmetic inside each.

use jiff::{Timestamp, tz::TimeZone};

/// Spans are made from 1970 to 2100. Before and after, the zone is taken to stay as it is at that end.
const FIRST_YEAR_SECONDS: i64 = 0;
const LAST_YEAR_SECONDS: i64 = 4_102_444_800;

#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    /// UTC.
    pub starts_at: i64,
    /// What to add to UTC for the wall clock.
    pub offset: i64,
    /// Working time from the start of the first span.
    pub worked_before: i64,
}

#[derive(Clone, Debug)]
pub(super) struct Spans(Vec<Span>);

impl Spans {
    /// `worked_between` says how much is worked between two wall-clock times.
    pub fn new(time_zone: &str, worked_between: impl Fn(i64, i64) -> i64) -> Spans {
        let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
        let offset_at = |at: Timestamp| i64::from(zone.to_offset(at).seconds()) * 1_000_000;
        let first = Timestamp::from_second(FIRST_YEAR_SECONDS).unwrap_or(Timestamp::UNIX_EPOCH);
        let mut spans = vec![Span { starts_at: first.as_microsecond(), offset: offset_at(first), worked_before: 0 }];
        for transition in zone.following(first) {
            let (at, offset) = (transition.timestamp(), i64::from(transition.offset().seconds()) * 1_000_000);
            if at.as_second() > LAST_YEAR_SECONDS {
                break;
            }
            let last = spans[spans.len() - 1];
            let starts_at = at.as_microsecond();
            // A zone also changes its name, or only calls the same time daylight saving.
            if offset != last.offset {
                let worked = worked_between(last.starts_at + last.offset, starts_at + last.offset);
                spans.push(Span { starts_at, offset, worked_before: last.worked_before + worked });
            }
        }
        Spans(spans)
    }

    pub fn at(&self, micros: i64) -> Span {
        self.0[self.0.partition_point(|span| span.starts_at <= micros).saturating_sub(1)]
    }

    /// The span in which so much was first worked.
    pub fn reaching(&self, worked: i64) -> Span {
        self.0[self.0.partition_point(|span| span.worked_before < worked).saturating_sub(1)]
    }

    /// The last instant at which the wall clock shows this time; where it is skipped, the instant of the jump.
    pub fn instant_of(&self, local: i64) -> crate::Instant {
        let after = self.0.partition_point(|span| span.starts_at + span.offset <= local);
        let span = self.0[after.saturating_sub(1)];
        let next = self.0.get(after).map_or(i64::MAX, |next| next.starts_at);
        crate::Instant((local - span.offset).min(next))
    }
}
