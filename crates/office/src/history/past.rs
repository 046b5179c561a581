//! The history as it was known at an instant: what was learned later is taken back.
//!
//! Rows carry when they were recorded, and whoever asks leaves out later ones. What is left to take back here: fields that were corrected,
//! records without an instant of their own, transitions that somebody took back, people who joined a deal.

use std::sync::Arc;

use alignment::{Instant, lifecycle::Stage};
use facts::{
    Facts,
    changes::{self, Correction, RunSince, TakenBack},
};
use insight::{
    history::History,
    rows::{Delta, Removed, Table, TransitionRow},
};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    FOLLOWED, HistoryKeeper,
    rollback::{old_values, rows_before},
};
use crate::question::QuestionError;

/// Corrections that are taken back, at most: bounds the time of a question about the past.
pub const CORRECTIONS_MAX: i64 = 100_000;
/// Pasts that are kept ready.
const KEPT_MAX: usize = 4;

/// The history of an instant of knowledge.
pub struct Past {
    pub history: Arc<History>,
    /// What was known then and can't be brought back, in words; empty where all is as it was.
    pub gaps: Vec<String>,
}

/// By the last event of the history that was rolled back, and the instant.
pub(super) type Kept = Vec<((i64, Instant), Arc<Past>)>;

impl HistoryKeeper {
    /// The history as it was known at `known_at`. Refused where too much was corrected since.
    pub async fn known_at(&self, facts: &Facts, known_at: Instant) -> anyhow::Result<Arc<Past>> {
        let history = self.current(facts).await?;
        let key = (history.last_event(), known_at);
        if let Some((_, past)) = self.pasts.lock().await.iter().find(|(known, _)| *known == key) {
            return Ok(Arc::clone(past));
        }
        let past = Arc::new(rolled_back(history, facts, known_at).await?);
        let mut pasts = self.pasts.lock().await;
        if pasts.len() >= KEPT_MAX {
            pasts.remove(0);
        }
        pasts.push((key, Arc::clone(&past)));
        Ok(past)
    }
}

async fn rolled_back(history: Arc<History>, facts: &Facts, known_at: Instant) -> anyhow::Result<Past> {
    let Some(rollback) = Rollback::read(facts, known_at).await? else { return Ok(Past { history, gaps: Vec::new() }) };
    let rolled = tokio::task::spawn_blocking(move || (Arc::new(rollback.then(&history)), rollback.gaps));
    let (history, gaps) = rolled.await?;
    Ok(Past { history, gaps })
}

/// What was learned after an instant, made ready for taking it back, all of it or in parts.
pub struct Rollback {
    pub corrections: Vec<Correction>,
    /// What was known then and can't be brought back, in words.
    pub gaps: Vec<String>,
    taken_back: Vec<TransitionRow>,
    joined: FxHashMap<i64, FxHashSet<i64>>,
    later: Vec<Removed>,
}

impl Rollback {
    /// `None`: nothing was written down since. Refused where it is too much.
    pub async fn read(facts: &Facts, known_at: Instant) -> anyhow::Result<Option<Rollback>> {
        let mut read = facts.read().await?;
        if !changes::any_since(read.conn(), known_at.0).await? {
            return Ok(None);
        }
        let corrections = changes::corrections_since(read.conn(), known_at.0, CORRECTIONS_MAX + 1).await?;
        let runs = changes::runs_since(read.conn(), known_at.0, CORRECTIONS_MAX + 1).await?;
        if corrections.len().max(runs.len()) as i64 > CORRECTIONS_MAX {
            return Err(too_much(known_at).into());
        }
        let taken_back = changes::taken_back_since(read.conn(), known_at.0).await?;
        let mut joined: FxHashMap<i64, FxHashSet<i64>> = FxHashMap::default();
        let deals = runs.iter().filter(|run| run.noun == "deals" && run.kind == "changed");
        if let Some((first, last)) = deals.map(|run| (run.first_id, run.last_id)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))) {
            for (deal, person) in changes::joined_since(read.conn(), known_at.0, first, last).await? {
                joined.entry(deal).or_default().insert(person);
            }
        }
        let merges = changes::merges_since(read.conn(), known_at.0).await?;
        let retracted: FxHashSet<i64> = taken_back.iter().map(|row| row.transition_id).collect();
        let mut gaps = gaps(&runs, &retracted);
        if merges > 0 {
            gaps.push(format!("{merges} people were merged or parted since: what they did is told as it stands now"));
        }
        let taken_back = taken_back.into_iter().filter_map(transition).collect();
        Ok(Some(Rollback { corrections, gaps, taken_back, joined, later: added_later(&runs) }))
    }

    /// As it was known then.
    pub fn then(&self, history: &History) -> History {
        let mut delta = self.uncorrected(history);
        // A corrected record that came later is not put back by its correction.
        let gone: FxHashSet<(Table, i64)> = self.later.iter().map(|removed| (removed.table, removed.id)).collect();
        delta.companies.retain(|row| !gone.contains(&(Table::Companies, row.id)));
        delta.people.retain(|row| !gone.contains(&(Table::People, row.id)));
        delta.campaigns.retain(|row| !gone.contains(&(Table::Campaigns, row.id)));
        delta.content.retain(|row| !gone.contains(&(Table::Content, row.id)));
        delta.users.retain(|row| !gone.contains(&(Table::Users, row.id)));
        delta.removed.clone_from(&self.later);
        history.apply(delta)
    }

    /// With what came later, and without what was corrected or taken out.
    pub fn with_later(&self, history: &History) -> History {
        history.apply(self.uncorrected(history))
    }

    /// With what came later and what was corrected, and without what was taken out.
    pub fn with_corrections(&self, history: &History) -> History {
        history.apply(Delta { transitions: self.taken_back.clone(), ..Delta::default() })
    }

    fn uncorrected(&self, history: &History) -> Delta {
        let mut delta = rows_before(history, &old_values(&self.corrections));
        without_joined(history, &self.joined, &mut delta);
        delta.transitions.extend(self.taken_back.iter().cloned());
        delta
    }
}

fn transition(row: TakenBack) -> Option<TransitionRow> {
    Some(TransitionRow {
        id: row.transition_id,
        lead: row.lead_id,
        stage: Stage::parse(&row.stage)?,
        at: row.at.map(Instant),
        recorded_at: Instant(row.entered_at),
        reason: row.reason,
        agreement_version: row.agreement_version as u32,
    })
}

/// Records that came later, of the tables whose rows say nothing of when they were recorded.
fn added_later(runs: &[RunSince]) -> Vec<Removed> {
    let mut removed = Vec::new();
    for run in runs.iter().filter(|run| run.kind == "added") {
        let table = match run.noun.as_str() {
            "companies" => Table::Companies,
            "people" => Table::People,
            "campaigns" => Table::Campaigns,
            "content" => Table::Content,
            "users" => Table::Users,
            _ => continue,
        };
        removed.extend((run.first_id..=run.last_id).map(|id| Removed { table, id }));
    }
    removed
}

fn without_joined(history: &History, joined: &FxHashMap<i64, FxHashSet<i64>>, delta: &mut Delta) {
    for (deal, people) in joined {
        let known = delta.deals.iter_mut().find(|row| row.id == *deal);
        if let Some(row) = known {
            row.people.retain(|person| !people.contains(person));
        } else if let Some(place) = history.deals.find(*deal) {
            let mut row = insight::history::Rows::row(&**history.deals, place);
            row.people.retain(|person| !people.contains(person));
            delta.deals.push(row);
        }
    }
}

/// Rows that were there and went since, but for those that can be brought back.
fn gaps(runs: &[RunSince], retracted: &FxHashSet<i64>) -> Vec<String> {
    let mut out = Vec::new();
    for (table, _) in FOLLOWED {
        let of = |kind: &'static str| runs.iter().filter(move |run| run.noun == table.name && run.kind == kind);
        let came: Vec<(i64, i64)> = of("added").map(|run| (run.first_id, run.last_id)).collect();
        let came_since = |id: i64| came.iter().any(|(first, last)| (*first..=*last).contains(&id));
        let is_back = |id: i64| table.name == "transitions" && retracted.contains(&id);
        let mut missing = 0_u64;
        for run in of("removed") {
            let whole = came.iter().any(|(first, last)| *first <= run.first_id && run.last_id <= *last);
            if !whole {
                missing += (run.first_id..=run.last_id).filter(|id| !came_since(*id) && !is_back(*id)).count() as u64;
            }
        }
        if missing > 0 {
            let noun = table.name.replace('_', " ");
            out.push(format!("{missing} {noun} that were known then were taken out since, by an undo or by hand, and are missing here"));
        }
    }
    out
}

fn too_much(known_at: Instant) -> QuestionError {
    QuestionError {
        part: "known_at",
        value: known_at.to_string(),
        what_to_do: format!(
            "more than {CORRECTIONS_MAX} fields or runs of rows were changed since: name a later instant, or ask a backup of that day"
        ),
    }
}
