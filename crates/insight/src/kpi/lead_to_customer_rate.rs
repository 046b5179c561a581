use super::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "lead_to_customer_rate",
    name: "Lead to customer",
    words: "Of all leads, the share that became customers.",
    formula: "leads that became customers / leads that were opened in the period, with all who reached it since; within_horizon counts only cohorts that have had the horizon, and only who got there inside it; corrected is the share that gets there within the horizon by Aalen-Johansen over all of the cohort, the young ones for as long as they are known",
    example: "Of 40 leads that came in in March, 3 are customers today: 3 / 40 = 7.5%.",
    unit: Unit::Rate,
    better: Better::Up,
    kind: Kind::Lagging,
    team: Team::Both,
    table: Table::Leads,
    prepare: nothing_to_prepare,
    observe: Observe::Converting(Stage::Lead, Stage::Customer),
    summary: Summary::Rate,
    clip: Clip::Period,
    asides: &[],
    splits: None,
    target: no_target,
    beside: |context, _| corrected(context, Stage::Lead, Stage::Customer),
};

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;

    #[test]
    fn is_by_cohort_of_the_earlier_stage() {
        let measure = funnel_measure("lead_to_customer_rate");
        assert_eq!((measure.hits, measure.n), (Some(1), 6));
    }

    #[test]
    fn without_such_a_stage_it_is_not_recorded() {
        assert_eq!(unrecorded_state("lead_to_customer_rate"), State::Measured);
    }
}
