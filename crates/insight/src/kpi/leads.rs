use super::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "leads",
    name: "Leads",
    words: "People who may buy, each on one pass through the funnel, that came in during the period.",
    formula: "leads that were opened in the period",
    example: "Three leads were opened in the period: 3.",
    unit: Unit::Count,
    better: Better::Up,
    kind: Kind::Leading,
    team: Team::Marketing,
    table: Table::Leads,
    prepare: nothing_to_prepare,
    observe: Observe::Entering(Stage::Lead),
    summary: Summary::Count,
    clip: Clip::Period,
    asides: &[],
    splits: None,
    target: no_target,
    beside: nothing_beside,
};

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;

    #[test]
    fn counts_who_got_there() {
        let measure = funnel_measure("leads");
        assert_eq!((measure.value, measure.hits), (Some(6.0), Some(6)));
    }
}
