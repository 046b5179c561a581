//! Working time: shifts, holidays and time zones, and how long a promise that is counted in working time takes.
//!
//! An instant is working time if the wall clock in the calendar's zone shows, on a day that is no holiday, a time inside a shift. Time is
//! what really passes: an hour that daylight saving skips does not exist, one that it repeats counts twice. A calendar without any
//! shift runs around the clock.

mod week;
mod zone;

use week::Week;
use zone::Spans;

use crate::{
    Instant,
    agreement::{Calendar, RegionalCalendar, Shift},
    instant::{MICROS_PER_DAY, MICROS_PER_MINUTE},
};

/// A calendar made ready for asking: each question is a few binary searches.
#[derive(Clone, Debug)]
pub struct WorkCalendar {
    /// `None`: around the clock.
    week: Option<Week>,
    spans: Spans,
}

impl WorkCalendar {
    pub fn of(calendar: &Calendar) -> WorkCalendar {
        WorkCalendar::new(&calendar.time_zone, &calendar.shifts, &calendar.holidays)
    }

    pub fn of_region(calendar: &RegionalCalendar) -> WorkCalendar {
        WorkCalendar::new(&calendar.time_zone, &calendar.shifts, &calendar.holidays)
    }

    /// What can't be read (an unknown zone, a day that is no day) is left out: the Agreement's faults name it before it is signed.
    fn new(time_zone: &str, shifts: &[Shift], holidays: &[String]) -> WorkCalendar {
        let week = Week::new(shifts, holidays);
        let spans = Spans::new(time_zone, |from, to| week.as_ref().map_or(0, |week| week.worked_by(to) - week.worked_by(from)));
        WorkCalendar { week, spans }
    }

    pub fn around_the_clock() -> WorkCalendar {
        WorkCalendar::new("UTC", &[], &[])
    }

    /// Working time since a fixed, arbitrary instant. It never falls; differences are what counts.
    fn worked_by(&self, at: Instant) -> i64 {
        let Some(week) = &self.week else { return at.0 };
        let span = self.spans.at(at.0);
        span.worked_before + week.worked_by(at.0 + span.offset) - week.worked_by(span.starts_at + span.offset)
    }
}

/// The first instant by which `working_minutes` of working time have passed since `start`. Where a shift ends at that very moment, its
/// end, not the start of the next one.
pub fn due_instant(calendar: &WorkCalendar, start: Instant, working_minutes: i64) -> Instant {
    after_working_micros(calendar, start, working_minutes.saturating_mul(MICROS_PER_MINUTE))
}

/// [`due_instant`] to the microsecond. With nothing left to work it is `start` itself.
pub fn after_working_micros(calendar: &WorkCalendar, start: Instant, working_micros: i64) -> Instant {
    let Some(week) = &calendar.week else { return clamped(start.0.saturating_add(working_micros.max(0))) };
    if working_micros <= 0 {
        return start;
    }
    let target = calendar.worked_by(start).saturating_add(working_micros);
    let span = calendar.spans.reaching(target);
    let local = week.first_by(target - span.worked_before + week.worked_by(span.starts_at + span.offset));
    clamped(local.saturating_sub(span.offset))
}

/// Working time from one instant to the other; negative where `to` comes first.
pub fn working_micros_between(calendar: &WorkCalendar, from: Instant, to: Instant) -> i64 {
    calendar.worked_by(to) - calendar.worked_by(from)
}

pub fn is_at_work(calendar: &WorkCalendar, at: Instant) -> bool {
    calendar.week.as_ref().is_none_or(|week| week.is_work(at.0 + calendar.spans.at(at.0).offset))
}

/// The first instant at or after `at` that is working time.
pub fn next_start(calendar: &WorkCalendar, at: Instant) -> Instant {
    if is_at_work(calendar, at) {
        return at;
    }
    after_working_micros(calendar, at, 1).plus_micros(-1)
}

/// The end of the last shift of the next day on which anybody works, after the day of `at`.
pub fn end_of_next_working_day(calendar: &WorkCalendar, at: Instant) -> Instant {
    let Some(week) = &calendar.week else { return at.plus_micros(MICROS_PER_DAY) };
    let day = (at.0 + calendar.spans.at(at.0).offset).div_euclid(MICROS_PER_DAY);
    let worked_by_midnight = week.worked_by((day + 1) * MICROS_PER_DAY);
    let next = week.first_by(worked_by_midnight.saturating_add(1)).div_euclid(MICROS_PER_DAY);
    let worked_by_its_end = week.worked_by((next + 1) * MICROS_PER_DAY);
    calendar.spans.instant_of(week.first_by(worked_by_its_end))
}

fn clamped(micros: i64) -> Instant {
    Instant(micros.clamp(Instant::MIN.0, Instant::MAX.0))
}

#[cfg(test)]
mod tests;
