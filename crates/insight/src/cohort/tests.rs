use std::path::Path;

use alignment::{
    Instant,
    lifecycle::{DealStage, Stage, StageSet},
};
use proptest::prelude::*;

use super::*;
use crate::{
    answer::State,
    engine::Context,
    history::History,
    kpi::olist_tests::{FOLDER, olist},
    question::{Dimension, Filter, Period, Question},
    rows::{Delta, Table},
    testing::*,
};

fn ask(from: Stage, to: Stage) -> Ask {
    Ask { from, to, every: Every::Month, ages_days: AGES_DAYS.to_vec() }
}

/// MQLs of January and of March, as of the end of April; two of January became SQLs, one of March, and one was rejected.
fn world() -> History {
    let mut delta = Delta {
        people: (1..8).map(|id| person(id, None)).collect(),
        leads: (1..8).map(|id| lead(id, if id % 2 == 0 { "webinar" } else { "" }, if id < 5 { 1.0 } else { 60.0 })).collect(),
        transitions: vec![
            entered(1, 1, Stage::Mql, 2.0),
            entered(2, 2, Stage::Mql, 3.0),
            entered(3, 3, Stage::Mql, 4.0),
            entered(4, 4, Stage::Mql, 5.0),
            entered(5, 5, Stage::Mql, 61.0),
            entered(6, 6, Stage::Mql, 62.0),
            entered(11, 1, Stage::Sql, 12.0),
            entered(12, 2, Stage::Sql, 73.0),
            entered(13, 3, Stage::Rejected, 6.0),
            entered(15, 5, Stage::Sql, 81.0),
            entered(16, 7, Stage::Mql, 70.0),
            entered(17, 7, Stage::Sql, 65.0),
        ],
        ..Delta::default()
    };
    delta.leads.push(crate::rows::LeadRow { stages_recorded: StageSet::of(&[Stage::Lead, Stage::Mql]), ..lead(8, "", 2.0) });
    history(delta)
}

fn asked(as_of_day: f64) -> Question {
    Question { as_of: day(as_of_day), known_at: day(as_of_day), ..question() }
}

#[test]
fn leads_stand_in_the_cohort_of_the_month_they_entered() {
    let (history, question) = (world(), Question { by: Some(Dimension::Source), ..asked(119.0) });
    let context = Context::of(&history, &question);
    let answer = cohorts(&context, &ask(Stage::Mql, Stage::Sql));
    let shown: Vec<_> = answer
        .cohorts
        .iter()
        .map(|cohort| {
            let cells: Vec<_> = cohort.cells.iter().map(|cell| (cell.hits, cell.mature)).collect();
            (cohort.starts_at.map(|at| at.to_string()[..7].to_owned()), cohort.entered, cohort.converted, cohort.left, cohort.open, cells)
        })
        .collect();
    let january = Some("2026-01".to_owned());
    assert_eq!(
        shown,
        [
            (january, 4, 2, 1, 1, vec![(1, true), (1, true), (2, true), (2, false)]),
            (Some("2026-02".into()), 0, 0, 0, 0, vec![(0, true), (0, true), (0, false), (0, false)]),
            (Some("2026-03".into()), 2, 1, 0, 1, vec![(1, true), (1, false), (1, false), (1, false)]),
        ]
    );
    // January is 88 days over; the one lead still open has had more than 90.
    let cells = &answer.cohorts[0].cells;
    assert_eq!((cells[2].rate, cells[2].naive, cells[2].state), (Some(0.5), Some(0.5), State::Measured));
    assert_eq!((cells[3].rate, cells[3].naive), (None, Some(0.5)), "nobody has been watched for 180 days");
    assert_eq!((answer.cohorts[1].cells[0].state, answer.cohorts[1].cells[0].naive), (State::NoData, None));
    assert_eq!((answer.data_faults, answer.not_recorded, answer.undated), (1, 1, 0));
    let segments: Vec<_> = answer.segments.iter().map(|segment| (segment.label.as_deref(), segment.entered, segment.converted)).collect();
    assert_eq!(segments, [(None, 3, 2), (Some("webinar"), 3, 1)]);
    assert_eq!((answer.total.entered, answer.total.converted), (6, 3));
}

/// A cohort that is still young looks worse than it is; the estimate is what it comes to where nothing else changes.
#[test]
fn a_young_cohort_is_corrected() {
    let mut delta = Delta::default();
    for id in 1..=40_i64 {
        delta.people.push(person(id, None));
        delta.leads.push(lead(id, "", (id - 1) as f64 / 2.0));
        if id % 2 == 0 {
            // Half of all convert, 20 days after they came.
            delta.transitions.push(entered(id, id, Stage::Mql, (id - 1) as f64 / 2.0 + 20.0));
        }
    }
    let history = history(delta);
    let question = asked(30.0);
    let answer = cohorts(&Context::of(&history, &question), &Ask { ages_days: vec![25], ..ask(Stage::Lead, Stage::Mql) });
    let cell = &answer.cohorts[0].cells[0];
    assert_eq!((cell.mature, cell.state), (false, State::TooYoung));
    assert!(cell.naive.unwrap() < 0.30, "{cell:?}");
    assert!((cell.rate.unwrap() - 0.5).abs() < 0.06, "{cell:?}");
    let (low, high) = cell.interval.unwrap();
    assert!(low < 0.5 && 0.5 < high);
}

#[test]
fn rows_add_up_to_their_figures() {
    let (history, question) = (world(), Question { by: Some(Dimension::Source), ..asked(119.0) });
    reconcile(&Context::of(&history, &question), &ask(Stage::Mql, Stage::Sql));
    reconcile(&Context::of(&history, &question), &ask(Stage::Lead, Stage::Customer));
}

/// Opens every figure and adds its rows up.
fn reconcile(context: &Context, ask: &Ask) {
    let answer = cohorts(context, ask);
    let open = |figure: &Figure| rows_behind(context, ask, figure, 0, usize::MAX).unwrap();
    let spans = answer.cohorts.iter().map(|cohort| (cohort, Period { from: cohort.starts_at.unwrap(), to: cohort.ends_at.unwrap() }, None));
    let segments = answer.segments.iter().map(|segment| (segment, Period::ALL, Some(segment.label.clone())));
    for (cohort, span, segment) in spans.chain(segments).chain([(&answer.total, Period::ALL, None)]) {
        for cell in &cohort.cells {
            let rows = open(&Figure::Cohort { span, segment: segment.clone(), age_days: Some(cell.age_days) });
            assert_eq!((rows.total, rows.hits, rows.rows.len() as u64), (cohort.entered, cell.hits, cohort.entered));
            assert_eq!(rows.rows.iter().filter(|row| row.hit).count() as u64, cell.hits);
        }
        let rows = open(&Figure::Cohort { span, segment, age_days: None }).rows;
        let count = |outcome| rows.iter().filter(|row| row.outcome == outcome).count() as u64;
        assert_eq!((count(Outcome::Converted), count(Outcome::Left), count(Outcome::Open)), (cohort.converted, cohort.left, cohort.open));
    }
    assert_eq!(open(&Figure::Faults).total, answer.data_faults);
    for times in stage_times(context) {
        let count = |part| open(&Figure::Stage { table: times.table, stage: times.stage.into(), part }).total;
        let counts = (count(Part::Entered), count(Part::MovedOn), count(Part::Left), count(Part::Open));
        assert_eq!(counts, (times.entered, times.moved_on, times.left, times.open), "{}", times.stage);
        assert_eq!(count(Part::Stuck), times.stuck.unwrap_or(0), "{}", times.stage);
    }
}

#[test]
fn stuck_is_open_for_longer_than_nine_in_ten() {
    let mut delta = Delta::default();
    for id in 1..=12_i64 {
        delta.deals.push(deal(id, None, &[], None, 0.0));
        let moved_on = id as f64 + 1.0;
        if id <= 10 {
            delta.deal_transitions.push(moved(id, id, if id > 8 { DealStage::Lost } else { DealStage::Proposal }, moved_on));
        }
    }
    delta.deals.push(deal(13, None, &[], None, 28.0));
    let history = history(delta);
    let question = asked(30.0);
    let context = Context::of(&history, &question);
    let times = stage_times(&context);
    let discovery = times.iter().find(|times| times.stage == "discovery").unwrap();
    assert_eq!((discovery.entered, discovery.moved_on, discovery.left, discovery.open), (13, 8, 2, 3));
    assert_eq!((discovery.median_days, discovery.p90_days, discovery.stuck), (Some(8.0), None, None), "fewer than nine in ten have ended");
    // Without the two that are stuck, nine in ten are known to have ended.
    let question = Question { period: Period { from: day(0.0), to: day(29.0) }, ..asked(30.0) };
    let deals = (1..=20).map(|id| deal(id, None, &[], None, 0.0));
    let delta = Delta {
        deals: deals.collect(),
        deal_transitions: (1..=19).map(|id| moved(id, id, DealStage::Won, id as f64 / 2.0)).collect(),
        ..Delta::default()
    };
    let history = History::empty().apply(delta);
    let context = Context::of(&history, &question);
    let times = stage_times(&context);
    assert_eq!((times[0].p90_days, times[0].stuck, times[0].drop_off), (Some(9.0), Some(1), Some(0.0)));
    let figure = Figure::Stage { table: Table::Deals, stage: "discovery".into(), part: Part::Stuck };
    let rows = rows_behind(&context, &ask(Stage::Mql, Stage::Sql), &figure, 0, 10).unwrap();
    assert_eq!(rows.rows.iter().map(|row| (row.id, row.age_days, row.ended_at)).collect::<Vec<_>>(), [(20, 30.0, None)]);
}

#[test]
fn leads_wait_in_a_stage_until_a_later_one() {
    let history = world();
    let question = asked(119.0);
    let times = stage_times(&Context::of(&history, &question));
    let of =
        |stage: &str| times.iter().find(|times| times.stage == stage).map(|times| (times.entered, times.moved_on, times.left, times.open));
    assert_eq!(of("mql"), Some((6, 3, 1, 2)));
    assert_eq!((of("sal"), of("sql")), (None, Some((4, 0, 0, 4))));
}

#[test]
fn nothing_has_cohorts_too() {
    let (history, question) = (History::empty(), question());
    let context = Context::of(&history, &question);
    let answer = cohorts(&context, &ask(Stage::Mql, Stage::Sql));
    assert_eq!((answer.cohorts.len(), answer.total.entered, answer.total.cells[0].naive), (0, 0, None));
    assert!(answer.curve.is_empty() && stage_times(&context).is_empty());
    let unknown = Figure::Stage { table: Table::Leads, stage: "nonsense".into(), part: Part::Open };
    assert!(rows_behind(&context, &ask(Stage::Mql, Stage::Sql), &unknown, 0, 10).is_none());
}

/// (month, leads, (converted within the age, mature, corrected rate)) for 30, 60, 90 and 180 days: pandas for the counts, lifelines
/// 0.30.3 `1 - KaplanMeierFitter().fit(age, won).predict(age)` for the rate, over the leads of the month that were not won before
/// they came in, with sales by then. `None`: the oldest of the month had not had the time.
type Row = (&'static str, u64, [(u64, bool, Option<f64>); 4]);

#[rustfmt::skip]
const AS_OF_END_OF_LEADS: [Row; 4] = [
    ("2017-12", 200, [(1, true, Some(0.005)), (6, true, Some(0.03)), (6, true, Some(0.03)), (8, false, Some(0.04548913))]),
    ("2018-03", 1173, [(111, true, Some(0.094629156)), (134, true, Some(0.114236999)), (139, false, Some(0.12067114)), (139, false, None)]),
    ("2018-04", 1352, [(147, true, Some(0.108727811)), (154, false, Some(0.115221327)), (154, false, None), (154, false, None)]),
    ("2018-05", 1303, [(70, false, Some(0.064989035)), (70, false, None), (70, false, None), (70, false, None)]),
];

#[rustfmt::skip]
const AS_OF_END_OF_DEALS: [Row; 4] = [
    ("2017-12", 200, [(1, true, Some(0.005)), (6, true, Some(0.03)), (6, true, Some(0.03)), (8, true, Some(0.04))]),
    ("2018-03", 1173, [(111, true, Some(0.094629156)), (134, true, Some(0.114236999)), (140, true, Some(0.119352089)), (158, true, Some(0.134697357))]),
    ("2018-04", 1352, [(147, true, Some(0.108727811)), (162, true, Some(0.119822485)), (171, true, Some(0.12647929)), (178, true, Some(0.131656805))]),
    ("2018-05", 1303, [(91, true, Some(0.069838833)), (101, true, Some(0.077513431)), (109, true, Some(0.083653108)), (130, false, Some(0.100186268))]),
];

#[test]
fn cohorts_of_a_real_funnel() {
    if !Path::new(FOLDER).exists() {
        println!("skipped: {FOLDER} is not there");
        return;
    }
    let history = history(olist());
    for (as_of, expected, cycle) in
        [("2018-06-01T00:00:00Z", AS_OF_END_OF_LEADS, None), ("2018-11-15T00:00:00Z", AS_OF_END_OF_DEALS, Some(14.722_164_351_851_852))]
    {
        let as_of: Instant = as_of.parse().unwrap();
        let question = Question { as_of, known_at: as_of, currency: "BRL".parse().unwrap(), ..question() };
        let context = Context::of(&history, &question);
        let answer = cohorts(&context, &ask(Stage::Mql, Stage::Customer));
        assert_eq!((answer.cohorts.len(), answer.total.entered, answer.data_faults), (12, 7999, 1));
        for (month, leads, cells) in expected {
            let cohort = answer.cohorts.iter().find(|cohort| cohort.starts_at.unwrap().to_string().starts_with(month)).unwrap();
            assert_eq!(cohort.entered, leads);
            for (ours, (hits, mature, rate)) in cohort.cells.iter().zip(cells) {
                assert_eq!((ours.hits, ours.mature), (hits, mature), "{month} {}", ours.age_days);
                match (ours.rate, rate) {
                    (None, None) => {}
                    (Some(ours), Some(theirs)) => assert!((ours - theirs).abs() < 1e-9, "{month}: {ours} {theirs}"),
                    other => panic!("{month} {}: {other:?}", ours.age_days),
                }
            }
        }
        if let Some(days) = cycle {
            let won = stays(&context, Stage::Lead, Stage::Customer).stays;
            let mut days_of_won: Vec<f64> = won.iter().filter(|stay| stay.outcome == Outcome::Converted).map(Stay::age_days).collect();
            days_of_won.sort_unstable_by(f64::total_cmp);
            assert!((crate::engine::percentile(&days_of_won, 0.5) - days).abs() < 1e-9);
        }
    }
    let question = Question { as_of: "2018-11-15T00:00:00Z".parse().unwrap(), by: Some(Dimension::Source), ..question() };
    reconcile(&Context::of(&history, &question), &ask(Stage::Mql, Stage::Customer));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Cohorts, segments and filters divide the same leads.
    #[test]
    fn parts_sum_to_the_whole(rows in proptest::collection::vec((0..120_u16, 0..90_u16, 0..3_u8, 0..3_u8), 0..40)) {
        let mut delta = Delta::default();
        for ((from, wait, outcome, source), id) in rows.iter().zip(1..) {
            let source = ["", "webinar", "referral"][usize::from(*source)];
            delta.people.push(person(id, None));
            delta.leads.push(lead(id, source, f64::from(*from)));
            let end = f64::from(*from + *wait);
            match outcome {
                1 => delta.transitions.push(entered(id, id, Stage::Mql, end)),
                2 => delta.transitions.push(entered(id, id, Stage::Lost, end)),
                _ => {}
            }
        }
        let history = history(delta);
        let question = Question { by: Some(Dimension::Source), ..asked(130.0) };
        let ask = ask(Stage::Lead, Stage::Mql);
        let answer = cohorts(&Context::of(&history, &question), &ask);
        let sum = |parts: &[Cohort]| parts.iter().fold([0; 4], |sum, part| {
            [sum[0] + part.entered, sum[1] + part.converted, sum[2] + part.left, sum[3] + part.open]
        });
        let total = sum(std::slice::from_ref(&answer.total));
        prop_assert_eq!(sum(&answer.cohorts), total);
        prop_assert_eq!(sum(&answer.segments), total);
        for cell in answer.cohorts.iter().flat_map(|cohort| &cohort.cells).filter(|cell| cell.mature) {
            prop_assert_eq!(cell.rate, cell.naive);
        }
        let filters = vec![Filter { dimension: Dimension::Source, value: Some("webinar".into()) }];
        let filtered = cohorts(&Context::of(&history, &Question { filters, ..question.clone() }), &ask);
        let of_webinar = answer.segments.iter().find(|segment| segment.label.as_deref() == Some("webinar"));
        prop_assert_eq!(filtered.total.entered, of_webinar.map_or(0, |segment| segment.entered));
    }
}
