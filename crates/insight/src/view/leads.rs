//! Where each lead stood.

use alignment::{
    Instant,
    lifecycle::{Stage, StageSet},
};
use rayon::prelude::*;

use crate::history::{History, NONE};

/// The stages a lead has been through. A stage is *reached* by entering it or a later one of the funnel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeadFacts {
    from: [i64; Stage::COUNT],
    reached: u16,
    entered: u16,
    timed: u16,
    records: u16,
}

impl LeadFacts {
    pub const UNKNOWN: LeadFacts = LeadFacts { from: [NONE; Stage::COUNT], reached: 0, entered: 0, timed: 0, records: 0 };

    /// Of one lead alone.
    pub fn of(history: &History, lead_row: usize, as_of: Instant, known_at: Instant) -> LeadFacts {
        facts_of(history, lead_row, history.transition_rows(history.leads.ids()[lead_row]), as_of, known_at)
    }

    /// Whether there was such a lead at all.
    pub fn is_known(&self) -> bool {
        self.reached != 0
    }

    pub fn has_reached(&self, stage: Stage) -> bool {
        self.reached & bit(stage) != 0
    }

    /// Whether it entered this very stage.
    pub fn has_entered(&self, stage: Stage) -> bool {
        self.entered & bit(stage) != 0
    }

    /// Whether where the lead comes from writes the stage down, so that its absence says something.
    pub fn records(&self, stage: Stage) -> bool {
        (self.records | self.entered) & bit(stage) != 0
    }

    /// The same, said of its source alone, whatever this lead did. What rates of those that get there are made of: where a source does not
    /// write the stage down, those few of which it is known all the same are all successes.
    pub fn source_records(&self, stage: Stage) -> bool {
        self.records & bit(stage) != 0
    }

    /// Whether it is in the count of a stage.
    pub fn counts_in(&self, stage: Stage) -> bool {
        self.has_reached(stage) && self.records(stage)
    }

    /// When it first entered the stage, where that was written down. What durations are made of.
    pub fn at(&self, stage: Stage) -> Option<Instant> {
        (self.timed & bit(stage) != 0).then_some(Instant(self.from[stage as usize]))
    }

    /// From when on it counts as having reached the stage: the instant it entered it, or else the earliest instant of a later stage
    /// or of learning of it. What periods and cohorts are made of.
    pub fn from(&self, stage: Stage) -> Option<Instant> {
        self.has_reached(stage).then_some(Instant(self.from[stage as usize]))
    }

    /// The earliest written instant of a stage before the contract.
    pub fn first_at(&self) -> Option<Instant> {
        Stage::FUNNEL.into_iter().filter(|stage| *stage < Stage::Customer).filter_map(|stage| self.at(stage)).min()
    }

    /// From when on it counts at all.
    pub fn begins(&self) -> Option<Instant> {
        self.from(Stage::Lead).or_else(|| Stage::ALL.into_iter().filter_map(|stage| self.from(stage)).min())
    }

    /// The last stage of the funnel that it reached.
    pub fn furthest(&self) -> Option<Stage> {
        Stage::FUNNEL.into_iter().rev().find(|stage| self.has_reached(*stage))
    }

    /// What tells leads apart but for their instants.
    pub(super) fn kind(&self) -> [u16; 4] {
        [self.reached, self.entered, self.timed, self.records]
    }

    /// The same lead, with another instant of a stage.
    pub(crate) fn entering(mut self, stage: Stage, at: Instant) -> LeadFacts {
        self.from[stage as usize] = at.0;
        self
    }

    /// The instant of a stage as it is kept, of no meaning where the stage was not reached.
    #[inline]
    pub(crate) fn recorded(&self, stage: Stage) -> Instant {
        Instant(self.from[stage as usize])
    }

    fn extent(&self) -> (i64, i64) {
        let reached = (0..Stage::COUNT).filter(|stage| self.reached & 1 << stage != 0).map(|stage| self.from[stage]);
        reached.fold(NOWHERE, |extent, at| join(extent, (at, at)))
    }

    /// The way out it took, the first one if several, unless it became a customer.
    pub fn exit(&self) -> Option<Stage> {
        let exits = [Stage::Rejected, Stage::Recycled, Stage::Lost].into_iter();
        let taken = exits.filter(|stage| self.has_entered(*stage)).min_by_key(|stage| self.from[*stage as usize]);
        taken.filter(|_| !self.has_reached(Stage::Customer))
    }
}

fn bit(stage: Stage) -> u16 {
    1 << stage as u16
}

const CHUNK_ROWS: usize = 1 << 14;

/// The facts of all leads, and the first and the last instant of anything they went through.
pub(super) fn facts(history: &History, as_of: Instant, known_at: Instant) -> (Vec<LeadFacts>, (i64, i64)) {
    let mut facts = vec![LeadFacts::UNKNOWN; history.leads.len()];
    let ids = history.leads.ids();
    let of_leads = history.transitions.lead.values();
    let of_chunk = |(chunk, facts): (usize, &mut [LeadFacts])| {
        let first = chunk * CHUNK_ROWS;
        let mut next = of_leads.partition_point(|lead| *lead < ids[first]);
        let mut extent = NOWHERE;
        for (index, facts) in facts.iter_mut().enumerate() {
            let row = first + index;
            while next < of_leads.len() && of_leads[next] < ids[row] {
                next += 1;
            }
            let start = next;
            while next < of_leads.len() && of_leads[next] == ids[row] {
                next += 1;
            }
            *facts = facts_of(history, row, start..next, as_of, known_at);
            extent = join(extent, facts.extent());
        }
        extent
    };
    let extent = facts.par_chunks_mut(CHUNK_ROWS).enumerate().map(of_chunk).reduce(|| NOWHERE, join);
    (facts, extent)
}

/// The extent of nothing.
pub(super) const NOWHERE: (i64, i64) = (i64::MAX, i64::MIN);

pub(super) fn join(a: (i64, i64), b: (i64, i64)) -> (i64, i64) {
    (a.0.min(b.0), a.1.max(b.1))
}

const NEVER: i64 = i64::MAX;

fn facts_of(history: &History, lead_row: usize, rows: std::ops::Range<usize>, as_of: Instant, known_at: Instant) -> LeadFacts {
    let (leads, transitions) = (&history.leads, &history.transitions);
    if leads.recorded_at.get(lead_row) > known_at {
        return LeadFacts::UNKNOWN;
    }
    let mut timed = [NEVER; Stage::COUNT];
    let mut untimed = [NEVER; Stage::COUNT];
    timed[Stage::Lead as usize] = leads.opened_at.values()[lead_row];
    for row in rows {
        let recorded_at = transitions.recorded_at.values()[row];
        if recorded_at > known_at.0 {
            continue;
        }
        let stage = transitions.stage.values()[row] as usize;
        match transitions.at.values()[row] {
            NONE => untimed[stage] = untimed[stage].min(recorded_at),
            at => timed[stage] = timed[stage].min(at),
        }
    }
    let mut facts = LeadFacts { records: leads.stages_recorded.values()[lead_row], ..LeadFacts::UNKNOWN };
    debug_assert_eq!(StageSet(facts.records), leads.stages_recorded.get(lead_row));
    let mut later = NEVER;
    for stage in (0..Stage::COUNT).rev() {
        if stage + 1 == Stage::Rejected as usize {
            later = NEVER;
        }
        let is_timed = timed[stage] <= as_of.0;
        let from = if is_timed { timed[stage] } else { untimed[stage].min(if stage < Stage::Rejected as usize { later } else { NEVER }) };
        if from > as_of.0 {
            continue;
        }
        facts.from[stage] = from;
        facts.reached |= 1 << stage;
        facts.timed |= (is_timed as u16) << stage;
        facts.entered |= ((is_timed || untimed[stage] != NEVER) as u16) << stage;
        later = later.min(from);
    }
    facts
}
