//! What became of each lead that entered a stage.

use alignment::{Instant, instant::MICROS_PER_DAY, lifecycle::Stage};
use rayon::prelude::*;

use super::{Outcome, Spell};
use crate::{engine::Context, rows::Table, view::LeadFacts};

/// A lead that entered the earlier stage, until it reached the later one, left, or `as_of`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stay {
    /// Of `History::leads`.
    pub row: u32,
    pub entered_at: Instant,
    /// `as_of` for those still open.
    pub until: Instant,
    pub outcome: Outcome,
}

/// Leads that belong to the question and can't be counted in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeftOut {
    /// Their source writes down no such stage.
    pub not_recorded: u64,
    /// They went through it, and nobody wrote down when.
    pub undated: u64,
    /// Ended before they began; rows of `History::leads`.
    pub faults: Vec<u32>,
}

pub struct Stays {
    /// By lead.
    pub stays: Vec<Stay>,
    pub left_out: LeftOut,
}

impl Stay {
    pub fn age_days(&self) -> f64 {
        (self.until.0 - self.entered_at.0) as f64 / MICROS_PER_DAY as f64
    }

    pub fn spell(&self) -> Spell {
        Spell { age_days: self.age_days(), outcome: self.outcome }
    }

    pub fn converted_within(&self, age_days: u32) -> bool {
        self.outcome == Outcome::Converted && self.age_days() <= f64::from(age_days)
    }
}

pub(super) enum Fate {
    Stays(Stay),
    NotRecorded,
    Undated,
    Fault(u32),
}

/// All leads that entered `from`, whenever that was.
pub fn stays(context: &Context, from: Stage, to: Stage) -> Stays {
    let rows = (0..context.view.leads.len()).into_par_iter().with_min_len(4096);
    let fates: Vec<Fate> = rows.filter(|row| context.keeps(Table::Leads, *row)).filter_map(|row| fate(context, row, from, to)).collect();
    let mut found = Stays { stays: Vec::with_capacity(fates.len()), left_out: LeftOut::default() };
    for fate in fates {
        match fate {
            Fate::Stays(stay) => found.stays.push(stay),
            Fate::NotRecorded => found.left_out.not_recorded += 1,
            Fate::Undated => found.left_out.undated += 1,
            Fate::Fault(row) => found.left_out.faults.push(row),
        }
    }
    found
}

pub(super) fn fate(context: &Context, row: usize, from: Stage, to: Stage) -> Option<Fate> {
    let facts = &context.view.leads[row];
    if !facts.is_known() {
        return None;
    }
    if !facts.records(from) || !facts.records(to) {
        return Some(Fate::NotRecorded);
    }
    if !facts.has_reached(from) {
        return None;
    }
    let Some(entered_at) = facts.at(from) else { return Some(Fate::Undated) };
    let ended = if facts.has_reached(to) {
        facts.at(to).map(|at| (at, Outcome::Converted))
    } else {
        Some(exit(facts).map_or((context.view.as_of, Outcome::Open), |at| (at, Outcome::Left)))
    };
    Some(match ended {
        None => Fate::Undated,
        Some((until, _)) if until < entered_at => Fate::Fault(row as u32),
        Some((until, outcome)) => Fate::Stays(Stay { row: row as u32, entered_at, until, outcome }),
    })
}

/// When the lead left the funnel; where nobody wrote that down, when we learned of it.
pub fn exit(facts: &LeadFacts) -> Option<Instant> {
    facts.exit().and_then(|stage| facts.from(stage))
}
