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
    FOLLOWED, HistoryKeeper, joined as in_order,
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
        let taken_back = changes::taken_back_since(read.conn(), known_at.0, CORRECTIONS_MAX + 1).await?;
        if corrections.len().max(runs.len()).max(taken_back.len()) as i64 > CORRECTIONS_MAX {
            return Err(too_much(known_at).into());
        }
        let mut joined: FxHashMap<i64, FxHashSet<i64>> = FxHashMap::default();
        let deals = runs.iter().filter(|run| run.noun == "deals" && run.kind == "changed");
        if let Some((first, last)) = deals.map(|run| (run.first_id, run.last_id)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))) {
            for (deal, person) in changes::joined_since(read.conn(), known_at.0, first, last).await? {
                joined.entry(deal).or_default().insert(person);
            }
        }
        let merges = changes::merges_since(read.conn(), known_at.0).await?;
        drop(read);
        let retracted: FxHashSet<i64> = taken_back.iter().map(|row| row.transition_id).collect();
        let judged = tokio::task::spawn_blocking(move || (gaps(&runs, &retracted), added_later(&runs)));
        let (mut gaps, later) = judged.await?;
        if merges > 0 {
            gaps.push(format!("{merges} people were merged or parted since: what they did is told as it stands now"));
        }
        let taken_back = taken_back.into_iter().filter_map(transition).collect();
        Ok(Some(Rollback { corrections, gaps, taken_back, joined, later }))
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

/// Rows that were there and went since, but for those that can be brought back. In time that grows with the runs, whatever their length.
fn gaps(runs: &[RunSince], retracted: &FxHashSet<i64>) -> Vec<String> {
    let mut out = Vec::new();
    for (table, _) in FOLLOWED {
        let of = |kind: &str| -> Vec<(i64, i64)> {
            let found = runs.iter().filter(|run| run.noun == table.name && run.kind == kind);
            in_order(found.map(|run| (run.first_id, run.last_id)).collect())
        };
        let (went, came) = (of("removed"), of("added"));
        let mut missing = ids_of(&went) - ids_shared(&went, &came);
        if table.name == "transitions" {
            missing -= retracted.iter().filter(|id| has(&went, **id) && !has(&came, **id)).count() as i64;
        }
        if missing > 0 {
            let noun = table.name.replace('_', " ");
            out.push(format!("{missing} {noun} that were known then were taken out since, by an undo or by hand, and are missing here"));
        }
    }
    out
}

fn ids_of(runs: &[(i64, i64)]) -> i64 {
    runs.iter().map(|(first, last)| last - first + 1).sum()
}

/// Ids that are in both; runs are in order and apart.
fn ids_shared(some: &[(i64, i64)], others: &[(i64, i64)]) -> i64 {
    let (mut some, mut others) = (some.iter().peekable(), others.iter().peekable());
    let mut shared = 0;
    while let (Some(one), Some(other)) = (some.peek(), others.peek()) {
        shared += (one.1.min(other.1) - one.0.max(other.0) + 1).max(0);
        if one.1 < other.1 {
            some.next()
        } else {
            others.next()
        };
    }
    shared
}

fn has(runs: &[(i64, i64)], id: i64) -> bool {
    let after = runs.partition_point(|(first, _)| *first <= id);
    after.checked_sub(1).is_some_and(|place| id <= runs[place].1)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn run(kind: &str, noun: &str, (first_id, last_id): (i64, i64)) -> RunSince {
        RunSince { id: 1, kind: kind.into(), noun: noun.into(), first_id, last_id, recorded_at: 0, actor_id: None, import_id: None }
    }

    fn runs() -> impl Strategy<Value = Vec<(i64, i64)>> {
        proptest::collection::vec((1_i64..60, 0_i64..8).prop_map(|(first, more)| (first, first + more)), 0..12)
    }

    proptest! {
        #[test]
        fn what_is_missing_is_counted_as_one_by_one(went in runs(), came in runs(), back in proptest::collection::hash_set(1_i64..70, 0..9)) {
            let back: FxHashSet<i64> = back.into_iter().collect();
            let all = |noun| {
                let went = went.iter().map(move |ids| run("removed", noun, *ids));
                went.chain(came.iter().map(move |ids| run("added", noun, *ids))).collect::<Vec<_>>()
            };
            let within = |runs: &[(i64, i64)], id: i64| runs.iter().any(|(first, last)| (*first..=*last).contains(&id));
            for (noun, brought_back) in [("leads", false), ("transitions", true)] {
                let gone = |id: &i64| within(&went, *id) && !within(&came, *id) && !(brought_back && back.contains(id));
                let missing = (0..100).filter(gone).count();
                let said = gaps(&all(noun), &back);
                let expected = (missing > 0).then(|| format!("{missing} {noun} that"));
                prop_assert_eq!(said.len(), usize::from(expected.is_some()));
                prop_assert!(expected.is_none_or(|words| said[0].starts_with(&words)), "{:?}", said);
            }
        }
    }

    #[test]
    fn long_runs_take_no_longer() {
        // A hundred thousand runs of a million ids each.
        let went = (0..50_000).map(|k| run("removed", "touches", (k * 2_000_000, k * 2_000_000 + 999_999)));
        let came = (0..50_000).map(|k| run("added", "touches", (k * 2_000_000 + 500_000, k * 2_000_000 + 1_499_999)));
        let said = gaps(&went.chain(came).collect::<Vec<_>>(), &FxHashSet::default());
        assert!(said[0].starts_with("25000000000 touches that"), "{said:?}");
    }
}
