use super::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "mqls",
    name: "MQLs",
    words: "Leads that marketing qualified in the period: they fit the ideal customer profile and took an action that shows interest.",
    formula: "leads that entered MQL in the period, or a later stage where the instant of this one is not recorded",
    example: "Three leads reached MQL in the period: 3.",
    unit: Unit::Count,
    better: Better::Up,
    kind: Kind::Leading,
    team: Team::Marketing,
    table: Table::Leads,
    prepare: nothing_to_prepare,
    observe: Observe::Entering(Stage::Mql),
    summary: Summary::Count,
    clip: Clip::Period,
    asides: &[],
    splits: None,
    target: promised,
    beside: nothing_beside,
};

/// What marketing promised for as many months as the period has. It is the company's: what a filter leaves is not held against it.
fn promised(context: &Context) -> Option<f64> {
    const DAYS_PER_MONTH: f64 = 365.2425 / 12.0;
    let period = context.question.period;
    let bounded = period.from != Instant::MIN && period.to != Instant::MAX;
    let is_whole = context.question.filters.is_empty();
    let a_month = context.question.settings.targets.mqls_per_month.filter(|_| bounded && is_whole)?;
    Some(a_month * period.to.days_since(period.from) / DAYS_PER_MONTH)
}

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;

    #[test]
    fn counts_who_got_there() {
        let measure = funnel_measure("mqls");
        assert_eq!((measure.value, measure.hits), (Some(5.0), Some(5)));
    }
}
