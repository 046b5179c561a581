//! The period as it can be replayed, with its months and weeks.

use alignment::{Instant, agreement::Agreement, instant::MICROS_PER_DAY};
use jiff::{ToSpan, tz::TimeZone};

use super::{Month, people::TouchesByPerson, replay::Mql};
use crate::{question::Period, view::View};

const WEEK_MICROS: i64 = 7 * MICROS_PER_DAY;
/// Months that are told apart; a longer period has the rest in the last one.
const MONTHS_MAX: usize = 240;

pub(super) struct Spans {
    /// With ends that something can lie between.
    pub period: Period,
    month_starts: Vec<Instant>,
}

impl Spans {
    /// A period without a start begins with the first touch; none goes beyond what had happened.
    pub fn of(view: &View, touches: &TouchesByPerson, agreement: &Agreement, period: Period) -> Spans {
        let to = period.to.min(view.as_of.plus_micros(1));
        let first = || touches.first_at(view.history).unwrap_or(to).min(to);
        let from = if period.from == Instant::MIN { first() } else { period.from.min(to) };
        Spans { period: Period { from, to }, month_starts: month_starts(from, to, &agreement.time_zone()) }
    }

    pub fn months(&self, mqls: &[Vec<Mql>; 2], chosen: &[Vec<usize>]) -> Vec<Month> {
        let mut months: Vec<Month> = self.month_starts.iter().map(|from| Month { from: *from, in_force: 0, draft: 0 }).collect();
        for side in [0, 1] {
            for index in &chosen[side] {
                let at = mqls[side][*index].at;
                let month = self.month_starts.partition_point(|start| *start <= at).saturating_sub(1);
                if let Some(month) = months.get_mut(month) {
                    *(if side == 0 { &mut month.in_force } else { &mut month.draft }) += 1;
                }
            }
        }
        months
    }

    /// Weeks that the period has begun.
    pub fn weeks(&self) -> usize {
        let micros = self.period.to.0.saturating_sub(self.period.from.0).max(0) as u64;
        micros.div_ceil(WEEK_MICROS as u64) as usize
    }

    /// The week of an instant inside the period.
    pub fn week_of(&self, at: Instant) -> usize {
        ((at.0 - self.period.from.0) / WEEK_MICROS) as usize
    }
}

/// The period's start, and that of each month after it.
fn month_starts(from: Instant, to: Instant, zone: &TimeZone) -> Vec<Instant> {
    let mut starts = Vec::new();
    let mut next = Some(from);
    while let Some(start) = next.filter(|start| *start < to && starts.len() < MONTHS_MAX) {
        starts.push(start);
        let day = start.in_zone(zone).date().first_of_month();
        let after = day.checked_add(1.month()).and_then(|day| day.to_zoned(zone.clone()));
        next = after.ok().map(|midnight| Instant::from_timestamp(midnight.timestamp()));
    }
    starts
}
