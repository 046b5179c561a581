//! The models side by side: what each gives each row, the range over them, and whether a row keeps its rank.

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::revenue::by_share;
use crate::{
    answer::{ModelAnswer, ShareRow},
    question::Goal,
};

/// One row under every model.
#[derive(Clone, Debug, Serialize)]
pub struct ComparedRow {
    pub label: Option<String>,
    pub id: Option<i64>,
    /// One for each answer, in their order.
    pub standings: Vec<Standing>,
    /// The least and the most that any model gives: minor units.
    pub revenue_low: i64,
    pub revenue_high: i64,
    pub conversions_low: f64,
    pub conversions_high: f64,
    /// How many of the models give it the rank that the chosen one gives it, that one included.
    pub same_rank: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standing {
    pub model: &'static str,
    pub conversions: f64,
    /// Minor units.
    pub revenue: i64,
    /// From 1; `None`: the model gives it nothing.
    pub rank: Option<u32>,
}

/// The rows of all answers, in the order of the chosen model; rows that it gives nothing come last, by name.
pub fn compare(answers: &[ModelAnswer], chosen: &str, goal: Goal) -> Vec<ComparedRow> {
    let mut places: FxHashMap<(Option<&str>, Option<i64>), usize> = FxHashMap::default();
    let mut rows: Vec<ComparedRow> = Vec::new();
    for (index, answer) in answers.iter().enumerate() {
        debug_assert!(answer.rows.is_sorted_by(|a, b| by_share(goal, a, b).is_ge()), "answers have their rows by share");
        for (rank, row) in (1..).zip(&answer.rows) {
            let place = *places.entry((row.label.as_deref(), row.id)).or_insert_with(|| {
                rows.push(empty(row, answers));
                rows.len() - 1
            });
            let standing = &mut rows[place].standings[index];
            (standing.conversions, standing.revenue, standing.rank) = (row.conversions, row.revenue.minor, Some(rank));
        }
    }
    let chosen = answers.iter().position(|answer| answer.model == chosen).unwrap_or(0);
    rows.iter_mut().for_each(|row| settle(row, chosen));
    let rank = |row: &ComparedRow| row.standings.get(chosen).and_then(|standing| standing.rank).unwrap_or(u32::MAX);
    rows.sort_by(|a, b| (rank(a), &a.label, a.id).cmp(&(rank(b), &b.label, b.id)));
    rows
}

fn empty(row: &ShareRow, answers: &[ModelAnswer]) -> ComparedRow {
    let nothing = |answer: &ModelAnswer| Standing { model: answer.model, conversions: 0.0, revenue: 0, rank: None };
    ComparedRow {
        label: row.label.clone(),
        id: row.id,
        standings: answers.iter().map(nothing).collect(),
        revenue_low: 0,
        revenue_high: 0,
        conversions_low: 0.0,
        conversions_high: 0.0,
        same_rank: 0,
    }
}

fn settle(row: &mut ComparedRow, chosen: usize) {
    let standings = || row.standings.iter();
    row.revenue_low = standings().map(|it| it.revenue).min().unwrap_or(0);
    row.revenue_high = standings().map(|it| it.revenue).max().unwrap_or(0);
    row.conversions_low = standings().map(|it| it.conversions).fold(f64::MAX, f64::min);
    row.conversions_high = standings().map(|it| it.conversions).fold(0.0, f64::max);
    let rank = row.standings[chosen].rank;
    row.same_rank = standings().filter(|it| it.rank == rank).count() as u32;
}
