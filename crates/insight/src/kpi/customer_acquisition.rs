use super::prelude::*;
use rayon::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "customer_acquisition",
    name: "Customer acquisition",
    words: "New customers in each whole month of the period.",
    formula: "leads that became customers in whole months of the period / number of these months; per_quarter is three times that; rate: customers of these months / leads that came in in them",
    example: "5 customers in January and 7 in February: 12 / 2 = 6 a month.",
    unit: Unit::Count,
    better: Better::Up,
    kind: Kind::Lagging,
    team: Team::Both,
    table: Table::Leads,
    prepare: nothing_to_prepare,
    observe: Observe::Entering(Stage::Customer),
    summary: Summary::PerMonth,
    clip: Clip::WholeMonths,
    asides: &[],
    splits: None,
    target: no_target,
    beside,
};

fn beside(context: &Context, measure: &Measure) -> Beside {
    let whole = context.months.whole.map(|(period, _)| period);
    let came = |facts: &LeadFacts| facts.from(Stage::Lead).is_some_and(|at| whole.is_some_and(|period| period.contains(at)));
    let rows = context.view.leads.par_iter().with_min_len(1 << 14).enumerate();
    let leads = rows.filter(|(row, facts)| context.keeps(Table::Leads, *row) && came(facts)).count();
    let rate = measure.hits.filter(|_| leads > 0).map(|customers| customers as f64 / leads as f64);
    vec![("per_quarter", measure.value.map(|month| 3.0 * month)), ("rate", rate)]
}

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;

    #[test]
    fn is_per_whole_month() {
        let delta = Delta {
            leads: (1..4).map(|id| lead(id, "", 0.0)).collect(),
            transitions: vec![
                entered(1, 1, Stage::Customer, 5.0),
                entered(2, 2, Stage::Customer, 40.0),
                entered(3, 3, Stage::Customer, 41.0),
            ],
            ..Delta::default()
        };
        let measure = measure_as_of("customer_acquisition", delta.clone(), 100.0);
        assert_eq!((measure.value, measure.hits, measure.n), (Some(1.5), Some(3), 2));
        assert_eq!((measure.also("per_quarter"), measure.also("rate")), (Some(4.5), Some(1.0)));
        let measure = measure_as_of("customer_acquisition", delta, 50.0);
        assert_eq!((measure.value, measure.n), (Some(1.0), 1), "February is not over yet");
    }
}
