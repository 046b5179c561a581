//! Pieces of content that were made and that nothing ever names: no touch, no lead, no activity.

use super::cost::CostRow;
use crate::{engine::Context, question::Period, rows::Table};

/// A piece gets this long to be used.
pub const DAYS_MIN: i64 = 30;

pub struct Pieces {
    pub unused: Vec<CostRow>,
    /// Published in the period, and old enough to have been used.
    pub made: u64,
    /// Without a day of publication; only counted where the period is all time.
    pub undated: u64,
}

/// `None`: nothing ever names a piece of content, so nothing can be said.
pub fn pieces(context: &Context, piece_cost_minor: i64) -> Option<Pieces> {
    let content = &context.history.content;
    let used = used(context)?;
    let mut found = Pieces { unused: Vec::new(), made: 0, undated: 0 };
    let period = context.question.period;
    for row in (0..content.len()).filter(|row| context.keeps(Table::Content, *row)) {
        let is_made = match content.at.get(row) {
            Some(at) => period.contains(at) && at.plus_days(DAYS_MIN) <= context.view.as_of,
            None => {
                found.undated += 1;
                period == Period::ALL
            }
        };
        if is_made {
            found.made += 1;
            if !used[row] {
                found.unused.push(CostRow { row, id: content.ids()[row], amount_minor: piece_cost_minor, quantity: None });
            }
        }
    }
    Some(found)
}

fn used(context: &Context) -> Option<Vec<bool>> {
    let history = context.history;
    let content = &history.content;
    let mut used = vec![false; content.len()];
    let mut is_recorded = false;
    let mut name = |id: Option<i64>| {
        if let Some(id) = id {
            is_recorded = true;
            if let Some(row) = content.find(id) {
                used[row] = true;
            }
        }
    };
    let (activities, touches, leads) = (&history.activities, &history.touches, &history.leads);
    let view = &context.view;
    (0..activities.len())
        .filter(|row| view.counts(activities.at.get(*row), activities.recorded_at.get(*row)))
        .for_each(|row| name(activities.content.get(row)));
    (0..touches.len())
        .filter(|row| view.counts(touches.at.get(*row), touches.recorded_at.get(*row)))
        .for_each(|row| name(touches.content.get(row)));
    (0..leads.len()).filter(|row| view.leads[*row].is_known()).for_each(|row| name(leads.content.get(row)));
    is_recorded.then_some(used)
}
