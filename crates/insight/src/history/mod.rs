//! The columnar history: everything that numbers are computed from, as Arrow columns.
//!
//! A history is a value: [`History::apply`] makes the next one and leaves the old one to those who still read it. Touches stand
//! sorted by group (company, or person without one), then instant, then id, so that a journey is one run of rows.

use std::sync::Arc;

mod column;
mod compare;
mod deals;
mod disk;
mod group;
mod held;
mod journeys;
mod labels;
mod manifest;
mod mapped;
mod merge;
mod parts;
mod tables;
#[cfg(test)]
mod tests;

pub use column::{Fixed, NONE};
pub use compare::differences;
pub use deals::{DealState, DealsByGroup};
pub use disk::HistoryError;
pub use group::{Group, Groups};
pub use held::Held;
pub use journeys::{Journeys, TouchRun};
pub use labels::{Customs, Labels, UNLABELLED};
pub use parts::{Amounts, Lists, Texts, currency_code};
pub use tables::{Activities, Clocks, Companies, DealTransitions, Deals, Leads, Named, People, Rows, Spend, Touches, Transitions, Waivers};

use alignment::Instant;
use rayon::prelude::*;

use crate::{
    once::Once,
    rows::{Delta, Table},
    view::{FirstTouches, Standing},
};

/// Cheap to clone: tables are shared.
#[derive(Clone)]
pub struct History {
    last_event: i64,
    pub companies: Arc<Held<Companies>>,
    pub people: Arc<Held<People>>,
    pub leads: Arc<Held<Leads>>,
    pub transitions: Arc<Held<Transitions>>,
    pub touches: Arc<Held<Touches>>,
    pub activities: Arc<Held<Activities>>,
    pub deals: Arc<Held<Deals>>,
    pub deal_transitions: Arc<Held<DealTransitions>>,
    pub campaigns: Arc<Held<Named>>,
    pub content: Arc<Held<Named>>,
    pub users: Arc<Held<Named>>,
    pub spend: Arc<Held<Spend>>,
    pub clocks: Arc<Held<Clocks>>,
    pub waivers: Arc<Held<Waivers>>,
    derived: Arc<Derived>,
}

/// What is worked out from the tables when first asked for.
#[derive(Default)]
struct Derived {
    journeys: Once<Journeys>,
    deals_by_group: Once<DealsByGroup>,
    first_touches: Once<FirstTouches>,
    happened_to: Once<Instant>,
    latest: Once<Standing>,
}

/// Rows in each table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    pub companies: usize,
    pub people: usize,
    pub leads: usize,
    pub transitions: usize,
    pub touches: usize,
    pub activities: usize,
    pub deals: usize,
    pub deal_transitions: usize,
    pub campaigns: usize,
    pub content: usize,
    pub users: usize,
    pub spend: usize,
    pub clocks: usize,
    pub waivers: usize,
}

impl History {
    pub fn empty() -> History {
        fn none<T: Rows>() -> Arc<Held<T>> {
            Arc::new(Held::new(T::from_rows(std::iter::empty::<&T::Row>())))
        }
        History {
            last_event: 0,
            companies: none(),
            people: none(),
            leads: none(),
            transitions: none(),
            touches: none(),
            activities: none(),
            deals: none(),
            deal_transitions: none(),
            campaigns: none(),
            content: none(),
            users: none(),
            spend: none(),
            clocks: none(),
            waivers: none(),
            derived: Arc::default(),
        }
    }

    /// The history after `delta`: its rows put in by id, the removed ones taken out. Applied twice, it changes nothing more. Where a
    /// delta both brings and removes an id, the row stays out only if it is not among the rows.
    pub fn apply(&self, delta: Delta) -> History {
        let gone = delta.removed.as_slice();
        let still = Groups { people: &self.people };
        let people = merge::upsert(&self.people, &delta.people, gone, Table::People, &still, false);
        let moved = !Arc::ptr_eq(&people, &self.people);
        let groups = Groups { people: &people };
        History {
            last_event: self.last_event.max(delta.last_event),
            companies: merge::upsert(&self.companies, &delta.companies, gone, Table::Companies, &groups, false),
            leads: merge::upsert(&self.leads, &delta.leads, gone, Table::Leads, &groups, false),
            transitions: merge::upsert(&self.transitions, &delta.transitions, gone, Table::Transitions, &groups, false),
            touches: merge::upsert(&self.touches, &delta.touches, gone, Table::Touches, &groups, moved),
            activities: merge::upsert(&self.activities, &delta.activities, gone, Table::Activities, &groups, moved),
            deals: merge::upsert(&self.deals, &delta.deals, gone, Table::Deals, &groups, false),
            deal_transitions: merge::upsert(&self.deal_transitions, &delta.deal_transitions, gone, Table::DealTransitions, &groups, false),
            campaigns: merge::upsert(&self.campaigns, &delta.campaigns, gone, Table::Campaigns, &groups, false),
            content: merge::upsert(&self.content, &delta.content, gone, Table::Content, &groups, false),
            users: merge::upsert(&self.users, &delta.users, gone, Table::Users, &groups, false),
            spend: merge::upsert(&self.spend, &delta.spend, gone, Table::Spend, &groups, false),
            clocks: merge::upsert(&self.clocks, &delta.clocks, gone, Table::Clocks, &groups, false),
            waivers: merge::upsert(&self.waivers, &delta.waivers, gone, Table::Waivers, &groups, false),
            people,
            derived: Arc::default(),
        }
    }

    /// Id of the last event that the history covers.
    pub fn last_event(&self) -> i64 {
        self.last_event
    }

    pub fn counts(&self) -> Counts {
        Counts {
            companies: self.companies.len(),
            people: self.people.len(),
            leads: self.leads.len(),
            transitions: self.transitions.len(),
            touches: self.touches.len(),
            activities: self.activities.len(),
            deals: self.deals.len(),
            deal_transitions: self.deal_transitions.len(),
            campaigns: self.campaigns.len(),
            content: self.content.len(),
            users: self.users.len(),
            spend: self.spend.len(),
            clocks: self.clocks.len(),
            waivers: self.waivers.len(),
        }
    }

    pub fn groups(&self) -> Groups<'_> {
        Groups { people: &self.people }
    }

    /// All touches, journey by journey.
    pub fn journeys(&self) -> &Journeys {
        self.derived.journeys.get_or_init(|| Journeys::of(self))
    }

    /// The first touches of people, whenever they were recorded.
    pub fn first_touches(&self) -> &FirstTouches {
        self.derived.first_touches.get_or_init(|| FirstTouches::of(self, Instant::MAX))
    }

    /// The last instant of anything that leads and deals went through, and of what sales did.
    pub fn happened_to(&self) -> Instant {
        *self.derived.happened_to.get_or_init(|| {
            let instants = [
                self.leads.opened_at.values(),
                self.transitions.at.values(),
                self.deal_transitions.at.values(),
                self.activities.at.values(),
            ];
            let last = instants.into_iter().filter_map(|instants| instants.par_iter().copied().max()).max();
            Instant(last.unwrap_or(NONE))
        })
    }

    /// How all stands at the end of what is written down.
    pub(crate) fn latest(&self) -> &Standing {
        self.derived.latest.get_or_init(|| Standing::at(self, Instant::MAX, Instant::MAX))
    }

    pub fn deals_by_group(&self) -> &DealsByGroup {
        self.derived.deals_by_group.get_or_init(|| DealsByGroup::of(self))
    }
}
