//! The score of one lead, and how a version does on leads that are newer than it.

use alignment::{Instant, lifecycle::Stage};
use serde::{Deserialize, Serialize};

use super::{
    features::Sight,
    field_log::FieldLog,
    landmark::{Landmark, Outcome, landmarks, outcome},
    measure::{Estimate, Judged, Scored, compare},
    model::{Explained, Model},
};
use crate::{history::History, view::LeadFacts};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeadScore {
    /// Lead or MQL: what it had become when it was judged.
    pub judged_as: Stage,
    pub judged_at: Instant,
    #[serde(flatten)]
    pub explained: Explained,
}

/// What a version says of a lead, judged at its latest landmark.
pub fn score_of(history: &History, log: &FieldLog, model: &Model, landmark: &Landmark) -> LeadScore {
    let table = Sight::of_people(history, log, |person| person == landmark.person).table(&[*landmark]);
    LeadScore { judged_as: landmark.stage, judged_at: landmark.at, explained: model.explain(&table, 0) }
}

/// How a version does on the leads that have come of age since it was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Since {
    pub rows: u64,
    pub hits: u64,
    pub auc: Estimate,
    pub log_loss: Estimate,
}

/// The newest so many are looked at.
const ROWS_MAX: usize = 2_000;
const HITS_MIN: u64 = 15;

/// Of leads judged after `after`, the last instant that the version itself was judged by. Fields count as they are now, which can only
/// favour the version. `None`: too few have an outcome.
pub fn since(history: &History, model: &Model, wanted: (Stage, u32), after: Instant, as_of: Instant, known_at: Instant) -> Option<Since> {
    let leads = &history.leads;
    let mut found: Vec<(Landmark, bool)> = Vec::new();
    // A pass has no landmark before it was opened, and none later than its horizon allows.
    let opened = leads.opened_at.values();
    for row in (0..leads.len()).filter(|row| opened[*row] <= as_of.0 && opened[*row] > after.plus_days(-365).0) {
        let facts = LeadFacts::of(history, row, as_of, known_at);
        for landmark in landmarks(history, row, &facts).filter(|landmark| landmark.at > after) {
            match outcome(&facts, &landmark, wanted.0, wanted.1, as_of) {
                Outcome::Reached => found.push((landmark, true)),
                Outcome::NotReached => found.push((landmark, false)),
                Outcome::Young | Outcome::NotAsked => {}
            }
        }
    }
    found.sort_by_key(|(landmark, _)| (std::cmp::Reverse(landmark.at), landmark.lead_row, landmark.stage));
    found.truncate(ROWS_MAX);
    let (marks, outcomes): (Vec<Landmark>, Vec<bool>) = found.into_iter().unzip();
    let hits = outcomes.iter().filter(|outcome| **outcome).count() as u64;
    if hits < HITS_MIN || outcomes.len() as u64 - hits < HITS_MIN {
        return None;
    }
    let log = FieldLog::default();
    let table = Sight::of(history, &log).table(&marks);
    let rows: Vec<usize> = (0..marks.len()).collect();
    let mut persons: Vec<i64> = marks.iter().map(|mark| mark.person).collect();
    persons.sort_unstable();
    persons.dedup();
    let clusters: Vec<u32> = marks.iter().map(|mark| persons.partition_point(|person| *person < mark.person) as u32).collect();
    let judged = Judged { outcomes: &outcomes, clusters: &clusters };
    let (figures, _) = compare(&judged, &[Scored::of(model.probabilities(&table, &rows))], 7)?;
    Some(Since { rows: outcomes.len() as u64, hits, auc: figures[0].auc, log_loss: figures[0].log_loss })
}
