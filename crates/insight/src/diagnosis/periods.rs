//! Periods that are compared, and the instant at which an earlier one was as old as a later one is now.

use alignment::Instant;
use jiff::{ToSpan, civil::Date, tz::TimeZone};

use crate::question::Period;

/// The months, as many as given and whole, before the one in which `as_of` lies. Three of them are the last whole quarter of the
/// calendar.
pub fn last_whole(months: i64, as_of: Instant, zone: &TimeZone) -> Option<Period> {
    let month = as_of.in_zone(zone).date().first_of_month();
    let end = if months == 3 { Date::constant(month.year(), (month.month() - 1) / 3 * 3 + 1, 1) } else { month };
    between(end.checked_sub(months.months()).ok()?, end, zone)
}

/// The period of the same length right before: as many calendar months where it is made of whole ones.
pub fn before(period: Period, zone: &TimeZone) -> Option<Period> {
    if period.from == Instant::MIN || period.to == Instant::MAX {
        return None;
    }
    match whole_months(period, zone) {
        Some(months) => shifted(period, months, zone),
        None => Some(Period { from: period.from.plus_micros(period.from.0 - period.to.0), to: period.from }),
    }
}

/// The same dates a year earlier.
pub fn year_ago(period: Period, zone: &TimeZone) -> Option<Period> {
    if period.from == Instant::MIN || period.to == Instant::MAX { None } else { shifted(period, 12, zone) }
}

/// When the earlier period was as old as the later one is as of `as_of`: measured from their ends, or from their starts where the later
/// one still runs. What happened in the earlier one by then can be compared with what has happened in the later one.
pub fn same_age(before: Period, now: Period, as_of: Instant) -> Instant {
    let shift = if as_of >= now.to { now.to.0 - before.to.0 } else { now.from.0 - before.from.0 };
    as_of.plus_micros(-shift)
}

/// Days of a period that have passed.
pub fn days_so_far(period: Period, as_of: Instant) -> f64 {
    period.to.min(as_of).days_since(period.from).max(0.0)
}

fn whole_months(period: Period, zone: &TimeZone) -> Option<i64> {
    let (from, to) = (period.from.in_zone(zone).date(), period.to.in_zone(zone).date());
    let months = i64::from(to.year() - from.year()) * 12 + i64::from(to.month() - from.month());
    let starts = |date: Date, at: Instant| date.day() == 1 && start_of(date, zone) == Some(at);
    (months > 0 && starts(from, period.from) && starts(to, period.to)).then_some(months)
}

fn shifted(period: Period, months: i64, zone: &TimeZone) -> Option<Period> {
    let back = |at: Instant| {
        let date = at.in_zone(zone);
        let earlier = date.checked_sub(months.months()).ok()?;
        Some(Instant::from_timestamp(earlier.timestamp()))
    };
    Some(Period { from: back(period.from)?, to: back(period.to)? }).filter(|period| period.from < period.to)
}

fn between(from: Date, to: Date, zone: &TimeZone) -> Option<Period> {
    Some(Period { from: start_of(from, zone)?, to: start_of(to, zone)? })
}

fn start_of(date: Date, zone: &TimeZone) -> Option<Instant> {
    Some(Instant::from_timestamp(date.to_zoned(zone.clone()).ok()?.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn period(from: &str, to: &str) -> Period {
        Period { from: at(&format!("{from}T00:00:00Z")), to: at(&format!("{to}T00:00:00Z")) }
    }

    #[test]
    fn periods_before() {
        let utc = TimeZone::UTC;
        let quarter = period("2026-04-01", "2026-07-01");
        assert_eq!(before(quarter, &utc), Some(period("2026-01-01", "2026-04-01")));
        assert_eq!(year_ago(quarter, &utc), Some(period("2025-04-01", "2025-07-01")));
        assert_eq!(before(period("2026-03-05", "2026-03-15"), &utc), Some(period("2026-02-23", "2026-03-05")));
        assert_eq!(before(Period::ALL, &utc), None);
        assert_eq!(last_whole(3, at("2026-06-30T12:00:00Z"), &utc), Some(period("2026-01-01", "2026-04-01")));
        assert_eq!(last_whole(1, at("2026-06-30T12:00:00Z"), &utc), Some(period("2026-05-01", "2026-06-01")));
        assert_eq!(last_whole(12, at("2026-06-30T12:00:00Z"), &utc), Some(period("2025-06-01", "2026-06-01")));
    }

    #[test]
    fn months_are_those_of_the_zone() {
        let lisbon = TimeZone::get("Europe/Lisbon").unwrap();
        let april = Period { from: at("2026-03-31T23:00:00Z"), to: at("2026-04-30T23:00:00Z") };
        let march = Period { from: at("2026-03-01T00:00:00Z"), to: at("2026-03-31T23:00:00Z") };
        assert_eq!(before(april, &lisbon), Some(march));
    }

    #[test]
    fn an_earlier_period_at_the_age_of_the_later_one() {
        let (march, april) = (period("2026-03-01", "2026-04-01"), period("2026-04-01", "2026-05-01"));
        assert_eq!(same_age(march, april, at("2026-05-11T00:00:00Z")), at("2026-04-11T00:00:00Z"));
        assert_eq!(same_age(march, april, at("2026-04-11T00:00:00Z")), at("2026-03-11T00:00:00Z"), "ten days into either");
    }
}
