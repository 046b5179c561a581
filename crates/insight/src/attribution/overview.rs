//! All of an attribution at once: the models side by side, how sure the chosen one is, what was spent, and what customers say.

use rustc_hash::FxHashMap;

use super::{
    ComparedRow, Model, SelfReported, Spent, Uncertainty, attribute, compare, self_reported, spend, uncertainty,
    uncertainty::RowUncertainty,
};
use crate::{answer::ModelAnswer, history::History, question::Question};

pub struct Overview {
    pub answers: Vec<ModelAnswer>,
    /// The model of the question if it is among those asked for, else the first of them: the one that rows stand by.
    pub chosen: &'static str,
    pub rows: Vec<OverviewRow>,
    /// Of the chosen model; `None`: too few deals.
    pub uncertainty: Option<Uncertainty>,
    /// Marketing's spend on what has no row. `None`: spend is not written down by this dimension.
    pub spent_elsewhere: Option<i64>,
    /// `None`: the record has no such field.
    pub self_reported: Option<Vec<SelfReported>>,
}

pub struct OverviewRow {
    pub compared: ComparedRow,
    pub interval: Option<RowUncertainty>,
    /// Minor units; `None`: none is recorded for this row.
    pub spent: Option<i64>,
    /// Of the chosen model: what it gives the row, for each unit of money spent on it.
    pub return_on_spend: Option<f64>,
    /// Deals of which it was said that this brought them, by the same name.
    pub said: Option<u64>,
}

pub fn overview(history: &History, question: &Question, models: &[&'static Model]) -> Overview {
    let answers = attribute(history, question, models);
    let place = models.iter().position(|model| model.key == question.settings.model).unwrap_or(0);
    let (Some(model), Some(answer)) = (models.get(place), answers.get(place)) else { return empty() };
    let uncertainty = uncertainty::uncertainty(history, question, model, answer);
    let spent = spend(history, question);
    let self_reported = self_reported(history, question);
    let mut rows: Vec<OverviewRow> = compare(&answers, model.key, question.settings.goal).into_iter().map(bare).collect();
    let mut places: FxHashMap<(Option<String>, Option<i64>), usize> = FxHashMap::default();
    rows.iter().enumerate().for_each(|(at, row)| _ = places.insert((row.compared.label.clone(), row.compared.id), at));
    for interval in uncertainty.iter().flat_map(|found| &found.rows) {
        if let Some(at) = places.get(&(interval.label.clone(), interval.id)) {
            rows[*at].interval = Some(interval.clone());
        }
    }
    let mut elsewhere = 0_i64;
    for Spent { label, id, minor } in spent.iter().flatten() {
        match places.get(&(label.clone(), *id)) {
            Some(at) => rows[*at].spent = Some(*minor),
            None => elsewhere = elsewhere.saturating_add(*minor),
        }
    }
    for row in &mut rows {
        let given = row.compared.standings[place].revenue as f64;
        row.return_on_spend = row.spent.filter(|spent| *spent > 0).map(|spent| given / spent as f64);
        row.said = said(self_reported.as_deref(), row.compared.label.as_deref());
    }
    Overview { answers, chosen: model.key, rows, uncertainty, spent_elsewhere: spent.map(|_| elsewhere), self_reported }
}

fn bare(compared: ComparedRow) -> OverviewRow {
    OverviewRow { compared, interval: None, spent: None, return_on_spend: None, said: None }
}

fn empty() -> Overview {
    Overview { answers: Vec::new(), chosen: "", rows: Vec::new(), uncertainty: None, spent_elsewhere: None, self_reported: None }
}

/// People write names in their own way: case and the blanks around don't count, nor does `_` for a blank.
fn said(self_reported: Option<&[SelfReported]>, label: Option<&str>) -> Option<u64> {
    let plain = |name: &str| name.trim().replace('_', " ").to_lowercase();
    let wanted = plain(label?);
    let deals = |said: &&SelfReported| said.label.as_deref().is_some_and(|name| plain(name) == wanted);
    Some(self_reported?.iter().filter(deals).map(|said| said.deals).sum())
}
