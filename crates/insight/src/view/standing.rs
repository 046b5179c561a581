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
    pub(crate) first_contacts: Once<Vec<Option<Instant>>>,
    pub(crate) idleness: Once<Idleness>,
}

/// How all stands at the end of what is written down: what whoever asks about now asks about.
pub struct Latest {
    standing: Standing,
    /// Whoever asks as of then, or later, finds all just so.
    happened_to: i64,
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
            first_contacts: Once::default(),
            idleness: Once::default(),
        }
    }

    pub fn kinds(&self) -> &Kinds {
        self.kinds.get_or_init(|| Kinds::of(&self.leads))
    }
}

impl Latest {
    pub fn of(history: &History) -> Latest {
        let standing = Standing::at(history, Instant::MAX, Instant::MAX);
        let instants = [
            history.leads.opened_at.values(),
            history.transitions.at.values(),
            history.deal_transitions.at.values(),
            history.activities.at.values(),
        ];
        let last = |instants: &[i64]| instants.par_iter().copied().max();
        let happened_to = instants.into_iter().filter_map(last).fold(standing.of_leads.1, i64::max);
        Latest { standing, happened_to }
    }

    /// Everything, if nothing happened or was recorded later. Worked out once for a history, unless whoever asks looks back.
    pub fn by(history: &History, as_of: Instant, known_at: Instant) -> Option<&Standing> {
        let is_all = |at: Instant| {
            history.leads.is_known_by(at)
                && history.transitions.is_known_by(at)
                && history.deals.is_known_by(at)
                && history.deal_transitions.is_known_by(at)
                && history.activities.is_known_by(at)
        };
        // Most of what happened is recorded later: who asks about an instant before that looks back.
        let latest = is_all(as_of.min(known_at)).then(|| history.latest())?;
        (latest.happened_to <= as_of.0).then_some(&latest.standing)
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
