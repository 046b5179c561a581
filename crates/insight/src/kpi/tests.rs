//! Fixtures for the tests of the numbers, and what holds for all of them.

use alignment::lifecycle::StageSet;
use proptest::prelude::*;
use rustc_hash::FxHashSet;

pub use super::prelude::*;
use super::*;
pub use crate::{
    answer::{EvidenceRow, KpiAnswer, Measure, Segment, State},
    question::{Dimension, Period, Question},
    rows::*,
    testing::*,
};
use crate::{engine::Summary, question::Filter};
use alignment::touch::{ActivityKind, TouchKind};

pub fn answer_as_of(key: &str, delta: Delta, as_of: f64) -> KpiAnswer {
    let mut question = question();
    question.as_of = day(as_of);
    answer(&history(delta), &question, key).unwrap()
}

pub fn measure_as_of(key: &str, delta: Delta, as_of: f64) -> Measure {
    answer_as_of(key, delta, as_of).measure
}

/// Six leads: five MQLs, of which three were accepted, one rejected, one is undecided; two SQLs; one customer.
pub fn funnel() -> Delta {
    let stages = [
        (1, Stage::Mql),
        (2, Stage::Mql),
        (3, Stage::Mql),
        (4, Stage::Mql),
        (5, Stage::Mql),
        (1, Stage::Sal),
        (2, Stage::Sal),
        (3, Stage::Sal),
        (4, Stage::Rejected),
        (1, Stage::Sql),
        (2, Stage::Sql),
        (1, Stage::Customer),
    ];
    let mut transitions: Vec<_> =
        stages.into_iter().zip(1..).map(|((lead, stage), id)| entered(id, lead, stage, 1.0 + stage as u8 as f64)).collect();
    transitions[8].reason = text("wrong_industry");
    Delta {
        people: (1..7).map(|id| person(id, None)).collect(),
        leads: (1..7).map(|id| lead(id, "paid", 0.0)).collect(),
        transitions,
        spend: vec![spend(1, "paid", Side::Marketing, 1.0, eur(3000)), spend(2, "", Side::Sales, 1.0, eur(5000))],
        ..Delta::default()
    }
}

pub fn funnel_answer(key: &str) -> KpiAnswer {
    answer_as_of(key, funnel(), 500.0)
}

pub fn funnel_measure(key: &str) -> Measure {
    funnel_answer(key).measure
}

/// Three deals won (EUR 200 begun by marketing, 400 helped by it, 200 without it), one lost, one of EUR 100 open.
pub fn deals() -> Delta {
    let amounts = [200, 400, 200, 300, 100];
    let ends = [DealStage::Won, DealStage::Won, DealStage::Won, DealStage::Lost];
    let start = (1..6).map(|id| moved(id, id, DealStage::Discovery, 10.0));
    let end = ends.into_iter().zip(1..).map(|(stage, id)| moved(10 + id, id, stage, 20.0));
    let outreach = |id, person, on| TouchRow { kind: TouchKind::Outreach, ..touch(id, person, on, "sales") };
    Delta {
        people: (1..6).map(|id| person(id, None)).collect(),
        deals: amounts.into_iter().zip(1..).map(|(amount, id)| deal(id, None, &[id], Some(eur(amount)), 10.0)).collect(),
        deal_transitions: start.chain(end).collect(),
        touches: vec![
            touch(1, 1, 1.0, "paid"),
            outreach(2, 2, 1.0),
            touch(3, 2, 5.0, "paid"),
            outreach(4, 3, 1.0),
            touch(5, 3, 30.0, "paid"),
        ],
        ..Delta::default()
    }
}

pub fn deal_measure(key: &str) -> Measure {
    measure_as_of(key, deals(), 500.0)
}

/// What is said of leads whose source writes down nothing between MQL and customer.
pub fn unrecorded_state(key: &str) -> State {
    let mut delta = Delta {
        transitions: vec![entered(1, 1, Stage::Customer, 9.0)],
        leads: vec![lead(1, "", 0.0), lead(2, "", 0.0)],
        ..Delta::default()
    };
    delta.leads.iter_mut().for_each(|lead| lead.stages_recorded = StageSet::of(&[Stage::Mql, Stage::Customer]));
    measure_as_of(key, delta, 500.0).state
}

pub fn empty_state(key: &str) -> State {
    measure_as_of(key, Delta::default(), 500.0).state
}

#[test]
fn no_two_numbers_share_a_key_or_a_name() {
    let (mut keys, mut names) = (FxHashSet::default(), FxHashSet::default());
    for kpi in ALL {
        assert!(keys.insert(kpi.key), "two numbers have the key {}", kpi.key);
        assert!(names.insert(kpi.name), "two numbers have the name {}", kpi.name);
        assert!(kpi.key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{}", kpi.key);
        assert!(kpi.asides.len() <= 4 && !kpi.words.is_empty() && !kpi.example.is_empty(), "{}", kpi.key);
        assert!(std::ptr::eq(find(kpi.key).unwrap(), *kpi));
    }
    assert!(find("page_views").is_none());
}

#[test]
fn a_young_cohort_is_marked() {
    let mut delta = funnel();
    delta.leads.push(lead(7, "paid", 100.0));
    let answer = answer_as_of("lead_to_customer_rate", delta.clone(), 120.0);
    assert_eq!(answer.measure.state, State::Measured);
    assert_eq!((answer.measure.also("young"), answer.measure.also("within_horizon")), (Some(1.0), Some(1.0 / 6.0)));
    let states: Vec<_> = answer.trend.iter().map(|point| point.measure.state).collect();
    assert_eq!(states, [State::Measured, State::NoData, State::NoData, State::TooYoung]);
    assert_eq!(answer_as_of("lead_to_customer_rate", delta, 20.0).measure.state, State::TooYoung);
}

#[test]
fn what_is_not_recorded_stays_so_month_by_month() {
    let mut delta = funnel();
    delta.leads.iter_mut().for_each(|lead| lead.stages_recorded = StageSet::of(&[Stage::Mql, Stage::Customer]));
    delta.transitions.retain(|row| matches!(row.stage, Stage::Mql | Stage::Customer));
    for (key, value) in [("leads", Some(6.0)), ("sals", None), ("sqls", None), ("customers", Some(1.0))] {
        let answer = answer_as_of(key, delta.clone(), 500.0);
        assert_eq!(answer.measure.value, value, "{key}");
        assert!(answer.trend.iter().all(|point| point.measure.value.is_some() == value.is_some()), "{key}");
    }
}

#[test]
fn segments_and_filters() {
    let mut delta = funnel();
    delta.leads[0].source = None;
    delta.leads[1].source = text("unknown");
    let history = history(delta);
    let mut question = crate::testing::question();
    question.by = Some(Dimension::Source);
    let labels = |answer: &KpiAnswer| {
        answer.segments.iter().map(|segment| (segment.label.clone(), segment.measure.n, segment.measure.hits)).collect::<Vec<_>>()
    };
    let found = labels(&answer(&history, &question, "lead_to_customer_rate").unwrap());
    assert_eq!(found, [(text("paid"), 4, Some(0)), (None, 1, Some(1)), (text("unknown"), 1, Some(0))]);
    let rows = |segment| evidence(&history, &question, "leads", segment, 0, 10).map(|evidence| evidence.total);
    assert_eq!((rows(None), rows(Some(None)), rows(Some(Some("unknown"))), rows(Some(Some("nope")))), (Some(6), Some(1), Some(1), Some(0)));

    question.by = None;
    question.filters = vec![Filter { dimension: Dimension::Source, value: None }];
    assert_eq!(answer(&history, &question, "leads").unwrap().measure.value, Some(1.0));
    assert_eq!(answer(&history, &question, "cost_per_lead").unwrap().measure.state, State::NotRecorded);
    question.filters = vec![Filter { dimension: Dimension::Owner, value: None }];
    assert_eq!(answer(&history, &question, "cost_per_lead").unwrap().measure.state, State::NotRecorded);
}

#[test]
fn every_dimension_splits_all_leads() {
    let mut delta = funnel();
    delta.companies = vec![CompanyRow { industry: text("steel"), custom: vec![("tier".into(), "A".into())], ..company(10) }];
    delta.people[0] = PersonRow { country: text("PT"), ..person(1, Some(10)) };
    delta.leads[1] = LeadRow { campaign: Some(4), content: Some(5), owner: Some(6), ..delta.leads[1].clone() };
    delta.campaigns = vec![named(4, "Spring")];
    delta.touches = vec![touch(1, 3, 4.0, "late"), touch(2, 3, 2.0, "early")];
    let history = history(delta);
    let mut question = question();
    for (dimension, label, id) in [
        ("source", "paid", None),
        ("channel", "early", None),
        ("campaign", "Spring", Some(4)),
        ("content", "#5", Some(5)),
        ("owner", "#6", Some(6)),
        ("industry", "steel", None),
        ("country", "PT", None),
        ("custom:tier", "A", None),
    ] {
        question.by = Dimension::parse(dimension);
        let answer = answer(&history, &question, "leads").unwrap();
        assert!(
            answer.segments.iter().any(|segment| segment.label.as_deref() == Some(label) && segment.id == id),
            "{dimension}: {answer:?}"
        );
        assert_eq!(answer.segments.iter().map(|segment| segment.measure.n).sum::<u64>(), 6, "{dimension}");
    }
}

/// Enough rows for several chunks, with amounts whose sums depend on the order they are added in.
fn large() -> Delta {
    let ids = 1..40_001_i64;
    let on = |id: i64| (id * 7919 % 400) as f64 / 3.0;
    Delta {
        people: ids.clone().map(|id| person(id, (id % 2 == 0).then_some(10))).collect(),
        leads: ids.clone().map(|id| LeadRow { owner: Some(id % 5), ..lead(id, ["paid", ""][id as usize % 2], on(id)) }).collect(),
        transitions: ids.clone().map(|id| entered(id, id, Stage::ALL[id as usize % 10], on(id) + 1.5)).collect(),
        touches: ids.clone().map(|id| touch(id, id, on(id) - 0.7, "web")).collect(),
        activities: ids.clone().map(|id| activity(id, id, on(id) + 2.1, ActivityKind::Call)).collect(),
        deals: ids.clone().map(|id| deal(id, Some(id), &[id], Some(eur(id % 977)), 0.0)).collect(),
        deal_transitions: ids.map(|id| moved(id, id, DealStage::ALL[id as usize % 5], on(id) + 3.3)).collect(),
        spend: vec![spend(1, "paid", Side::Marketing, 1.0, eur(3001))],
        ..Delta::default()
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let history = history(large());
    let question = Question { by: Some(Dimension::Channel), ..question() };
    let answers = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| scoreboard(&history, &question).iter().map(|answer| format!("{answer:?}")).collect::<Vec<_>>())
    };
    let alone = answers(1);
    assert_eq!(alone.len(), ALL.len());
    for threads in [2, 5] {
        assert!(answers(threads) == alone, "{threads} threads");
    }
}

fn any_world() -> impl Strategy<Value = Delta> {
    let transition = (1..9_i64, 0..10_usize, prop::option::weighted(0.8, 0..200_i32), prop::option::of(0..3_usize));
    let transitions = prop::collection::vec(transition, 0..40);
    let leads = prop::collection::vec((0..100_i32, 0..3_usize, any::<bool>(), prop::option::of(1..4_i64)), 8);
    let touches = prop::collection::vec((1..9_i64, 0..200_i32, 0..17_u8), 0..20);
    let activities = prop::collection::vec((1..9_i64, 0..200_i32, 0..6_u8, prop::option::of(1..7_i64)), 0..20);
    let deals = prop::collection::vec((prop::option::of(1..9_i64), prop::option::of(1..500_i64), any::<bool>()), 0..7);
    let moves = prop::collection::vec((1..7_i64, 0..5_usize, prop::option::weighted(0.8, 0..200_i32)), 0..20);
    let spends = prop::collection::vec((0..3_usize, any::<bool>(), 0..200_i32, 1..500_i64), 0..6);
    (transitions, leads, touches, activities, deals, moves, spends).prop_map(
        |(transitions, leads, touches, activities, deals, moves, spends)| {
            let labels = ["", "paid", "unknown"];
            let recorded = |all: bool| if all { StageSet::ALL } else { StageSet::of(&[Stage::Mql, Stage::Customer]) };
            Delta {
                people: (1..9).map(|id| person(id, (id % 3 == 0).then_some(10))).collect(),
                companies: vec![company(10)],
                content: (1..7).map(|id| named(id, "Piece")).collect(),
                leads: leads
                    .into_iter()
                    .zip(1..)
                    .map(|((on, source, all, owner), id)| LeadRow {
                        stages_recorded: recorded(all),
                        owner,
                        ..lead(id, labels[source], on as f64)
                    })
                    .collect(),
                transitions: transitions
                    .into_iter()
                    .zip(1..)
                    .map(|((lead, stage, at, reason), id)| TransitionRow {
                        at: at.map(|at| day(at as f64)),
                        reason: reason.and_then(|reason| text(["", "no_budget", "wrong_industry"][reason])),
                        ..entered(id, lead, Stage::ALL[stage], at.unwrap_or(50) as f64)
                    })
                    .collect(),
                touches: touches
                    .into_iter()
                    .zip(1..)
                    .map(|((person, on, kind), id)| TouchRow {
                        kind: TouchKind::from_code(kind).unwrap(),
                        ..touch(id, person, on as f64, "web")
                    })
                    .collect(),
                activities: activities
                    .into_iter()
                    .zip(1..)
                    .map(|((person, on, kind, link), id)| ActivityRow {
                        content: link,
                        deal: link,
                        ..activity(id, person, on as f64, ActivityKind::from_code(kind).unwrap())
                    })
                    .collect(),
                deals: deals
                    .into_iter()
                    .zip(1..)
                    .map(|((of_lead, amount, home), id)| {
                        let currency = if home { "EUR" } else { "USD" }.parse().unwrap();
                        let amount = amount.map(|minor| alignment::Money::new(minor, currency));
                        deal(id, of_lead, &[id], amount, 0.0)
                    })
                    .collect(),
                deal_transitions: moves
                    .into_iter()
                    .zip(1..)
                    .map(|((deal, stage, at), id)| DealTransitionRow {
                        at: at.map(|at| day(at as f64)),
                        ..moved(id, deal, DealStage::ALL[stage], 20.0)
                    })
                    .collect(),
                spend: spends
                    .into_iter()
                    .zip(1..)
                    .map(|((source, ours, on, minor), id)| {
                        let side = if ours { Side::Marketing } else { Side::Sales };
                        spend(id, labels[source], side, on as f64, alignment::Money::new(minor, alignment::Currency::EUR))
                    })
                    .collect(),
                ..Delta::default()
            }
        },
    )
}

/// Whether the rows listed add up to the measure.
pub fn assert_reconciles(kpi: &Kpi, measure: &Measure, rows: &[EvidenceRow], what: &str) {
    let counted: Vec<&EvidenceRow> = rows.iter().filter(|row| row.fault.is_none()).collect();
    let hits = counted.iter().filter(|row| row.hit).count() as u64;
    let sum: f64 = counted.iter().filter_map(|row| row.value).sum();
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0);
    let asides: f64 = kpi.asides.iter().map(|(name, _)| measure.also(name).unwrap_or(0.0)).sum();
    assert_eq!(asides as usize, rows.len() - counted.len(), "{what}: rows left out");
    let value = measure.value;
    match (kpi.summary, value) {
        (_, None) => {}
        (Summary::Rate, Some(value)) => {
            // A row may count more than once: a lead has several required fields.
            let (hits, n) = counted.iter().fold((0, 0), |(hits, n), row| (hits + u64::from(row.hits), n + u64::from(row.n)));
            assert_eq!((measure.hits, measure.n), (Some(hits), n), "{what}");
            assert!(close(value * n as f64, hits as f64), "{what}");
        }
        (Summary::Count, Some(value)) => assert_eq!((value, measure.n), (hits as f64, hits), "{what}"),
        (Summary::PerMonth, Some(value)) => assert!(close(value * measure.n as f64, hits as f64), "{what}"),
        (Summary::Growth, Some(_)) => assert_eq!((measure.hits, measure.n), (Some(hits), counted.len() as u64 - hits), "{what}"),
        (Summary::Spread { .. }, Some(_)) => {
            assert_eq!(measure.n, counted.len() as u64, "{what}");
            assert!(close(measure.also("mean").unwrap() * measure.n as f64, sum), "{what}");
        }
        (Summary::Mean, Some(value)) => assert!(close(value * measure.n as f64, sum) && measure.n == counted.len() as u64, "{what}"),
        (Summary::Sum, Some(value)) => assert!(close(value, sum) && measure.n == counted.len() as u64, "{what}"),
        (Summary::PerLead(_), Some(value)) => assert!(close(value * measure.n as f64, sum), "{what}"),
        (Summary::OutOf(_), Some(_)) => assert!(close(measure.also("amount").unwrap(), sum), "{what}"),
        (Summary::ValueShare, Some(value)) => {
            let of_hits: f64 = counted.iter().filter(|row| row.hit).filter_map(|row| row.value).sum();
            assert!(close(value * sum, of_hits) && measure.n == counted.len() as u64, "{what}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn evidence_adds_up_to_each_number(world in any_world(), by in 0..4_usize, bounded in any::<bool>()) {
        let history = history(world);
        let mut question = question();
        question.settings.targets.revenue = Some((Period::ALL, 1000));
        question.by = [None, Some(Dimension::Source), Some(Dimension::Owner), Some(Dimension::Channel)][by].clone();
        if bounded {
            question.period = Period { from: day(20.0), to: day(120.0) };
            question.as_of = day(150.0);
        }
        for (kpi, answer) in ALL.iter().zip(scoreboard(&history, &question)) {
            let rows = |segment: Option<Option<&str>>| evidence(&history, &question, kpi.key, segment, 0, usize::MAX).map(|found| found.rows);
            assert_reconciles(kpi, &answer.measure, &rows(None).unwrap(), kpi.key);
            for Segment { label, measure, .. } in &answer.segments {
                if let Some(rows) = rows(Some(label.as_deref())) {
                    assert_reconciles(kpi, measure, &rows, &format!("{} of {label:?}", kpi.key));
                }
            }
        }
    }

    #[test]
    fn the_same_question_has_the_same_answer_for_ever(world in any_world(), later in any_world()) {
        let mut question = question();
        question.as_of = day(100.0);
        question.known_at = day(100.0);
        question.by = Some(Dimension::Source);
        question.settings.targets.revenue = Some((Period::ALL, 1000));
        let before = history(world);
        let answers = scoreboard(&before, &question);
        let after = before.apply(learned_later(later));
        let words = |answers: &[KpiAnswer]| answers.iter().map(|answer| format!("{answer:?}")).collect::<Vec<_>>();
        for (before, after) in words(&answers).iter().zip(words(&scoreboard(&after, &question))) {
            prop_assert_eq!(before, &after);
        }
    }
}

/// The same facts under new ids, all learned after day 100.
fn learned_later(mut delta: Delta) -> Delta {
    const NEW: i64 = 1000;
    let known = day(101.0);
    delta.people.clear();
    delta.companies.clear();
    delta.content.clear();
    delta.leads.iter_mut().for_each(|row| (row.id, row.person, row.recorded_at) = (row.id + NEW, row.person, known));
    delta.transitions.iter_mut().for_each(|row| (row.id, row.recorded_at) = (row.id + NEW, known));
    delta.touches.iter_mut().for_each(|row| (row.id, row.recorded_at) = (row.id + NEW, known));
    delta.activities.iter_mut().for_each(|row| (row.id, row.recorded_at) = (row.id + NEW, known));
    delta.deals.iter_mut().for_each(|row| (row.id, row.recorded_at) = (row.id + NEW, known));
    delta.deal_transitions.iter_mut().for_each(|row| (row.id, row.recorded_at) = (row.id + NEW, known));
    delta.spend.iter_mut().for_each(|row| (row.id, row.recorded_at) = (row.id + NEW, known));
    delta
}
