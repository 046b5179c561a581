use alignment::{
    lifecycle::{DealStage, Stage},
    touch::ActivityKind,
};

use super::*;
use crate::testing::*;

const SETTINGS: Settings = Settings { window_days: 90, within_days: None, review_minutes_max: 24 * 60, first_attempt_minutes_max: 8 * 60 };

/// 200 leads, one a day from day 0: up to day 100 one in ten becomes SQL and is called after two days, from then on one in two, at once.
fn world() -> History {
    let mut delta = crate::rows::Delta::default();
    for id in 1..=200_i64 {
        let opened = id as f64 - 0.5;
        let is_after = opened >= 100.0;
        delta.people.push(person(id, None));
        delta.leads.push(lead(id, "web", opened));
        delta.transitions.push(entered(10 * id, id, Stage::Mql, opened));
        delta.activities.push(activity(id, id, opened + if is_after { 0.1 } else { 2.0 }, ActivityKind::Call));
        if id % if is_after { 2 } else { 10 } == 0 {
            delta.transitions.push(entered(10 * id + 1, id, Stage::Sql, opened + 3.0));
            delta.deals.push(deal(id, Some(id), &[id], Some(eur(50)), opened + 3.0));
            delta.deal_transitions.push(moved(id, id, DealStage::Won, opened + 20.0));
        } else {
            delta.transitions.push(entered(10 * id + 1, id, Stage::Rejected, opened + 3.0));
        }
    }
    history(delta)
}

fn at(as_of: f64, settings: Settings) -> ChangeSeen {
    let question = Question { as_of: day(as_of), ..question() };
    let change = Change { version: Some(2), at: day(100.0) };
    effect(&world(), &question, &WorkCalendar::around_the_clock(), &[change], settings).changes.swap_remove(0)
}

#[test]
fn before_and_after_are_as_long_and_have_had_as_much_time() {
    for (as_of, window, within) in [(128.0, 14.0, 14.0), (160.0, 30.0, 30.0), (200.0, 50.0, 50.0), (400.0, 90.0, 90.0)] {
        let seen = at(as_of, SETTINGS);
        assert_eq!((seen.window_days, seen.within_days, seen.too_early_until), (window, within, None), "{as_of}");
        assert_eq!(seen.numbers[0].now.before.n, window as u64);
        assert_eq!(seen.numbers[0].now.after.n, window as u64);
    }
    let early = at(120.0, SETTINGS);
    assert_eq!((early.too_early_until, early.numbers.len()), (Some(day(128.0)), 0));
    let chosen = at(160.0, Settings { within_days: Some(2), window_days: 30, ..SETTINGS });
    assert_eq!((chosen.window_days, chosen.within_days), (30.0, 2.0));
    assert_eq!(chosen.numbers[0].now.after.hits, Some(0), "SQLs of the third day don't count within two");
}

#[test]
fn what_changed_is_told_from_what_did_not() {
    let seen = at(400.0, SETTINGS);
    let of = |key: &str| seen.numbers.iter().find(|number| number.key == key).unwrap();
    for (key, before, after, verdict) in [
        ("mql_to_sql_rate", 0.1, 0.5, Verdict::Better),
        ("mql_to_sal_rate", 0.1, 0.5, Verdict::Better),
        ("answered_in_time_rate", 0.0, 1.0, Verdict::Better),
        ("follow_up_working_hours", 48.0, 2.4, Verdict::Better),
        ("revenue_per_lead", 500.0, 2_500.0, Verdict::Better),
    ] {
        let number = of(key);
        let value = |side: &Side| side.value.map(|value| (value * 1e6).round() / 1e6);
        assert_eq!((value(&number.now.before), value(&number.now.after), number.verdict), (Some(before), Some(after), verdict), "{key}");
        assert_eq!((number.year_ago.before.n, number.year_ago.difference), (0, None), "no record a year ago");
    }
    assert_eq!(of("sales_cycle_days").verdict, Verdict::TooFew);
}

#[test]
fn without_a_change_nothing_is_claimed() {
    let question = Question { as_of: day(400.0), ..question() };
    let changes = [Change { version: None, at: day(50.0) }];
    let found = effect(&world(), &question, &WorkCalendar::around_the_clock(), &changes, Settings { window_days: 40, ..SETTINGS });
    for number in &found.changes[0].numbers {
        assert!(matches!(number.verdict, Verdict::NoChange | Verdict::TooFew), "{}: {:?}", number.key, number.now);
    }
    let none = effect(&History::empty(), &question, &WorkCalendar::around_the_clock(), &changes, SETTINGS);
    assert!(none.changes[0].numbers.iter().all(|number| number.verdict == Verdict::NotRecorded && number.now.before.value.is_none()));
    assert!(effect(&world(), &question, &WorkCalendar::around_the_clock(), &[], SETTINGS).changes.is_empty());
}

#[test]
fn a_source_that_writes_no_sqls_down_is_left_out_of_their_rate() {
    let mut delta = crate::rows::Delta::default();
    for id in 1..=40_i64 {
        delta.people.push(person(id, None));
        let recorded = alignment::lifecycle::StageSet::of(if id <= 20 { &[Stage::Lead, Stage::Mql] } else { &[Stage::Mql, Stage::Sql] });
        delta.leads.push(crate::rows::LeadRow { stages_recorded: recorded, ..lead(id, "web", 50.0) });
        delta.transitions.push(entered(10 * id, id, Stage::Mql, 50.0));
        if id % 4 == 0 {
            delta.transitions.push(entered(10 * id + 1, id, Stage::Sql, 53.0));
        }
    }
    let question = Question { as_of: day(400.0), ..question() };
    let change = Change { version: Some(2), at: day(100.0) };
    let found = effect(&history(delta), &question, &WorkCalendar::around_the_clock(), &[change], SETTINGS);
    let before = &found.changes[0].numbers[0].now.before;
    assert_eq!((before.hits, before.n), (Some(5), 20), "without those of the first source, of which there are only successes");
}

#[test]
fn rows_add_up_to_each_figure() {
    let (history, question, calendar) = (world(), Question { as_of: day(400.0), ..question() }, WorkCalendar::around_the_clock());
    let change = Change { version: Some(2), at: day(100.0) };
    let seen = at(400.0, SETTINGS);
    for number in &ALL {
        let shown = &seen.numbers.iter().find(|seen| seen.key == number.key).unwrap().now;
        for (after, side) in [(false, &shown.before), (true, &shown.after)] {
            let figure = Figure { change, number, after, year_ago: false };
            let found = rows(&history, &question, &calendar, SETTINGS, figure, (0, 1_000));
            assert_eq!(found.total, side.n, "{}", number.key);
            let hits = found.rows.iter().filter(|row| row.hit).count() as u64;
            assert!(side.hits.is_none_or(|shown| shown == hits), "{}", number.key);
            if number.unit == Unit::Money {
                let sum: f64 = found.rows.iter().filter_map(|row| row.value).sum();
                assert_eq!(side.value, Some(sum / side.n as f64));
            }
        }
    }
    let figure = Figure { change, number: find("mql_to_sql_rate").unwrap(), after: true, year_ago: true };
    assert_eq!(rows(&history, &question, &calendar, SETTINGS, figure, (0, 10)).total, 0);
}
