//! The touches of each person in time order, and the instants at which the record says that a pass of theirs ended.

use alignment::{Instant, lifecycle::Stage};
use rayon::prelude::*;

use crate::{
    history::{History, NONE},
    view::View,
};

pub(super) const NOBODY: u32 = u32::MAX;

/// Rows of `History::touches` by the row of their person; of each person, in time order unless a person has touches with several
/// companies.
pub(super) struct TouchesByPerson {
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl TouchesByPerson {
    pub fn of(history: &History) -> TouchesByPerson {
        let people = history.touches.person.values();
        let row_of = |id: &i64| if *id == NONE { NOBODY } else { history.people.find(*id).map_or(NOBODY, |row| row as u32) };
        let of_touch: Vec<u32> = people.par_iter().with_min_len(1 << 14).map(row_of).collect();
        let (starts, rows) = by_person(&of_touch, history.people.len());
        TouchesByPerson { starts, rows }
    }

    /// The first touch of anybody.
    pub fn first_at(&self, history: &History) -> Option<Instant> {
        let at = history.touches.at.values();
        self.rows.par_iter().with_min_len(1 << 14).map(|row| at[*row as usize]).min().map(Instant)
    }

    pub fn of_row(&self, person_row: usize) -> &[u32] {
        &self.rows[self.starts[person_row] as usize..self.starts[person_row + 1] as usize]
    }
}

/// Indices of items by the row of their person, in their order; [`NOBODY`]'s are left out.
fn by_person(of_item: &[u32], people: usize) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0_u32; people + 1];
    for person in of_item.iter().filter(|person| **person != NOBODY) {
        starts[*person as usize + 1] += 1;
    }
    for row in 0..people {
        starts[row + 1] += starts[row];
    }
    let mut next = starts.clone();
    let mut items = vec![0_u32; starts[people] as usize];
    for (item, person) in of_item.iter().enumerate().filter(|(_, person)| **person != NOBODY) {
        items[next[*person as usize] as usize] = item as u32;
        next[*person as usize] += 1;
    }
    (starts, items)
}

/// Without a recorded end, a pass counts as open for so long.
pub(super) const PASS_DAYS: i64 = 180;

/// (person row, instant) at which a pass was recorded as over, sorted.
pub(super) struct Ends(Vec<(u32, Instant)>);

impl Ends {
    pub fn of(view: &View) -> Ends {
        const WAYS_OUT: [Stage; 4] = [Stage::Customer, Stage::Rejected, Stage::Recycled, Stage::Lost];
        let mut ends: Vec<(u32, Instant)> = Vec::new();
        for (row, facts) in view.leads.iter().enumerate() {
            let Some(person) = view.history.people.find(view.history.leads.person.values()[row]) else { continue };
            ends.extend(WAYS_OUT.iter().filter_map(|stage| Some((person as u32, facts.from(*stage)?))));
        }
        ends.par_sort_unstable();
        Ends(ends)
    }

    /// When a pass that became an MQL at the instant is over.
    pub fn after(&self, person_row: u32, at: Instant) -> Instant {
        let latest = at.plus_days(PASS_DAYS);
        let next = self.0.get(self.0.partition_point(|end| *end <= (person_row, at)));
        next.filter(|(person, _)| *person == person_row).map_or(latest, |(_, end)| latest.min(*end))
    }
}
