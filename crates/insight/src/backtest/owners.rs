//! Who would have been given each MQL: by the routing rules of the Agreement or, where it has none, by whoever got the lead.
//!
//! Weights of a pool are kept in the order of time. Working hours, absence and limits of open leads are not played through.

use std::collections::BTreeMap;

use alignment::{
    Instant,
    agreement::{Agreement, Pool, Target},
    judging::fields_hold,
};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{fields::Subjects, replay::Mql};
use crate::{
    history::{Group, NONE},
    view::View,
};

/// Somebody of the record, or an e-mail address that the record does not know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Rep {
    User(i64),
    Address(String),
}

/// One for each MQL; `None`: nobody.
pub(super) fn assign(view: &View, agreement: &Agreement, mqls: &[Mql]) -> Vec<Option<Rep>> {
    let owned = Owned::of(view);
    let rules = &agreement.routing.rules;
    if rules.is_empty() || agreement.clause(alignment::lifecycle::Stage::Mql).is_none_or(|clause| clause.criteria.is_none()) {
        return mqls.par_iter().map(|mql| owned.before(mql).or_else(|| owned.after(mql)).map(Rep::User)).collect();
    }
    let users = users_by_address(view);
    let rep = |address: &str| {
        users.get(&address.trim().to_lowercase()).map_or_else(|| Rep::Address(address.trim().into()), |user| Rep::User(*user))
    };
    let subjects = Subjects::of(view, agreement.currency);
    let place = |mql: &Mql| {
        let subject = subjects.get(mql.person as usize);
        let mut holding = rules.iter().filter(|rule| rule.when.as_ref().is_none_or(|when| fields_hold(when, &subject)));
        holding.find_map(|rule| match &rule.to {
            Target::AccountOwner => owned.before(mql).map(|user| Placed::With(Rep::User(user))),
            Target::User(address) => Some(Placed::With(rep(address))),
            Target::Pool(key) => agreement.routing.pools.iter().position(|pool| pool.key == *key).map(Placed::In),
        })
    };
    let placed: Vec<Option<Placed>> = mqls.par_iter().map(place).collect();
    let mut turns: Vec<Turns> = agreement.routing.pools.iter().map(Turns::of).collect();
    let mut order: Vec<usize> = (0..mqls.len()).collect();
    order.par_sort_by_key(|index| (mqls[*index].at, mqls[*index].person));
    let mut owners: Vec<Option<Rep>> = vec![None; mqls.len()];
    for index in order {
        owners[index] = match &placed[index] {
            None => None,
            Some(Placed::With(rep)) => Some(rep.clone()),
            Some(Placed::In(pool)) => turns[*pool].next().map(|member| rep(&agreement.routing.pools[*pool].members[member].user)),
        };
    }
    owners
}

enum Placed {
    With(Rep),
    In(usize),
}

fn users_by_address(view: &View) -> BTreeMap<String, i64> {
    let users = &view.history.users;
    (0..users.len()).filter_map(|row| Some((users.email.get(row)?.trim().to_lowercase(), users.ids()[row]))).collect()
}

/// Round robin by weight: next is who has had the least for their weight.
struct Turns {
    /// Weight and number given, by member.
    members: Vec<(u32, u64)>,
}

impl Turns {
    fn of(pool: &Pool) -> Turns {
        Turns { members: pool.members.iter().map(|member| (member.weight, 0)).collect() }
    }

    fn next(&mut self) -> Option<usize> {
        let able = self.members.iter().enumerate().filter(|(_, (weight, _))| *weight > 0);
        // a / b < c / d, without dividing.
        let (next, _) = able.min_by(|(_, (weight, given)), (_, (other, theirs))| {
            (u128::from(given + 1) * u128::from(*other)).cmp(&(u128::from(theirs + 1) * u128::from(*weight)))
        })?;
        self.members[next].1 += 1;
        Some(next)
    }
}

/// Leads with an owner, by group and time.
struct Owned<'a> {
    view: &'a View<'a>,
    by_group: FxHashMap<Group, Vec<OwnedLead>>,
}

#[derive(Clone, Copy)]
struct OwnedLead {
    opened_at: Instant,
    person: u32,
    owner: i64,
}

impl<'a> Owned<'a> {
    fn of(view: &'a View) -> Owned<'a> {
        let leads = &view.history.leads;
        let mut by_group: FxHashMap<Group, Vec<OwnedLead>> = FxHashMap::default();
        for row in (0..leads.len()).filter(|row| view.leads[*row].is_known()) {
            let (Some(owner), Some(person)) = (leads.owner.get(row), view.history.people.find(leads.person.values()[row])) else {
                continue;
            };
            let lead = OwnedLead { opened_at: leads.opened_at.get(row), person: person as u32, owner };
            by_group.entry(group_of(view, person)).or_default().push(lead);
        }
        by_group.values_mut().for_each(|leads| leads.sort_by_key(|lead| lead.opened_at));
        Owned { view, by_group }
    }

    fn of_group(&self, mql: &Mql) -> &[OwnedLead] {
        self.by_group.get(&group_of(self.view, mql.person as usize)).map_or(&[], Vec::as_slice)
    }

    /// Who owned the person's latest lead by then, or that of somebody at the same company.
    fn before(&self, mql: &Mql) -> Option<i64> {
        let known = self.of_group(mql).iter().rev().filter(|lead| lead.opened_at <= mql.at);
        let own = known.clone().find(|lead| lead.person == mql.person);
        own.or_else(|| known.clone().next()).map(|lead| lead.owner)
    }

    /// Who got the person's next lead.
    fn after(&self, mql: &Mql) -> Option<i64> {
        self.of_group(mql).iter().find(|lead| lead.opened_at > mql.at && lead.person == mql.person).map(|lead| lead.owner)
    }
}

/// The company of a person, or the person alone.
pub(super) fn group_of(view: &View, person_row: usize) -> Group {
    let company = view.history.people.company.values()[person_row];
    if company == NONE { Group(-view.history.people.ids()[person_row]) } else { Group(company) }
}
