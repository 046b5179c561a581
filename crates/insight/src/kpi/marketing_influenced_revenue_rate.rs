use super::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "marketing_influenced_revenue_rate",
    name: "Revenue influenced by marketing",
    words: "The share of the revenue in which marketing had any part.",
    formula: "revenue of deals with any touch of marketing's before the signature / all revenue signed in the period",
    example: "Of EUR 1,000 signed, EUR 900 came from deals whose people read, watched or clicked something before they signed: 90%.",
    unit: Unit::Rate,
    better: Better::Up,
    kind: Kind::Lagging,
    team: Team::Marketing,
    table: Table::Deals,
    prepare: |context| _ = context.view.firsts(),
    observe: Observe::Own(observe),
    summary: Summary::ValueShare,
    clip: Clip::Period,
    asides: AMOUNT_ASIDES,
    splits: None,
    target: no_target,
    beside: nothing_beside,
};

fn observe(context: &Context, row: usize) -> Option<Observation> {
    let (at, _) = context.won(row)?;
    let touches = &context.history.touches;
    if !context.view.has_touches() {
        return Some(Observation::unrecorded(at));
    }
    let touch = context.first_touch_of_deal(row, true);
    let hit = touch.is_some_and(|touch| touches.at.get(touch) <= at);
    Some(in_money(context, row, at, |minor| Observation::share(at, hit, minor)))
}

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;

    #[test]
    fn is_a_share_of_the_revenue() {
        let measure = deal_measure("marketing_influenced_revenue_rate");
        assert_eq!((measure.value, measure.n, measure.hits), (Some(0.75), 3, Some(2)));
        let mut delta = deals();
        delta.touches.clear();
        assert_eq!(measure_as_of("marketing_influenced_revenue_rate", delta, 500.0).state, State::NotRecorded);
    }
}
