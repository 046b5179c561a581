use super::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "revenue",
    name: "Revenue",
    words: "The amounts of the deals that were signed in the period.",
    formula: "sum of the amounts of deals won in the period, in the question's currency; the target is the plan's amount for as much of its time as the period covers",
    example: "Two deals of EUR 300 and EUR 500 were signed: EUR 800.",
    unit: Unit::Money,
    better: Better::Up,
    kind: Kind::Lagging,
    team: Team::Both,
    table: Table::Deals,
    observe,
    summary: Summary::Sum,
    clip: Clip::Period,
    asides: AMOUNT_ASIDES,
    splits: None,
    target: planned,
};

fn observe(context: &Context, row: usize) -> Option<Observation> {
    let (at, _) = context.won(row)?;
    Some(in_money(context, row, at, |minor| Observation::value(at, minor)))
}

/// The plan pro rata: its amount times the part of its time that lies inside the period and has passed.
fn planned(context: &Context) -> Option<f64> {
    let (plan, minor) = context.question.settings.targets.revenue?;
    let period = context.question.period;
    let from = period.from.max(plan.from);
    let to = period.to.min(plan.to).min(context.question.as_of);
    let whole = plan.to.days_since(plan.from);
    (to > from && whole > 0.0).then(|| minor as f64 * to.days_since(from) / whole)
}

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;
    use crate::question::Period;

    #[test]
    fn adds_up_what_was_signed() {
        let measure = deal_measure("revenue");
        assert_eq!((measure.value, measure.n), (Some(80_000.0), 3));
        assert_eq!((measure.also("other_currency"), measure.also("without_amount")), (Some(0.0), Some(0.0)));
        let mut delta = deals();
        delta.deals[0].amount = Some(alignment::Money::new(5, "USD".parse().unwrap()));
        delta.deals[1].amount = None;
        let measure = measure_as_of("revenue", delta, 500.0);
        assert_eq!((measure.value, measure.n), (Some(20_000.0), 1));
        assert_eq!((measure.also("other_currency"), measure.also("without_amount")), (Some(1.0), Some(1.0)));
    }

    #[test]
    fn the_plan_counts_for_the_time_that_has_passed() {
        let mut question = question();
        question.as_of = day(25.0);
        question.settings.targets.revenue = Some((Period { from: day(0.0), to: day(100.0) }, 1000));
        let answer = crate::kpi::answer(&history(deals()), &question, "revenue").unwrap();
        assert_eq!(answer.target, Some(250.0));
    }
}
