//! The guard against leakage: columns that could only be filled in, or only say what they say, once the outcome was known are left out
//! and named.

use serde::{Deserialize, Serialize};

use super::{
    encode::one_column,
    measure::auc,
    table::{Cell, Table},
};

/// A column that is not learned from, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    pub key: String,
    pub words: String,
    pub reason: String,
}

/// A single column that tells the outcome as well as this is taken to have been written after it.
pub const SINGLE_AUC_MAX: f64 = 0.9;
/// How far the share of filled cells may differ between rows that reached the outcome and the others, or between rows whose outcome is
/// known and rows too young for it.
pub const FILLED_GAP_MAX: f64 = 0.35;
/// With fewer rows on a side nothing is said.
const ROWS_MIN: usize = 30;

/// Screens the columns of a table. `rows` have a known outcome; `fresh` are too young for one.
pub fn screen(table: &Table, rows: &[usize], outcomes: &[bool], fresh: &[usize]) -> Vec<LeftOut> {
    let hits = outcomes.iter().filter(|outcome| **outcome).count();
    if hits < ROWS_MIN || outcomes.len() - hits < ROWS_MIN {
        return Vec::new();
    }
    let mut out = Vec::new();
    for (index, column) in table.columns.iter().enumerate() {
        let cells: Vec<&Cell> = rows.iter().map(|row| &table.rows[*row][index]).collect();
        let filled_fresh: Vec<bool> = fresh.iter().map(|row| table.rows[*row][index].is_filled()).collect();
        let reason = (!column.is_dated).then(|| filled_late(&cells, outcomes, &filled_fresh)).flatten();
        if let Some(reason) = reason.or_else(|| tells_too_much(column, &cells, outcomes)) {
            out.push(LeftOut { key: column.key.clone(), words: column.words.clone(), reason });
        }
    }
    out
}

/// Whether a column is filled in when the outcome comes about, and not before.
fn filled_late(cells: &[&Cell], outcomes: &[bool], fresh: &[bool]) -> Option<String> {
    let of = |wanted: bool| {
        let filled = cells.iter().zip(outcomes).filter(|(_, outcome)| **outcome == wanted).map(|(cell, _)| cell.is_filled());
        share(filled)
    };
    let (of_hits, of_misses) = (of(true), of(false));
    if (of_hits - of_misses).abs() > FILLED_GAP_MAX {
        let words =
            "filled in for {} of those that reached the outcome and for {} of the others: it looks as if it were written afterwards";
        return Some(with_shares(words, of_hits, of_misses));
    }
    let (of_all, of_fresh) = (share(cells.iter().map(|cell| cell.is_filled())), share(fresh.iter().copied()));
    if fresh.len() >= ROWS_MIN && of_all - of_fresh > FILLED_GAP_MAX {
        let words = "filled in for {} of those whose outcome is known and for {} of those too young for one: it comes later";
        return Some(with_shares(words, of_all, of_fresh));
    }
    None
}

fn tells_too_much(column: &super::table::Column, cells: &[&Cell], outcomes: &[bool]) -> Option<String> {
    let (slots, on) = one_column(column, cells);
    let mut counts = vec![[0.5_f64; 2]; slots.count()];
    for (slots, outcome) in on.iter().zip(outcomes) {
        slots.iter().for_each(|slot| counts[*slot][usize::from(*outcome)] += 1.0);
    }
    let of_slot = |slot: &usize| (counts[*slot][1] / counts[*slot][0]).ln();
    let scores: Vec<f64> = on.iter().map(|slots| slots.iter().map(of_slot).sum()).collect();
    let found = auc(&scores, outcomes).filter(|found| *found > SINGLE_AUC_MAX)?;
    Some(format!(
        "by itself it tells the outcome with an AUC of {found:.3}, which nothing known beforehand does: it is taken to be written afterwards"
    ))
}

fn share(filled: impl Iterator<Item = bool>) -> f64 {
    let (mut all, mut yes) = (0_usize, 0_usize);
    filled.for_each(|filled| {
        all += 1;
        yes += usize::from(filled);
    });
    yes as f64 / all.max(1) as f64
}

fn with_shares(words: &str, first: f64, second: f64) -> String {
    let percent = |share: f64| format!("{:.0}%", share * 100.0);
    words.replacen("{}", &percent(first), 1).replacen("{}", &percent(second), 1)
}
