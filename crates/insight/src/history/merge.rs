//! Putting new rows among the old ones.
//!
//! A table that no row of a delta touches is shared with the history before it, at no cost. One that is touched is written anew:
//! time and memory grow with the rows of that table, not with the delta (10 million touches: under a second). That keeps every
//! journey one run of sorted rows, which all readers rely on; callers gather events into one delta instead of applying each.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{column::Pick, group::Groups, held::Held, tables::Rows};
use crate::rows::{Removed, Table};

/// `old` with `rows` in place of those with the same id and without `removed`, sorted. `moved` says that groups may have changed,
/// so that old rows may stand in the wrong place.
pub fn upsert<T: Rows>(
    old: &Arc<Held<T>>,
    rows: &[T::Row],
    removed: &[Removed],
    table: Table,
    groups: &Groups,
    moved: bool,
) -> Arc<Held<T>> {
    let removed = removed.iter().filter(|gone| gone.table == table).map(|gone| gone.id);
    let gone: FxHashSet<i64> = rows.iter().map(T::row_id).chain(removed).collect();
    let displaced = moved && !is_sorted(&***old, groups);
    if gone.is_empty() && !displaced {
        return old.clone();
    }
    let new = latest::<T>(rows);
    let mut old_picks: Vec<(_, Pick)> = Vec::with_capacity(old.len());
    let kept = (0..old.len()).filter(|row| gone.is_empty() || !gone.contains(&old.ids()[*row]));
    old_picks.extend(kept.map(|row| (old.key(row, groups), Pick::old(row))));
    if displaced {
        old_picks.par_sort_unstable_by_key(|(key, _)| *key);
    }
    let mut new_picks: Vec<_> = (0..new.len()).map(|row| (new.key(row, groups), Pick::new(row))).collect();
    new_picks.par_sort_unstable_by_key(|(key, _)| *key);
    if old_picks.len() == old.len() && new_picks.is_empty() && !displaced {
        return old.clone();
    }
    let picks = merge(old_picks, new_picks);
    Arc::new(Held::new(T::gather([&***old, &new], &picks)))
}

fn is_sorted<T: Rows>(table: &T, groups: &Groups) -> bool {
    (1..table.len()).into_par_iter().all(|row| table.key(row - 1, groups) <= table.key(row, groups))
}

/// The last row of each id.
fn latest<T: Rows>(rows: &[T::Row]) -> T {
    let mut last: FxHashMap<i64, usize> = FxHashMap::default();
    last.reserve(rows.len());
    for (index, row) in rows.iter().enumerate() {
        last.insert(T::row_id(row), index);
    }
    T::from_rows(rows.iter().enumerate().filter(|(index, row)| last[&T::row_id(row)] == *index).map(|(_, row)| row))
}

fn merge<K: Ord + Copy>(old: Vec<(K, Pick)>, new: Vec<(K, Pick)>) -> Vec<Pick> {
    let mut picks = Vec::with_capacity(old.len() + new.len());
    let mut new = new.into_iter().peekable();
    for (key, pick) in old {
        while let Some((_, earlier)) = new.next_if(|(other, _)| *other < key) {
            picks.push(earlier);
        }
        picks.push(pick);
    }
    picks.extend(new.map(|(_, pick)| pick));
    picks
}
