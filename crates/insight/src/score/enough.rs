//! Whether there is enough to learn from, and in words what is missing.

use super::{
    learn::{Ask, Found},
    split::{CALIBRATE_SHARE, JUDGE_SHARE, Split},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooLittle {
    pub stage: &'static str,
    pub horizon_days: u32,
    /// Leads whose outcome is known.
    pub known: u64,
    pub known_hits: u64,
    /// Of those, in no part.
    pub purged: u64,
    /// The part that lacks most.
    pub part: &'static str,
    pub hits: u64,
    pub misses: u64,
    /// Of each.
    pub needed: u64,
    /// Leads with an outcome that would do, at the pace and with the luck of those that are there. `None`: all had the same outcome.
    pub more: Option<u64>,
}

/// Leads that reached the outcome, and as many that did not, that are needed to learn from, to calibrate with and to judge by.
const NEEDED: [(&str, u64, f64); 3] = [
    ("to learn from", 30, 1.0 - CALIBRATE_SHARE - JUDGE_SHARE),
    ("to calibrate with", 10, CALIBRATE_SHARE),
    ("to judge by", 10, JUDGE_SHARE),
];

pub(super) fn enough(found: &Found, split: &Split, ask: &Ask) -> Result<(), TooLittle> {
    let known = found.outcomes.len() as u64;
    let known_hits = found.outcomes.iter().filter(|outcome| **outcome).count() as u64;
    let unpurged = purged_at_most(found, ask).saturating_sub(split.purged.total()) as f64;
    let rarer_share = known_hits.min(known - known_hits) as f64 / known.max(1) as f64;
    let lack = |((part, needed, share), rows): ((&'static str, u64, f64), &Vec<usize>)| {
        let hits = rows.iter().filter(|row| found.outcomes[**row]).count() as u64;
        let misses = rows.len() as u64 - hits;
        let missing = needed.saturating_sub(hits.min(misses));
        // Of a lead more, a part gets its share. Where the gaps are not full yet, they take what else would be learned from.
        let first_into_gaps = if part == NEEDED[0].0 { unpurged } else { 0.0 };
        let more = (rarer_share > 0.0).then(|| ((missing as f64 / rarer_share + first_into_gaps) / share).ceil() as u64);
        (missing > 0).then_some(TooLittle {
            stage: ask.outcome.name(),
            horizon_days: ask.horizon_days,
            known,
            known_hits,
            purged: split.purged.total(),
            part,
            hits,
            misses,
            needed,
            more,
        })
    };
    let lacks = NEEDED.into_iter().zip([&split.learn, &split.calibrate, &split.judge]).filter_map(lack);
    // Of two that lack as much, the first is named.
    match lacks.reduce(|most, next| if next.more > most.more { next } else { most }) {
        Some(most) => Err(most),
        None => Ok(()),
    }
}

/// What comes in two horizons, at the pace of the leads that are there.
fn purged_at_most(found: &Found, ask: &Ask) -> u64 {
    let Some((first, last)) = found.landmarks.first().zip(found.landmarks.last()) else { return 0 };
    let horizon_days = f64::from(ask.horizon_days);
    // Leads of fewer days than a horizon show no pace.
    let days = last.at.days_since(first.at).max(horizon_days);
    (found.landmarks.len() as f64 * 2.0 * horizon_days / days).round() as u64
}

impl std::error::Error for TooLittle {}

impl std::fmt::Display for TooLittle {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        let TooLittle { stage, horizon_days, known, known_hits, purged, part, hits, misses, needed, .. } = self;
        write!(
            out,
            "there is too little to learn from: of {known} leads with an outcome {known_hits} reached {stage} within {horizon_days} days; of \
             the {} {part}, {hits} did and {misses} did not, and {needed} of each are needed. ",
            hits + misses
        )?;
        match self.more {
            Some(more) => write!(out, "It needs about {more} more leads with an outcome: opened at least {horizon_days} days ago")?,
            None => {
                let all: u64 = NEEDED.iter().map(|(_, needed, _)| needed).sum();
                write!(
                    out,
                    "It needs at least {all} leads that reached {stage} and {all} that did not, opened at least {horizon_days} days ago"
                )?;
            }
        }
        if *purged > 0 {
            write!(out, " ({purged} could not be used, as their outcome came after a newer part of the leads began)")?;
        }
        write!(out, ". Bring in more history, or train again later")
    }
}
