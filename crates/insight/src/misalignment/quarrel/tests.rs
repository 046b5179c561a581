use alignment::lifecycle::Stage;

use super::*;
use crate::{
    history::History,
    misalignment::tests::{TERMS, pass},
    question::{Period, Question},
    rows::Delta,
    testing::*,
};

fn terms() -> Terms {
    Terms { follow_up: TERMS, attempts_min: 2, attempts_days: 7, mqls_per_month_min: 100.0, acceptance_rate_min: 0.4 }
}

fn ask(history: &History, question: &Question, talk: Talk) -> Vec<Quarrel> {
    let calendar = WorkCalendar::around_the_clock();
    let dimensions = [Dimension::Country];
    quarrels(history, question, Lookout { calendar: &calendar, terms: &terms(), talk: &talk, dimensions: &dimensions })
}

/// 200 MQLs in two countries, all accepted on day 1.5; sales calls in Spain on day `spain`, in Sweden on day 1.6, and again each day.
fn world(spain: f64, sqls_in_spain: i64) -> History {
    let mut delta = Delta::default();
    for id in 1..=200 {
        let is_spanish = id <= 60;
        let first = if is_spanish { spain } else { 1.6 };
        let mut stages = vec![(Stage::Sal, 1.5)];
        let is_sql = if is_spanish { id % 10 < sqls_in_spain } else { id % 2 == 0 };
        if is_sql {
            stages.push((Stage::Sql, 12.0));
        }
        pass(&mut delta, id, "web", &stages, &[first, first + 0.1, first + 0.2]);
        delta.people.last_mut().unwrap().country = text(if is_spanish { "Spain" } else { "Sweden" });
    }
    history(delta)
}

fn of<'a>(quarrels: &'a [Quarrel], key: &str) -> &'a Quarrel {
    quarrels.iter().find(|quarrel| quarrel.key == key).unwrap()
}

#[test]
fn slow_follow_up_in_one_country_is_true_there_and_nowhere_else() {
    let found = ask(&world(9.0, 1), &question(), Talk::default());
    let ignored = of(&found, "sales_ignores_our_leads");
    let here: Vec<_> = ignored.segments.iter().filter(|segment| segment.is_true_here).map(|segment| segment.label.as_deref()).collect();
    assert_eq!(here, [Some("Spain")]);
    assert_eq!(ignored.causes.len(), 1);
    assert!(ignored.causes[0].words.starts_with("Spain (country): 100.0%"), "{:?}", ignored.causes);
    // 60 of 200 are late: above 20% in all, too.
    assert_eq!((ignored.verdict, ignored.points[0].hits, ignored.points[0].n), (Verdict::Supported, 60, 200));
    let selling = of(&found, "sales_does_not_sell");
    assert_eq!(selling.verdict, Verdict::Partly, "Spain has fewer SQLs: {:?}", selling.segments);
    let fine = ask(&world(1.6, 5), &question(), Talk::default());
    assert_eq!(of(&fine, "sales_ignores_our_leads").verdict, Verdict::NotSupported);
    assert!(of(&fine, "sales_does_not_sell").segments.iter().all(|segment| !segment.is_true_here));
}

#[test]
fn an_empty_record_says_nothing() {
    for quarrel in ask(&History::empty(), &question(), Talk::default()) {
        assert_eq!(quarrel.verdict, Verdict::CannotBeSaid, "{}", quarrel.key);
        assert!(quarrel.points.iter().all(|point| point.speaks == Speaks::Unknown), "{:?}", quarrel.points);
        assert!(quarrel.segments.is_empty() && quarrel.causes.is_empty());
        assert!(!quarrel.remedies.is_empty());
    }
}

#[test]
fn volume_is_judged_by_whole_months() {
    // All 200 MQLs come in January, and 100 are promised a month.
    let history = world(1.6, 5);
    for (to, as_of, verdict) in [(31.0, 40.0, Verdict::NotSupported), (59.0, 70.0, Verdict::Partly), (120.0, 130.0, Verdict::Supported)] {
        let question = Question { as_of: day(as_of), period: Period { from: day(0.0), to: day(to) }, ..question() };
        let found = ask(&history, &question, Talk::default());
        let volume = of(&found, "marketing_sends_too_few");
        assert_eq!(volume.verdict, verdict, "{to}: {:?} {:?}", volume.points[0], volume.segments);
    }
}

#[test]
fn talking_is_judged_by_reviews_or_else_by_reasons() {
    let mut delta = Delta::default();
    for id in 1..=40 {
        pass(&mut delta, id, "web", &[(Stage::Rejected, 1.5)], &[]);
        delta.transitions.last_mut().unwrap().reason = text("no_budget");
    }
    let with = history(delta.clone());
    delta.transitions.iter_mut().for_each(|row| row.reason = None);
    let without = history(delta);
    let rate = Rate::new;
    for (history, talk, verdict) in [
        (&with, Talk::default(), Verdict::NotSupported),
        (&without, Talk::default(), Verdict::Supported),
        (&with, Talk { reviews: rate(1, 8), ..Talk::default() }, Verdict::Supported),
        (&with, Talk { reviews: rate(8, 8), ..Talk::default() }, Verdict::NotSupported),
        (&without, Talk { reviews: rate(8, 8), ..Talk::default() }, Verdict::Partly),
        (&with, Talk { reviews: rate(8, 8), questions: rate(2, 6), ..Talk::default() }, Verdict::Partly),
        (&with, Talk { reviews: rate(0, 2), ..Talk::default() }, Verdict::NotSupported),
    ] {
        let found = ask(history, &question(), talk);
        let quarrel = of(&found, "we_never_talk");
        assert_eq!(quarrel.verdict, verdict, "{talk:?}: {:?}", quarrel.points);
        assert_eq!(quarrel.points.iter().filter(|point| point.decides).count(), 1);
    }
}

#[test]
fn rows_add_up_to_each_point() {
    let history = world(9.0, 1);
    let question = question();
    let calendar = WorkCalendar::around_the_clock();
    let (terms, talk) = (terms(), Talk::default());
    let lookout = || Lookout { calendar: &calendar, terms: &terms, talk: &talk, dimensions: &[] };
    for quarrel in quarrels(&history, &question, lookout()) {
        for point in quarrel.points.iter().filter(|point| point.has_rows) {
            let found = rows(&history, &question, lookout(), point.key, 0, 1_000).unwrap();
            let hits = found.rows.iter().filter(|row| row.hit).count() as u64;
            assert_eq!((hits, found.total), (point.hits, point.n), "{}", point.key);
        }
        let of = rows(&history, &question, lookout(), quarrel.segments_of, 0, 1_000).expect("segments have rows");
        if quarrel.key == "marketing_sends_too_few" {
            assert_eq!(of.total, quarrel.points.iter().find(|point| point.key == "mqls_against_promise").unwrap().hits);
        }
    }
    assert!(rows(&history, &question, lookout(), "nothing", 0, 10).is_none());
}
