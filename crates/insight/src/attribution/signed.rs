//! The deals that reached the goal of a question, the touches that led to each, and whoever has not got there.

use std::ops::Range;

use alignment::Instant;
use rayon::prelude::*;

use super::marks::Marks;
use crate::{
    engine::Segments,
    history::{DealState, Group, History, Journeys, NONE, currency_code},
    question::{Goal, Journey, Question},
    view::View,
};

mod nulls;

pub(crate) use nulls::Nulls;

/// The touches of one deal, gathered into buffers that are reused from deal to deal.
#[derive(Default)]
pub(crate) struct Gathered {
    /// Rows of `History::touches`, oldest first, ties by id.
    pub rows: Vec<u32>,
    /// Where the last journey and the last signature were found: deals are walked in the order of groups, so the next ones are near.
    journey: usize,
    signature: usize,
    /// Scratch space.
    ahead: Vec<Range<usize>>,
}

/// What was signed (or opened, if pipeline is the goal), as of the question.
pub(crate) struct Signed<'h> {
    pub history: &'h History,
    pub question: &'h Question,
    /// The deals that the question is about, by group.
    pub won: Vec<Won>,
    /// Who signed when, sorted; all signatures, also those outside the question's period: a journey starts after the one before it.
    /// With pipeline as the goal, who opened a deal when.
    signatures: Vec<(Owner, Instant)>,
    /// Whether all touches were recorded by the question's `known_at`.
    is_all_known: bool,
}

/// Whose journey it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Owner {
    Group(Group),
    Person(i64),
}

impl Owner {
    /// A number of its own among those of the same kind.
    fn id(self) -> i64 {
        match self {
            Owner::Group(group) => group.0,
            Owner::Person(person) => person,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Won {
    pub group: Group,
    /// When it was signed, or from when on it counts as signed if nobody wrote that down; or when it was opened.
    pub at: Instant,
    /// Row of `History::deals`.
    pub row: usize,
}

impl<'h> Signed<'h> {
    pub fn of(history: &'h History, question: &'h Question) -> Signed<'h> {
        let states = history.deal_states(question.as_of, question.known_at);
        let won_of = |(group, row): &(Group, u32)| {
            let state = states[*row as usize]?;
            Some(Won { group: *group, at: converted_at(history, question, *row as usize, &state)?, row: *row as usize })
        };
        let mut won: Vec<Won> = history.deals_by_group().order().par_iter().filter_map(won_of).collect();
        won.chunk_by_mut(|a, b| a.group == b.group).for_each(|of_group| of_group.sort_unstable());
        let is_all_known = history.touches.is_known_by(question.known_at);
        let mut signed = Signed { history, question, won, signatures: Vec::new(), is_all_known };
        signed.signatures = signed.all_signatures();
        if question.settings.goal == Goal::Customers {
            // By group and then instant, so the first of each is the first signature.
            signed.won.dedup_by(|next, first| next.group == first.group && next.group != Group::NOBODY);
        }
        signed.won.retain(|won| question.period.contains(won.at));
        signed.filter();
        signed
    }

    /// Keeps the deals that the question's filters keep, as every other number does.
    fn filter(&mut self) {
        let Question { filters, as_of, known_at, .. } = self.question;
        if filters.is_empty() {
            return;
        }
        let view = View::at(self.history, *as_of, *known_at);
        for filter in filters {
            let segments = Segments::of(&view, &filter.dimension);
            let places = segments.places(filter.value.as_deref());
            self.won.retain(|won| places.contains(&segments.deals[won.row]));
        }
    }

    fn all_signatures(&self) -> Vec<(Owner, Instant)> {
        let by_owner = |won: &Won| self.owners(won.row, won.group).map(|owner| (owner, won.at)).collect::<Vec<_>>();
        match self.question.settings.journey {
            // In the order of deals, which is that of groups.
            Journey::Company => self.won.iter().map(|won| (Owner::Group(won.group), won.at)).collect(),
            Journey::Person => {
                let mut signatures: Vec<_> = self.won.iter().flat_map(by_owner).collect();
                signatures.par_sort_unstable();
                signatures
            }
        }
    }

    /// Minor units that the deal brings in the question's currency: none without an amount, or with one in another currency.
    pub fn minor(&self, deal_row: usize) -> i64 {
        let minor = self.history.deals.amount.minor_in(deal_row, currency_code(self.question.currency));
        minor.unwrap_or(0).max(-i64::MAX)
    }

    /// The marks of the journey to a deal that converted at an instant.
    pub fn marks(&self, deal_row: usize, closes: Instant) -> Marks {
        let Question { known_at, settings, .. } = self.question;
        let (deals, leads) = (&self.history.deals, &self.history.leads);
        let lead = deals.lead.get(deal_row).and_then(|lead| leads.find(lead)).filter(|row| leads.recorded_at.get(*row) <= *known_at);
        Marks {
            lead_at: lead.map(|row| leads.opened_at.get(row)),
            opportunity_at: deals.opened_at.get(deal_row).filter(|at| *at <= closes),
            signed_at: (settings.goal != Goal::Pipeline).then_some(closes),
        }
    }

    /// Where the lookback from an instant reaches.
    pub fn lookback(&self, from: Instant) -> Instant {
        from.plus_days(-i64::from(self.question.settings.lookback_days))
    }

    /// Whose touches lead to the deal: a group's, or each of its people's. A deal without people is led to by its group.
    fn owners(&self, deal_row: usize, group: Group) -> impl Iterator<Item = Owner> + '_ {
        let people = match self.question.settings.journey {
            Journey::Company => &[],
            Journey::Person => self.history.deals.people.get(deal_row),
        };
        let group = (people.is_empty() && group != Group::NOBODY).then_some(Owner::Group(group));
        group.into_iter().chain(people.iter().map(|person| Owner::Person(*person)))
    }

    /// Gathers the touches from `opens` up to and with `closes`: for each owner those after the owner's last signature before
    /// `closes`, as far as they were known.
    pub fn gather(&self, deal_row: usize, group: Group, opens: Instant, closes: Instant, gathered: &mut Gathered) {
        gathered.rows.clear();
        let mut runs = 0;
        for owner in self.owners(deal_row, group) {
            let opens =
                self.signed_before(owner, closes, &mut gathered.signature).map_or(opens, |signed_at| opens.max(signed_at.plus_micros(1)));
            match owner {
                Owner::Group(group) => self.take(group, None, opens, closes, gathered),
                Owner::Person(person) => {
                    let own = self.history.groups().of(NONE, person);
                    self.take(own, Some(person), opens, closes, gathered);
                    if own != group {
                        self.take(group, Some(person), opens, closes, gathered);
                        runs += 1;
                    }
                }
            }
            runs += 1;
        }
        if runs > 1 {
            let touches = &self.history.touches;
            gathered.rows.sort_unstable_by_key(|row| (touches.at.values()[*row as usize], touches.ids()[*row as usize]));
            gathered.rows.dedup();
        }
    }

    fn take(&self, group: Group, person: Option<i64>, opens: Instant, closes: Instant, gathered: &mut Gathered) {
        let touches = &self.history.touches;
        let all = gathered.find(self.history.journeys(), group);
        let at = &touches.at.values()[all.clone()];
        let start = all.start + at.partition_point(|at| *at < opens.0);
        let end = all.start + at.partition_point(|at| *at <= closes.0);
        let rows = start as u32..end.max(start) as u32;
        if self.is_all_known && person.is_none() {
            return gathered.rows.extend(rows);
        }
        let (recorded_at, people) = (touches.recorded_at.values(), touches.person.values());
        let is_known = |row: u32| self.is_all_known || recorded_at[row as usize] <= self.question.known_at.0;
        gathered.rows.extend(rows.filter(|row| is_known(*row) && person.is_none_or(|person| people[*row as usize] == person)));
    }

    fn last_signature(&self, owner: Owner) -> Option<Instant> {
        self.signed_before(owner, Instant::MAX, &mut 0)
    }

    /// `near`: a place in the signatures that is likely near, and then the one that it is.
    fn signed_before(&self, owner: Owner, at: Instant, near: &mut usize) -> Option<Instant> {
        *near = sought(*near, self.signatures.len(), |place| self.signatures[place] < (owner, at));
        let (signer, signed_at) = self.signatures[..*near].last()?;
        (*signer == owner).then_some(*signed_at)
    }

    /// Reads where the touches of some deals begin and end, before they are walked. One by one, each deal waits for its own to come from
    /// memory; asked for like this they come together. Gives the rows of each that has any.
    pub fn read_ahead<'g>(&self, deals: &[Won], gathered: &'g mut Gathered) -> &'g [Range<usize>] {
        let (at, journeys, near) = (self.history.touches.at.values(), self.history.journeys(), gathered.journey);
        gathered.ahead.clear();
        for won in deals {
            let rows = gathered.find(journeys, won.group);
            gathered.ahead.extend((!rows.is_empty()).then_some(rows));
        }
        let ends = gathered.ahead.iter().fold(0, |ends, rows| ends ^ at[rows.start] ^ at[rows.end - 1]);
        std::hint::black_box(ends);
        gathered.journey = near;
        &gathered.ahead
    }
}

/// When a deal reached the goal, if it has.
pub(super) fn converted_at(history: &History, question: &Question, deal_row: usize, state: &DealState) -> Option<Instant> {
    match question.settings.goal {
        Goal::Revenue | Goal::Customers => state.is_won().then_some(state.counts_from),
        Goal::Pipeline => history.deals.opened_at.get(deal_row).filter(|at| *at <= question.as_of),
    }
}

impl Gathered {
    /// Rows of a group's touches.
    fn find(&mut self, journeys: &Journeys, group: Group) -> Range<usize> {
        self.journey = sought(self.journey, journeys.len(), |index| journeys.group(index) < group);
        let found = self.journey < journeys.len() && journeys.group(self.journey) == group;
        if found { journeys.get(self.journey).rows } else { 0..0 }
    }
}

/// The first place at which `is_before` no longer holds, sought from one near it: twice as far at each step, and then in between.
fn sought(near: usize, places: usize, is_before: impl Fn(usize) -> bool) -> usize {
    let is_too_far = near > places || (near > 0 && !is_before(near - 1));
    let (mut below, mut step) = (if is_too_far { 0 } else { near }, 1);
    while below + step <= places && is_before(below + step - 1) {
        below += step;
        step *= 2;
    }
    let mut above = (below + step - 1).min(places);
    while below < above {
        let middle = below + (above - below) / 2;
        if is_before(middle) {
            below = middle + 1;
        } else {
            above = middle;
        }
    }
    below
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::sought;

    proptest! {
        #[test]
        fn a_place_is_found_from_wherever_it_is_sought(mut sorted in prop::collection::vec(0..50_u32, 0..60), near in 0..80_usize, value in 0..50_u32) {
            sorted.sort_unstable();
            prop_assert_eq!(sought(near, sorted.len(), |place| sorted[place] < value), sorted.partition_point(|known| *known < value));
        }
    }
}
