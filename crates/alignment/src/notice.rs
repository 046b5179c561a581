//! When a person is told: at once or with the day's others, and not while they want quiet.

use jiff::{
    ToSpan,
    civil::{DateTime, Time},
    tz::TimeZone,
};

use crate::Instant;

/// How a person wants to be told of a kind of event by one medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    AtOnce,
    /// Once a day, with the others.
    Digest,
    Off,
}

impl Choice {
    pub const ALL: [Choice; 3] = [Choice::AtOnce, Choice::Digest, Choice::Off];

    pub fn key(self) -> &'static str {
        ["at_once", "digest", "off"][self as usize]
    }

    pub fn name(self) -> &'static str {
        ["At once", "Digest", "Off"][self as usize]
    }

    pub fn parse(key: &str) -> Option<Choice> {
        Choice::ALL.into_iter().find(|choice| choice.key() == key)
    }
}

/// A person's day.
#[derive(Clone, Debug, PartialEq)]
pub struct Habits {
    pub zone: TimeZone,
    /// From one time of the day to another, over midnight where the second comes first. Equal times are no quiet at all.
    pub quiet: Option<(Time, Time)>,
    pub digest_at: Time,
}

/// When what happens `now` is to be sent; `None` where the person does not want it.
pub fn when_to_send(choice: Choice, habits: &Habits, now: Instant) -> Option<Instant> {
    match choice {
        Choice::Off => None,
        Choice::AtOnce => Some(after_quiet(habits, now)),
        // What comes at the very minute of a digest waits for the next: that one may be on its way.
        Choice::Digest => Some(after_quiet(habits, next(habits, habits.digest_at, now))),
    }
}

/// `at` itself, or the end of the quiet hours that it falls into.
pub fn after_quiet(habits: &Habits, at: Instant) -> Instant {
    match habits.quiet {
        Some((from, to)) if is_between(at.in_zone(&habits.zone).time(), from, to) => next(habits, to, at),
        _ => at,
    }
}

fn is_between(time: Time, from: Time, to: Time) -> bool {
    if from <= to { from <= time && time < to } else { from <= time || time < to }
}

/// The next instant after `after` at which the person's clock shows `time`. Where the clock skips that time it is as much later; where it
/// shows it twice, the first counts.
fn next(habits: &Habits, time: Time, after: Instant) -> Instant {
    let mut day = after.in_zone(&habits.zone).date();
    // Today, tomorrow, or the day after where the zone left a day out.
    for _ in 0..3 {
        let found = instant_of(DateTime::from_parts(day, time), &habits.zone);
        if found > after {
            return found;
        }
        day = day.saturating_add(1.day());
    }
    after
}

fn instant_of(at: DateTime, zone: &TimeZone) -> Instant {
    zone.to_timestamp(at).map_or(Instant::MAX, Instant::from_timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn habits(zone: &str, quiet: &str, digest: &str) -> Habits {
        let quiet = quiet.split_once('-').map(|(from, to)| (from.parse().unwrap(), to.parse().unwrap()));
        Habits { zone: TimeZone::get(zone).unwrap(), quiet, digest_at: digest.parse().unwrap() }
    }

    #[test]
    fn when_it_is_sent() {
        use Choice::*;
        let cases = [
            // choice, zone, quiet, digest, now, sent
            (Off, "UTC", "", "08:00", "2026-03-02T09:00:00Z", ""),
            (AtOnce, "UTC", "", "08:00", "2026-03-02T03:00:00Z", "2026-03-02T03:00:00Z"),
            (AtOnce, "UTC", "20:00-07:00", "08:00", "2026-03-02T19:59:59Z", "2026-03-02T19:59:59Z"),
            (AtOnce, "UTC", "20:00-07:00", "08:00", "2026-03-02T20:00:00Z", "2026-03-03T07:00:00Z"),
            (AtOnce, "UTC", "20:00-07:00", "08:00", "2026-03-03T06:59:59Z", "2026-03-03T07:00:00Z"),
            (AtOnce, "UTC", "20:00-07:00", "08:00", "2026-03-03T07:00:00Z", "2026-03-03T07:00:00Z"),
            (AtOnce, "UTC", "12:00-13:00", "08:00", "2026-03-02T12:30:00Z", "2026-03-02T13:00:00Z"),
            (AtOnce, "UTC", "12:00-12:00", "08:00", "2026-03-02T12:00:00Z", "2026-03-02T12:00:00Z"),
            // The person's zone, not the server's.
            (AtOnce, "America/Sao_Paulo", "20:00-07:00", "08:00", "2026-03-03T09:00:00Z", "2026-03-03T10:00:00Z"),
            (Digest, "UTC", "", "08:00", "2026-03-02T07:59:59Z", "2026-03-02T08:00:00Z"),
            (Digest, "UTC", "", "08:00", "2026-03-02T08:00:00Z", "2026-03-03T08:00:00Z"),
            (Digest, "Europe/Berlin", "", "08:00", "2026-03-02T07:30:00Z", "2026-03-03T07:00:00Z"),
            // A digest hour within the quiet hours waits for their end.
            (Digest, "UTC", "20:00-09:00", "08:00", "2026-03-02T12:00:00Z", "2026-03-03T09:00:00Z"),
            // 02:30 is not on the clock on this day: an hour later.
            (Digest, "Europe/Berlin", "", "02:30", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z"),
            // 02:30 comes twice: the first.
            (Digest, "Europe/Berlin", "", "02:30", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"),
            (Digest, "Europe/Berlin", "", "02:30", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
        ];
        for (choice, zone, quiet, digest, now, sent) in cases {
            let found = when_to_send(choice, &habits(zone, quiet, digest), now.parse().unwrap());
            let expected = (!sent.is_empty()).then(|| sent.parse().unwrap());
            assert_eq!(found, expected, "{choice:?} {zone} {quiet} {digest} at {now}");
        }
    }

    #[test]
    fn choices_read_back() {
        for choice in Choice::ALL {
            assert_eq!(Choice::parse(choice.key()), Some(choice));
        }
        assert_eq!(Choice::parse("hourly"), None);
    }

    proptest! {
        /// Nothing is sent before it happened, nor in quiet hours, nor more than two days later.
        #[test]
        fn never_early_never_in_quiet(
            now in 1_700_000_000_i64..1_900_000_000, from in 0_i8..24, to in 0_i8..24, digest in 0_i8..24,
            zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe"]),
            choice in prop::sample::select(vec![Choice::AtOnce, Choice::Digest]),
        ) {
            let at = |hour| Time::new(hour, 0, 0, 0).unwrap();
            let habits = Habits { zone: TimeZone::get(zone).unwrap(), quiet: Some((at(from), at(to))), digest_at: at(digest) };
            let now = Instant(now * 1_000_000);
            let sent = when_to_send(choice, &habits, now).unwrap();
            prop_assert!(sent >= now);
            prop_assert!(sent <= now.plus_days(3));
            let clock = sent.in_zone(&habits.zone);
            // A clock that skipped the end of the quiet hours shows as much more.
            prop_assert!(!is_between(clock.time(), at(from), at(to)) || (zone != "UTC" && sent > now));
        }
    }
}
