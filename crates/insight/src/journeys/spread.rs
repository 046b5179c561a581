//! How long journeys are: in steps, and in days from the first touch to the conversion.

use alignment::instant::MICROS_PER_DAY;
use serde::Serialize;

use super::walk::{End, Seen};

/// The shortest of each group.
const STEPS: [usize; 8] = [1, 2, 3, 4, 5, 6, 11, 21];
const DAYS: [i64; 9] = [0, 1, 7, 14, 30, 60, 90, 180, 365];

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Length {
    pub steps_min: usize,
    /// `None`: without end.
    pub steps_max: Option<usize>,
    pub journeys: u64,
    pub conversions: u64,
}

/// Conversions by days since the first touch.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lasting {
    pub days_min: i64,
    /// Not included; `None`: without end.
    pub days_below: Option<i64>,
    pub conversions: u64,
}

#[derive(Clone, Default)]
pub struct Lengths {
    counts: [(u64, u64); STEPS.len()],
}

impl Lengths {
    pub fn observe(&mut self, seen: &Seen) {
        let group = STEPS.partition_point(|least| *least <= seen.steps.len()).saturating_sub(1);
        self.counts[group].0 += 1;
        self.counts[group].1 += u64::from(matches!(seen.end, End::Reached { .. }));
    }

    pub fn merge(&mut self, other: &Lengths) {
        for (ours, theirs) in self.counts.iter_mut().zip(other.counts) {
            *ours = (ours.0 + theirs.0, ours.1 + theirs.1);
        }
    }

    pub fn finish(&self) -> Vec<Length> {
        let group = |(index, (journeys, conversions)): (usize, &(u64, u64))| Length {
            steps_min: STEPS[index],
            steps_max: STEPS.get(index + 1).map(|next| next - 1),
            journeys: *journeys,
            conversions: *conversions,
        };
        self.counts.iter().enumerate().map(group).collect()
    }
}

pub fn lasting(micros: impl Iterator<Item = i64>) -> Vec<Lasting> {
    let mut counts = [0_u64; DAYS.len()];
    for micros in micros {
        let group = DAYS.partition_point(|least| least * MICROS_PER_DAY <= micros).saturating_sub(1);
        counts[group] += 1;
    }
    let group = |(index, conversions): (usize, &u64)| Lasting {
        days_min: DAYS[index],
        days_below: DAYS.get(index + 1).copied(),
        conversions: *conversions,
    };
    counts.iter().enumerate().map(group).collect()
}
