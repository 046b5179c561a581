use super::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "cost_per_lead",
    name: "Cost per lead",
    words: "What marketing spent in the period for each lead that came in.",
    formula: "marketing spend in the period / leads of the period; lagged: the spend of the months and sources that leads of the period came from / those of these leads who got there since",
    example: "EUR 3,000 was spent and 6 leads came: EUR 500 each.",
    unit: Unit::Money,
    better: Better::Down,
    kind: Kind::Lagging,
    team: Team::Marketing,
    table: Table::Spend,
    prepare: |context| _ = origins(context),
    observe: Observe::Own(|context, row| spent(context, row, |side| side == Side::Marketing)),
    summary: Summary::PerLead(Observe::Entering(Stage::Lead)),
    clip: Clip::Period,
    asides: SPEND_ASIDES,
    splits: None,
    target: no_target,
    beside: |context, _| lagged(context, Stage::Lead, |side| side == Side::Marketing),
};

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;

    #[test]
    fn divides_what_was_spent() {
        let measure = funnel_measure("cost_per_lead");
        assert_eq!((measure.value, measure.n), (Some(300_000.0 / 6.0), 6));
        assert_eq!(empty_state("cost_per_lead"), State::NotRecorded);
    }
}
