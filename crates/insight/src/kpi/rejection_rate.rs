use super::prelude::*;
use crate::{history::UNLABELLED, question::Dimension};

pub static KPI: Kpi = Kpi {
    key: "rejection_rate",
    name: "Rejection rate",
    words: "Of the leads that marketing handed over and sales decided on, the share that sales rejected, by reason.",
    formula: "MQLs rejected / (MQLs accepted + MQLs rejected), by the month of the MQL; for a reason: rejected for it / all decided",
    example: "Of 4 MQLs decided, 1 was rejected for `wrong_industry`: 1 / 4 = 25%, all of it for that reason.",
    unit: Unit::Rate,
    better: Better::Down,
    kind: Kind::Leading,
    team: Team::Both,
    table: Table::Leads,
    prepare: |context| _ = context.view.rejection_reasons(),
    observe: Observe::Stood(|facts| observe(facts, true)),
    summary: Summary::Rate,
    clip: Clip::Period,
    asides: &[("undecided", "sales has not decided on it yet")],
    splits: Some(Splits {
        labels,
        observe: |context, row, reason| observe(known(context, row)?, context.view.rejection_reasons()[row] == reason),
        dimension: Some(Dimension::RejectionReason),
    }),
    target: no_target,
    beside: nothing_beside,
};

/// Reasons that are shown; free texts can be as many as leads.
const REASONS_MAX: usize = 30;

/// `for_it`: whether a rejection is for the reason that is asked for.
fn observe(facts: &LeadFacts, for_it: bool) -> Option<Observation> {
    match decision(facts) {
        Decision::NotHandedOver => Some(Observation::able(facts.begins()?)),
        Decision::NotRecorded => Some(Observation::unrecorded(facts.from(Stage::Mql).or(facts.begins())?)),
        Decision::Accepted => Some(Observation::rate(facts.from(Stage::Mql)?, false)),
        Decision::Rejected => Some(Observation::rate(facts.from(Stage::Mql)?, for_it)),
        Decision::Undecided => Some(Observation::aside(facts.from(Stage::Mql)?, 0)),
    }
}

/// The reasons given, the most frequent first.
fn labels(context: &Context) -> Vec<(i32, Option<String>)> {
    let reasons = &context.history.transitions.reason;
    let mut counts = vec![0_usize; reasons.distinct() + 1];
    for (row, code) in context.view.rejection_reasons().iter().enumerate() {
        if known(context, row).is_some_and(|facts| decision(facts) == Decision::Rejected) {
            counts[(code + 1) as usize] += 1;
        }
    }
    let mut given: Vec<(usize, i32)> = counts.into_iter().zip(UNLABELLED..).filter(|(count, _)| *count > 0).collect();
    given.sort_unstable_by_key(|(count, code)| (std::cmp::Reverse(*count), *code));
    given.into_iter().take(REASONS_MAX).map(|(_, code)| (code, reasons.name(code).map(str::to_owned))).collect()
}

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;

    #[test]
    fn opens_by_reason() {
        let answer = funnel_answer("rejection_rate");
        assert_eq!((answer.measure.hits, answer.measure.n), (Some(1), 4));
        let reasons: Vec<_> = answer.segments.iter().map(|segment| (segment.label.as_deref(), segment.measure.hits)).collect();
        assert_eq!(reasons, [(Some("wrong_industry"), Some(1))]);
    }
}
