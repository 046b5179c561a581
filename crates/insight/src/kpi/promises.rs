//! What became of promises: of each clock, and of marketing's in each month.

use alignment::{Instant, handoff::Outcome, lifecycle::Stage, promise};
use rayon::prelude::*;

use super::{
    cohort::{Decision, decision},
    data_completeness_rate,
};
use crate::{
    engine::Context,
    view::{LeadFacts, View},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockState {
    Kept,
    Broken,
    /// Broken, and let off.
    Waived,
    /// Not due yet, or standing still.
    Open,
    /// Over for another cause: counts for nobody.
    Void,
}

/// Where a clock stood by then; as the ledger of promises counts it. `None`: it was not known.
pub fn clock_state(view: &View, row: usize) -> Option<ClockState> {
    let clocks = &view.history.clocks;
    if !view.counts(clocks.started_at.get(row), clocks.recorded_at.get(row)) {
        return None;
    }
    let by_then = |at: Option<Instant>| at.is_some_and(|at| at <= view.as_of);
    let is_over = by_then(clocks.ended_at.get(row));
    let is_late = match (is_over, clocks.outcome.get(row)) {
        (true, outcome) => outcome == Some(Outcome::Breached) || by_then(clocks.breached_at.get(row)),
        (false, _) => !by_then(clocks.paused_at.get(row)) && clocks.due_at.get(row) < view.as_of,
    };
    Some(match (is_late, is_over, clocks.outcome.get(row)) {
        (true, _, _) if is_waived(view, row) => ClockState::Waived,
        (true, _, _) => ClockState::Broken,
        (_, true, Some(Outcome::Kept)) => ClockState::Kept,
        (_, true, _) => ClockState::Void,
        _ => ClockState::Open,
    })
}

/// By a waiver of this very clock. There are few waivers, so each is looked at.
fn is_waived(view: &View, row: usize) -> bool {
    let (clocks, waivers) = (&view.history.clocks, &view.history.waivers);
    let id = clocks.ids()[row];
    let stands = |waiver: &usize| {
        view.counts(waivers.at.get(*waiver), waivers.recorded_at.get(*waiver))
            && waivers.revoked_at.get(*waiver).is_none_or(|at| at > view.as_of)
    };
    let is_its_kind = |waiver: usize| {
        let promise = waivers.promise.get(waiver).and_then(promise::find);
        promise.is_some_and(|promise| promise.clock == Some(clocks.kind.get(row).key()))
    };
    let of_clock = |waiver: &usize| waivers.clock.values()[*waiver] == id;
    (0..waivers.len()).filter(of_clock).any(|waiver| stands(&waiver) && is_its_kind(waiver))
}

/// What marketing owes in a month.
#[derive(Clone, Copy, Default)]
struct Month {
    mqls: u64,
    accepted: u64,
    decided: u64,
    filled: u64,
    fields: u64,
}

impl Month {
    fn add(&mut self, other: Month) {
        self.mqls += other.mqls;
        self.accepted += other.accepted;
        self.decided += other.decided;
        self.filled += other.filled;
        self.fields += other.fields;
    }
}

/// (kept, due) of marketing's promises that a month shows: how many MQLs, how many of them accepted, how complete. Whole months only.
pub fn of_marketing(context: &Context) -> (u64, u64) {
    let (months, targets) = (&context.months, &context.question.settings.targets);
    let promised = [targets.mqls_per_month, targets.acceptance_rate, targets.completeness_rate];
    // The promises are the company's: what a filter leaves is not held against them.
    if promised.iter().all(Option::is_none) || !context.question.filters.is_empty() {
        return (0, 0);
    }
    let none = || vec![Month::default(); months.len()];
    let count = |mut counts: Vec<Month>, (row, facts): (usize, &LeadFacts)| {
        if !facts.is_known() {
            return counts;
        }
        if let Some(month) = facts.begins().and_then(|at| months.index_of(at)) {
            let (filled, fields) = data_completeness_rate::filled(context, row);
            counts[month].filled += u64::from(filled);
            counts[month].fields += u64::from(fields);
        }
        if let Some(month) = facts.from(Stage::Mql).filter(|_| facts.counts_in(Stage::Mql)).and_then(|at| months.index_of(at)) {
            counts[month].mqls += 1;
            let decision = decision(facts);
            counts[month].accepted += u64::from(decision == Decision::Accepted);
            counts[month].decided += u64::from(matches!(decision, Decision::Accepted | Decision::Rejected));
        }
        counts
    };
    let join = |mut a: Vec<Month>, b: Vec<Month>| {
        a.iter_mut().zip(b).for_each(|(ours, theirs)| ours.add(theirs));
        a
    };
    let counts = context.view.leads.par_iter().enumerate().with_min_len(4096).fold(none, count).reduce(none, join);
    let share = |hits: u64, of: u64| (of > 0).then(|| hits as f64 / of as f64);
    let mut judged = (0, 0);
    let mut judge = |value: Option<f64>, wanted: Option<f64>| {
        if let (Some(value), Some(wanted)) = (value, wanted) {
            judged.1 += 1;
            judged.0 += u64::from(value >= wanted);
        }
    };
    for (_, month) in counts.iter().enumerate().filter(|(index, _)| months.is_whole(*index)) {
        judge(Some(month.mqls as f64), targets.mqls_per_month);
        judge(share(month.accepted, month.decided), targets.acceptance_rate);
        judge(share(month.filled, month.fields), targets.completeness_rate);
    }
    judged
}
