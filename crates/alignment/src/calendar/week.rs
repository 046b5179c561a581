//! Shifts and holidays on the wall clock, where a day always has 24 hours. Wall-clock time is in microseconds since 1970-01-01 00:00.

use jiff::civil::Date;

use crate::{
    agreement::Shift,
    instant::{MICROS_PER_DAY, MICROS_PER_MINUTE},
};

const WEEK: i64 = 7 * MICROS_PER_DAY;
/// 1970-01-05, the first Monday.
const FIRST_MONDAY: i64 = 4 * MICROS_PER_DAY;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A stretch of work in a week that starts on Monday, and how much was worked in the week before it.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    from: i64,
    to: i64,
    worked_before: i64,
}

/// A day off on which there would have been work.
#[derive(Clone, Copy, Debug)]
struct Holiday {
    starts_at: i64,
    /// Work that this and all earlier holidays cost.
    lost_with_it: i64,
    /// Work done by its start.
    worked_before: i64,
}

#[derive(Clone, Debug)]
pub(super) struct Week {
    stretches: Vec<Stretch>,
    worked_in_week: i64,
    holidays: Vec<Holiday>,
}

impl Week {
    /// `None` where there is no shift at all.
    pub fn new(shifts: &[Shift], holidays: &[String]) -> Option<Week> {
        let mut bounds: Vec<(i64, i64)> = shifts.iter().flat_map(bounds_of).collect();
        bounds.sort_unstable();
        let mut stretches: Vec<Stretch> = Vec::new();
        let mut worked_in_week = 0;
        for (from, to) in bounds {
            // What two shifts both cover is worked once.
            let from = stretches.last().map_or(from, |last| from.max(last.to));
            if from < to {
                stretches.push(Stretch { from, to, worked_before: worked_in_week });
                worked_in_week += to - from;
            }
        }
        let mut week = (!stretches.is_empty()).then_some(Week { stretches, worked_in_week, holidays: Vec::new() })?;
        week.take_off(holidays);
        Some(week)
    }

    fn take_off(&mut self, holidays: &[String]) {
        let epoch = Date::constant(1970, 1, 1);
        let dates = holidays.iter().filter_map(|date| date.parse::<Date>().ok());
        let mut days: Vec<i64> = dates.map(|date| i64::from((date - epoch).get_days()) * MICROS_PER_DAY).collect();
        days.sort_unstable();
        days.dedup();
        let mut lost = 0;
        for starts_at in days {
            let before = self.planned_by(starts_at);
            let planned = self.planned_by(starts_at + MICROS_PER_DAY) - before;
            if planned > 0 {
                self.holidays.push(Holiday { starts_at, lost_with_it: lost + planned, worked_before: before - lost });
                lost += planned;
            }
        }
    }

    /// Work from the first Monday to `local` if there were no holidays.
    fn planned_by(&self, local: i64) -> i64 {
        let (weeks, within) = ((local - FIRST_MONDAY).div_euclid(WEEK), (local - FIRST_MONDAY).rem_euclid(WEEK));
        let started = self.stretches.partition_point(|stretch| stretch.from <= within);
        let in_week = match started.checked_sub(1).map(|index| self.stretches[index]) {
            Some(stretch) => stretch.worked_before + within.min(stretch.to) - stretch.from,
            None => 0,
        };
        weeks * self.worked_in_week + in_week
    }

    /// Work from the first Monday to `local`, holidays off.
    pub fn worked_by(&self, local: i64) -> i64 {
        let begun = self.holidays.partition_point(|holiday| holiday.starts_at <= local);
        match begun.checked_sub(1).map(|index| self.holidays[index]) {
            Some(holiday) if local < holiday.starts_at + MICROS_PER_DAY => holiday.worked_before,
            Some(holiday) => self.planned_by(local) - holiday.lost_with_it,
            None => self.planned_by(local),
        }
    }

    /// The first wall-clock time by which so much was worked.
    pub fn first_by(&self, worked: i64) -> i64 {
        let passed = self.holidays.partition_point(|holiday| holiday.worked_before < worked);
        let lost = passed.checked_sub(1).map_or(0, |index| self.holidays[index].lost_with_it);
        let planned = worked.saturating_add(lost);
        let weeks = (planned - 1).div_euclid(self.worked_in_week);
        let in_week = planned - weeks * self.worked_in_week;
        let index = self.stretches.partition_point(|stretch| stretch.worked_before < in_week).saturating_sub(1);
        let stretch = self.stretches[index];
        weeks.saturating_mul(WEEK).saturating_add(FIRST_MONDAY + stretch.from + in_week - stretch.worked_before)
    }

    pub fn is_work(&self, local: i64) -> bool {
        let begun = self.holidays.partition_point(|holiday| holiday.starts_at <= local);
        if begun > 0 && local < self.holidays[begun - 1].starts_at + MICROS_PER_DAY {
            return false;
        }
        let within = (local - FIRST_MONDAY).rem_euclid(WEEK);
        let started = self.stretches.partition_point(|stretch| stretch.from <= within);
        started > 0 && within < self.stretches[started - 1].to
    }
}

fn bounds_of(shift: &Shift) -> impl Iterator<Item = (i64, i64)> {
    let bounds = minute_of_day(&shift.from).zip(minute_of_day(&shift.to));
    let days = shift.days.iter().filter_map(|day| DAYS.iter().position(|known| known == day));
    days.filter_map(move |day| {
        let (from, to) = bounds?;
        let midnight = day as i64 * MICROS_PER_DAY;
        Some((midnight + from * MICROS_PER_MINUTE, midnight + to * MICROS_PER_MINUTE))
    })
}

/// `HH:MM`; `24:00` ends a day.
fn minute_of_day(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    let minute = hours * 60 + minutes;
    ((0..60).contains(&minutes) && (0..=24 * 60).contains(&minute)).then_some(minute)
}
