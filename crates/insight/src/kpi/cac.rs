use super::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "cac",
    name: "Customer acquisition cost",
    words: "What marketing and sales spent in the period for each customer won.",
    formula: "(marketing spend + sales cost in the period) / customers of the period",
    example: "Marketing spent EUR 3,000 and sales cost EUR 5,000; 1 customer was won: EUR 8,000.",
    unit: Unit::Money,
    better: Better::Down,
    kind: Kind::Lagging,
    team: Team::Both,
    table: Table::Spend,
    observe: |context, row| spent(context, row, |side| side != Side::Success),
    summary: Summary::PerLead(|context, row| entering(context, row, Stage::Customer)),
    clip: Clip::Period,
    asides: SPEND_ASIDES,
    splits: None,
    target: no_target,
};

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;

    #[test]
    fn takes_the_cost_of_sales_too() {
        assert_eq!(funnel_measure("cac").value, Some(800_000.0));
    }
}
