//! Clocks: what sales promises about each lead, with the instant by which it is to be done and what became of it.
//!
//! A clock starts once in a pass. The version of the Agreement in force at its start, and the calendar of its owner's region then, decide
//! its length for ever. `docs/clocks.md` has the table of what ends each and how.

use super::timing::{self, Length, Pause};
use crate::{
    Instant,
    agreement::{Escalation, EscalationStep, Promises},
    calendar::{self, WorkCalendar},
    lifecycle::{Stage, StageSet},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClockKind {
    /// From MQL until sales accepts, rejects or sends back; in working hours.
    Review,
    /// From SAL to the first logged attempt; in working hours.
    FirstAttempt,
    /// From SAL until so many attempts were made; in days of 24 hours.
    Attempts,
    /// From SAL to SQL or a way out; in days of 24 hours.
    Qualification,
}

impl ClockKind {
    pub const ALL: [ClockKind; 4] = [ClockKind::Review, ClockKind::FirstAttempt, ClockKind::Attempts, ClockKind::Qualification];

    pub fn key(self) -> &'static str {
        ["review", "first_attempt", "attempts", "qualification"][self as usize]
    }

    pub fn name(self) -> &'static str {
        ["Review", "First attempt", "Attempts", "Qualification"][self as usize]
    }

    pub fn parse(key: &str) -> Option<ClockKind> {
        ClockKind::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// Counts working time, and stands still while a question is open.
    pub fn is_working_time(self) -> bool {
        matches!(self, ClockKind::Review | ClockKind::FirstAttempt)
    }

    pub fn starts_at(self) -> Stage {
        if self == ClockKind::Review { Stage::Mql } else { Stage::Sal }
    }

    fn length(self, promises: &Promises) -> Length {
        match self {
            ClockKind::Review => Length::WorkingHours(promises.review_hours_max),
            ClockKind::FirstAttempt => Length::WorkingHours(promises.first_attempt_hours_max),
            ClockKind::Attempts if promises.attempts_min == 0 => Length::Days(0),
            ClockKind::Attempts => Length::Days(promises.attempts_days),
            ClockKind::Qualification => Length::Days(promises.qualification_days_max),
        }
    }

    /// What it means for this clock that the pass enters a stage after the start.
    fn on_entry(self, stage: Stage) -> Option<Finish> {
        use Finish::{Done, Left};
        let went_on = !stage.is_exit() && stage > self.starts_at();
        if stage == self.starts_at() {
            return None;
        }
        Some(match self {
            ClockKind::Review if went_on || matches!(stage, Stage::Rejected | Stage::Recycled) => Done,
            ClockKind::Attempts if went_on => Done,
            ClockKind::Qualification if went_on || stage.is_exit() => Done,
            _ => Left,
        })
    }

    /// Attempts that end it.
    fn attempts_wanted(self, promises: &Promises) -> Option<usize> {
        match self {
            ClockKind::FirstAttempt => Some(1),
            ClockKind::Attempts => Some(promises.attempts_min as usize),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Finish {
    /// What was promised was done.
    Done,
    /// The pass was over, or went back, for another cause.
    Left,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    Kept,
    Breached,
    /// Over for another cause before it was due: counts for nobody.
    Void,
}

impl Outcome {
    pub const ALL: [Outcome; 3] = [Outcome::Kept, Outcome::Breached, Outcome::Void];

    pub fn key(self) -> &'static str {
        ["kept", "breached", "void"][self as usize]
    }

    pub fn parse(key: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.key() == key)
    }
}

/// What decides the length of a clock. For one that has started before, what decided it then.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    pub version: u32,
    pub promises: &'a Promises,
    pub escalation: &'a Escalation,
    pub calendar: &'a WorkCalendar,
    /// When it started, where that is written down: what is learned about its stage later does not move it.
    pub started_at: Option<Instant>,
}

/// What a pass went through, as far as clocks ask.
#[derive(Clone, Copy, Debug)]
pub struct Passed<'a> {
    /// Stages entered, in any order; `None` where nobody wrote down when.
    pub entries: &'a [(Stage, Option<Instant>)],
    /// Stages that its source writes down at all.
    pub stages_recorded: StageSet,
    /// Logged attempts, in order.
    pub attempts: &'a [Instant],
    /// Open questions.
    pub pauses: &'a [Pause],
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    pub kind: ClockKind,
    pub started_at: Instant,
    pub warn_at: Instant,
    /// While it stands still: when it would run out if it went on at once.
    pub due_at: Instant,
    pub ended_at: Option<Instant>,
    pub outcome: Option<Outcome>,
    /// Since when it stands still.
    pub paused_at: Option<Instant>,
    /// Attempts made so far.
    pub done: u32,
    pub version: u32,
    /// The times in which it stood still.
    pub pauses: Vec<Pause>,
}

impl Clock {
    /// When it was broken, as known at `now`. A promise is kept up to the due instant itself.
    pub fn breached_at(&self, now: Instant) -> Option<Instant> {
        let stands_still = self.paused_at.is_some() && self.ended_at.is_none();
        (!stands_still && self.ended_at.unwrap_or(now) > self.due_at).then_some(self.due_at)
    }
}

/// The clocks of a pass, one of a kind at most. `terms` says what decides a clock of this kind that starts at this instant.
pub fn clocks_of<'a>(passed: Passed<'_>, terms: impl Fn(ClockKind, Instant) -> Terms<'a>) -> Vec<Clock> {
    ClockKind::ALL.into_iter().filter_map(|kind| clock_of(kind, passed, &terms)).collect()
}

fn clock_of<'a>(kind: ClockKind, passed: Passed<'_>, terms: &impl Fn(ClockKind, Instant) -> Terms<'a>) -> Option<Clock> {
    // What ends it must be something that can be seen: a source that records no acceptance breaks no promise to accept.
    let seen_by = if kind == ClockKind::Review { Stage::Sal } else { Stage::Sql };
    if !passed.stages_recorded.contains(seen_by) {
        return None;
    }
    let entered = passed.entries.iter().filter(|(stage, _)| *stage == kind.starts_at()).filter_map(|(_, at)| *at).min()?;
    let terms = terms(kind, entered);
    let started_at = terms.started_at.unwrap_or(entered);
    let length = kind.length(terms.promises);
    let went_before = passed.entries.iter().any(|(stage, at)| *stage > kind.starts_at() && at.is_some_and(|at| at < entered));
    if length.is_nothing() || (went_before && terms.started_at.is_none()) {
        return None;
    }
    let finish = finish(kind, passed, started_at, terms.promises);
    let unknown_end = passed.entries.iter().any(|(stage, at)| at.is_none() && *stage > kind.starts_at());
    if finish.is_none() && unknown_end {
        return None;
    }
    let ended_at = finish.map(|(at, _)| at);
    let may_pause = kind.is_working_time() && terms.escalation.question_pauses;
    let pauses = if may_pause { timing::within(passed.pauses, started_at, ended_at) } else { Vec::new() };
    let due_at = length.gone(1.0, started_at, &pauses, terms.calendar);
    let outcome = finish.map(|(at, finish)| match finish {
        _ if at > due_at => Outcome::Breached,
        Finish::Done => Outcome::Kept,
        Finish::Left => Outcome::Void,
    });
    let counted = kind.attempts_wanted(terms.promises).map_or(0, |_| attempts_between(passed.attempts, started_at, ended_at).len());
    // A question that came after the due instant stops nothing any more.
    let paused_at = pauses.last().filter(|pause| pause.to.is_none() && pause.from <= due_at).map(|pause| pause.from);
    Some(Clock {
        kind,
        started_at,
        warn_at: length.gone(terms.escalation.warn_share.clamp(0.0, 1.0), started_at, &pauses, terms.calendar),
        due_at,
        ended_at,
        outcome,
        paused_at,
        done: counted as u32,
        version: terms.version,
        pauses,
    })
}

/// What ended it: the attempt that was still wanted, or the first stage that matters to it.
fn finish(kind: ClockKind, passed: Passed<'_>, started_at: Instant, promises: &Promises) -> Option<(Instant, Finish)> {
    let entries = passed.entries.iter().filter_map(|(stage, at)| {
        let at = at.filter(|at| *at >= started_at)?;
        Some((at, *stage, kind.on_entry(*stage)?))
    });
    // A pass starts at `lead` and `mql` at one instant with what follows: only going back after the start counts.
    let entries = entries.filter(|(at, stage, _)| *stage > kind.starts_at() || *at > started_at);
    // Whoever takes a lead back and enters the stage again has gained no time: the clock has run on meanwhile.
    let again = passed.entries.iter().filter(|(stage, _)| *stage >= kind.starts_at() && !stage.is_exit()).filter_map(|(_, at)| *at).max();
    let entries = entries.filter(|(at, stage, _)| *stage > kind.starts_at() || again.is_none_or(|again| again <= *at));
    let by_stage = entries.min_by_key(|(at, stage, _)| (*at, *stage)).map(|(at, _, finish)| (at, finish));
    let until = by_stage.map(|(at, _)| at);
    let wanted = kind.attempts_wanted(promises);
    let by_attempt = wanted.and_then(|wanted| attempts_between(passed.attempts, started_at, until).get(wanted.saturating_sub(1)));
    by_attempt.map(|at| (*at, Finish::Done)).or(by_stage)
}

fn attempts_between(attempts: &[Instant], from: Instant, to: Option<Instant>) -> &[Instant] {
    let first = attempts.partition_point(|at| *at < from);
    let end = to.map_or(attempts.len(), |to| attempts.partition_point(|at| *at <= to));
    &attempts[first.min(end)..end]
}

/// The steps of escalation whose time has come and that were not taken yet, with the instant at which the next one after them is due.
pub fn steps_due<'a>(
    escalation: &'a Escalation,
    calendar: &WorkCalendar,
    due_at: Instant,
    steps_taken: usize,
    now: Instant,
) -> (&'a [EscalationStep], Option<Instant>) {
    let left = escalation.steps.get(steps_taken..).unwrap_or_default();
    let at = |step: &EscalationStep| calendar::due_instant(calendar, due_at, i64::from(step.after_minutes));
    let due = left.iter().take_while(|step| at(step) < now).count();
    (&left[..due], left.get(due).map(at))
}

#[cfg(test)]
#[path = "clocks_tests.rs"]
mod tests;
