use super::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "win_rate",
    name: "Win rate",
    words: "Of the leads that sales qualified, the share that became customers.",
    formula: "leads that became customers / leads that entered SQL in the period, with all who reached it since; within_horizon counts only cohorts that have had the horizon, and only who got there inside it; corrected is the share that gets there within the horizon by Aalen-Johansen over all of the cohort, the young ones for as long as they are known",
    example: "Of 4 leads that became SQLs in March, 1 is a customer today: 1 / 4 = 25%.",
    unit: Unit::Rate,
    better: Better::Up,
    kind: Kind::Lagging,
    team: Team::Sales,
    table: Table::Leads,
    prepare: nothing_to_prepare,
    observe: Observe::Converting(Stage::Sql, Stage::Customer),
    summary: Summary::Rate,
    clip: Clip::Period,
    asides: &[],
    splits: None,
    target: no_target,
    beside: |context, _| corrected(context, Stage::Sql, Stage::Customer),
};

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;

    #[test]
    fn is_by_cohort_of_the_earlier_stage() {
        let measure = funnel_measure("win_rate");
        assert_eq!((measure.hits, measure.n), (Some(1), 2));
    }

    #[test]
    fn without_such_a_stage_it_is_not_recorded() {
        assert_eq!(unrecorded_state("win_rate"), State::NotRecorded);
    }
}
