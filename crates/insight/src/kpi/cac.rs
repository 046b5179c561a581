use super::prelude::*;
use crate::engine::Amount;

pub static KPI: Kpi = Kpi {
    key: "cac",
    name: "Customer acquisition cost",
    words: "What marketing and sales spent in the period for each customer won.",
    formula: "(marketing spend + sales cost in the period) / customers of the period; lagged: as for the cost per customer, with the cost of sales; payback_months: cost / (revenue signed in the period per customer x gross margin / 12), where the question names a margin and amounts are of a year",
    example: "Marketing spent EUR 3,000 and sales cost EUR 5,000; 1 customer was won: EUR 8,000.",
    unit: Unit::Money,
    better: Better::Down,
    kind: Kind::Lagging,
    team: Team::Both,
    table: Table::Spend,
    prepare: |context| _ = origins(context),
    observe: Observe::Own(|context, row| spent(context, row, |side| side != Side::Success)),
    summary: Summary::PerLead(Observe::Entering(Stage::Customer)),
    clip: Clip::Period,
    asides: SPEND_ASIDES,
    splits: None,
    target: no_target,
    beside,
};

fn beside(context: &Context, measure: &Measure) -> Beside {
    let mut beside = lagged(context, Stage::Customer, |side| side != Side::Success);
    let signed = |row: usize| {
        let (at, _) = context.won(row).filter(|(at, _)| context.question.period.contains(*at) && context.keeps(Table::Deals, row))?;
        match context.deal_amount(row) {
            Amount::Minor(minor) => Some((at, minor)),
            _ => None,
        }
    };
    let revenue_minor: i64 = (0..context.history.deals.len()).filter_map(signed).map(|(_, minor)| minor).sum();
    let per_customer = (measure.n > 0).then(|| revenue_minor as f64 / measure.n as f64);
    let pays_back_a_month = per_customer.zip(context.question.settings.gross_margin).map(|(revenue, margin)| revenue * margin / 12.0);
    let payback = measure.value.zip(pays_back_a_month.filter(|minor| *minor > 0.0)).map(|(cost, minor)| cost / minor);
    beside.extend([("revenue_per_customer", per_customer), ("payback_months", payback)]);
    beside
}

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;

    #[test]
    fn takes_the_cost_of_sales_too() {
        let measure = funnel_measure("cac");
        assert_eq!((measure.value, measure.also("lagged"), measure.also("payback_months")), (Some(800_000.0), Some(800_000.0), None));
    }

    #[test]
    fn is_paid_back_by_the_margin() {
        let mut delta = funnel();
        delta.deals = vec![deal(1, Some(1), &[1], Some(eur(12_000)), 2.0)];
        delta.deal_transitions = vec![moved(1, 1, DealStage::Won, 9.0)];
        let mut question = question();
        question.settings.gross_margin = Some(0.8);
        let measure = crate::kpi::answer(&history(delta), &question, "cac").unwrap().measure;
        // EUR 8,000 spent; 12,000 a year at 80% pay back 800 a month.
        assert_eq!((measure.also("revenue_per_customer"), measure.also("payback_months")), (Some(1_200_000.0), Some(10.0)));
    }
}
