//! The 18 calendar months, the last one under way: their days, when people are about, and when sales works.

use alignment::{
    Instant,
    instant::{MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_MINUTE, MICROS_PER_SECOND},
};
use jiff::{ToSpan, civil::Date, tz::TimeZone};

use crate::dice::Dice;

pub const MONTHS: usize = 18;
pub const ZONE: &str = "Europe/Lisbon";

pub struct Timeline {
    pub starts_at: Instant,
    pub ends_at: Instant,
    /// Start of each month of the company's history, and the end.
    pub month_starts: Vec<Instant>,
    /// Public holidays, `2026-12-25`.
    pub holidays: Vec<String>,
    days: Vec<Day>,
    /// Running sum of the days' weights, for drawing arrivals.
    cumulative: Vec<f64>,
}

struct Day {
    midnight: Instant,
    works: bool,
    /// How much happens, by season and weekday, growth left out.
    liveliness: f64,
}

impl Timeline {
    pub fn ending(ends_at: Instant) -> Timeline {
        let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
        let last = ends_at.in_zone(&zone).date();
        let first = last.first_of_month().saturating_sub((MONTHS as i64 - 1).months());
        let midnight = |date: Date| date.to_zoned(zone.clone()).map_or(ends_at, |zoned| Instant::from_timestamp(zoned.timestamp()));
        let mut month_starts: Vec<_> = (0..MONTHS as i64).map(|month| midnight(first.saturating_add(month.months()))).collect();
        month_starts.push(ends_at);

        let mut timeline = Timeline {
            starts_at: month_starts[0],
            ends_at,
            month_starts,
            holidays: (first.year()..=last.year()).flat_map(holidays).collect(),
            days: Vec::new(),
            cumulative: Vec::new(),
        };
        let (mut date, mut sum) = (first, 0.0);
        while date <= last {
            let works = date.weekday().to_monday_zero_offset() < 5 && !timeline.holidays.contains(&date.to_string());
            let liveliness = SEASON[date.month() as usize - 1] * WEEKDAY[date.weekday().to_monday_zero_offset() as usize];
            let day = Day { midnight: midnight(date), works, liveliness };
            sum += liveliness * (0.95 + 0.6 * timeline.elapsed(day.midnight));
            timeline.days.push(day);
            timeline.cumulative.push(sum);
            date = date.saturating_add(1.day());
        }
        timeline
    }

    /// 0 at the start, 1 at the end.
    pub fn elapsed(&self, at: Instant) -> f64 {
        let whole = (self.ends_at.0 - self.starts_at.0) as f64;
        ((at.0 - self.starts_at.0) as f64 / whole).clamp(0.0, 1.0)
    }

    /// 0..18.
    pub fn month_of(&self, at: Instant) -> usize {
        self.month_starts.partition_point(|start| *start <= at).saturating_sub(1).min(MONTHS - 1)
    }

    /// When somebody new turns up: more each month, with seasons and quiet weekends.
    pub fn arrival(&self, dice: &mut Dice) -> Instant {
        let throw = dice.unit() * self.cumulative.last().copied().unwrap_or(0.0);
        let index = self.cumulative.partition_point(|sum| *sum <= throw);
        self.hour_of(dice, index).min(self.ends_at)
    }

    /// Near `at`, at a day and hour when people read and click; `None` past the end of the history.
    pub fn lively(&self, at: Instant, dice: &mut Dice) -> Option<Instant> {
        let mut index = self.index_of(at)?;
        for _ in 0..4 {
            if dice.chance(self.days[index].liveliness) {
                break;
            }
            // Up to a week later, so that what weekends lose does not all pile up on Mondays.
            index += 1 + dice.below(7);
            if index >= self.days.len() {
                return None;
            }
        }
        let moved = self.hour_of(dice, index).max(at);
        (moved <= self.ends_at).then_some(moved)
    }

    /// `minutes` of working time after `at`; `None` past the end of the history.
    pub fn work_after(&self, at: Instant, minutes: f64) -> Option<Instant> {
        let mut left = (minutes * 60.0) as i64 * MICROS_PER_SECOND;
        for day in &self.days[self.index_of(at)?..] {
            let (opens, closes) = (day.midnight.plus_micros(9 * MICROS_PER_HOUR), day.midnight.plus_micros(18 * MICROS_PER_HOUR));
            let from = opens.max(at);
            if !day.works || from >= closes {
                continue;
            }
            if from.0 + left < closes.0 {
                return Some(from.plus_micros(left)).filter(|due| *due <= self.ends_at);
            }
            left -= closes.0 - from.0;
        }
        None
    }

    /// A time of day at which sales works, `days` after `at`.
    pub fn office_hour(&self, at: Instant, days: f64, dice: &mut Dice) -> Option<Instant> {
        let index = self.index_of(at.plus_micros((days * MICROS_PER_DAY as f64) as i64))?;
        let minutes = if days < 0.5 { dice.between(5.0, 90.0) } else { dice.between(0.0, 500.0) };
        self.work_after(self.days[index].midnight.max(at), minutes)
    }

    fn index_of(&self, at: Instant) -> Option<usize> {
        (at <= self.ends_at).then(|| self.days.partition_point(|day| day.midnight <= at).saturating_sub(1))
    }

    fn hour_of(&self, dice: &mut Dice, index: usize) -> Instant {
        let hour = dice.weighted(&HOURS) as i64;
        let second = dice.below(3600) as i64;
        self.days[index].midnight.plus_micros(hour * MICROS_PER_HOUR + second * MICROS_PER_SECOND)
    }
}

pub fn minutes(count: f64) -> i64 {
    (count * 60.0) as i64 * (MICROS_PER_MINUTE / 60)
}

pub fn days(count: f64) -> i64 {
    (count * 86_400.0) as i64 * MICROS_PER_SECOND
}

/// January to December: August and the end of the year are quiet.
const SEASON: [f64; 12] = [0.94, 0.98, 1.0, 0.94, 0.98, 0.96, 0.84, 0.66, 1.0, 1.0, 0.98, 0.72];
/// Monday to Sunday.
const WEEKDAY: [f64; 7] = [0.94, 1.0, 0.98, 0.95, 0.80, 0.22, 0.26];
const HOURS: [f64; 24] =
    [0.3, 0.1, 0.1, 0.1, 0.1, 0.3, 1.0, 2.5, 5.0, 8.0, 9.0, 8.5, 6.0, 6.5, 8.0, 8.0, 7.5, 5.5, 3.5, 2.5, 2.5, 2.2, 1.5, 0.7];

fn holidays(year: i16) -> impl Iterator<Item = String> {
    ["01-01", "04-25", "05-01", "06-10", "08-15", "10-05", "11-01", "12-01", "12-08", "12-25"]
        .iter()
        .map(move |day| format!("{year:04}-{day}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn working_time_skips_nights_weekends_and_holidays() {
        let timeline = Timeline::ending("2026-06-30T12:00:00Z".parse().unwrap());
        for (at, minutes, due) in [
            ("2026-01-12T10:00:00Z", 30.0, Some("2026-01-12T10:30:00Z")),
            ("2026-01-12T17:50:00Z", 20.0, Some("2026-01-13T09:10:00Z")),
            ("2026-01-16T17:00:00Z", 120.0, Some("2026-01-19T10:00:00Z")),
            ("2025-12-24T17:30:00Z", 60.0, Some("2025-12-26T09:30:00Z")),
            ("2026-06-30T11:30:00Z", 60.0, None),
        ] {
            let got = timeline.work_after(at.parse().unwrap(), minutes);
            assert_eq!(got, due.map(|due| due.parse().unwrap()), "{at} + {minutes}");
        }
    }

    #[test]
    fn arrivals_stay_inside() {
        let timeline = Timeline::ending("2026-06-30T12:00:00Z".parse().unwrap());
        let mut dice = Dice::new(1, "test");
        for _ in 0..2000 {
            let at = timeline.arrival(&mut dice);
            assert!(timeline.starts_at <= at && at <= timeline.ends_at);
        }
        assert_eq!(timeline.month_of(timeline.starts_at), 0);
        assert_eq!(timeline.month_of(timeline.ends_at), MONTHS - 1);
    }
}
