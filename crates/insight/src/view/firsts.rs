//! The first touch of each person. One pass over the touches, from several threads at once.

use std::sync::atomic::{AtomicU32, Ordering};

use alignment::lifecycle::Side;
use rayon::prelude::*;

use super::View;
use crate::history::{Group, History, NONE};

pub struct Firsts {
    /// Touch rows by people row; [`NO_TOUCH`] for none.
    any: Vec<AtomicU32>,
    marketing: Vec<AtomicU32>,
}

const NO_TOUCH: u32 = u32::MAX;
const CHUNK_ROWS: usize = 1 << 16;

impl Firsts {
    pub(super) fn of(view: &View) -> Firsts {
        let (touches, people) = (&view.history.touches, &view.history.people);
        let blank = || (0..people.len()).map(|_| AtomicU32::new(NO_TOUCH)).collect::<Vec<_>>();
        let firsts = Firsts { any: blank(), marketing: blank() };
        let (of_person, at, recorded_at) = (touches.person.values(), touches.at.values(), touches.recorded_at.values());
        of_person.par_chunks(CHUNK_ROWS).enumerate().for_each(|(chunk, persons)| {
            let start = chunk * CHUNK_ROWS;
            for (index, person) in persons.iter().enumerate() {
                let row = start + index;
                if *person == NONE || at[row] > view.as_of.0 || recorded_at[row] > view.known_at.0 {
                    continue;
                }
                let Some(place) = people.find(*person) else { continue };
                keep_first(&firsts.any[place], row as u32, view.history);
                if touches.kind.get(row).side() == Side::Marketing {
                    keep_first(&firsts.marketing[place], row as u32, view.history);
                }
            }
        });
        firsts
    }

    /// Row of the first touch of a person.
    pub fn touch_of(&self, person_row: usize) -> Option<usize> {
        row(&self.any[person_row])
    }

    /// Row of the first touch of a person that is marketing's work.
    pub fn marketing_touch_of(&self, person_row: usize) -> Option<usize> {
        row(&self.marketing[person_row])
    }
}

fn row(place: &AtomicU32) -> Option<usize> {
    let row = place.load(Ordering::Relaxed);
    (row != NO_TOUCH).then_some(row as usize)
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
    /// Row of the first touch of a group; with `marketing`, of the first that is marketing's work.
    pub fn first_touch_of_group(&self, group: Group, side: Option<Side>) -> Option<usize> {
        let touches = &self.history.touches;
        let mut rows = self.history.journeys().rows_of(group);
        rows.find(|row| {
            self.counts(touches.at.get(*row), touches.recorded_at.get(*row))
                && side.is_none_or(|side| touches.kind.get(*row).side() == side)
        })
    }
}
