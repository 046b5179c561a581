//! From journey to journey, over deals that reached the goal and over whoever has not.

use rayon::prelude::*;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::{Ask, Wanted};
use crate::attribution::{
    axis::Axis,
    signed::{Gathered, Nulls, Signed, Won},
};

/// One journey with at least one touch.
pub struct Seen<'a> {
    pub steps: &'a [u32],
    pub touches: u64,
    /// Instant of the first touch.
    pub first_at: i64,
    pub end: End,
}

#[derive(Clone, Copy)]
pub enum End {
    Reached { deal_row: usize, at: i64, minor: i64 },
    Open { owner: i64, last_at: i64 },
}

pub struct Walk<'a> {
    signed: &'a Signed<'a>,
    pub axis: &'a Axis<'a>,
    pub ask: &'a Ask,
    /// By label, whether the filter means it.
    through: Vec<Vec<bool>>,
    begins: Option<Vec<bool>>,
    ends: Option<Vec<bool>>,
    /// By label: codes depend on the order in which names came, names don't.
    hashes: Vec<u64>,
}

impl<'a> Walk<'a> {
    pub fn of(signed: &'a Signed<'a>, axis: &'a Axis<'a>, ask: &'a Ask) -> Walk<'a> {
        let labels: Vec<_> = (0..axis.len()).map(|code| axis.label(code)).collect();
        let is_meant = |wanted: &Wanted| labels.iter().map(|label| wanted.is(label.name.as_deref(), label.id)).collect::<Vec<bool>>();
        let hash = |label: &crate::engine::Label| match (label.id, &label.name) {
            (Some(id), _) => xxh3_64(format!("id {id}").as_bytes()),
            (None, Some(name)) => xxh3_64(format!("name {name}").as_bytes()),
            (None, None) => 0,
        };
        Walk {
            through: ask.through.iter().map(is_meant).collect(),
            begins: ask.begins.as_ref().map(is_meant),
            ends: ask.ends.as_ref().map(is_meant),
            hashes: labels.iter().map(hash).collect(),
            signed,
            axis,
            ask,
        }
    }

    /// What tells a journey from others: the same in every history, on every machine.
    pub fn key(&self, steps: &[u32], bytes: &mut Vec<u8>) -> u128 {
        bytes.clear();
        steps.iter().for_each(|step| bytes.extend_from_slice(&self.hashes[*step as usize].to_le_bytes()));
        xxh3_128(bytes)
    }

    /// Hands every journey that the filters keep to an accumulator.
    pub fn fold<S: Send>(
        &self,
        empty: impl Fn() -> S + Sync,
        observe: impl Fn(&mut S, &Seen) + Sync,
        merge: impl Fn(S, S) -> S + Sync,
    ) -> S {
        let reached = self.signed.won.par_chunks(per_thread(self.signed.won.len())).map(|deals| {
            let mut state = empty();
            self.reached(deals, |seen| observe(&mut state, seen));
            state
        });
        let groups = self.signed.history.journeys().len();
        let size = per_thread(groups);
        let nulls = Nulls::of(self.signed);
        let open = (0..groups.div_ceil(size)).into_par_iter().map(|part| {
            let mut state = empty();
            self.open(&nulls, part * size..groups.min((part + 1) * size), |seen| observe(&mut state, seen));
            state
        });
        merge(reached.reduce(&empty, &merge), open.reduce(&empty, &merge))
    }

    fn reached(&self, deals: &[Won], mut take: impl FnMut(&Seen)) {
        let (mut gathered, mut steps) = (Gathered::default(), Vec::new());
        let at = self.signed.history.touches.at.values();
        for won in deals {
            self.signed.gather(won.row, won.group, self.signed.lookback(won.at), won.at, &mut gathered);
            let Some(first) = gathered.rows.first() else { continue };
            self.axis.codes(won.row, &gathered.rows, &mut steps);
            let touches = steps.len() as u64;
            if self.keep(&mut steps) {
                let end = End::Reached { deal_row: won.row, at: won.at.0, minor: self.signed.minor(won.row) };
                take(&Seen { steps: &steps, touches, first_at: at[*first as usize], end });
            }
        }
    }

    fn open(&self, nulls: &Nulls, groups: std::ops::Range<usize>, mut take: impl FnMut(&Seen)) {
        let mut steps: Vec<u32> = Vec::new();
        let at = self.signed.history.touches.at.values();
        nulls.walk(groups, |owner, rows| {
            steps.clear();
            let (mut first_at, mut last_at) = (i64::MAX, i64::MIN);
            for row in rows.iter().map(|row| *row as usize) {
                first_at = first_at.min(at[row]);
                last_at = last_at.max(at[row]);
                steps.push(self.axis.code(row) as u32);
            }
            let touches = steps.len() as u64;
            if touches > 0 && self.keep(&mut steps) {
                take(&Seen { steps: &steps, touches, first_at, end: End::Open { owner, last_at } });
            }
        });
    }

    /// Merges repeats if asked to; says whether the filters keep the journey.
    fn keep(&self, steps: &mut Vec<u32>) -> bool {
        if self.ask.merged {
            steps.dedup();
        }
        let is = |meant: &Option<Vec<bool>>, step: Option<&u32>| match (meant, step) {
            (Some(meant), Some(step)) => meant[*step as usize],
            _ => true,
        };
        is(&self.begins, steps.first())
            && is(&self.ends, steps.last())
            && self.through.iter().all(|meant| steps.iter().any(|step| meant[*step as usize]))
    }
}

/// A few parts for each thread. Sums are of integers, so how many there are makes no difference.
fn per_thread(rows: usize) -> usize {
    (rows / (rayon::current_num_threads() * 4)).max(256)
}
