use super::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "pipeline_coverage",
    name: "Pipeline coverage",
    words: "How many times the open deals would fill the revenue target.",
    formula: "sum of the amounts of open deals / revenue target",
    example: "EUR 3,200 is open and the target is EUR 1,000: 3.2 times.",
    unit: Unit::Ratio,
    better: Better::Up,
    kind: Kind::Leading,
    team: Team::Sales,
    table: Table::Deals,
    prepare: nothing_to_prepare,
    observe: Observe::Own(open_amount),
    summary: Summary::OutOf(|question| question.settings.targets.revenue.map(|(_, minor)| minor as f64)),
    clip: Clip::Snapshot,
    asides: AMOUNT_ASIDES,
    splits: None,
    target: no_target,
    beside: nothing_beside,
};

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;
    use crate::question::Period;

    #[test]
    fn is_undefined_without_a_target() {
        let mut question = question();
        let measure = crate::kpi::answer(&history(deals()), &question, "pipeline_coverage").unwrap().measure;
        assert_eq!((measure.state, measure.value), (State::NoData, None));
        question.settings.targets.revenue = Some((Period::ALL, 20_000));
        let measure = crate::kpi::answer(&history(deals()), &question, "pipeline_coverage").unwrap().measure;
        assert_eq!((measure.value, measure.n), (Some(0.5), 1));
    }
}
