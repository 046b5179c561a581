use super::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "sqls",
    name: "SQLs",
    words: "Leads of which sales confirmed need, budget, authority and timeline in the period.",
    formula: "leads that entered SQL in the period, or a later stage where the instant of this one is not recorded",
    example: "Three leads reached SQL in the period: 3.",
    unit: Unit::Count,
    better: Better::Up,
    kind: Kind::Leading,
    team: Team::Sales,
    table: Table::Leads,
    prepare: nothing_to_prepare,
    observe: Observe::Entering(Stage::Sql),
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
        let measure = funnel_measure("sqls");
        assert_eq!((measure.value, measure.hits), (Some(2.0), Some(2)));
    }
}
