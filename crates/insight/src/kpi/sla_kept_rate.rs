use super::prelude::*;
use super::promises;
use alignment::handoff::ClockKind;

pub static KPI: Kpi = Kpi {
    key: "sla_kept_rate",
    name: "SLA kept",
    words: "Of the promises about single leads that came due, the share that sales kept: review, first attempt, attempts, qualification. What marketing kept of its monthly promises stands beside it.",
    formula: "clocks kept / (clocks kept + clocks broken), by the instant at which they were due; broken ones that were waived, those still running and those that were over for another cause are left out and counted. marketing_kept / marketing_due: MQLs, acceptance and completeness of each whole month that met the Agreement",
    example: "Of 10 reviews due, 7 were made in time, 2 were late and 1 was late and waived: 7 / 9 = 78%.",
    unit: Unit::Rate,
    better: Better::Up,
    kind: Kind::Leading,
    team: Team::Sales,
    table: Table::Clocks,
    prepare: nothing_to_prepare,
    observe: Observe::Own(|context, row| observe(context, row, None)),
    summary: Summary::Rate,
    clip: Clip::Period,
    asides: &[
        ("waived", "it was broken, and waived"),
        ("open", "it is not due yet, or stands still"),
        ("void", "the lead left before it was due"),
    ],
    splits: Some(Splits { labels, observe: |context, row, kind| observe(context, row, Some(kind)), dimension: None }),
    target: no_target,
    beside: |context, measure| {
        let broken = measure.hits.map(|hits| measure.n.saturating_sub(hits) as f64);
        let (kept, due) = promises::of_marketing(context);
        vec![("breached", broken), ("marketing_kept", Some(kept as f64)), ("marketing_due", Some(due as f64))]
    },
};

fn observe(context: &Context, row: usize, kind: Option<i32>) -> Option<Observation> {
    let clocks = &context.history.clocks;
    if kind.is_some_and(|kind| clocks.kind.values()[row] as i32 != kind) {
        return None;
    }
    let at = clocks.due_at.get(row);
    Some(match promises::clock_state(&context.view, row)? {
        promises::ClockState::Kept => Observation::rate(at, true),
        promises::ClockState::Broken => Observation::rate(at, false),
        promises::ClockState::Waived => Observation::aside(at, 0),
        promises::ClockState::Open => Observation::aside(at, 1),
        promises::ClockState::Void => Observation::aside(at, 2),
    })
}

fn labels(_: &Context) -> Vec<(i32, Option<String>)> {
    ClockKind::ALL.into_iter().map(|kind| (kind as i32, Some(kind.name().to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use alignment::handoff::{ClockKind, Outcome};

    use crate::kpi::tests::*;

    fn ended(clock: ClockRow, on: f64, outcome: Outcome) -> ClockRow {
        let breached_at = (outcome == Outcome::Breached).then_some(clock.due_at);
        ClockRow { ended_at: Some(day(on)), outcome: Some(outcome), breached_at, ..clock }
    }

    fn clocks() -> Delta {
        let review = |id| clock(id, id, ClockKind::Review, 1.0, 2.0);
        let waiver = |id, clock| WaiverRow {
            id,
            promise: text("review_time"),
            period: text("2026-01"),
            clock: Some(clock),
            at: day(3.0),
            revoked_at: None,
            recorded_at: day(3.0),
        };
        Delta {
            leads: (1..8).map(|id| lead(id, if id == 1 { "paid" } else { "web" }, 0.0)).collect(),
            clocks: vec![
                ended(review(1), 1.5, Outcome::Kept),
                ended(review(2), 2.5, Outcome::Breached),
                review(3),
                ended(review(4), 1.5, Outcome::Void),
                clock(5, 5, ClockKind::Attempts, 1.0, 300.0),
                ended(review(6), 2.5, Outcome::Breached),
                ClockRow { paused_at: Some(day(1.5)), ..review(7) },
            ],
            waivers: vec![waiver(1, 6), WaiverRow { revoked_at: Some(day(4.0)), ..waiver(2, 2) }],
            ..Delta::default()
        }
    }

    /// `(as of, kept, due, waived, open, void)`
    #[test]
    fn follows_the_clocks() {
        for (as_of, kept, due, waived, open, void) in [
            (0.5, 0, 0, 0.0, 0.0, 0.0),
            (1.2, 0, 0, 0.0, 7.0, 0.0),
            (1.7, 1, 1, 0.0, 5.0, 1.0),
            (2.7, 1, 4, 0.0, 2.0, 1.0),
            (3.5, 1, 2, 2.0, 2.0, 1.0),
            (100.0, 1, 3, 1.0, 2.0, 1.0),
        ] {
            let measure = measure_as_of("sla_kept_rate", clocks(), as_of);
            let found = (measure.hits.unwrap_or(0), measure.n, measure.also("waived"), measure.also("open"), measure.also("void"));
            assert_eq!(found, (kept, due, Some(waived), Some(open), Some(void)), "as of {as_of}");
        }
        assert_eq!(measure_as_of("sla_kept_rate", clocks(), 100.0).also("breached"), Some(2.0));
    }

    #[test]
    fn stands_by_promise_and_by_source() {
        let answer = answer_as_of("sla_kept_rate", clocks(), 100.0);
        let review = answer.segments.iter().find(|segment| segment.label.as_deref() == Some("Review")).unwrap();
        assert_eq!((review.measure.hits, review.measure.n), (Some(1), 3));
        let question = Question { by: Some(Dimension::Source), as_of: day(100.0), ..question() };
        let answer = crate::kpi::answer(&history(clocks()), &question, "sla_kept_rate").unwrap();
        let paid = answer.segments.iter().find(|segment| segment.label.as_deref() == Some("paid")).unwrap();
        assert_eq!((paid.measure.hits, paid.measure.n), (Some(1), 1));
    }

    #[test]
    fn counts_what_marketing_promised() {
        let mut delta = funnel();
        delta.leads[5].opened_at = day(40.0);
        let mut question = Question { as_of: day(70.0), ..question() };
        question.settings.targets.mqls_per_month = Some(5.0);
        question.settings.targets.acceptance_rate = Some(0.8);
        let measure = crate::kpi::answer(&history(delta), &question, "sla_kept_rate").unwrap().measure;
        // January: 5 MQLs of 5, 3 of 4 accepted. February: no MQL, and none decided on.
        assert_eq!((measure.also("marketing_kept"), measure.also("marketing_due")), (Some(1.0), Some(3.0)));
    }
}
