//! Calendar months, in the zone of the question.

use alignment::Instant;
use jiff::{ToSpan, civil::Date, tz::TimeZone};

/// From its first instant up to the first of the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    pub year: i16,
    /// 0 is January.
    pub index: usize,
    pub from: Instant,
    pub to: Instant,
}

impl Month {
    /// The month that an instant is in. `None`: the calendar ends there.
    pub fn of(at: Instant, zone: &TimeZone) -> Option<Month> {
        Month::starting(at.in_zone(zone).date().first_of_month(), zone)
    }

    pub fn next(&self, zone: &TimeZone) -> Option<Month> {
        Month::starting(self.first_day()?.checked_add(1.month()).ok()?, zone)
    }

    pub fn before(&self, zone: &TimeZone) -> Option<Month> {
        Month::starting(self.first_day()?.checked_sub(1.month()).ok()?, zone)
    }

    /// `2026-07`.
    pub fn key(&self) -> String {
        format!("{:04}-{:02}", self.year, self.index + 1)
    }

    pub fn days(&self) -> f64 {
        self.to.days_since(self.from)
    }

    fn first_day(&self) -> Option<Date> {
        Date::new(self.year, self.index as i8 + 1, 1).ok()
    }

    fn starting(first: Date, zone: &TimeZone) -> Option<Month> {
        let start = |date: Date| Some(Instant::from_timestamp(date.to_zoned(zone.clone()).ok()?.timestamp()));
        let to = start(first.checked_add(1.month()).ok()?)?;
        Some(Month { year: first.year(), index: first.month() as usize - 1, from: start(first)?, to })
    }
}

/// The day that an instant is in: its first instant, and the first of the next. An instant between two days is in neither: both are it.
pub fn day_of(at: Instant, zone: &TimeZone) -> (Instant, Instant) {
    let from = at.day_start(zone);
    let next = at.in_zone(zone).date().tomorrow().ok().and_then(|date| date.to_zoned(zone.clone()).ok());
    (from, if from == at { at } else { next.map_or(at, |next| Instant::from_timestamp(next.timestamp())) })
}

/// The months that the time from `from` up to `to` touches, in order; `most` at most.
pub fn touched(from: Instant, to: Instant, zone: &TimeZone, most: usize) -> Vec<Month> {
    let mut months = Vec::new();
    let mut next = Month::of(from, zone);
    while let Some(month) = next.filter(|month| month.from < to && months.len() < most) {
        months.push(month);
        next = month.next(zone);
    }
    months
}

/// The last whole months before `at`, in order; `most` at most, and none from before `first`.
pub fn whole_before(at: Instant, first: Instant, zone: &TimeZone, most: usize) -> Vec<Month> {
    let mut months = Vec::new();
    let mut before = Month::of(at, zone).and_then(|month| month.before(zone));
    while let Some(month) = before.filter(|month| month.to > first && months.len() < most) {
        months.push(month);
        before = month.before(zone);
    }
    months.reverse();
    months
}

/// Which of these months, in order and without gaps, an instant is in.
pub fn place(months: &[Month], at: Instant) -> Option<usize> {
    let place = months.partition_point(|month| month.to <= at);
    months.get(place).filter(|month| month.from <= at).map(|_| place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::day;

    #[test]
    fn the_day_of_an_instant() {
        let utc = TimeZone::UTC;
        assert_eq!(day_of(day(20.4), &utc), (day(20.0), day(21.0)));
        assert_eq!(day_of(day(20.0), &utc), (day(20.0), day(20.0)));
    }

    #[test]
    fn months_around_an_instant() {
        let keys = |months: Vec<Month>| months.iter().map(Month::key).collect::<Vec<_>>();
        let utc = TimeZone::UTC;
        assert_eq!(keys(touched(day(20.0), day(60.0), &utc, 99)), ["2026-01", "2026-02", "2026-03"]);
        assert_eq!(keys(touched(day(20.0), day(59.0), &utc, 99)), ["2026-01", "2026-02"]);
        assert_eq!(keys(touched(day(20.0), day(900.0), &utc, 1)), ["2026-01"]);
        assert_eq!(keys(whole_before(day(70.0), day(5.0), &utc, 99)), ["2026-01", "2026-02"]);
        assert_eq!(keys(whole_before(day(70.0), day(5.0), &utc, 1)), ["2026-02"]);
        let months = touched(day(0.0), day(60.0), &utc, 99);
        assert_eq!((place(&months, day(31.0)), place(&months, day(-1.0)), place(&months, day(95.0))), (Some(1), None, None));
    }
}
