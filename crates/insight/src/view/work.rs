//! What sales did: the activities of each person and each lead, in time order.

use alignment::{Instant, lifecycle::Stage};
use rayon::prelude::*;

use super::View;

/// Activities that count, by the row they belong to.
pub struct Work {
    by_person: Runs,
    by_lead: Runs,
    any: bool,
}

/// One activity: when, and whether it reached out to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deed {
    pub at: Instant,
    pub is_attempt: bool,
}

impl Work {
    pub(super) fn of(view: &View) -> Work {
        let history = view.history;
        let activities = &history.activities;
        let (mut of_people, mut of_leads, mut any) = (Vec::new(), Vec::new(), false);
        for row in 0..activities.len() {
            let at = activities.at.get(row);
            if !view.counts(at, activities.recorded_at.get(row)) {
                continue;
            }
            any = true;
            let deed = Deed { at, is_attempt: activities.kind.get(row).is_attempt() };
            if let Some(person) = activities.person.get(row).and_then(|person| history.people.find(person)) {
                of_people.push((person as u32, deed));
            }
            let deal = activities.deal.get(row).and_then(|deal| history.deals.find(deal));
            if let Some(lead) = deal.and_then(|deal| view.lead_of_deal(deal)) {
                of_leads.push((lead as u32, deed));
            }
        }
        Work { by_person: Runs::of(of_people, history.people.len()), by_lead: Runs::of(of_leads, history.leads.len()), any }
    }

    /// Whether anybody logs what sales does.
    pub fn is_recorded(&self) -> bool {
        self.any
    }

    /// The first activity with the lead's person, or on a deal of the lead, from `from` on and before the lead left the funnel.
    pub fn first_with(&self, view: &View, lead_row: usize, from: Instant, attempts_only: bool) -> Option<Instant> {
        let person = view.history.people.find(view.history.leads.person.values()[lead_row]);
        let facts = &view.leads[lead_row];
        let end = facts.exit().and_then(|stage: Stage| facts.at(stage)).unwrap_or(Instant(i64::MAX));
        let first = |deeds: &[Deed]| {
            let start = deeds.partition_point(|deed| deed.at < from);
            deeds[start..].iter().find(|deed| deed.is_attempt || !attempts_only).map(|deed| deed.at)
        };
        let with_person = person.and_then(|row| first(self.by_person.of_row(row)));
        let on_deal = first(self.by_lead.of_row(lead_row));
        with_person.into_iter().chain(on_deal).min().filter(|at| *at <= end.max(from))
    }
}

struct Runs {
    starts: Vec<u32>,
    deeds: Vec<Deed>,
}

impl Runs {
    fn of(mut deeds: Vec<(u32, Deed)>, rows: usize) -> Runs {
        deeds.par_sort_unstable();
        let mut starts = vec![0_u32; rows + 1];
        for (row, _) in &deeds {
            starts[*row as usize + 1] += 1;
        }
        for row in 0..rows {
            starts[row + 1] += starts[row];
        }
        Runs { starts, deeds: deeds.into_iter().map(|(_, deed)| deed).collect() }
    }

    fn of_row(&self, row: usize) -> &[Deed] {
        &self.deeds[self.starts[row] as usize..self.starts[row + 1] as usize]
    }
}
