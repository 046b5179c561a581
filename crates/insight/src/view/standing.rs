//! Where leads and deals stood at an instant, as known at another.

use alignment::{Instant, lifecycle::Stage};
use rayon::prelude::*;

use super::{Customers, Kinds, LeadFacts, View, Work, leads};
use crate::{
    history::{DealState, History, UNLABELLED},
    kpi::Idleness,
    once::Once,
};

/// With all that is worked out from it.
pub struct Standing {
    /// One for each row of `History::leads`.
    pub leads: Vec<LeadFacts>,
    /// One for each row of `History::deals`; `None`: not known yet.
    pub deals: Vec<Option<DealState>>,
    /// The first and the last instant of anything that leads went through.
    pub(super) of_leads: (i64, i64),
    kinds: Once<Kinds>,
    pub(super) work: Once<Work>,
    pub(super) follow_ups: Once<Vec<i64>>,
    pub(super) reasons: Once<Vec<i32>>,
    pub(super) customers: Once<Customers>,
    pub(crate) idleness: Once<Idleness>,
}

impl Standing {
    pub fn at(history: &History, as_of: Instant, known_at: Instant) -> Standing {
        let deals = history.deal_states(as_of, known_at);
        let (leads, of_leads) = leads::facts(history, as_of, known_at);
        Standing {
            leads,
            deals,
            of_leads,
            kinds: Once::default(),
            work: Once::default(),
            follow_ups: Once::default(),
            reasons: Once::default(),
            customers: Once::default(),
            idleness: Once::default(),
        }
    }

    /// How all stands at the end of what is written down, if nothing of it happened or was recorded later: what whoever asks about now asks
    /// about. It is kept with the history. What it is worked out from must be among the tables and instants that are looked at here.
    pub(super) fn latest(history: &History, as_of: Instant, known_at: Instant) -> Option<&Standing> {
        let is_all = |at: Instant| {
            history.leads.is_known_by(at)
                && history.transitions.is_known_by(at)
                && history.deals.is_known_by(at)
                && history.deal_transitions.is_known_by(at)
                && history.activities.is_known_by(at)
        };
        // Where an instant is not written down, that of its recording stands for it.
        (is_all(as_of.min(known_at)) && history.happened_to() <= as_of).then(|| history.latest())
    }

    pub fn kinds(&self) -> &Kinds {
        self.kinds.get_or_init(|| Kinds::of(&self.leads))
    }
}

impl View<'_> {
    /// What sales did with people and leads.
    pub fn work(&self) -> &Work {
        self.standing().work.get_or_init(|| Work::of(self))
    }

    /// The first attempt to reach a lead from the instant on at which it became an MQL.
    pub fn follow_up(&self, lead_row: usize) -> Option<Instant> {
        Some(self.follow_ups()[lead_row]).filter(|at| *at != NEVER).map(Instant)
    }

    /// By row of `History::leads`; [`NEVER`] for none.
    pub(crate) fn follow_ups(&self) -> &[i64] {
        self.standing().follow_ups.get_or_init(|| {
            let work = self.work();
            let attempt = |row: usize| work.first_with(self, row, self.leads[row].at(Stage::Mql)?, true);
            let rows = (0..self.leads.len()).into_par_iter().with_min_len(4096);
            rows.map(|row| attempt(row).map_or(NEVER, |at| at.0)).collect()
        })
    }

    /// The code of the reason for which each lead was rejected, in `History::transitions`.
    pub fn rejection_reasons(&self) -> &[i32] {
        self.standing().reasons.get_or_init(|| {
            let transitions = &self.history.transitions;
            let reason = |row: usize| {
                if !self.leads[row].has_entered(Stage::Rejected) {
                    return UNLABELLED;
                }
                let rows = self.history.transition_rows(self.history.leads.ids()[row]);
                let counts = |row: &usize| {
                    let at = transitions.at.get(*row).unwrap_or(transitions.recorded_at.get(*row));
                    transitions.stage.get(*row) == Stage::Rejected && self.counts(at, transitions.recorded_at.get(*row))
                };
                rows.filter(counts).map(|row| transitions.reason.codes()[row]).find(|code| *code != UNLABELLED).unwrap_or(UNLABELLED)
            };
            (0..self.history.leads.len()).into_par_iter().map(reason).collect()
        })
    }
}

const NEVER: i64 = i64::MAX;
