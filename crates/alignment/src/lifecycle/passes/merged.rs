//! Passes of two people who turn out to be one.

use super::{Entry, Pass, standing};
use crate::{Instant, lifecycle::Stage};

/// Passes that become one: the one that opened first keeps its id and takes the entries of the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    pub keep: i64,
    /// By id.
    pub absorbs: Vec<i64>,
}

/// Which passes of what is one person now become one: those of a product line that were open at one time. Passes that follow each other
/// stay. In the order in which they opened; the order of the arguments does not matter, and what was joined joins nothing more.
pub fn merge(passes: &[Pass]) -> Vec<Joined> {
    let mut groups: Vec<Vec<&Pass>> = sorted(passes).into_iter().map(|pass| vec![pass]).collect();
    loop {
        let whole: Vec<Pass> = groups.iter().map(|parts| join(parts)).collect();
        let Some((into, from)) = first_pair(&whole) else { break };
        let parts = groups.remove(from);
        groups[into].extend(parts);
    }
    let joined = groups.into_iter().filter(|parts| parts.len() > 1).map(|parts| {
        let keep = join(&parts).id;
        let mut absorbs: Vec<i64> = parts.iter().map(|part| part.id).filter(|id| *id != keep).collect();
        absorbs.sort_unstable();
        Joined { keep, absorbs }
    });
    joined.collect()
}

/// What passes are as one. Where one of them is still open, the ways out of the others no longer end it: what was over was the double.
/// A customer stays one.
pub fn join(parts: &[&Pass]) -> Pass {
    let parts = sorted(parts.iter().copied());
    let Some(first) = parts.first() else { return Pass::default() };
    let set_aside = set_aside(&parts);
    let mut entries: Vec<Entry> = parts.iter().flat_map(|part| part.entries.iter().copied()).collect();
    entries.retain(|entry| !(set_aside && entry.stage.is_exit()));
    Pass { id: first.id, opened_at: first.opened_at, product_line: parts.iter().find_map(|part| part.product_line.clone()), entries }
}

/// Whether the ways out of these passes no longer count when they become one.
pub fn set_aside(parts: &[&Pass]) -> bool {
    let ends_as = |part: &Pass| standing(&part.entries).map(|(stage, _)| stage).filter(|stage| stage.is_terminal());
    parts.iter().any(|part| ends_as(part).is_none()) && !parts.iter().any(|part| ends_as(part) == Some(Stage::Customer))
}

fn sorted<'a>(passes: impl IntoIterator<Item = &'a Pass>) -> Vec<&'a Pass> {
    let mut sorted: Vec<&Pass> = passes.into_iter().collect();
    sorted.sort_by_key(|pass| (pass.opened_at, pass.id));
    sorted
}

/// Of passes in the order in which they opened: the first that shares a line and an instant with an earlier one.
fn first_pair(passes: &[Pass]) -> Option<(usize, usize)> {
    let pairs = (0..passes.len()).flat_map(|into| (into + 1..passes.len()).map(move |from| (into, from)));
    pairs.into_iter().find(|(into, from)| meet(&passes[*into], &passes[*from]))
}

fn meet(one: &Pass, other: &Pass) -> bool {
    let end = |pass: &Pass| pass.ended_at().unwrap_or(Instant::MAX);
    one.is_of(other.product_line.as_deref()) && one.opened_at <= end(other) && other.opened_at <= end(one)
}

#[cfg(test)]
#[path = "merged_tests.rs"]
mod tests;
