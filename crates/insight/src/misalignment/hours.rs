//! Hours that reps gave to leads that sales rejected: what they logged with the person while the lead was open, and the decision itself.

use alignment::{Instant, lifecycle::Stage, touch::ActivityKind};
use rustc_hash::FxHashMap;

use super::{Assumptions, cost::CostRow, spend::Waste};
use crate::engine::Context;

/// One row for each rejected lead of the period; `quantity` is minutes.
pub fn rows(context: &Context, wastes: &[Option<Waste>], assumed: &Assumptions) -> Vec<CostRow> {
    let leads = &context.history.leads;
    let rejected: Vec<usize> = (0..wastes.len()).filter(|row| wastes[*row] == Some(Waste::Rejected)).collect();
    let mut open: FxHashMap<i64, Vec<(Instant, Instant, usize)>> = FxHashMap::default();
    for (place, row) in rejected.iter().enumerate() {
        let facts = &context.view.leads[*row];
        if let (Some(from), Some(to)) = (facts.begins(), facts.from(Stage::Rejected)) {
            open.entry(leads.person.values()[*row]).or_default().push((from, to, place));
        }
    }
    let mut minutes = vec![assumed.decision_minutes; rejected.len()];
    let activities = &context.history.activities;
    for row in 0..activities.len() {
        let Some(spans) = activities.person.get(row).and_then(|person| open.get(&person)) else { continue };
        let at = activities.at.get(row);
        if context.view.counts(at, activities.recorded_at.get(row))
            && let Some((.., place)) = spans.iter().find(|(from, to, _)| *from <= at && at <= *to)
        {
            minutes[*place] += minutes_of(activities.kind.get(row), assumed);
        }
    }
    let (mut sum, mut given) = (0.0, 0);
    let mut rows = Vec::with_capacity(rejected.len());
    for (row, minutes) in rejected.into_iter().zip(minutes) {
        sum += minutes / 60.0 * assumed.hour_cost_minor as f64;
        let amount_minor = sum.round() as i64 - given;
        given += amount_minor;
        rows.push(CostRow { row, id: leads.ids()[row], amount_minor, quantity: Some(minutes) });
    }
    rows
}

fn minutes_of(kind: ActivityKind, assumed: &Assumptions) -> f64 {
    match kind {
        ActivityKind::Call => assumed.call_minutes,
        ActivityKind::Email => assumed.email_minutes,
        ActivityKind::Meeting => assumed.meeting_minutes,
        ActivityKind::Note => assumed.note_minutes,
        ActivityKind::Task => assumed.task_minutes,
        ActivityKind::Ticket => 0.0,
    }
}
