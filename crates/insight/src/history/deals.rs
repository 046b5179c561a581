//! Where deals stood, and whom they belong to.

use std::ops::Range;

use alignment::{Instant, lifecycle::DealStage};
use rayon::prelude::*;

use super::{History, column::NONE, group::Group};

/// Where a deal stood at some time, as known at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DealState {
    /// `None`: a deal without any transition that counts.
    pub stage: Option<DealStage>,
    /// When it entered the stage. `None`: it did, and nobody wrote down when.
    pub at: Option<Instant>,
    /// From when on the stage counts for `as_of`: `at`, or else the earliest instant of a later stage or of learning of it.
    pub counts_from: Instant,
}

impl DealState {
    pub fn is_won(&self) -> bool {
        self.stage == Some(DealStage::Won)
    }

    pub fn is_lost(&self) -> bool {
        self.stage == Some(DealStage::Lost)
    }
}

/// Deals in the order of their groups.
pub struct DealsByGroup {
    order: Vec<(Group, u32)>,
}

const CHUNK_ROWS: usize = 1 << 13;

impl DealsByGroup {
    pub(super) fn of(history: &History) -> DealsByGroup {
        let mut order: Vec<(Group, u32)> =
            (0..history.deals.len()).into_par_iter().with_min_len(4096).map(|row| (history.deal_group(row), row as u32)).collect();
        order.par_sort_unstable();
        DealsByGroup { order }
    }

    /// All deals: groups in order, and rows of `History::deals` by id within each.
    pub fn order(&self) -> &[(Group, u32)] {
        &self.order
    }

    /// Rows of `History::deals` that belong to a group, by id.
    pub fn rows_of(&self, group: Group) -> impl Iterator<Item = usize> + '_ {
        let start = self.order.partition_point(|(known, _)| *known < group);
        self.order[start..].iter().take_while(move |(known, _)| *known == group).map(|(_, row)| *row as usize)
    }
}

impl History {
    /// The group whose journey leads to the deal: its company, or that of its first person, or of its lead.
    pub fn deal_group(&self, deal_row: usize) -> Group {
        let company = self.deals.company.values()[deal_row];
        if company != NONE {
            return self.groups().of(company, NONE);
        }
        let lead = self.deals.lead.get(deal_row).and_then(|lead| self.leads.find(lead));
        let first = self.deals.people.get(deal_row).first().copied();
        let person = first.or(lead.map(|row| self.leads.person.values()[row])).unwrap_or(NONE);
        self.groups().of(lead.map_or(NONE, |row| self.leads.company.values()[row]), person)
    }

    /// Rows of `deal_transitions` of a deal, by id.
    pub fn deal_transition_rows(&self, deal: i64) -> Range<usize> {
        run_of(self.deal_transitions.deal.values(), deal)
    }

    /// Rows of `transitions` of a lead, by id.
    pub fn transition_rows(&self, lead: i64) -> Range<usize> {
        run_of(self.transitions.lead.values(), lead)
    }

    /// Where each deal stood, in one walk along deals and their transitions: see [`History::deal_state`].
    pub fn deal_states(&self, as_of: Instant, known_at: Instant) -> Vec<Option<DealState>> {
        let (ids, of_deals) = (self.deals.ids(), self.deal_transitions.deal.values());
        let mut states = vec![None; ids.len()];
        states.par_chunks_mut(CHUNK_ROWS).enumerate().for_each(|(chunk, states)| {
            let first = chunk * CHUNK_ROWS;
            let mut next = of_deals.partition_point(|deal| *deal < ids[first]);
            for (row, state) in (first..).zip(states) {
                let before = of_deals[next..].iter().take_while(|deal| **deal < ids[row]).count();
                let start = next + before;
                next = start + of_deals[start..].iter().take_while(|deal| **deal == ids[row]).count();
                *state = self.deal_state_of(row, start..next, as_of, known_at);
            }
        });
        states
    }

    /// The stage last entered, of what had happened at `as_of` and was known at `known_at`. `None`: the deal itself was not known.
    pub fn deal_state(&self, deal_row: usize, as_of: Instant, known_at: Instant) -> Option<DealState> {
        self.deal_state_of(deal_row, self.deal_transition_rows(self.deals.ids()[deal_row]), as_of, known_at)
    }

    fn deal_state_of(&self, deal_row: usize, rows: Range<usize>, as_of: Instant, known_at: Instant) -> Option<DealState> {
        if self.deals.recorded_at.get(deal_row) > known_at {
            return None;
        }
        let transitions = &self.deal_transitions;
        let known = || rows.clone().filter(|row| transitions.recorded_at.get(*row) <= known_at);
        let mut state = DealState { stage: None, at: None, counts_from: self.deals.recorded_at.get(deal_row) };
        for row in known() {
            let (stage, at) = (transitions.stage.get(row), transitions.at.get(row));
            let counts_from = at.unwrap_or_else(|| {
                let later = known().filter(|other| transitions.stage.get(*other) > stage).filter_map(|other| transitions.at.get(other));
                later.fold(transitions.recorded_at.get(row), Instant::min)
            });
            // Said twice, the first time counts. Of two stages at one instant, the further one does.
            let later = state.stage.is_none_or(|current| current != stage && (counts_from, stage) > (state.counts_from, current));
            if counts_from <= as_of && later {
                state = DealState { stage: Some(stage), at, counts_from };
            }
        }
        Some(state)
    }
}

/// The run of a value in a sorted column.
fn run_of(sorted: &[i64], value: i64) -> Range<usize> {
    let start = sorted.partition_point(|known| *known < value);
    let length = sorted[start..].iter().take_while(|known| **known == value).count();
    start..start + length
}
