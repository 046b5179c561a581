//! From an answer to the next one: what each cause adds, and by which rows. Works on histories that are ready; no I/O.
//!
//! One cause after the other is let in, in this order: rows that arrived, rows that were corrected, rows that were taken out, the
//! definition, time. Each part is the difference that its cause makes, so that the parts sum to the whole change.

use std::sync::Arc;

use insight::{
    answer::{EvidenceRow, Unit},
    history::History,
    kpi,
    question::Question,
    rows::Table,
};
use rustc_hash::FxHashMap;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Rows that were known then and can't be brought back: between the answer that was given and the one that can be computed again.
    Missing,
    /// Rows that were learned since, of what had happened by then.
    Arrived,
    /// Fields that were corrected since.
    Corrected,
    /// Rows that were taken out since.
    TakenOut,
    /// Another version of the Agreement.
    Definition,
    /// What has happened since.
    Time,
}

impl Cause {
    pub fn name(self) -> &'static str {
        match self {
            Cause::Missing => "Can’t be brought back",
            Cause::Arrived => "Rows that arrived",
            Cause::Corrected => "Rows corrected",
            Cause::TakenOut => "Rows taken out",
            Cause::Definition => "Definition changed",
            Cause::Time => "Time passed",
        }
    }
}

/// The history and the question after a cause was let in; `cause` is `None` for the state to begin with.
pub struct State {
    pub cause: Option<Cause>,
    pub history: Arc<History>,
    pub question: Question,
}

/// What a cause adds.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub cause: Cause,
    pub value_before: Option<f64>,
    pub value_after: Option<f64>,
    /// In the unit of the number; `None` where there was no value before or after any of it.
    pub delta: Option<f64>,
    /// Rows behind the number that came, went or count otherwise, by id; the first [`ROWS_MAX`].
    pub rows: Vec<RowChange>,
    pub rows_total: u64,
}

/// A row behind the number, as it counted before and after.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RowChange {
    pub id: i64,
    pub before: Option<Counted>,
    pub after: Option<Counted>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Counted {
    /// In the numerator.
    pub hit: bool,
    pub value: Option<f64>,
    /// Why it is listed and not counted.
    pub fault: Option<&'static str>,
}

pub struct Change {
    pub table: Table,
    pub unit: Unit,
    pub value_then: Option<f64>,
    pub value_now: Option<f64>,
    pub parts: Vec<Part>,
}

/// Rows listed of a part.
pub const ROWS_MAX: usize = 50;

struct Seen {
    value: Option<f64>,
    rows: FxHashMap<i64, Counted>,
}

/// `None`: there is no such number. The first state is the one to begin with.
pub fn explain(key: &str, states: &[State]) -> Option<Change> {
    let kpi = kpi::find(key)?;
    let mut parts = Vec::new();
    let (mut seen, mut value_then): (Option<Seen>, Option<f64>) = (None, None);
    let mut last_value = None;
    for state in states {
        let next = look(key, state)?;
        if let (Some(before), Some(cause)) = (&seen, state.cause) {
            let (rows, rows_total) = rows(before, &next);
            let delta = next.value.zip(last_value).map(|(after, before): (f64, f64)| after - before);
            parts.push(Part { cause, value_before: before.value, value_after: next.value, delta, rows, rows_total });
        } else {
            value_then = next.value;
        }
        last_value = next.value.or(last_value);
        seen = Some(next);
    }
    Some(Change { table: kpi.table, unit: kpi.unit, value_then, value_now: seen.and_then(|seen| seen.value), parts })
}

fn look(key: &str, state: &State) -> Option<Seen> {
    let answer = kpi::answer(&state.history, &state.question, key)?;
    let evidence = kpi::evidence(&state.history, &state.question, key, None, 0, usize::MAX)?;
    let counted = |row: EvidenceRow| (row.id, Counted { hit: row.hit, value: row.value, fault: row.fault });
    Some(Seen { value: answer.measure.value, rows: evidence.rows.into_iter().map(counted).collect() })
}

fn rows(before: &Seen, after: &Seen) -> (Vec<RowChange>, u64) {
    let mut ids: Vec<i64> = before.rows.iter().filter(|(id, row)| after.rows.get(id) != Some(row)).map(|(id, _)| *id).collect();
    ids.extend(after.rows.keys().filter(|id| !before.rows.contains_key(id)));
    ids.sort_unstable();
    let change = |id: &i64| RowChange { id: *id, before: before.rows.get(id).cloned(), after: after.rows.get(id).cloned() };
    (ids.iter().take(ROWS_MAX).map(change).collect(), ids.len() as u64)
}
