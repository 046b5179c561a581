//! How much time is left, in words: working time for what counts working time.

use alignment::{Instant, calendar::working_micros_between, handoff::ClockKind};
use facts::clocks::ClockRow;

use crate::{
    agreement::Versions,
    clocks::Calendars,
    ui::{Frame, format},
};

/// A running clock as the desk shows it.
pub struct ClockView {
    pub name: &'static str,
    pub words: String,
    /// `bad` when late, `warn` when soon.
    pub class: &'static str,
    pub due: String,
}

pub fn view(clock: &ClockRow, versions: &Versions, frame: &Frame) -> ClockView {
    let kind = ClockKind::parse(&clock.kind);
    let words = match (clock.paused_at, kind) {
        (Some(_), _) => "stands still until marketing answers".to_owned(),
        (None, Some(kind)) if kind.is_working_time() => working_words(clock, versions, frame.now),
        _ => left_or_late(clock.due_at - frame.now.0, day_words),
    };
    ClockView {
        name: kind.map_or("Due", ClockKind::name),
        words,
        class: class(Some(clock.due_at), frame.now),
        due: frame.date_time(Instant(clock.due_at)),
    }
}

/// Short, for a list: `22 min`, `3 h`, `late`, or the day.
pub fn short(due_at: Option<i64>, frame: &Frame) -> String {
    let Some(due_at) = due_at else { return String::new() };
    match (due_at - frame.now.0) / MINUTE {
        minutes if due_at < frame.now.0 => format!("late {}", brief(-minutes)),
        minutes if minutes < 8 * 60 => brief(minutes),
        _ => frame.date_time(Instant(due_at)),
    }
}

pub fn class(due_at: Option<i64>, now: Instant) -> &'static str {
    match due_at.map(|due| due - now.0) {
        None => "dim",
        Some(left) if left < 0 => "bad",
        Some(left) if left < super::inbox::PRESSING_MINUTES * MINUTE => "warn",
        Some(_) => "dim",
    }
}

const MINUTE: i64 = 60_000_000;
/// More working time than this, a week of most teams, says less than the days of the calendar do.
const WORKING_HOURS_SHOWN_MAX: i64 = 40;

fn working_words(clock: &ClockRow, versions: &Versions, now: Instant) -> String {
    let version = u32::try_from(clock.agreement_version).ok().and_then(|number| versions.number(number));
    let calendars = Calendars::of(versions, version.unwrap_or_else(|| versions.at(Instant(clock.started_at))));
    let calendar = calendars.by_key(clock.calendar.as_deref());
    let due = Instant(clock.due_at);
    let micros = if due >= now { working_micros_between(calendar, now, due) } else { -working_micros_between(calendar, due, now) };
    if clock.due_at < now.0 && micros == 0 {
        return "late since the end of working time".to_owned();
    }
    if micros.abs() > WORKING_HOURS_SHOWN_MAX * 60 * MINUTE {
        return left_or_late(clock.due_at - now.0, day_words);
    }
    left_or_late(micros, hour_words)
}

fn left_or_late(micros: i64, words: fn(u64) -> String) -> String {
    let minutes = micros.unsigned_abs() / MINUTE.unsigned_abs();
    if micros < 0 { format!("late by {}", words(minutes)) } else { format!("in {}", words(minutes)) }
}

fn hour_words(minutes: u64) -> String {
    match minutes {
        minutes if minutes < 90 => format::plural(minutes, "working minute", "working minutes"),
        minutes => format!("{} working hours", (minutes + 30) / 60),
    }
}

fn day_words(minutes: u64) -> String {
    match minutes {
        minutes if minutes < 90 => format::plural(minutes, "minute", "minutes"),
        minutes if minutes < 48 * 60 => format!("{} hours", (minutes + 30) / 60),
        minutes => format!("{} days", minutes / (24 * 60)),
    }
}

fn brief(minutes: i64) -> String {
    match minutes {
        minutes if minutes < 60 => format!("{minutes} min"),
        minutes if minutes < 48 * 60 => format!("{} h", minutes / 60),
        minutes => format!("{} d", minutes / (24 * 60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_put_shortly() {
        for (micros, working, days) in [
            (22 * MINUTE, "in 22 working minutes", "in 22 minutes"),
            (MINUTE, "in 1 working minute", "in 1 minute"),
            (-3 * 60 * MINUTE, "late by 3 working hours", "late by 3 hours"),
            (7 * 24 * 60 * MINUTE, "in 168 working hours", "in 7 days"),
        ] {
            assert_eq!(left_or_late(micros, hour_words), working);
            assert_eq!(left_or_late(micros, day_words), days);
        }
    }
}
