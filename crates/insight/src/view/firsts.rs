//! The first touch of each person. One pass over the touches, from several threads at once.

use std::sync::atomic::{AtomicU32, Ordering};

use alignment::{Instant, lifecycle::Side};
use rayon::prelude::*;

use super::View;
use crate::history::{Group, History, NONE};

/// Touch rows by people row.
pub struct FirstTouches {
    /// [`NO_TOUCH`] for none.
    any: Vec<AtomicU32>,
    marketing: Vec<AtomicU32>,
}

/// First touches as they stood: one that is yet to come is none.
#[derive(Clone, Copy)]
pub struct Firsts<'a> {
    found: &'a FirstTouches,
    at: &'a [i64],
    as_of: Instant,
}

const NO_TOUCH: u32 = u32::MAX;
const CHUNK_ROWS: usize = 1 << 16;

impl FirstTouches {
    /// Of all touches that were known by then.
    pub(crate) fn of(history: &History, known_at: Instant) -> FirstTouches {
        let (touches, people) = (&history.touches, &history.people);
        let blank = || (0..people.len()).map(|_| AtomicU32::new(NO_TOUCH)).collect::<Vec<_>>();
        let firsts = FirstTouches { any: blank(), marketing: blank() };
        let is_known = touches.is_known_by(known_at);
        let (of_person, recorded_at) = (touches.person.values(), touches.recorded_at.values());
        of_person.par_chunks(CHUNK_ROWS).enumerate().for_each(|(chunk, persons)| {
            for (row, person) in (chunk * CHUNK_ROWS..).zip(persons) {
                if *person == NONE || !(is_known || recorded_at[row] <= known_at.0) {
                    continue;
                }
                let Some(place) = people.find(*person) else { continue };
                keep_first(&firsts.any[place], row as u32, history);
                if touches.kind.get(row).side() == Side::Marketing {
                    keep_first(&firsts.marketing[place], row as u32, history);
                }
            }
        });
        firsts
    }
}

impl Firsts<'_> {
    /// Row of the first touch of a person.
    pub fn touch_of(&self, person_row: usize) -> Option<usize> {
        self.happened(&self.found.any[person_row])
    }

    /// Row of the first touch of a person that is marketing's work.
    pub fn marketing_touch_of(&self, person_row: usize) -> Option<usize> {
        self.happened(&self.found.marketing[person_row])
    }

    fn happened(&self, place: &AtomicU32) -> Option<usize> {
        let row = place.load(Ordering::Relaxed);
        (row != NO_TOUCH && self.at[row as usize] <= self.as_of.0).then_some(row as usize)
    }
}

/// Rows of one group come in the order of time, but a person may have touches under several groups.
fn keep_first(place: &AtomicU32, row: u32, history: &History) {
    let when = |row: u32| (history.touches.at.values()[row as usize], history.touches.ids()[row as usize]);
    let mut known = place.load(Ordering::Relaxed);
    while known == NO_TOUCH || when(row) < when(known) {
        match place.compare_exchange_weak(known, row, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => return,
            Err(other) => known = other,
        }
    }
}

impl View<'_> {
    /// The first touches of people. Where all touches are known, they are worked out once for the history, whatever is asked of it.
    pub fn firsts(&self) -> Firsts<'_> {
        let touches = &self.history.touches;
        let found = match touches.is_known_by(self.known_at) {
            true => self.history.first_touches(),
            false => self.first_touches.get_or_init(|| FirstTouches::of(self.history, self.known_at)),
        };
        Firsts { found, at: touches.at.values(), as_of: self.as_of }
    }

    /// Row of the first touch of any of some people; with `marketing_only`, of the first that is marketing's work.
    pub fn first_touch_of_people(&self, people: &[i64], marketing_only: bool) -> Option<usize> {
        let (firsts, touches) = (self.firsts(), &self.history.touches);
        let rows = people.iter().filter_map(|person| self.history.people.find(*person));
        let first = |row| if marketing_only { firsts.marketing_touch_of(row) } else { firsts.touch_of(row) };
        rows.filter_map(first).min_by_key(|row| (touches.at.values()[*row], touches.ids()[*row]))
    }

    /// Row of the first touch of a group; with `side`, of the first that is that side's work.
    pub fn first_touch_of_group(&self, group: Group, side: Option<Side>) -> Option<usize> {
        let touches = &self.history.touches;
        let mut rows = self.history.journeys().rows_of(group);
        rows.find(|row| {
            self.counts(touches.at.get(*row), touches.recorded_at.get(*row))
                && side.is_none_or(|side| touches.kind.get(*row).side() == side)
        })
    }
}
