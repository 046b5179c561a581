use super::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "mql_to_sal_rate",
    name: "MQL to SAL (acceptance)",
    words: "Of the leads that marketing handed over and sales decided on, the share that sales accepted. Those still waiting are shown beside it.",
    formula: "MQLs accepted / (MQLs accepted + MQLs rejected), by the month of the MQL; undecided beside it",
    example: "Of 5 MQLs sales accepted 3, rejected 1 and has not looked at 1: 3 / 4 = 75%, 1 undecided.",
    unit: Unit::Rate,
    better: Better::Up,
    kind: Kind::Leading,
    team: Team::Both,
    table: Table::Leads,
    prepare: nothing_to_prepare,
    observe: Observe::Stood(observe),
    summary: Summary::Rate,
    clip: Clip::Period,
    asides: &[("undecided", "sales has not decided on it yet")],
    splits: None,
    target: |context| context.question.settings.targets.acceptance_rate,
    beside: nothing_beside,
};

fn observe(facts: &LeadFacts) -> Option<Observation> {
    match decision(facts) {
        Decision::NotHandedOver => Some(Observation::able(facts.begins()?)),
        Decision::NotRecorded => Some(Observation::unrecorded(facts.from(Stage::Mql).or(facts.begins())?)),
        Decision::Accepted => Some(Observation::rate(facts.from(Stage::Mql)?, true)),
        Decision::Rejected => Some(Observation::rate(facts.from(Stage::Mql)?, false)),
        Decision::Undecided => Some(Observation::aside(facts.from(Stage::Mql)?, 0)),
    }
}

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;

    #[test]
    fn is_of_those_decided() {
        let measure = funnel_measure("mql_to_sal_rate");
        assert_eq!((measure.hits, measure.n, measure.also("undecided")), (Some(3), 4, Some(1.0)));
        assert_eq!(unrecorded_state("mql_to_sal_rate"), State::NotRecorded);
    }
}
