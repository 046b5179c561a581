use super::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "deal_size",
    name: "Deal size",
    words: "What a signed deal is worth on average.",
    formula: "sum of the amounts of deals won in the period / their number; the interval is a bootstrap's over the deals, seeded, or the normal one beyond 1,000 deals",
    example: "Deals of EUR 300 and EUR 500 were signed: EUR 400.",
    unit: Unit::Money,
    better: Better::Up,
    kind: Kind::Lagging,
    team: Team::Sales,
    table: Table::Deals,
    prepare: nothing_to_prepare,
    observe: Observe::Own(signed_amount),
    summary: Summary::Mean,
    clip: Clip::Period,
    asides: AMOUNT_ASIDES,
    splits: None,
    target: no_target,
    beside: nothing_beside,
};

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;

    #[test]
    fn is_the_mean_with_its_interval() {
        let measure = deal_measure("deal_size");
        let (low, high) = measure.interval.unwrap();
        assert_eq!((measure.n, measure.value), (3, Some(80_000.0 / 3.0)));
        assert!(low >= 20_000.0 && high > 80_000.0 / 3.0 && low < 80_000.0 / 3.0 && high <= 40_000.0, "{low} {high}");
        assert_eq!(deal_measure("deal_size").interval, Some((low, high)), "the same deals give the same interval");
    }
}
