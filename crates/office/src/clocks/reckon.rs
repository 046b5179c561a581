//! What the clocks of one lead are to be, against what is written down.

use std::sync::Arc;

use alignment::{
    Instant,
    agreement::Version,
    calendar::WorkCalendar,
    handoff::{Clock, ClockKind, Passed, Pause, Terms, clocks_of},
    lifecycle::{Stage, StageSet},
};
use facts::clocks::{ClockRow, ClockedLead};
use rustc_hash::FxHashMap;

use super::Calendars;
use crate::agreement::Versions;

/// What every lead's clocks are reckoned by.
pub(super) struct Rules<'a> {
    pub versions: &'a Versions,
    pub calendars: FxHashMap<u32, Arc<Calendars>>,
    /// Where users work.
    pub regions: FxHashMap<i64, String>,
    pub now: Instant,
    pub import_id: Option<i64>,
}

/// What is known of one lead.
pub(super) struct Known {
    pub lead: ClockedLead,
    pub entries: Vec<(Stage, Option<Instant>)>,
    pub attempts: Vec<Instant>,
    pub pauses: Vec<Pause>,
    pub clocks: Vec<ClockRow>,
}

/// What is to be written for one lead.
#[derive(Default)]
pub(super) struct Outcomes {
    pub added: Vec<(ClockRow, Vec<Pause>)>,
    pub changed: Vec<(ClockRow, Vec<Pause>, &'static str)>,
    pub removed: Vec<i64>,
    /// The next due instant of the lead, where it is another than before.
    pub lead_due: Option<Option<i64>>,
}

impl<'a> Rules<'a> {
    pub fn new(versions: &'a Versions, regions: FxHashMap<i64, String>, now: Instant, import_id: Option<i64>) -> Rules<'a> {
        let calendars = versions.iter().map(|version| (version.number, Calendars::of(versions, version))).collect();
        Rules { versions, calendars, regions, now, import_id }
    }

    /// The version that a clock was started by.
    pub fn version_of(&self, clock: &ClockRow) -> &'a Version {
        let number = u32::try_from(clock.agreement_version).unwrap_or(0);
        self.versions.number(number).unwrap_or_else(|| self.versions.at(Instant(clock.started_at)))
    }

    pub fn calendar_of(&self, clock: &ClockRow) -> &WorkCalendar {
        self.calendars[&self.version_of(clock).number].by_key(clock.calendar.as_deref())
    }

    fn calendar_key(&self, version: &Version, owner: Option<i64>) -> Option<&str> {
        let region = owner.and_then(|owner| self.regions.get(&owner));
        self.calendars[&version.number].key_of(region.map(String::as_str))
    }

    pub fn reckon(&self, known: &Known) -> Outcomes {
        let started = |kind: ClockKind| known.clocks.iter().find(|clock| clock.kind == kind.key());
        let terms = |kind: ClockKind, at: Instant| {
            let clock = started(kind);
            let version = clock.map_or_else(|| self.versions.at(at), |clock| self.version_of(clock));
            let calendar = match clock {
                Some(clock) => self.calendar_of(clock),
                None => self.calendars[&version.number].by_key(self.calendar_key(version, known.lead.owner_id)),
            };
            let agreement = &version.agreement;
            let started_at = clock.map(|clock| Instant(clock.started_at));
            Terms { version: version.number, promises: &agreement.promises, escalation: &agreement.escalation, calendar, started_at }
        };
        let passed = Passed {
            entries: &known.entries,
            stages_recorded: StageSet(known.lead.stages_recorded as u16),
            attempts: &known.attempts,
            pauses: &known.pauses,
        };
        let reckoned = clocks_of(passed, terms);
        let mut outcomes = Outcomes::default();
        let mut due: Option<i64> = None;
        let mut count = |row: &ClockRow| {
            if row.ended_at.is_none() && row.paused_at.is_none() {
                due = Some(due.map_or(row.due_at, |due| due.min(row.due_at)));
            }
        };
        for row in known.clocks.iter().filter(|row| !reckoned.iter().any(|clock| clock.kind.key() == row.kind)) {
            self.gone(known, row, &mut outcomes);
        }
        for clock in reckoned {
            let row = match started(clock.kind) {
                None => {
                    let row = self.new_row(known, &clock);
                    outcomes.added.push((row.clone(), clock.pauses));
                    row
                }
                Some(before) => {
                    let row = self.brought_up(known, before, &clock);
                    if row != *before {
                        outcomes.changed.push((row.clone(), clock.pauses, what_happened(before, &row)));
                    }
                    row
                }
            };
            count(&row);
        }
        outcomes.lead_due = (due != known.lead.due_at).then_some(due);
        outcomes
    }

    /// A clock that the pass no longer has: its stage was entered by mistake, or is over at an instant that nobody knows.
    fn gone(&self, known: &Known, row: &ClockRow, outcomes: &mut Outcomes) {
        let start = ClockKind::parse(&row.kind).map(ClockKind::starts_at);
        if !known.entries.iter().any(|(stage, _)| Some(*stage) == start) {
            outcomes.removed.push(row.id);
        } else if row.ended_at.is_none() {
            let ended = ClockRow {
                ended_at: Some(self.now.0),
                outcome: Some("void".to_owned()),
                paused_at: None,
                next_step_at: None,
                ..row.clone()
            };
            outcomes.changed.push((ended, Vec::new(), "clock_void"));
        }
    }

    /// A clock that begins. One that was late before we learned of it was broken then: nobody is warned, nothing escalates any more.
    fn new_row(&self, known: &Known, clock: &Clock) -> ClockRow {
        let version = self.versions.number(clock.version).unwrap_or_else(|| self.versions.at(clock.started_at));
        let breached_at = clock.breached_at(self.now);
        let steps = if breached_at.is_some() { steps_of(clock.kind, version) } else { 0 };
        ClockRow {
            id: 0,
            lead_id: known.lead.id,
            kind: clock.kind.key().to_owned(),
            owner_id: known.lead.owner_id,
            started_at: clock.started_at.0,
            warn_at: clock.warn_at.0,
            due_at: clock.due_at.0,
            ended_at: micros(clock.ended_at),
            outcome: clock.outcome.map(|outcome| outcome.key().to_owned()),
            breached_at: micros(breached_at),
            warned_at: None,
            steps_taken: steps as i64,
            paused_at: micros(clock.paused_at),
            done: clock.done.into(),
            agreement_version: clock.version.into(),
            recorded_at: self.now.0,
            import_id: self.import_id,
            calendar: self.calendar_key(version, known.lead.owner_id).map(str::to_owned),
            next_step_at: None,
        }
    }

    /// A clock that has started: it keeps its start, its terms, and whoever broke it.
    fn brought_up(&self, known: &Known, before: &ClockRow, clock: &Clock) -> ClockRow {
        let breached_at = micros(clock.breached_at(self.now));
        let is_over = clock.ended_at.is_some();
        ClockRow {
            warn_at: clock.warn_at.0,
            due_at: clock.due_at.0,
            ended_at: micros(clock.ended_at),
            outcome: clock.outcome.map(|outcome| outcome.key().to_owned()),
            // While it runs, the breach is called by the tick, which tells people of it.
            breached_at: if is_over { breached_at } else { before.breached_at.and(breached_at) },
            paused_at: micros(clock.paused_at),
            done: clock.done.into(),
            owner_id: if before.breached_at.is_none() && before.ended_at.is_none() { known.lead.owner_id } else { before.owner_id },
            next_step_at: before.next_step_at.filter(|_| !is_over),
            ..before.clone()
        }
    }
}

/// Steps that a clock of this kind escalates by: those of the Agreement are for reviews.
pub(super) fn steps_of(kind: ClockKind, version: &Version) -> usize {
    if kind == ClockKind::Review { version.agreement.escalation.steps.len() } else { 0 }
}

fn what_happened(before: &ClockRow, row: &ClockRow) -> &'static str {
    match row.outcome.as_deref() {
        outcome if outcome == before.outcome.as_deref() && row.paused_at == before.paused_at => "clock_changed",
        Some("kept") => "clock_kept",
        Some("breached") => "clock_breached",
        Some(_) => "clock_void",
        None if row.paused_at.is_some() => "clock_paused",
        None if before.paused_at.is_some() => "clock_resumed",
        None => "clock_reopened",
    }
}

fn micros(at: Option<Instant>) -> Option<i64> {
    at.map(|at| at.0)
}
