//! What was so: the history as it stood at `as_of`, seen with what was known at `known_at`.
//!
//! A fact that happened after `as_of` or was recorded after `known_at` does not count, so that the same question has the same answer
//! for ever. One pass over the leads and their transitions; shared by all numbers of a question.

use std::ops::Deref;

use alignment::Instant;

mod customers;
mod firsts;
mod kinds;
mod leads;
mod standing;
#[cfg(test)]
mod tests;
mod work;

pub use customers::{Customer, Customers};
pub use firsts::{FirstTouches, Firsts};
pub use kinds::Kinds;
pub use leads::LeadFacts;
pub use standing::Standing;
pub use work::Work;

use crate::{history::History, once::Once};

pub struct View<'a> {
    pub history: &'a History,
    pub as_of: Instant,
    pub known_at: Instant,
    standing: Kept<'a>,
    has_touches: Once<bool>,
    first_touches: Once<FirstTouches>,
    records_churn: Once<bool>,
    /// Of this question: touches come at any time, and are not held against what is kept with the history.
    pub(crate) first_contacts: Once<Vec<Option<Instant>>>,
}

enum Kept<'a> {
    Own(Box<Standing>),
    /// Kept with the history.
    Latest(&'a Standing),
}

impl Deref for View<'_> {
    type Target = Standing;

    fn deref(&self) -> &Standing {
        self.standing()
    }
}

impl<'a> View<'a> {
    pub fn at(history: &'a History, as_of: Instant, known_at: Instant) -> View<'a> {
        let own = || Kept::Own(Box::new(Standing::at(history, as_of, known_at)));
        View {
            history,
            as_of,
            known_at,
            standing: Standing::latest(history, as_of, known_at).map_or_else(own, Kept::Latest),
            has_touches: Once::default(),
            first_touches: Once::default(),
            records_churn: Once::default(),
            first_contacts: Once::default(),
        }
    }

    fn standing(&self) -> &Standing {
        match &self.standing {
            Kept::Own(standing) => standing,
            Kept::Latest(standing) => standing,
        }
    }

    /// Whether something that happened and was recorded then counts.
    pub fn counts(&self, at: Instant, recorded_at: Instant) -> bool {
        at <= self.as_of && recorded_at <= self.known_at
    }

    /// Whether anybody writes touches down.
    pub fn has_touches(&self) -> bool {
        let touches = &self.history.touches;
        let counts = |row| self.counts(touches.at.get(row), touches.recorded_at.get(row));
        *self.has_touches.get_or_init(|| (0..touches.len()).any(counts))
    }

    /// The first and the last instant of anything that leads and deals went through.
    pub fn extent(&self) -> Option<(Instant, Instant)> {
        let of_deals = self.deals.iter().flatten().filter(|state| state.stage.is_some()).map(|state| state.counts_from.0);
        let (first, last) = of_deals.fold(self.of_leads, |extent, at| leads::join(extent, (at, at)));
        (first <= last).then_some((Instant(first), Instant(last)))
    }

    /// The row of the company of a lead: its own, or its person's.
    pub fn company_of_lead(&self, lead_row: usize) -> Option<usize> {
        let (leads, people) = (&self.history.leads, &self.history.people);
        let of_person = || people.find(leads.person.values()[lead_row]).and_then(|row| people.company.get(row));
        self.history.companies.find(leads.company.get(lead_row).or_else(of_person)?)
    }

    /// The row of the company of a deal: its own, or its lead's, or its first person's.
    pub fn company_of_deal(&self, deal_row: usize) -> Option<usize> {
        self.history.companies.find(self.history.deal_group(deal_row).company()?)
    }

    pub fn lead_of_deal(&self, deal_row: usize) -> Option<usize> {
        let row = self.history.leads.find(self.history.deals.lead.get(deal_row)?)?;
        self.leads[row].is_known().then_some(row)
    }
}
