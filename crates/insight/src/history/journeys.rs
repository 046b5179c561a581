//! Journeys: the touches of one group, in time order, as one run of rows.

use std::ops::Range;

use rayon::prelude::*;

use super::{History, group::Group};

/// Where each journey begins. Made once per history, in one pass over the touches.
pub struct Journeys {
    /// First row of each journey, and the number of rows at the end.
    starts: Vec<u32>,
    groups: Vec<Group>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TouchRun {
    pub group: Group,
    /// Rows of `History::touches`.
    pub rows: Range<usize>,
}

impl Journeys {
    pub(super) fn of(history: &History) -> Journeys {
        let touches = &history.touches;
        let finder = history.groups();
        let (companies, people) = (touches.company.values(), touches.person.values());
        let mut journeys = Journeys { starts: Vec::new(), groups: Vec::new() };
        for row in 0..touches.len() {
            let group = finder.of(companies[row], people[row]);
            if journeys.groups.last() != Some(&group) {
                journeys.groups.push(group);
                journeys.starts.push(row as u32);
            }
        }
        journeys.starts.push(touches.len() as u32);
        journeys
    }

    pub fn len(&self) -> usize {
        self.groups.len()
    }

    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    pub fn get(&self, index: usize) -> TouchRun {
        TouchRun { group: self.groups[index], rows: self.starts[index] as usize..self.starts[index + 1] as usize }
    }

    /// Rows of the touches of a group; empty where it has none.
    pub fn rows_of(&self, group: Group) -> Range<usize> {
        self.groups.binary_search(&group).map_or(0..0, |index| self.get(index).rows)
    }

    pub fn iter(&self) -> impl Iterator<Item = TouchRun> + '_ {
        (0..self.len()).map(|index| self.get(index))
    }

    pub fn par_iter(&self) -> impl IndexedParallelIterator<Item = TouchRun> + '_ {
        (0..self.len()).into_par_iter().with_min_len(1024).map(|index| self.get(index))
    }
}
