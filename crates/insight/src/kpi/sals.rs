use super::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "sals",
    name: "SALs",
    words: "Leads that sales accepted for outreach in the period: the official hand-off.",
    formula: "leads that entered SAL in the period, or a later stage where the instant of this one is not recorded",
    example: "Three leads reached SAL in the period: 3.",
    unit: Unit::Count,
    better: Better::Up,
    kind: Kind::Leading,
    team: Team::Sales,
    table: Table::Leads,
    prepare: nothing_to_prepare,
    observe: Observe::Entering(Stage::Sal),
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
        let measure = funnel_measure("sals");
        assert_eq!((measure.value, measure.hits), (Some(3.0), Some(3)));
    }
}
