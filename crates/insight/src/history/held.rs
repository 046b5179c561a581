//! A table with what is derived from it once and kept: where an id is, and which file holds the very same rows.

use std::{ops::Deref, path::PathBuf, sync::OnceLock};

use alignment::Instant;
use rayon::prelude::*;

use super::tables::Rows;

pub struct Held<T> {
    table: T,
    places: OnceLock<Places>,
    recorded_to: OnceLock<i64>,
    /// The file these rows were read from or written to.
    pub(super) file: OnceLock<TableFile>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TableFile {
    pub folder: PathBuf,
    pub name: String,
    pub rows: u64,
    pub bytes: u64,
    /// When the last of the rows was recorded.
    pub recorded_to: i64,
    /// Of all bytes.
    pub checksum: u64,
    /// Of what says where things are in the file; see `mapped::frame`.
    pub frame: u64,
}

impl<T> Deref for Held<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.table
    }
}

impl<T: Rows> Held<T> {
    pub fn new(table: T) -> Held<T> {
        Held { table, places: OnceLock::new(), recorded_to: OnceLock::new(), file: OnceLock::new() }
    }

    pub fn len(&self) -> usize {
        self.table.len()
    }

    pub fn ids(&self) -> &[i64] {
        self.table.ids()
    }

    pub fn is_empty(&self) -> bool {
        self.table.len() == 0
    }

    /// Whether all rows were recorded by then, so that none has to be looked at for it.
    pub fn is_known_by(&self, known_at: Instant) -> bool {
        let says_when = self.table.recorded_at().len() == self.len();
        says_when && self.recorded_to() <= known_at.0
    }

    /// When the last of the rows was recorded.
    pub(super) fn recorded_to(&self) -> i64 {
        let of_rows = || self.table.recorded_at().par_iter().copied().reduce(|| i64::MIN, i64::max);
        *self.recorded_to.get_or_init(|| self.file.get().map_or_else(of_rows, |file| file.recorded_to))
    }

    /// The row of an id. For tables sorted by id.
    pub fn find(&self, id: i64) -> Option<usize> {
        let ids = self.table.ids();
        match self.places.get_or_init(|| Places::of(ids)) {
            Places::Dense { first, rows } => {
                let row = *rows.get(usize::try_from(id.checked_sub(*first)?).ok()?)?;
                (row != u32::MAX).then_some(row as usize)
            }
            Places::Sparse => ids.binary_search(&id).ok(),
        }
    }
}

/// Ids are handed out in blocks, so they mostly lie close together: then a list by id answers in one read.
enum Places {
    Dense { first: i64, rows: Vec<u32> },
    Sparse,
}

impl Places {
    fn of(ids: &[i64]) -> Places {
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Places::Sparse };
        let span = last.abs_diff(*first);
        if span > 4 * ids.len() as u64 + 1024 || !ids.is_sorted() {
            return Places::Sparse;
        }
        let mut rows = vec![u32::MAX; span as usize + 1];
        for (row, id) in ids.iter().enumerate() {
            rows[(id - first) as usize] = row as u32;
        }
        Places::Dense { first: *first, rows }
    }
}
