//! What became of MQLs, by the record: accepted or rejected, won, and for how much.

use alignment::{Currency, Instant, Money, agreement::Agreement, lifecycle::Stage};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{
    Outcome, Revenue, Share,
    chance::sum_interval,
    people::PASS_DAYS,
    replay::Mql,
    wins::{self, Won},
};
use crate::view::View;

pub(super) struct Outcomes {
    currency: Currency,
    /// MQLs after this are too young to have been won.
    old_until: Instant,
    decisions: Decisions,
    /// Of each side, what an MQL led to.
    won: [FxHashMap<usize, Won>; 2],
}

impl Outcomes {
    pub fn of(view: &View, in_force: &Agreement, mqls: &[Vec<Mql>; 2]) -> Outcomes {
        let (first, second) = rayon::join(|| wins::of(view, in_force, &mqls[0]), || wins::of(view, in_force, &mqls[1]));
        Outcomes {
            currency: in_force.currency,
            old_until: view.as_of.plus_days(-i64::from(in_force.maturity.horizon_days)),
            decisions: Decisions::of(view),
            won: [first, second],
        }
    }

    /// Of some MQLs of a side, by their indices, which are in order.
    pub fn of_set(&self, mqls: &[Mql], side: usize, chosen: &[usize]) -> Outcome {
        let (mut accepted, mut decided, mut won, mut old) = (0, 0, 0, 0);
        let (mut amounts, mut deals, mut left_out) = (Vec::new(), 0, 0);
        for index in chosen {
            let mql = mqls[*index];
            let next = mqls.get(index + 1).filter(|next| next.person == mql.person).map(|next| next.at);
            if let Some(is_accepted) = self.decisions.after(&mql, next) {
                decided += 1;
                accepted += u64::from(is_accepted);
            }
            let led_to = self.won[side].get(index);
            if mql.at <= self.old_until {
                old += 1;
                won += u64::from(led_to.is_some());
            }
            if let Some(led_to) = led_to {
                amounts.push(led_to.revenue_minor);
                deals += u64::from(led_to.deals);
                left_out += u64::from(led_to.deals_left_out);
            }
        }
        let mqls = chosen.len() as u64;
        let money = |minor: i64| Money::new(minor, self.currency);
        let (low, high) = sum_interval(&amounts, 20_260_101);
        Outcome {
            mqls,
            acceptance: Share::new(accepted, decided),
            undecided: mqls - decided,
            win: Share::new(won, old),
            too_young: mqls - old,
            revenue: Revenue {
                amount: money(amounts.iter().sum()),
                low: money(low),
                high: money(high),
                deals: deals - left_out,
                deals_left_out: left_out,
            },
        }
    }
}

/// When sales decided on a lead of each person, and how: (person row, instant, accepted), sorted.
struct Decisions(Vec<(u32, Instant, bool)>);

impl Decisions {
    fn of(view: &View) -> Decisions {
        let leads = &view.history.leads;
        let mut decisions = Vec::new();
        for (row, facts) in view.leads.iter().enumerate().filter(|(_, facts)| facts.is_known()) {
            let Some(person) = view.history.people.find(leads.person.values()[row]) else { continue };
            let accepted = facts.from(Stage::Sal).filter(|_| facts.counts_in(Stage::Sal)).map(|at| (at, true));
            let rejected = facts.from(Stage::Rejected).map(|at| (at, false));
            // A lead is decided once: what came first.
            let first = accepted.into_iter().chain(rejected).min_by_key(|(at, _)| *at);
            decisions.extend(first.map(|(at, is_accepted)| (person as u32, at, is_accepted)));
        }
        decisions.par_sort_unstable();
        Decisions(decisions)
    }

    /// The first decision on the person from the instant on, while the pass lasts and before the next MQL.
    fn after(&self, mql: &Mql, next: Option<Instant>) -> Option<bool> {
        let until = mql.at.plus_days(PASS_DAYS);
        let (person, at, is_accepted) = self.0.get(self.0.partition_point(|(person, at, _)| (*person, *at) < (mql.person, mql.at)))?;
        let counts = *person == mql.person && *at <= until && next.is_none_or(|next| *at < next || next == mql.at);
        counts.then_some(*is_accepted)
    }
}
