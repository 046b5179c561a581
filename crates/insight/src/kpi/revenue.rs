use super::prelude::*;
use crate::{plan::target, question::Period};

pub static KPI: Kpi = Kpi {
    key: "revenue",
    name: "Revenue",
    words: "The amounts of the deals that were signed in the period.",
    formula: "sum of the amounts of deals won in the period, in the question's currency; the target is the plan's amount for as much of its time as the period covers, by the plan's own months: as it says, or by the season of what was signed, from twelve whole months on; the plan is the company's, so with a filter nothing is planned; ahead: signed - planned within the plan's time, in money and in the days between now and when the plan reaches what was signed",
    example: "Two deals of EUR 300 and EUR 500 were signed: EUR 800.",
    unit: Unit::Money,
    better: Better::Up,
    kind: Kind::Lagging,
    team: Team::Both,
    table: Table::Deals,
    prepare: |context| _ = target::parts(context),
    observe: Observe::Own(signed_amount),
    summary: Summary::Sum,
    clip: Clip::Period,
    asides: AMOUNT_ASIDES,
    splits: None,
    target: planned,
    beside,
};

/// What the plan wants of the period by `as_of`. The plan is the company's: what a filter leaves of revenue is not held against it.
fn planned(context: &Context) -> Option<f64> {
    let (plan, _) = context.question.settings.targets.revenue.filter(|_| context.question.filters.is_empty())?;
    let period = context.question.period;
    let from = period.from.max(plan.from);
    let to = period.to.min(plan.to).min(context.question.as_of);
    (to > from).then(|| target::planned_between(target::parts(context), from, to))
}

/// Ahead of the plan or behind it, in money and in days: the days between `as_of` and the day on which the plan reaches what was signed.
fn beside(context: &Context, measure: &Measure) -> Beside {
    let (Some((plan, _)), Some(planned), Some(signed)) = (context.question.settings.targets.revenue, planned(context), measure.value)
    else {
        return Vec::new();
    };
    let period = context.question.period;
    let (from, by) = (period.from.max(plan.from), period.to.min(plan.to).min(context.question.as_of));
    let signed_since = signed_of_plan(context, plan);
    let reached_at = target::reached_at(target::parts(context), from, signed_since);
    let months = &context.months;
    let covers = |month: &usize| months.start(*month) < plan.to && months.end(*month) > plan.from;
    vec![
        ("planned", Some(planned)),
        ("signed_of_plan", Some(signed_since)),
        ("ahead", Some(signed_since - planned)),
        ("ahead_days", reached_at.map(|at| at.days_since(by))),
        ("beyond_plan", Some(signed - signed_since)),
        ("months_with_target", Some((0..months.len()).filter(covers).count() as f64)),
        ("months", Some(months.len() as f64)),
    ]
}

/// What was signed in the period and in the plan's time, up to and with `as_of`.
fn signed_of_plan(context: &Context, plan: Period) -> f64 {
    let counts = |at: Instant| context.question.period.contains(at) && plan.contains(at) && at <= context.question.as_of;
    let rows = (0..context.history.deals.len()).filter(|row| context.keeps(Table::Deals, *row));
    let counted = rows.filter_map(|row| signed_amount(context, row)).filter(|observation| observation.part == Part::Counted);
    counted.filter(|observation| counts(observation.at)).map(|observation| observation.value).sum()
}

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;

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

    /// `(parts, as of) -> (planned, ahead, days ahead)`: EUR 800 were signed on day 20.
    #[test]
    fn is_ahead_or_behind_by_the_plans_own_season() {
        let part = |from, to, major: i64| (Period { from: day(from), to: day(to) }, major * 100);
        let whole = (Period { from: day(0.0), to: day(100.0) }, 100_000);
        let season = vec![part(0.0, 50.0, 800), part(50.0, 100.0, 200)];
        for (parts, as_of, planned, ahead, days) in [
            (vec![], 25.0, 25_000.0, 55_000.0, 55.0),
            (vec![], 90.0, 90_000.0, -10_000.0, -10.0),
            (season.clone(), 25.0, 40_000.0, 40_000.0, 25.0),
            (season.clone(), 75.0, 90_000.0, -10_000.0, -25.0),
            (season, 10.0, 16_000.0, -16_000.0, -10.0),
        ] {
            let mut question = Question { as_of: day(as_of), ..question() };
            question.settings.targets.revenue = Some(whole);
            question.settings.targets.revenue_parts = parts;
            let measure = crate::kpi::answer(&history(deals()), &question, "revenue").unwrap().measure;
            let near =
                |name: &str, wanted: f64| assert!((measure.also(name).unwrap() - wanted).abs() < 1e-6, "{name} as of {as_of}: {measure:?}");
            near("planned", planned);
            near("ahead", ahead);
            near("ahead_days", days);
        }
    }

    /// What is signed on the day on which the period ends is the next one's, and what is signed at this very instant is signed.
    #[test]
    fn what_is_held_against_the_plan_is_of_the_period() {
        for (to, as_of, of_plan) in [(20.0, 50.0, 0.0), (21.0, 50.0, 80_000.0), (50.0, 20.0, 80_000.0)] {
            let mut question = Question { as_of: day(as_of), period: Period { from: day(0.0), to: day(to) }, ..question() };
            question.settings.targets.revenue = Some((Period { from: day(0.0), to: day(100.0) }, 100_000));
            let measure = crate::kpi::answer(&history(deals()), &question, "revenue").unwrap().measure;
            assert_eq!((measure.value, measure.also("signed_of_plan")), (Some(of_plan), Some(of_plan)), "up to {to} as of {as_of}");
        }
    }

    /// The plan is the company's.
    #[test]
    fn nothing_is_planned_of_a_part() {
        let mut question = Question { as_of: day(25.0), ..question() };
        question.settings.targets.revenue = Some((Period { from: day(0.0), to: day(100.0) }, 1000));
        question.filters = vec![crate::question::Filter { dimension: Dimension::Source, value: None }];
        let answer = crate::kpi::answer(&history(deals()), &question, "revenue").unwrap();
        assert_eq!((answer.target, answer.measure.also("planned"), answer.measure.also("ahead")), (None, None, None));
    }
}
