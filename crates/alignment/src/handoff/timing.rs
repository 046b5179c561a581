//! When a clock runs out: its length, laid out over working time or days, around the times at which it stands still.

use crate::{
    Instant,
    calendar::{self, WorkCalendar},
    instant::{MICROS_PER_DAY, MICROS_PER_HOUR},
};

/// A time in which a working clock stands still; without an end, still now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    pub from: Instant,
    pub to: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    WorkingHours(u32),
    Days(u32),
}

impl Length {
    pub fn is_nothing(self) -> bool {
        matches!(self, Length::WorkingHours(0) | Length::Days(0))
    }

    /// The instant at which `share` (0..=1) of it has gone. Only working time stands still.
    pub fn gone(self, share: f64, start: Instant, pauses: &[Pause], calendar: &WorkCalendar) -> Instant {
        let of = |units: u32, micros: i64| (i64::from(units) as f64 * micros as f64 * share).round() as i64;
        match self {
            Length::Days(days) => start.plus_micros(of(days, MICROS_PER_DAY)),
            Length::WorkingHours(hours) => {
                let mut left = of(hours, MICROS_PER_HOUR);
                let mut from = start;
                for pause in pauses {
                    let Some(to) = pause.to else { break };
                    let worked = calendar::working_micros_between(calendar, from, pause.from.max(from));
                    if worked >= left {
                        break;
                    }
                    left -= worked;
                    from = to.max(from);
                }
                calendar::after_working_micros(calendar, from, left)
            }
        }
    }
}

/// Those that touch the time from `start` to `end`, in order, joined where they overlap and cut to it.
pub(super) fn within(pauses: &[Pause], start: Instant, end: Option<Instant>) -> Vec<Pause> {
    let cut = |pause: &Pause| {
        let from = pause.from.max(start);
        let to = match (pause.to, end) {
            (Some(to), Some(end)) => Some(to.min(end)),
            (to, end) => to.or(end),
        };
        to.is_none_or(|to| from < to).then_some(Pause { from, to })
    };
    let mut all: Vec<Pause> = pauses.iter().filter_map(cut).collect();
    all.sort_unstable_by_key(|pause| pause.from);
    let mut joined: Vec<Pause> = Vec::with_capacity(all.len());
    for pause in all {
        match joined.last_mut() {
            Some(last) if last.to.is_none_or(|to| pause.from <= to) => {
                last.to = last.to.zip(pause.to).map(|(one, other)| one.max(other));
            }
            _ => joined.push(pause),
        }
    }
    joined
}
