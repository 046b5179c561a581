use super::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "lead_velocity_rate",
    name: "Lead velocity rate",
    words: "How much faster qualified leads come in than the month before: the growth from the last whole month but one to the last.",
    formula: "(MQLs of the last whole month - MQLs of the month before) / MQLs of the month before",
    example: "20 MQLs in January and 23 in February: (23 - 20) / 20 = +15%.",
    unit: Unit::Ratio,
    better: Better::Up,
    kind: Kind::Leading,
    team: Team::Marketing,
    table: Table::Leads,
    prepare: nothing_to_prepare,
    observe: Observe::Each(observe),
    summary: Summary::Growth,
    clip: Clip::LastTwoMonths,
    asides: &[],
    splits: None,
    target: no_target,
    beside: nothing_beside,
};

/// The last month's are the hits.
fn observe(context: &Context, row: usize) -> Option<Observation> {
    let observation = entering(known(context, row)?, Stage::Mql)?;
    if observation.part != Part::Counted {
        return Some(observation);
    }
    let last_starts = context.months.last_two.map_or(Instant::MAX, |(_, start)| start);
    Some(Observation::rate(observation.at, observation.at >= last_starts))
}

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;

    #[test]
    fn compares_whole_months() {
        let days = [1.0, 2.0, 33.0, 34.0, 35.0, 60.0];
        let delta = Delta {
            leads: (1..7).map(|id| lead(id, "", 0.0)).collect(),
            transitions: days.iter().zip(1..).map(|(on, id)| entered(id, id, Stage::Mql, *on)).collect(),
            ..Delta::default()
        };
        let answer = answer_as_of("lead_velocity_rate", delta.clone(), 62.0);
        assert_eq!((answer.measure.value, answer.measure.hits, answer.measure.n), (Some(0.5), Some(3), 2));
        let trend: Vec<_> = answer.trend.iter().map(|point| point.measure.value).collect();
        assert_eq!(trend, [None, Some(0.5), None]);
        assert_eq!(measure_as_of("lead_velocity_rate", delta, 40.0).state, State::NoData);
    }
}
