//! Journeys: the touches of one group, in time order, as one run of rows.

use std::{
    ops::Range,
    sync::{Arc, OnceLock},
};

use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, UInt32Array};
use arrow_buffer::ScalarBuffer;
use arrow_schema::{DataType, Field};
use rayon::prelude::*;

use super::{History, column::named, group::Group, held::TableFile};

/// Where each journey begins: made in one pass over the touches, and kept beside them on disk.
#[derive(Clone)]
pub struct Journeys {
    /// First row of each journey.
    starts: ScalarBuffer<u32>,
    /// Whose it is, in order.
    groups: ScalarBuffer<i64>,
    touches: u32,
    /// The file that holds the same.
    pub(super) file: OnceLock<TableFile>,
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
        let (mut starts, mut groups) = (Vec::new(), Vec::new());
        for row in 0..touches.len() {
            let group = finder.of(companies[row], people[row]).0;
            if groups.last() != Some(&group) {
                groups.push(group);
                starts.push(row as u32);
            }
        }
        Journeys { starts: starts.into(), groups: groups.into(), touches: touches.len() as u32, file: OnceLock::new() }
    }

    pub(super) fn store(&self) -> Vec<(Field, ArrayRef)> {
        let (starts, groups) = (UInt32Array::new(self.starts.clone(), None), Int64Array::new(self.groups.clone(), None));
        vec![
            (Field::new("start", DataType::UInt32, false), Arc::new(starts)),
            (Field::new("group", DataType::Int64, false), Arc::new(groups)),
        ]
    }

    /// `None`: these are not journeys of that many touches.
    pub(super) fn load(batch: &RecordBatch, touches: usize) -> Option<Journeys> {
        let starts = named("start", batch).ok()?.as_any().downcast_ref::<UInt32Array>()?.values().clone();
        let groups = named("group", batch).ok()?.as_any().downcast_ref::<Int64Array>()?.values().clone();
        let touches = u32::try_from(touches).ok()?;
        let within = starts.last().is_none_or(|start| *start < touches) && starts.is_empty() == (touches == 0);
        within.then_some(Journeys { starts, groups, touches, file: OnceLock::new() })
    }

    pub fn len(&self) -> usize {
        self.groups.len()
    }

    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    pub fn get(&self, index: usize) -> TouchRun {
        let end = self.starts.get(index + 1).copied().unwrap_or(self.touches);
        TouchRun { group: Group(self.groups[index]), rows: self.starts[index] as usize..end as usize }
    }

    pub fn group(&self, index: usize) -> Group {
        Group(self.groups[index])
    }

    /// Rows of the touches of a group; empty where it has none.
    pub fn rows_of(&self, group: Group) -> Range<usize> {
        self.groups.binary_search(&group.0).map_or(0..0, |index| self.get(index).rows)
    }

    pub fn iter(&self) -> impl Iterator<Item = TouchRun> + '_ {
        (0..self.len()).map(|index| self.get(index))
    }

    pub fn par_iter(&self) -> impl IndexedParallelIterator<Item = TouchRun> + '_ {
        (0..self.len()).into_par_iter().with_min_len(1024).map(|index| self.get(index))
    }
}
