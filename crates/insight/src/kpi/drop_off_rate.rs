use super::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "drop_off_rate",
    name: "Drop-off",
    words: "Of the leads that came in, the share that left the funnel by rejection, recycling or loss; by stage, those that left from it.",
    formula: "leads that left and did not become customers / leads, by the month the lead came in; for a stage: left from it / entered it",
    example: "Of 6 leads 1 was rejected and nobody else left: 1 / 6 = 17%. It was an MQL, of which there were 5: 20% of MQLs.",
    unit: Unit::Rate,
    better: Better::Down,
    kind: Kind::Leading,
    team: Team::Both,
    table: Table::Leads,
    prepare: nothing_to_prepare,
    observe: Observe::Stood(observe),
    summary: Summary::Rate,
    clip: Clip::Period,
    asides: &[],
    splits: Some(Splits { labels, observe: observe_stage, dimension: None }),
    target: no_target,
    beside: nothing_beside,
};

fn observe(facts: &LeadFacts) -> Option<Observation> {
    let at = facts.begins()?;
    Some(if records_exits(facts) { Observation::rate(at, facts.exit().is_some()) } else { Observation::unrecorded(at) })
}

fn observe_stage(context: &Context, row: usize, stage: i32) -> Option<Observation> {
    let stage = Stage::FUNNEL[stage as usize];
    let facts = known(context, row).filter(|facts| facts.counts_in(stage))?;
    let at = facts.from(stage)?;
    let left_here = facts.exit().is_some() && facts.furthest() == Some(stage);
    Some(if records_exits(facts) { Observation::rate(at, left_here) } else { Observation::unrecorded(at) })
}

fn records_exits(facts: &LeadFacts) -> bool {
    [Stage::Rejected, Stage::Recycled, Stage::Lost].into_iter().any(|stage| facts.records(stage))
}

fn labels(_: &Context) -> Vec<(i32, Option<String>)> {
    let before = Stage::FUNNEL.into_iter().filter(|stage| *stage < Stage::Customer);
    before.map(|stage| (stage as i32, Some(stage.key().to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;

    #[test]
    fn opens_by_stage() {
        let answer = funnel_answer("drop_off_rate");
        assert_eq!((answer.measure.hits, answer.measure.n), (Some(1), 6));
        let of = |stage| answer.segments.iter().find(|segment| segment.label.as_deref() == Some(stage)).map(|segment| &segment.measure);
        assert_eq!(of("mql").map(|measure| (measure.hits, measure.n)), Some((Some(1), 5)));
        assert_eq!(of("sql").map(|measure| (measure.hits, measure.n)), Some((Some(0), 2)));
    }
}
