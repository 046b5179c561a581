//! What becomes of people, as tables and as properties.

use proptest::prelude::*;

use super::{super::Stage, *};
use crate::{Currency, agreement::Agreement, instant::MICROS_PER_DAY, judging::Traits, touch::TouchKind};

fn day(day: i64) -> Instant {
    Instant(day * MICROS_PER_DAY)
}

/// An MQL downloads something in 30 days; a lead is whoever fills in a form. Two product lines where asked for.
fn agreement(lines: bool) -> Agreement {
    let criteria =
        |stage: &str, kind: &str| format!("[[stages]]\nstage = \"{stage}\"\ncriteria = {{ activity = [\"{kind}\"], within_days = 30 }}\n");
    let holder: Holder = toml::from_str(&(criteria("lead", "form") + &criteria("mql", "download"))).unwrap();
    let mut agreement = Agreement::default_for(Currency::EUR, "UTC");
    for written in holder.stages {
        let clause = agreement.stages.iter_mut().find(|clause| clause.stage == written.stage).unwrap();
        clause.criteria = Some(written.criteria);
    }
    if lines {
        let field = |line: &str| format!("[[lines]]\nkey = \"{line}\"\nname = \"{line}\"\nwhen = {{ activity = [\"webinar\"] }}\n");
        let written: Lines = toml::from_str(&field("events")).unwrap();
        agreement.product_lines = written.lines;
    }
    agreement
}

#[derive(serde::Deserialize)]
struct Holder {
    stages: Vec<Written>,
}

#[derive(serde::Deserialize)]
struct Written {
    stage: Stage,
    criteria: crate::agreement::Criterion,
}

#[derive(serde::Deserialize)]
struct Lines {
    lines: Vec<crate::agreement::ProductLine>,
}

struct Anybody;

impl Subject for Anybody {
    fn text(&self, _: &str) -> Option<&str> {
        None
    }
}

struct Log {
    instants: Vec<Instant>,
    kinds: Vec<TouchKind>,
}

impl Log {
    fn of(touches: &[(i64, TouchKind)]) -> Log {
        Log { instants: touches.iter().map(|(at, _)| day(*at)).collect(), kinds: touches.iter().map(|(_, kind)| *kind).collect() }
    }
}

impl Touches for Log {
    fn instants(&self) -> &[Instant] {
        &self.instants
    }

    fn marks(&self, judge: &Judge, index: usize) -> Marks {
        judge.marks(&Traits::of_kind(self.kinds[index]))
    }
}

/// Writes decisions down as the record would.
fn apply(passes: &mut Vec<Pass>, decisions: &[Decision]) {
    let mut opened: Vec<Option<i64>> = Vec::new();
    for decision in decisions {
        let id = match &decision.on {
            On::Recorded(id) => *id,
            On::Opened(by) => opened[*by].unwrap(),
            On::BeganEarlier(id) => {
                let pass = passes.iter_mut().find(|pass| pass.id == *id).unwrap();
                pass.opened_at = decision.at;
                pass.entries.push(Entry::new(Stage::Lead, decision.at));
                *id
            }
            On::New { product_line } => {
                let id = passes.iter().map(|pass| pass.id).max().unwrap_or(0) + 1;
                let entries = vec![Entry::new(Stage::Lead, decision.at)];
                passes.push(Pass { id, opened_at: decision.at, product_line: product_line.clone(), entries });
                id
            }
        };
        opened.push(Some(id));
        let pass = passes.iter_mut().find(|pass| pass.id == id).unwrap();
        if decision.stage != Stage::Lead {
            pass.entries.push(Entry::new(decision.stage, decision.at));
        }
    }
}

/// A pass as all count it: when it opened, and when it first entered each stage.
fn shown(passes: &[Pass]) -> Vec<String> {
    let mut shown: Vec<(Instant, String)> = passes
        .iter()
        .map(|pass| {
            let first = |stage: Stage| {
                let at = pass.entries.iter().filter(|entry| entry.stage == stage).filter_map(|entry| entry.at).min()?;
                Some(format!("{} {}", stage.key(), at.0 / MICROS_PER_DAY))
            };
            (pass.opened_at, Stage::ALL.into_iter().filter_map(first).collect::<Vec<_>>().join(", "))
        })
        .collect();
    shown.sort();
    shown.into_iter().map(|(_, words)| words).collect()
}

/// `10 download`, `12 form`: touches. `20 rejected`: somebody moved the open pass. Both by day.
fn live(events: &[(i64, &str)], lines: bool) -> Vec<Pass> {
    let judge = Judge::compile(&agreement(lines));
    let versions = [Judging { number: 1, effective_at: Instant::MIN, judge: &judge }];
    let (mut passes, mut touches) = (Vec::new(), Vec::new());
    for (at, what) in events {
        match TouchKind::parse(what) {
            Some(kind) => {
                touches.push((*at, kind));
                let decisions = super::judge(&versions, &Anybody, &Log::of(&touches), &passes, day(*at));
                apply(&mut passes, &decisions);
                assert_eq!(super::judge(&versions, &Anybody, &Log::of(&touches), &passes, day(*at)), [], "decided once is decided");
            }
            None => {
                let stage = Stage::parse(what).unwrap();
                if let Some(open) = passes.iter_mut().rev().find(|pass| pass.is_open_at(day(*at))) {
                    open.entries.push(Entry::new(stage, day(*at)));
                }
            }
        }
    }
    passes
}

#[test]
fn passes_by_the_table() {
    type Case = (&'static str, &'static [(i64, &'static str)], &'static [&'static str]);
    let table: &[Case] = &[
        ("nothing", &[], &[]),
        ("a visit is nothing yet", &[(1, "page_view")], &[]),
        ("a form is a lead", &[(1, "form"), (2, "page_view")], &["lead 1"]),
        ("a download is an MQL at once", &[(1, "download")], &["lead 1, mql 1"]),
        ("a lead becomes an MQL", &[(1, "form"), (5, "download")], &["lead 1, mql 5"]),
        ("once", &[(1, "download"), (2, "download"), (3, "form")], &["lead 1, mql 1"]),
        ("an accepted lead is not judged again", &[(1, "download"), (2, "sal"), (3, "download")], &["lead 1, mql 1, sal 2"]),
        (
            "what made the last pass does not make the next",
            &[(1, "download"), (2, "rejected"), (3, "page_view")],
            &["lead 1, mql 1, rejected 2"],
        ),
        (
            "recycled, then a new reason: a new pass",
            &[(1, "download"), (2, "sal"), (4, "recycled"), (9, "download")],
            &["lead 1, mql 1, sal 2, recycled 4", "lead 9, mql 9"],
        ),
        (
            "a customer's next interest is a second opportunity",
            &[(1, "download"), (5, "customer"), (60, "download")],
            &["lead 1, mql 1, customer 5", "lead 60, mql 60"],
        ),
        ("a stage may be skipped", &[(1, "download"), (3, "sql")], &["lead 1, mql 1, sql 3"]),
    ];
    for (name, events, expected) in table {
        assert_eq!(shown(&live(events, false)), *expected, "{name}");
    }
}

#[test]
fn where_a_pass_stands() {
    let entry = |stage, at: i64| Entry::new(stage, day(at));
    let back = |stage, at: i64| Entry { goes_back: true, ..entry(stage, at) };
    let untimed = |stage| Entry { stage, at: None, goes_back: false };
    let table = [
        ("furthest, whenever it was written", vec![entry(Stage::Sql, 3), entry(Stage::Mql, 5)], Stage::Sql),
        ("taken back", vec![entry(Stage::Mql, 1), entry(Stage::Sql, 3), back(Stage::Sal, 4)], Stage::Sal),
        ("taken back and on again", vec![entry(Stage::Sql, 3), back(Stage::Sal, 4), entry(Stage::Opportunity, 6)], Stage::Opportunity),
        ("the way out ends it", vec![entry(Stage::Sql, 3), entry(Stage::Recycled, 4)], Stage::Recycled),
        ("taken back, then out", vec![entry(Stage::Sql, 3), back(Stage::Sal, 4), entry(Stage::Lost, 6)], Stage::Lost),
        ("a customer stays one", vec![entry(Stage::Customer, 3), entry(Stage::Lost, 4)], Stage::Customer),
        ("the last way out", vec![entry(Stage::Rejected, 3), entry(Stage::Recycled, 4)], Stage::Recycled),
        ("of unknown instant", vec![untimed(Stage::Sql), entry(Stage::Mql, 4)], Stage::Sql),
    ];
    for (name, entries, expected) in table {
        assert_eq!(standing(&entries).map(|(stage, _)| stage), Some(expected), "{name}");
    }
    assert_eq!(standing(&[]), None);
}

#[test]
fn a_pass_of_a_source_that_began_later_began_with_the_evidence() {
    let judge = Judge::compile(&agreement(false));
    let versions = [Judging { number: 1, effective_at: Instant::MIN, judge: &judge }];
    let mut passes = vec![Pass {
        id: 7,
        opened_at: day(10),
        product_line: None,
        entries: vec![Entry::new(Stage::Lead, day(10)), Entry::new(Stage::Mql, day(12)), Entry::new(Stage::Sal, day(13))],
    }];
    let decisions = super::judge(&versions, &Anybody, &Log::of(&[(4, TouchKind::Download)]), &passes, Instant::MIN);
    apply(&mut passes, &decisions);
    assert_eq!(shown(&passes), ["lead 4, mql 4, sal 13"]);
    assert_eq!(passes.len(), 1);
}

#[test]
fn a_version_judges_what_happens_while_it_is_in_force() {
    let (without, with) = (Judge::compile(&Agreement::default_for(Currency::EUR, "UTC")), Judge::compile(&agreement(false)));
    let versions =
        [Judging { number: 1, effective_at: Instant::MIN, judge: &without }, Judging { number: 2, effective_at: day(10), judge: &with }];
    let touches = Log::of(&[(5, TouchKind::Download), (9, TouchKind::Download), (11, TouchKind::PageView)]);
    let decisions = super::judge(&versions, &Anybody, &touches, &[], Instant::MIN);
    // The downloads came before the version took effect; the first touch under it finds them in its window.
    assert_eq!(decisions.iter().map(|decision| (decision.at, decision.version)).collect::<Vec<_>>(), [(day(11), 2)]);
}

fn events() -> impl Strategy<Value = Vec<(i64, &'static str)>> {
    let what = prop::sample::select(vec![
        "page_view",
        "form",
        "download",
        "download",
        "webinar",
        "email_open",
        "sal",
        "sql",
        "rejected",
        "recycled",
        "customer",
        "lost",
    ]);
    prop::collection::vec((1i64..200, what), 0..25).prop_map(|mut events| {
        events.sort_by_key(|(at, _)| *at);
        events.dedup_by_key(|(at, _)| *at);
        events
    })
}

proptest! {
    /// Everything at once gives the passes that one thing after the other gave.
    #[test]
    fn replay_equals_live(events in events(), lines: bool) {
        let lived = live(&events, lines);
        // What people said of passes is known at once, and so is each touch; only what the Agreement decided is forgotten.
        let judge = Judge::compile(&agreement(lines));
        let versions = [Judging { number: 1, effective_at: Instant::MIN, judge: &judge }];
        let touches: Vec<_> = events.iter().filter_map(|(at, what)| Some((*at, TouchKind::parse(what)?))).collect();
        let mut passes: Vec<Pass> = lived.iter().filter_map(|pass| {
            let entries: Vec<_> = pass.entries.iter().copied().filter(|entry| entry.stage > Stage::Mql).collect();
            let first = entries.iter().filter_map(|entry| entry.at).min()?;
            Some(Pass { opened_at: first, entries, ..pass.clone() })
        }).collect();
        let decisions = super::judge(&versions, &Anybody, &Log::of(&touches), &passes, Instant::MIN);
        apply(&mut passes, &decisions);
        prop_assert_eq!(shown(&passes), shown(&lived));
        prop_assert_eq!(super::judge(&versions, &Anybody, &Log::of(&touches), &passes, Instant::MIN), vec![]);
    }

    #[test]
    fn one_open_pass_per_person_and_line(events in events(), lines: bool) {
        let passes = live(&events, lines);
        for at in (0..200).map(day) {
            let open: Vec<_> = passes.iter().filter(|pass| pass.is_open_at(at)).map(|pass| pass.product_line.clone()).collect();
            let mut distinct = open.clone();
            distinct.sort();
            distinct.dedup();
            prop_assert_eq!(open.len(), distinct.len(), "at {:?}", at);
        }
        for pass in &passes {
            prop_assert!(pass.entries.iter().all(|entry| entry.at.is_none_or(|entered| entered >= pass.opened_at)));
        }
    }
}
