use super::prelude::*;
use alignment::instant::MICROS_PER_MINUTE;

pub static KPI: Kpi = Kpi {
    key: "wasted_spend",
    name: "Wasted spend",
    words: "What was spent on leads that sales rejected or never contacted.",
    formula: "sum of the cost of leads of the period that were rejected, or are MQLs without any attempt after the promised review time. A lead costs its equal part of what was spent in the period on its campaign, or on its source, or without naming either",
    example: "A source cost EUR 600 for 6 leads, of which sales rejected 1 and never called 1: EUR 200.",
    unit: Unit::Money,
    better: Better::Down,
    kind: Kind::Lagging,
    team: Team::Both,
    table: Table::Leads,
    prepare: |context| {
        context.view.follow_ups();
        lead_costs(context);
    },
    observe: Observe::Own(observe),
    summary: Summary::Sum,
    clip: Clip::Period,
    asides: &[],
    splits: None,
    target: no_target,
    beside: nothing_beside,
};

fn observe(context: &Context, row: usize) -> Option<Observation> {
    let facts = known(context, row)?;
    let at = facts.begins()?;
    let Some(costs) = lead_costs(context) else { return Some(Observation::unrecorded(at)) };
    let rejected = facts.exit() == Some(Stage::Rejected);
    Some(if rejected || is_never_contacted(context, row) { Observation::value(at, costs[row]) } else { Observation::able(at) })
}

/// An MQL that nobody tried to reach, and the promised time is over.
pub fn is_never_contacted(context: &Context, row: usize) -> bool {
    let Some(at) = context.view.leads[row].at(Stage::Mql).filter(|_| context.view.work().is_recorded()) else { return false };
    let due_at = at.plus_micros(context.question.settings.review_minutes_max * MICROS_PER_MINUTE);
    due_at < context.view.as_of && context.view.follow_up(row).is_none()
}

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;

    #[test]
    fn is_the_cost_of_rejected_leads() {
        // Six leads of one source cost 3,000; one of them was rejected, and nobody logs attempts.
        let measure = funnel_measure("wasted_spend");
        assert_eq!((measure.value, measure.n), (Some(50_000.0), 1));
        assert_eq!(unrecorded_state("wasted_spend"), State::NotRecorded);
    }
}
