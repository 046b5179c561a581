use super::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "sal_to_sql_rate",
    name: "SAL to SQL",
    words: "Of the leads that sales accepted, the share that sales then qualified.",
    formula: "leads that reached SQL / leads that entered SAL in the period, with all who reached it since; within_horizon counts only cohorts that have had the horizon, and only who got there inside it; corrected is the share that gets there within the horizon by Aalen-Johansen over all of the cohort, the young ones for as long as they are known",
    example: "Of 4 leads that became SALs in March, 1 has reached SQL by today: 1 / 4 = 25%.",
    unit: Unit::Rate,
    better: Better::Up,
    kind: Kind::Lagging,
    team: Team::Sales,
    table: Table::Leads,
    prepare: nothing_to_prepare,
    observe: Observe::Converting(Stage::Sal, Stage::Sql),
    summary: Summary::Rate,
    clip: Clip::Period,
    asides: &[],
    splits: None,
    target: no_target,
    beside: |context, _| corrected(context, Stage::Sal, Stage::Sql),
};

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;

    #[test]
    fn is_by_cohort_of_the_earlier_stage() {
        let measure = funnel_measure("sal_to_sql_rate");
        assert_eq!((measure.hits, measure.n), (Some(2), 3));
    }

    #[test]
    fn without_such_a_stage_it_is_not_recorded() {
        assert_eq!(unrecorded_state("sal_to_sql_rate"), State::NotRecorded);
    }
}
