//! The replay: each person's touches in time order, shown to both judges.
//!
//! A pass becomes an MQL at the first touch at which the criteria hold. While it is open nothing more is asked; when it ends, the
//! evidence starts anew, as it does for the judging of live leads.

use alignment::{
    Currency, Instant,
    judging::{Judge, Signal, Walk},
    lifecycle::Stage,
};
use rayon::prelude::*;

use super::{
    fields::PersonLeaves,
    marks::TouchMarks,
    people::{Ends, TouchesByPerson},
};
use crate::view::View;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mql {
    /// Row of `History::people`.
    pub person: u32,
    pub at: Instant,
}

/// One Agreement, with all that can be known before any touch is looked at.
pub(super) struct Side<'a> {
    judge: &'a Judge,
    leaves: PersonLeaves<'a>,
    marks: TouchMarks,
}

impl<'a> Side<'a> {
    pub fn of(view: &View<'a>, judge: &'a Judge, currency: Currency) -> Side<'a> {
        Side { judge, leaves: PersonLeaves::of(view, judge, currency), marks: TouchMarks::of(view.history, judge) }
    }
}

const PEOPLE_PER_CHUNK: usize = 1 << 12;

/// The MQLs of each side, by person and instant, the same on any number of threads.
pub(super) fn replay(view: &View, touches: &TouchesByPerson, ends: &Ends, sides: &[Option<Side>; 2]) -> [Vec<Mql>; 2] {
    let people = view.history.people.len();
    let chunk = |chunk: usize| {
        let mut walkers = sides.each_ref().map(|side| side.as_ref().map(|side| Walker::of(view, ends, side)));
        let mut in_order = Vec::new();
        for person in chunk * PEOPLE_PER_CHUNK..people.min((chunk + 1) * PEOPLE_PER_CHUNK) {
            let rows = sorted(view, touches.of_row(person), &mut in_order);
            if !rows.is_empty() {
                walkers.iter_mut().flatten().for_each(|walker| walker.walk(person, rows));
            }
        }
        walkers.map(|walker| walker.map_or_else(Vec::new, |walker| walker.found))
    };
    let chunks: Vec<[Vec<Mql>; 2]> = (0..people.div_ceil(PEOPLE_PER_CHUNK)).into_par_iter().map(chunk).collect();
    let mut all = [Vec::new(), Vec::new()];
    for chunk in chunks {
        all.iter_mut().zip(chunk).for_each(|(all, found)| all.extend(found));
    }
    all
}

/// Touches stand by company, then instant: those of a person with several companies have to be put in order.
fn sorted<'r>(view: &View, rows: &'r [u32], in_order: &'r mut Vec<u32>) -> &'r [u32] {
    let at = view.history.touches.at.values();
    if rows.is_sorted_by_key(|row| at[*row as usize]) {
        return rows;
    }
    let ids = view.history.touches.ids();
    in_order.clear();
    in_order.extend_from_slice(rows);
    in_order.sort_unstable_by_key(|row| (at[*row as usize], ids[*row as usize]));
    in_order
}

struct Walker<'a> {
    view: &'a View<'a>,
    ends: &'a Ends,
    side: &'a Side<'a>,
    walk: Walk<'a>,
    found: Vec<Mql>,
}

impl<'a> Walker<'a> {
    fn of(view: &'a View, ends: &'a Ends, side: &'a Side) -> Walker<'a> {
        Walker { view, ends, side, walk: side.judge.walk_of(Default::default()), found: Vec::new() }
    }

    fn walk(&mut self, person: usize, rows: &[u32]) {
        let leaves = self.side.leaves.of_person(person);
        self.walk.restart(leaves);
        if !self.walk.can_enter(Stage::Mql) {
            return;
        }
        let times = self.view.history.touches.at.values();
        let mut open_until = Instant(i64::MIN);
        for row in rows.iter().map(|row| *row as usize) {
            let at = Instant(times[row]);
            if at > self.view.as_of {
                return;
            }
            if at <= open_until {
                continue;
            }
            self.walk.observe(&Signal { at, marks: self.side.marks.of_touch(self.view.history, row) });
            if self.walk.enters(Stage::Mql, at) {
                self.found.push(Mql { person: person as u32, at });
                open_until = self.ends.after(person as u32, at);
                self.walk.restart(leaves);
            }
        }
    }
}

/// The MQLs that the record has, by person and instant.
pub(super) fn recorded(view: &View) -> Vec<Mql> {
    let leads = view.leads.iter().enumerate().filter(|(_, facts)| facts.counts_in(Stage::Mql));
    let mql = |(row, facts): (usize, &crate::view::LeadFacts)| {
        let person = view.history.people.find(view.history.leads.person.values()[row])?;
        Some(Mql { person: person as u32, at: facts.from(Stage::Mql)? })
    };
    let mut mqls: Vec<Mql> = leads.filter_map(mql).collect();
    mqls.par_sort_unstable_by_key(|mql| (mql.person, mql.at));
    mqls
}
