//! Whoever has not reached the goal: the journeys without a conversion.

use std::ops::Range;

use alignment::Instant;
use rustc_hash::FxHashSet;

use super::{Owner, Signed};
use crate::{
    engine::Segments,
    history::{Group, NONE},
    question::{Goal, Journey},
    view::View,
};

/// The touches after an owner's last conversion, up to `as_of`: those in the lookback before the last of them, if that lies in the
/// period. A customer's later touches lead to no first signature, so with customers as the goal they are left out.
pub(crate) struct Nulls<'a> {
    signed: &'a Signed<'a>,
    /// Whose journeys the filters keep; `None`: everybody's.
    kept: Option<FxHashSet<Owner>>,
}

impl<'a> Nulls<'a> {
    pub fn of(signed: &'a Signed<'a>) -> Nulls<'a> {
        Nulls { kept: kept(signed), signed }
    }

    /// Hands over one journey after another, of a range of groups: whose it is, and the rows of its touches, oldest first.
    pub fn walk(&self, groups: Range<usize>, mut take: impl FnMut(i64, &[u32])) {
        let journeys = self.signed.history.journeys();
        let mut own: Vec<u32> = Vec::new();
        // Both stand in the order of groups, so the signatures of the next one are a few steps on.
        let mut signature = groups.start.min(journeys.len());
        if signature < journeys.len() {
            let first = Owner::Group(journeys.get(signature).group);
            signature = self.signed.signatures.partition_point(|(owner, _)| *owner < first);
        }
        for index in groups {
            let run = journeys.get(index);
            if run.group == Group::NOBODY {
                continue;
            }
            match self.signed.question.settings.journey {
                Journey::Company => {
                    let owner = Owner::Group(run.group);
                    let mut converted_at = None;
                    while let Some((known, at)) = self.signed.signatures.get(signature).filter(|(known, _)| *known <= owner) {
                        converted_at = (*known == owner).then_some(*at).or(converted_at);
                        signature += 1;
                    }
                    if self.company(owner, run.rows, converted_at, &mut own) {
                        take(owner.id(), &own);
                    }
                }
                Journey::Person => self.people(run.rows, &mut own, &mut take),
            }
        }
    }

    /// Fills in the rows of the journey of one group. `false`: it has none that counts.
    fn company(&self, owner: Owner, rows: Range<usize>, converted_at: Option<Instant>, journey: &mut Vec<u32>) -> bool {
        if !self.asked(owner, converted_at) {
            return false;
        }
        let touches = &self.signed.history.touches;
        let (at, recorded_at) = (touches.at.values(), touches.recorded_at.values());
        let (as_of, known_at) = (self.signed.question.as_of.0, self.signed.question.known_at.0);
        let after = converted_at.unwrap_or(Instant::MIN).0;
        let counts = |row: &usize| self.signed.is_all_known || recorded_at[*row] <= known_at;
        let end = rows.start + at[rows.clone()].partition_point(|at| *at <= as_of);
        let Some(last) = (rows.start..end).rev().find(counts).filter(|row| at[*row] > after) else { return false };
        if !self.signed.question.period.contains(Instant(at[last])) {
            return false;
        }
        let opens = self.signed.lookback(Instant(at[last])).0.max(after.saturating_add(1));
        let start = rows.start + at[rows.start..=last].partition_point(|at| *at < opens);
        journey.clear();
        journey.extend((start..=last).filter(counts).map(|row| row as u32));
        true
    }

    /// The journeys of the people of one group. What is recorded of a person for two companies is two journeys.
    fn people(&self, rows: Range<usize>, own: &mut Vec<u32>, take: &mut impl FnMut(i64, &[u32])) {
        let touches = &self.signed.history.touches;
        let (at, recorded_at, people) = (touches.at.values(), touches.recorded_at.values(), touches.person.values());
        let (as_of, known_at) = (self.signed.question.as_of, self.signed.question.known_at);
        own.clear();
        let is_known = |row: usize| self.signed.is_all_known || recorded_at[row] <= known_at.0;
        own.extend(rows.filter(|row| people[*row] != NONE && at[*row] <= as_of.0 && is_known(*row)).map(|row| row as u32));
        own.sort_by_key(|row| people[*row as usize]);
        for of_person in own.chunk_by(|a, b| people[*a as usize] == people[*b as usize]) {
            let person = people[of_person[0] as usize];
            let owner = Owner::Person(person);
            let converted_at = self.signed.last_signature(owner);
            let last = Instant(at[of_person[of_person.len() - 1] as usize]);
            let after = converted_at.unwrap_or(Instant::MIN);
            if !self.asked(owner, converted_at) || last <= after || !self.signed.question.period.contains(last) {
                continue;
            }
            let opens = self.signed.lookback(last).0.max(after.0.saturating_add(1));
            take(owner.id(), &of_person[of_person.partition_point(|row| at[*row as usize] < opens)..]);
        }
    }

    fn asked(&self, owner: Owner, converted_at: Option<Instant>) -> bool {
        let is_customer = self.signed.question.settings.goal == Goal::Customers && converted_at.is_some();
        !is_customer && self.kept.as_ref().is_none_or(|kept| kept.contains(&owner))
    }
}

/// Who has a lead that the filters keep.
fn kept(signed: &Signed) -> Option<FxHashSet<Owner>> {
    let question = signed.question;
    if question.filters.is_empty() {
        return None;
    }
    let history = signed.history;
    let view = View::at(history, question.as_of, question.known_at);
    let mut kept = vec![true; history.leads.len()];
    for filter in &question.filters {
        let segments = Segments::of(&view, &filter.dimension);
        let places = segments.places(filter.value.as_deref());
        kept.iter_mut().zip(&segments.leads).for_each(|(kept, place)| *kept &= places.contains(place));
    }
    let owner = |row: usize| {
        let (person, company) = (history.leads.person.values()[row], history.leads.company.values()[row]);
        match question.settings.journey {
            Journey::Company => Owner::Group(history.groups().of(company, person)),
            Journey::Person => Owner::Person(person),
        }
    };
    Some((0..kept.len()).filter(|row| kept[*row]).map(owner).collect())
}
