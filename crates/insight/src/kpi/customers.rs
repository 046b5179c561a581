use super::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "customers",
    name: "Customers",
    words: "Leads whose contract was signed in the period.",
    formula: "leads that became customers in the period",
    example: "Three leads became customers in the period: 3.",
    unit: Unit::Count,
    better: Better::Up,
    kind: Kind::Leading,
    team: Team::Both,
    table: Table::Leads,
    prepare: nothing_to_prepare,
    observe: Observe::Entering(Stage::Customer),
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
        let measure = funnel_measure("customers");
        assert_eq!((measure.value, measure.hits), (Some(1.0), Some(1)));
    }
}
