use super::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "retention_rate",
    name: "Retention",
    words: "Of the customers at the start of the period, the share that were still customers at its end.",
    formula: "customers at the start who are customers at the end / customers at the start; a company is a customer from its first signature until it is said to have left. Without a start of the period: over the year before",
    example: "40 companies were customers on January 1st, 38 of them still at the end of the year: 38 / 40 = 95%.",
    unit: Unit::Rate,
    better: Better::Up,
    kind: Kind::Lagging,
    team: Team::Both,
    table: Table::Companies,
    prepare: |context| {
        context.view.customers();
        context.view.records_churn();
    },
    observe: Observe::Own(observe),
    summary: Summary::Rate,
    clip: Clip::Snapshot,
    asides: &[],
    splits: None,
    target: no_target,
    beside: nothing_beside,
};

const DAYS_WITHOUT_START: i64 = 365;

fn observe(context: &Context, row: usize) -> Option<Observation> {
    let (period, as_of) = (context.question.period, context.view.as_of);
    let end = period.to.min(as_of);
    let start = if period.from == Instant::MIN { end.plus_days(-DAYS_WITHOUT_START) } else { period.from };
    let signed_at = context.view.customers().of_company(row)?.at;
    if start >= end || signed_at > start {
        return None;
    }
    if !context.view.records_churn() {
        return Some(Observation::unrecorded(end));
    }
    let left_at = context.history.companies.churned_at.get(row);
    if left_at.is_some_and(|at| at <= start) {
        return None;
    }
    Some(Observation::rate(end, left_at.is_none_or(|at| at > end)))
}

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;

    fn customers() -> Delta {
        let won = |id, on| moved(id, id, DealStage::Won, on);
        Delta {
            companies: (1..6).map(|id| CompanyRow { industry: text("steel"), ..company(id) }).collect(),
            deals: (1..6).map(|id| DealRow { company: Some(id), ..deal(id, None, &[], Some(eur(1)), 0.0) }).collect(),
            deal_transitions: vec![won(1, 5.0), won(2, 5.0), won(3, 50.0), won(4, 5.0)],
            ..Delta::default()
        }
    }

    #[test]
    fn follows_who_was_there_at_the_start() {
        let mut delta = customers();
        let mut question = Question { period: Period { from: day(31.0), to: day(90.0) }, ..question() };
        let measure = |delta: &Delta, question: &Question| {
            let measure = crate::kpi::answer(&history(delta.clone()), question, "retention_rate").unwrap().measure;
            (measure.state, measure.hits, measure.n)
        };
        assert_eq!(measure(&delta, &question), (State::NotRecorded, None, 0));
        delta.companies[0].churned_at = Some(day(60.0));
        delta.companies[3].churned_at = Some(day(20.0));
        // Company 3 came later, 4 had left before, 5 never signed.
        assert_eq!(measure(&delta, &question), (State::Measured, Some(1), 2));
        question.as_of = day(55.0);
        assert_eq!(measure(&delta, &question), (State::Measured, Some(2), 2));
        question.by = Some(Dimension::Industry);
        let answer = crate::kpi::answer(&history(delta), &question, "retention_rate").unwrap();
        assert_eq!((answer.segments.len(), answer.segments[0].measure.n), (1, 2));
    }
}
