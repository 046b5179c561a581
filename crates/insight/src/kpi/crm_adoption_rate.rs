use super::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "crm_adoption_rate",
    name: "CRM adoption",
    words: "Whether sales writes down what it does: of the leads it accepted, the share with a logged activity within 7 days.",
    formula: "accepted leads with at least one logged activity in the 7 days after acceptance / accepted leads, by the month of acceptance",
    example: "Of 10 accepted leads, 8 have a call or a note within 7 days: 80%.",
    unit: Unit::Rate,
    better: Better::Up,
    kind: Kind::Leading,
    team: Team::Sales,
    table: Table::Leads,
    prepare: |context| _ = context.view.work(),
    observe: Observe::Each(observe),
    summary: Summary::Rate,
    clip: Clip::Period,
    asides: &[
        ("still_open", "accepted less than 7 days ago, and nothing is logged yet"),
        ("no_instant", "nobody wrote down when it was accepted"),
    ],
    splits: None,
    target: |context| context.question.settings.targets.logged_rate,
    beside: nothing_beside,
};

const LOGGED_DAYS_MAX: i64 = 7;

fn observe(context: &Context, row: usize) -> Option<Observation> {
    let observation = entering(known(context, row)?, Stage::Sal)?;
    let (at, work) = (observation.at, context.view.work());
    if !work.is_recorded() {
        return Some(Observation::unrecorded(at));
    }
    if observation.part != Part::Counted {
        return Some(observation);
    }
    let Some(accepted_at) = context.view.leads[row].at(Stage::Sal) else { return Some(Observation::aside(at, 1)) };
    let due_at = accepted_at.plus_days(LOGGED_DAYS_MAX);
    let logged_at = work.first_with(&context.view, row, accepted_at, false);
    Some(match logged_at {
        Some(logged_at) if logged_at <= due_at => Observation::rate(at, true),
        None if due_at > context.view.as_of => Observation::aside(at, 0),
        _ => Observation::rate(at, false),
    })
}

#[cfg(test)]
mod tests {
    use alignment::touch::ActivityKind;

    use crate::kpi::tests::*;

    #[test]
    fn asks_for_an_activity_in_seven_days() {
        let delta = Delta {
            people: (1..4).map(|id| person(id, None)).collect(),
            leads: (1..4).map(|id| lead(id, "", 0.0)).collect(),
            transitions: vec![entered(1, 1, Stage::Sal, 1.0), entered(2, 2, Stage::Sal, 1.0), entered(3, 3, Stage::Sal, 6.0)],
            activities: vec![activity(1, 1, 8.0, ActivityKind::Note), activity(2, 2, 8.5, ActivityKind::Call)],
            ..Delta::default()
        };
        let measure = measure_as_of("crm_adoption_rate", delta.clone(), 10.0);
        assert_eq!((measure.hits, measure.n, measure.also("still_open")), (Some(1), 2, Some(1.0)));
        let measure = measure_as_of("crm_adoption_rate", Delta { activities: vec![], ..delta }, 10.0);
        assert_eq!(measure.state, State::NotRecorded);
    }
}
