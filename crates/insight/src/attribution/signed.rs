//! The won deals of a question, and the touches that led to each.

use alignment::Instant;
use rayon::prelude::*;

use super::of_deal;
use crate::{
    history::{Group, History, NONE, currency_code},
    question::{Journey, Question},
};

/// What was signed, as of the question.
pub(super) struct Signed<'h> {
    pub history: &'h History,
    pub question: &'h Question,
    /// The deals that the question is about, by group.
    pub won: Vec<Won>,
    /// Who signed when, sorted; all signatures, also those outside the question's period: a journey starts after the one before it.
    signatures: Vec<(i64, Instant)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Won {
    pub group: Group,
    /// When it was signed, or from when on it counts as signed if nobody wrote that down.
    pub at: Instant,
    /// Row of `History::deals`.
    pub row: usize,
}

impl<'h> Signed<'h> {
    pub fn of(history: &'h History, question: &'h Question) -> Signed<'h> {
        let won_at = |row: usize| {
            let state = history.deal_state(row, question.as_of, question.known_at)?;
            state.is_won().then(|| Won { group: history.deal_group(row), at: state.counts_from, row })
        };
        let mut won: Vec<Won> = (0..history.deals.len()).into_par_iter().filter_map(won_at).collect();
        won.par_sort_unstable();
        let mut signed = Signed { history, question, won: Vec::new(), signatures: Vec::new() };
        let mut signatures: Vec<_> = won.iter().flat_map(|won| signed.owners(won.row, won.group).map(|owner| (owner, won.at))).collect();
        signatures.par_sort_unstable();
        won.retain(|won| question.period.contains(won.at) && of_deal::is_kept(history, &question.filters, won.row));
        signed.signatures = signatures;
        signed.won = won;
        signed
    }

    /// Minor units that the deal brings in the question's currency: none without an amount, or with one in another currency.
    pub fn minor(&self, deal_row: usize) -> i64 {
        let minor = self.history.deals.amount.minor_in(deal_row, currency_code(self.question.currency));
        minor.unwrap_or(0).max(-i64::MAX)
    }

    /// Where the lookback from an instant reaches.
    pub fn lookback(&self, from: Instant) -> Instant {
        from.plus_days(-i64::from(self.question.settings.lookback_days))
    }

    /// Whose touches lead to the deal: a group, or each of its people.
    fn owners(&self, deal_row: usize, group: Group) -> impl Iterator<Item = i64> + '_ {
        let deals = &self.history.deals;
        let (single, people): (Option<i64>, &[i64]) = match self.question.settings.journey {
            Journey::Company => (Some(group.0).filter(|_| group != Group::NOBODY), &[]),
            Journey::Person => match deals.people.get(deal_row) {
                [] => (self.lead_person(deal_row), &[]),
                people => (None, people),
            },
        };
        single.into_iter().chain(people.iter().copied())
    }

    fn lead_person(&self, deal_row: usize) -> Option<i64> {
        let lead = self.history.deals.lead.get(deal_row)?;
        Some(self.history.leads.person.values()[self.history.leads.find(lead)?])
    }

    /// Puts the rows of the touches from `opens` up to and with `closes` into `rows`, oldest first and ties by id: for each owner
    /// those after the owner's last signature before `closes`, as far as they were known.
    pub fn gather(&self, deal_row: usize, group: Group, opens: Instant, closes: Instant, rows: &mut Vec<u32>) {
        rows.clear();
        let mut runs = 0;
        for owner in self.owners(deal_row, group) {
            let opens = self.signed_before(owner, closes).map_or(opens, |signed_at| opens.max(signed_at.plus_micros(1)));
            match self.question.settings.journey {
                Journey::Company => self.take(Group(owner), None, opens, closes, rows),
                Journey::Person => {
                    let own = self.history.groups().of(NONE, owner);
                    self.take(own, Some(owner), opens, closes, rows);
                    if own != group {
                        self.take(group, Some(owner), opens, closes, rows);
                        runs += 1;
                    }
                }
            }
            runs += 1;
        }
        if runs > 1 {
            let touches = &self.history.touches;
            rows.sort_unstable_by_key(|row| (touches.at.values()[*row as usize], touches.ids()[*row as usize]));
            rows.dedup();
        }
    }

    fn take(&self, group: Group, person: Option<i64>, opens: Instant, closes: Instant, rows: &mut Vec<u32>) {
        let touches = &self.history.touches;
        let all = self.history.journeys().rows_of(group);
        let at = &touches.at.values()[all.clone()];
        let start = all.start + at.partition_point(|at| *at < opens.0);
        let end = all.start + at.partition_point(|at| *at <= closes.0);
        let (recorded_at, people) = (touches.recorded_at.values(), touches.person.values());
        let known_at = self.question.known_at.0;
        let counts = |row: &usize| recorded_at[*row] <= known_at && person.is_none_or(|person| people[*row] == person);
        rows.extend((start..end.max(start)).filter(counts).map(|row| row as u32));
    }

    fn signed_before(&self, owner: i64, at: Instant) -> Option<Instant> {
        let index = self.signatures.partition_point(|signature| *signature < (owner, at));
        let (signer, signed_at) = self.signatures[..index].last()?;
        (*signer == owner).then_some(*signed_at)
    }
}
