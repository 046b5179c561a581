use alignment::{
    lifecycle::{DealStage, Stage, StageSet},
    touch::ActivityKind,
};
use proptest::prelude::*;

use super::*;
use crate::{
    kpi,
    question::Question,
    rows::{Delta, TouchRow, TransitionRow},
    testing::*,
};

fn untimed(id: i64, lead: i64, stage: Stage, recorded_day: f64) -> TransitionRow {
    TransitionRow { at: None, ..entered(id, lead, stage, recorded_day) }
}

/// `(transitions, as of, known at, stage) -> (reached, counts from, timed)`
#[test]
fn stages_as_of_a_day() {
    let full = vec![entered(1, 1, Stage::Mql, 2.0), entered(2, 1, Stage::Sql, 5.0), entered(3, 1, Stage::Mql, 8.0)];
    let gap = vec![untimed(1, 1, Stage::Sal, 30.0), entered(2, 1, Stage::Customer, 9.0), untimed(3, 1, Stage::Rejected, 12.0)];
    let mut late = entered(1, 1, Stage::Mql, 2.0);
    late.recorded_at = day(20.0);
    let cases = [
        (vec![], 0.0, 0.0, Stage::Lead, Some((0.0, true))),
        (vec![], -1.0, 9.0, Stage::Lead, None),
        (vec![], 9.0, -1.0, Stage::Lead, None),
        (full.clone(), 1.0, 99.0, Stage::Mql, None),
        (full.clone(), 99.0, 99.0, Stage::Mql, Some((2.0, true))),
        (full.clone(), 99.0, 99.0, Stage::Sal, Some((5.0, false))),
        (full.clone(), 4.0, 99.0, Stage::Sal, None),
        (full, 99.0, 99.0, Stage::Customer, None),
        (gap.clone(), 99.0, 99.0, Stage::Sal, Some((9.0, false))),
        (gap.clone(), 8.0, 99.0, Stage::Sal, None),
        (gap.clone(), 99.0, 99.0, Stage::Rejected, Some((12.0, false))),
        (gap.clone(), 11.0, 99.0, Stage::Rejected, None),
        (vec![untimed(1, 1, Stage::Sql, 30.0)], 31.0, 31.0, Stage::Mql, Some((30.0, false))),
        (vec![late.clone()], 10.0, 10.0, Stage::Mql, None),
        (vec![late], 10.0, 20.0, Stage::Mql, Some((2.0, true))),
    ];
    for (transitions, as_of, known_at, stage, expected) in cases {
        let shown = format!("{transitions:?} as of {as_of}, known at {known_at}: {stage:?}");
        let history = history(Delta { leads: vec![lead(1, "", 0.0)], transitions, ..Delta::default() });
        let facts = View::at(&history, day(as_of), day(known_at)).leads[0];
        let found = facts.from(stage).map(|from| (from, facts.at(stage).is_some()));
        assert_eq!(found, expected.map(|(on, timed)| (day(on), timed)), "{shown}");
    }
}

#[test]
fn a_stage_nobody_writes_down_is_not_counted() {
    let mut olist = lead(1, "", 0.0);
    olist.stages_recorded = StageSet::of(&[Stage::Mql, Stage::Customer]);
    let history = history(Delta { leads: vec![olist], transitions: vec![entered(1, 1, Stage::Customer, 3.0)], ..Delta::default() });
    let facts = View::at(&history, day(9.0), day(9.0)).leads[0];
    assert!(facts.has_reached(Stage::Sql) && !facts.counts_in(Stage::Sql) && !facts.records(Stage::Sql));
    assert!(facts.counts_in(Stage::Mql) && facts.counts_in(Stage::Lead) && facts.counts_in(Stage::Customer));
    assert_eq!((facts.furthest(), facts.exit()), (Some(Stage::Customer), None));
}

fn any_transition() -> impl Strategy<Value = TransitionRow> {
    (1..40_i64, 1..4_i64, 0..10_usize, prop::option::of(0..20_i32), 0..20_i32).prop_map(|(id, lead, stage, at, recorded)| TransitionRow {
        at: at.map(|at| day(at as f64)),
        ..entered(id, lead, Stage::ALL[stage], recorded as f64)
    })
}

proptest! {
    #[test]
    fn what_comes_later_changes_nothing(
        transitions in prop::collection::vec(any_transition(), 0..20), later in prop::collection::vec(any_transition(), 0..20),
    ) {
        let mut seen = rustc_hash::FxHashSet::default();
        let transitions: Vec<_> = transitions.into_iter().filter(|row| seen.insert(row.id)).collect();
        let before = history(Delta { leads: (1..4).map(|id| lead(id, "", 0.0)).collect(), transitions, ..Delta::default() });
        let facts = View::at(&before, day(10.0), day(10.0)).leads.clone();
        // New facts: learned later, or happening later.
        let later = later.into_iter().enumerate().map(|(index, mut row)| {
            row.id = 1000 + index as i64;
            if row.at.is_none_or(|at| at <= day(10.0)) {
                row.recorded_at = day(10.5);
            }
            row
        });
        let after = before.apply(Delta { transitions: later.collect(), ..Delta::default() });
        prop_assert_eq!(&facts, &View::at(&after, day(10.0), day(10.0)).leads);
    }

    /// Whether it is kept with the history or worked out for the question alone, all stands the same.
    #[test]
    fn what_is_kept_is_what_would_be_worked_out(
        transitions in prop::collection::vec(any_transition(), 0..20), moves in prop::collection::vec((1..4_i64, 0..5_usize, 0..20_i32), 0..8),
        as_of in 0..25_i32, known_at in 0..25_i32,
    ) {
        let mut seen = rustc_hash::FxHashSet::default();
        let history = history(Delta {
            people: (1..4).map(|id| person(id, None)).collect(),
            leads: (1..4).map(|id| lead(id, "", 0.0)).collect(),
            transitions: transitions.into_iter().filter(|row| seen.insert(row.id)).collect(),
            deals: (1..4).map(|id| deal(id, None, &[], None, 0.0)).collect(),
            deal_transitions: (1..).zip(moves).map(|(id, (deal, stage, at))| moved(id, deal, DealStage::ALL[stage], at as f64)).collect(),
            activities: (1..4).map(|id| activity(id, id, 4.0 * id as f64, ActivityKind::Call)).collect(),
            ..Delta::default()
        });
        let (as_of, known_at) = (day(as_of as f64), day(known_at as f64));
        let (view, own) = (View::at(&history, as_of, known_at), Standing::at(&history, as_of, known_at));
        prop_assert_eq!((&view.leads, &view.deals), (&own.leads, &own.deals));
        let called = |row: usize| view.work().first_with(&view, row, Instant::MIN, true);
        let expected = |id: i64| Some(day(4.0 * id as f64)).filter(|at| *at <= as_of.min(known_at));
        let left = |row: usize| view.leads[row].exit().and_then(|stage| view.leads[row].at(stage));
        for row in 0..3 {
            prop_assert_eq!(called(row), expected(row as i64 + 1).filter(|at| left(row).is_none_or(|left| *at <= left)));
        }
    }

    /// Nothing that one question leaves behind with the history changes what another is answered.
    #[test]
    fn what_was_asked_before_changes_no_answer(
        transitions in prop::collection::vec(any_transition(), 0..12), moves in prop::collection::vec((1..4_i64, 0..5_usize, 0..20_i32), 0..8),
        touched in prop::collection::vec((1..4_i64, 0..20_i32, 0..20_i32), 0..8), called in prop::collection::vec((1..4_i64, 0..20_i32), 0..5),
        first in (0..25_i32, 0..25_i32), second in (0..25_i32, 0..25_i32),
    ) {
        let mut seen = rustc_hash::FxHashSet::default();
        let delta = Delta {
            people: (1..4).map(|id| person(id, None)).collect(),
            leads: (1..4).map(|id| lead(id, "", 0.0)).collect(),
            transitions: transitions.into_iter().filter(|row| seen.insert(row.id)).collect(),
            deals: (1..4).map(|id| deal(id, Some(id), &[id], None, 0.0)).collect(),
            deal_transitions: (1..).zip(moves).map(|(id, (deal, stage, at))| moved(id, deal, DealStage::ALL[stage], f64::from(at))).collect(),
            touches: (1..).zip(touched).map(|(id, (person, at, later))| TouchRow {
                recorded_at: day(f64::from(at + later)),
                ..touch(id, person, f64::from(at), "web")
            }).collect(),
            activities: (1..).zip(called).map(|(id, (person, at))| activity(id, person, f64::from(at), ActivityKind::Call)).collect(),
            ..Delta::default()
        };
        let asked = |(as_of, known_at): (i32, i32)| Question { as_of: day(f64::from(as_of)), known_at: day(f64::from(known_at)), ..question() };
        let answers = |history: &History, at| format!("{:?}", kpi::scoreboard(history, &asked(at)));
        let both = history(delta.clone());
        answers(&both, first);
        prop_assert_eq!(answers(&both, second), answers(&history(delta), second));
    }
}
