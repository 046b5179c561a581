//! The journeys that led to the deals of a question, gathered once for all that looks at them.

use alignment::Instant;
use rayon::prelude::*;

use super::{
    axis::Axis,
    signed::{Gathered, Signed, Won},
};

/// In the order of `Signed::won`.
pub(super) struct Led {
    parts: Vec<Part>,
}

/// The journeys of neighbouring deals, one after the other.
#[derive(Default)]
struct Part {
    ends: Vec<usize>,
    codes: Vec<u32>,
    touched_at: Vec<Instant>,
}

/// Enough for a thread to be worth waking, few enough to share out evenly.
pub(super) const DEALS_PER_PART: usize = 256;

impl Led {
    pub fn of(signed: &Signed, axis: &Axis) -> Led {
        let gather = |gathered: &mut Gathered, deals: &[Won]| Part::of(signed, axis, deals, gathered);
        Led { parts: signed.won.par_chunks(DEALS_PER_PART).map_init(Gathered::default, gather).collect() }
    }

    /// The labels and the instants of the touches that led to the deal at a place, oldest first.
    pub fn journey(&self, place: usize) -> (&[u32], &[Instant]) {
        let (part, place) = (&self.parts[place / DEALS_PER_PART], place % DEALS_PER_PART);
        let start = if place == 0 { 0 } else { part.ends[place - 1] };
        let touches = start..part.ends[place];
        (&part.codes[touches.clone()], &part.touched_at[touches])
    }
}

impl Part {
    fn of(signed: &Signed, axis: &Axis, deals: &[Won], gathered: &mut Gathered) -> Part {
        let at = signed.history.touches.at.values();
        axis.read_ahead(signed.read_ahead(deals, gathered));
        let mut part = Part::default();
        for won in deals {
            signed.gather(won.row, won.group, signed.lookback(won.at), won.at, gathered);
            axis.extend_codes(won.row, &gathered.rows, &mut part.codes);
            part.touched_at.extend(gathered.rows.iter().map(|row| Instant(at[*row as usize])));
            part.ends.push(part.codes.len());
        }
        part
    }
}
