//! What marketing spent on the rows of an answer, for the return on it.

use serde::Serialize;

use crate::{
    engine::{Amount, Context},
    history::History,
    question::{Dimension, Question},
    rows::Table,
};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spent {
    /// `None`: spend that names no such thing.
    pub label: Option<String>,
    pub id: Option<i64>,
    /// Minor units of the question's currency.
    pub minor: i64,
}

/// Marketing's spend in the period by the question's dimension (channel unless set). Spend in another currency is left out. `None`:
/// spend is not written down by that dimension, or not in a way that the filters can tell.
pub fn spend(history: &History, question: &Question) -> Option<Vec<Spent>> {
    let question = Question { by: Some(question.by.clone().unwrap_or(Dimension::Channel)), ..question.clone() };
    let context = Context::of(history, &question);
    let of_rows = context.segments_of(Table::Spend).filter(|_| context.can_filter(Table::Spend))?;
    let labels = &context.segments.as_ref()?.labels;
    let mut sums: Vec<Option<i64>> = vec![None; labels.len()];
    let table = &history.spend;
    for row in 0..table.len() {
        let (at, recorded_at) = (table.at.get(row), table.recorded_at.get(row));
        let counts = context.view.counts(at, recorded_at) && question.period.contains(at) && context.keeps(Table::Spend, row);
        if !counts || table.side.get(row) != alignment::lifecycle::Side::Marketing {
            continue;
        }
        if let Amount::Minor(minor) = context.spend_amount(row) {
            let sum = &mut sums[of_rows[row] as usize];
            *sum = Some(sum.unwrap_or(0).saturating_add(minor));
        }
    }
    let spent = labels.iter().zip(sums);
    Some(spent.filter_map(|(label, minor)| Some(Spent { label: label.name.clone(), id: label.id, minor: minor? })).collect())
}
