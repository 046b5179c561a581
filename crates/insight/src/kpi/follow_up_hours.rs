use super::prelude::*;
use crate::engine::percentiles;
use alignment::{
    calendar::{WorkCalendar, working_micros_between},
    instant::{MICROS_PER_HOUR, MICROS_PER_MINUTE},
    rate::Rate,
};
use rayon::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "follow_up_hours",
    name: "Follow-up time",
    words: "How long an MQL waits for the first call, e-mail or meeting of sales.",
    formula: "first sales attempt with the lead's person, or on its deal, from the MQL instant on - MQL instant: median; within_sla: share of MQLs followed up inside the promised review time, out of those followed up or overdue; working_hours: the same in the working time of the owner's region, and within_sla_working against the promise as it is agreed, in working hours",
    example: "Three MQLs were called after 2, 5 and 30 hours, one never: median 5 hours, within 24 hours 2 of 4 = 50%.",
    unit: Unit::Hours,
    better: Better::Down,
    kind: Kind::Leading,
    team: Team::Sales,
    table: Table::Leads,
    prepare: |context| _ = context.view.follow_ups(),
    observe: Observe::Own(observe),
    summary: Summary::Spread { within: Some("within_sla") },
    clip: Clip::Period,
    asides: &[
        ("never_followed_up", "no attempt was made, and the promised time is over"),
        ("not_yet", "no attempt was made yet, and there is still time"),
        ("no_instant", "nobody wrote down when it became an MQL"),
    ],
    splits: None,
    target: no_target,
    beside,
};

fn observe(context: &Context, row: usize) -> Option<Observation> {
    let facts = known(context, row)?;
    let is_logged = context.view.work().is_recorded();
    let Some(at) = facts.from(Stage::Mql).filter(|_| facts.counts_in(Stage::Mql)) else {
        return Some(if is_logged && facts.records(Stage::Mql) {
            Observation::able(facts.begins()?)
        } else {
            Observation::unrecorded(facts.begins()?)
        });
    };
    if !is_logged {
        return Some(Observation::unrecorded(at));
    }
    let Some(qualified_at) = facts.at(Stage::Mql) else { return Some(Observation::aside(at, 2)) };
    let due_at = qualified_at.plus_micros(context.question.settings.review_minutes_max * MICROS_PER_MINUTE);
    Some(match context.view.follow_up(row) {
        Some(first_at) => Observation {
            hits: (first_at <= due_at) as u32,
            ..Observation::value(at, (first_at.0 - qualified_at.0) as f64 / MICROS_PER_HOUR as f64)
        },
        None => Observation::aside(at, if due_at < context.view.as_of { 0 } else { 1 }),
    })
}

/// The same in working time, which is how it is promised; and the share that nobody ever called.
fn beside(context: &Context, measure: &Measure) -> Beside {
    let (working, users) = (&context.question.settings.working, &context.history.users);
    let of_users: Vec<&WorkCalendar> = (0..users.len()).map(|user| working.of_region(users.group.get(user))).collect();
    let company = working.of_region(None);
    let review_micros = context.question.settings.review_minutes_max * MICROS_PER_MINUTE;
    let waited = |row: usize| {
        let qualified_at = known(context, row)?.at(Stage::Mql).filter(|at| context.question.period.contains(*at))?;
        let owner = context.history.leads.owner.get(row).and_then(|owner| users.find(owner));
        let calendar = owner.map_or(company, |owner| of_users[owner]);
        let first_at = context.view.follow_up(row);
        let waited = working_micros_between(calendar, qualified_at, first_at.unwrap_or(context.view.as_of));
        Some((waited, first_at.is_some()))
    };
    let rows = (0..context.view.leads.len()).into_par_iter().with_min_len(4096).filter(|row| context.keeps(Table::Leads, *row));
    let waits: Vec<(i64, bool)> = rows.filter_map(waited).collect();
    let mut hours: Vec<f64> = waits.iter().filter(|(_, done)| *done).map(|(micros, _)| *micros as f64 / MICROS_PER_HOUR as f64).collect();
    let [median, p90] = if hours.is_empty() { [None; 2] } else { percentiles(&mut hours, [0.5, 0.9]).map(Some) };
    let due = waits.iter().filter(|(micros, done)| *done || *micros > review_micros).count() as u64;
    let kept = waits.iter().filter(|(micros, done)| *done && *micros <= review_micros).count() as u64;
    let never = measure.also("never_followed_up").unwrap_or(0.0);
    vec![
        ("working_hours", median),
        ("working_hours_p90", p90),
        ("within_sla_working", Rate::new(kept, due).value()),
        ("never_share", (measure.n as f64 + never > 0.0).then(|| never / (measure.n as f64 + never))),
    ]
}

#[cfg(test)]
mod tests {
    use alignment::touch::ActivityKind;

    use crate::kpi::tests::*;

    #[test]
    fn waits_for_the_first_attempt() {
        let mut delta = Delta {
            people: (1..5).map(|id| person(id, None)).collect(),
            leads: (1..5).map(|id| lead(id, "", 0.0)).collect(),
            transitions: (1..5).map(|id| entered(id, id, Stage::Mql, 1.0)).collect(),
            activities: vec![
                activity(1, 1, 0.5, ActivityKind::Call),
                activity(2, 1, 1.25, ActivityKind::Note),
                activity(3, 1, 1.5, ActivityKind::Call),
                activity(4, 2, 4.0, ActivityKind::Email),
            ],
            ..Delta::default()
        };
        delta.transitions.push(entered(9, 4, Stage::Rejected, 3.0));
        delta.activities.push(activity(9, 4, 5.0, ActivityKind::Call));
        let measure = measure_as_of("follow_up_hours", delta.clone(), 100.0);
        assert_eq!((measure.value, measure.n, measure.hits), (Some(42.0), 2, Some(1)));
        assert_eq!((measure.also("never_followed_up"), measure.also("within_sla")), (Some(2.0), Some(0.25)));
        assert_eq!((measure.also("working_hours"), measure.also("within_sla_working")), (Some(42.0), Some(0.25)), "around the clock");
        assert_eq!(measure.also("never_share"), Some(0.5));
        let measure = measure_as_of("follow_up_hours", delta.clone(), 1.6);
        assert_eq!((measure.value, measure.also("not_yet")), (Some(12.0), Some(3.0)));
        delta.activities.clear();
        assert_eq!(measure_as_of("follow_up_hours", delta, 100.0).state, State::NotRecorded);
    }
}
