//! Rows by time: the oldest to learn from, then some to calibrate with, the newest to judge by, and between the parts a gap in which
//! outcomes were not known yet.
//!
//! The outcome of a row is known a horizon after its instant. A row whose horizon ends within the time of a later part shares that time
//! with the rows there: what moved the market then moved both. Such rows are purged (López de Prado, *Advances in Financial Machine
//! Learning*, 2018, chapter 7), those that reached the outcome early as well: else the gap would keep successes alone.

use alignment::Instant;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::landmark::Landmark;

/// Of the rows whose outcome is known: the newest.
pub const JUDGE_SHARE: f64 = 0.2;
/// The newest whose outcome was known when the first of those to judge by came.
pub const CALIBRATE_SHARE: f64 = 0.15;

/// Row numbers. A person is in one part alone, by its first landmark.
pub(super) struct Split {
    pub learn: Vec<usize>,
    pub calibrate: Vec<usize>,
    pub judge: Vec<usize>,
    pub purged: Purged,
}

/// Rows that are in no part, since their outcome was not known before a later part began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purged {
    pub before_calibrated: u64,
    pub before_judged: u64,
}

impl Purged {
    pub fn total(self) -> u64 {
        self.before_calibrated + self.before_judged
    }
}

impl Split {
    /// Landmarks come in the order of time.
    pub fn of(landmarks: &[Landmark], horizon_days: u32) -> Split {
        let spans = spans(landmarks, horizon_days);
        let count = |share: f64| ((landmarks.len() as f64 * share).round() as usize).max(1);
        let (rest, judge, before_judged) = cut((0..landmarks.len()).collect(), count(JUDGE_SHARE), &spans);
        let (learn, calibrate, before_calibrated) = cut(rest, count(CALIBRATE_SHARE), &spans);
        Split { learn, calibrate, judge, purged: Purged { before_calibrated, before_judged } }
    }
}

struct Span {
    /// The first landmark of the person.
    begins: Instant,
    /// The outcome is known.
    ends: Instant,
}

fn spans(landmarks: &[Landmark], horizon_days: u32) -> Vec<Span> {
    let mut first: FxHashMap<i64, Instant> = FxHashMap::default();
    for landmark in landmarks {
        first.entry(landmark.person).or_insert(landmark.at);
    }
    landmarks.iter().map(|landmark| Span { begins: first[&landmark.person], ends: landmark.ends(horizon_days) }).collect()
}

/// About `count` of the newest rows, by whole persons; before them the rows whose outcome was known when the first of them came; and how
/// many are neither.
fn cut(rows: Vec<usize>, count: usize, spans: &[Span]) -> (Vec<usize>, Vec<usize>, u64) {
    let mut begins: Vec<Instant> = rows.iter().map(|row| spans[*row].begins).collect();
    begins.sort_unstable();
    let Some(start) = begins.get(begins.len().saturating_sub(count)).copied() else { return (rows, Vec::new(), 0) };
    let (newer, older): (Vec<usize>, Vec<usize>) = rows.into_iter().partition(|row| spans[*row].begins >= start);
    let all_older = older.len();
    let known: Vec<usize> = older.into_iter().filter(|row| spans[*row].ends < start).collect();
    let purged = (all_older - known.len()) as u64;
    (known, newer, purged)
}

#[cfg(test)]
mod tests {
    use alignment::lifecycle::Stage;
    use proptest::prelude::*;

    use super::*;
    use crate::testing::day;

    fn landmarks(instants: &[(u16, i64)]) -> Vec<Landmark> {
        let mut sorted = instants.to_vec();
        sorted.sort_unstable();
        let of = |(lead_row, (hours, person)): (usize, &(u16, i64))| {
            let at = day(f64::from(*hours) / 24.0);
            Landmark { lead_row, person: *person, stage: Stage::Lead, at, known_at: None }
        };
        sorted.iter().enumerate().map(of).collect()
    }

    proptest! {
        #[test]
        fn no_outcome_comes_in_the_time_of_a_later_part(
            instants in prop::collection::vec((0_u16..9000, 0_i64..300), 0..400),
            horizon_days in 1_u32..120,
        ) {
            let landmarks = landmarks(&instants);
            let split = Split::of(&landmarks, horizon_days);
            let parts = [&split.learn, &split.calibrate, &split.judge];
            let in_parts: u64 = parts.iter().map(|part| part.len() as u64).sum();
            prop_assert_eq!(in_parts + split.purged.total(), landmarks.len() as u64, "each row is in one part or purged");
            prop_assert_eq!(split.judge.is_empty(), landmarks.is_empty());
            for (place, earlier) in parts.iter().enumerate() {
                for later in &parts[place + 1..] {
                    let known_by = earlier.iter().map(|row| landmarks[*row].ends(horizon_days)).max();
                    let starts = later.iter().map(|row| landmarks[*row].at).min();
                    prop_assert!(known_by.zip(starts).is_none_or(|(known_by, starts)| known_by < starts));
                    let persons = |rows: &[usize]| rows.iter().map(|row| landmarks[*row].person).collect::<std::collections::HashSet<_>>();
                    prop_assert!(persons(earlier).is_disjoint(&persons(later)));
                }
            }
        }
    }

    /// One lead a day, each of a person of its own, with a horizon of 30 days: of the one that comes on the day on which an outcome is
    /// known, the gap keeps clear.
    #[test]
    fn parts_are_a_horizon_apart() {
        // leads | to learn from, purged, to calibrate with, purged, to judge by
        for (leads, expected) in
            [(0_u16, [0, 0, 0, 0, 0]), (20, [0, 0, 0, 16, 4]), (100, [5, 30, 15, 30, 20]), (400, [200, 30, 60, 30, 80])]
        {
            let all: Vec<(u16, i64)> = (0..leads).map(|day| (day * 24, i64::from(day))).collect();
            let split = Split::of(&landmarks(&all), 30);
            let purged = [split.purged.before_calibrated as usize, split.purged.before_judged as usize];
            assert_eq!([split.learn.len(), purged[0], split.calibrate.len(), purged[1], split.judge.len()], expected, "{leads} leads");
        }
    }
}
