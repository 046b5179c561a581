//! Learning a version: who is in it, what it says, and whether it may be shown.

use alignment::{
    agreement::{ActivityFilter, EngagementRule},
    lifecycle::Stage,
    touch::TouchKind,
};

use super::super::*;
use super::world::*;
use crate::{
    rows::Delta,
    testing::{day, entered, history},
};

const END: f64 = 660.0;

#[test]
fn it_learns_what_there_is_to_learn_and_says_so() {
    let found = learned(&world(), &FieldLog::default(), END).unwrap();
    let report = &found.report;
    let in_parts = report.learned.rows + report.calibrated.rows + report.judged.rows;
    assert_eq!(in_parts + report.purged.total(), LEADS as u64 - report.young);
    // Two leads a day, each of a person of its own: a horizon of 60 days between the parts.
    assert_eq!((report.purged.before_calibrated, report.purged.before_judged), (120, 120));
    assert_eq!((report.calibrated.rows, report.judged.rows), (180, 240));
    assert!(report.learned.to.plus_days(60) < report.calibrated.from && report.calibrated.to.plus_days(60) < report.judged.from);
    assert!(report.score.auc.value > 0.65, "{:?}", report.score);
    assert!(report.score.calibration_error.value < 0.16, "{:?}", report.score);
    // This Agreement has no rules for points.
    assert_eq!((&report.points, report.auc_over_points, report.points_roc.len()), (&None, None, 0));
    assert_eq!(found.withheld, None);
    let weights = found.model.weights();
    let weight =
        |words: &str| weights.iter().find(|weight| weight.words == words).unwrap_or_else(|| panic!("{words}: {weights:?}")).log_odds;
    let (director, software) = (weight("Job title has “director”"), weight("Industry is “Software”"));
    assert!(director > 0.3 && software > 0.2, "{director} {software}");
    assert!(weight("Industry is “Retail”") < 0.0);
}

/// Points that know the guests of webinars, who become SQLs no more often, beside a score that knows titles and industries.
#[test]
fn where_there_are_points_they_are_compared_with() {
    let mut rows = rows();
    for id in (1..=LEADS).filter(|id| dice(*id, 5) < 0.5) {
        rows.touches.push(touched(10_000 + id, id, TouchKind::Webinar, opened(id) - 1.0));
    }
    let mut agreement = agreement();
    let of = ActivityFilter { activity: vec![TouchKind::Webinar], ..ActivityFilter::default() };
    agreement.scoring.engagement = vec![EngagementRule { name: "Webinar".into(), points: 10.0, half_life_days: 30.0, points_max: 0.0, of }];
    let found = learned_under(&agreement, &history(rows), &FieldLog::default(), END).unwrap();
    let (points, over) = (found.report.points.unwrap(), found.report.auc_over_points.unwrap());
    assert!(points.auc.low < 0.5 && points.auc.high > 0.5 && points.auc.value != 0.5, "{points:?}");
    assert!(over.low > 0.0, "{over:?}");
    assert!((over.value - (found.report.score.auc.value - points.auc.value)).abs() < 1e-12);
    assert_eq!((found.withheld, found.report.points_roc.is_empty()), (None, false));
}

#[test]
fn young_leads_are_left_out_whatever_became_of_them() {
    let found = learned(&world(), &FieldLog::default(), 450.0).unwrap();
    let young = (1..=LEADS).filter(|id| opened(*id) + 60.0 > 450.0 && opened(*id) <= 450.0).count() as u64;
    assert_eq!(found.report.young, young);
    assert!(found.report.judged.to <= day(390.0));
}

#[test]
fn a_score_without_anything_to_learn_is_withheld() {
    let mut rows = rows();
    rows.transitions.clear();
    for id in (1..=LEADS).filter(|id| dice(*id, 9) < 0.3) {
        rows.transitions.push(entered(id, id, Stage::Sql, opened(id) + 20.0));
    }
    let found = learned(&history(rows), &FieldLog::default(), END).unwrap();
    let words = found.withheld.expect("chance is no knowledge");
    assert!(words.contains("AUC"), "{words}");
}

#[test]
fn what_is_missing_is_said_in_numbers() {
    let none_won = || Delta { transitions: Vec::new(), ..rows() };
    // leads, as of a day | words
    for (delta, as_of, expected) in [
        (Delta::default(), END, "of 0 leads with an outcome 0 reached SQL within 60 days; of the 0 to learn from, 0 did and 0 did not"),
        (none_won(), END, "It needs at least 50 leads that reached SQL and 50 that did not"),
        (rows(), 250.0, "and 30 of each are needed. It needs about "),
        (rows(), 250.0, "more leads with an outcome: opened at least 60 days ago (240 could not be used"),
    ] {
        let words = learned(&history(delta), &FieldLog::default(), as_of).err().unwrap().to_string();
        assert!(words.contains(expected), "{words}");
    }
}

/// Two leads a day: when as many more as were asked for have come of age, there is enough, give or take chance.
#[test]
fn what_is_said_to_be_missing_is_about_what_is_missing() {
    let history = world();
    for as_of in [120.0, 200.0, 250.0] {
        let missing = learned(&history, &FieldLog::default(), as_of).err().unwrap().more.unwrap() as f64;
        assert!(learned(&history, &FieldLog::default(), as_of + missing / 2.0 * 0.7 - 1.0).is_err(), "{missing} are too many");
        assert!(learned(&history, &FieldLog::default(), as_of + missing / 2.0 * 1.3 + 5.0).is_ok(), "{missing} are too few");
    }
}

#[test]
fn parts_of_a_score_sum_to_it() {
    let history = world();
    let found = learned(&history, &FieldLog::default(), END).unwrap();
    let mut sum = 0.0;
    for row in [0_usize, 17, 400, 899] {
        let landmark = Landmark::latest(&history, row, day(END), day(END)).unwrap();
        let score = score_of(&history, &FieldLog::default(), &found.model, &landmark);
        let explained = score.explained;
        let parts: f64 = explained.contributions.iter().map(|part| part.log_odds).sum();
        assert!((explained.base_log_odds + parts - explained.log_odds).abs() < 1e-9);
        assert!((sigmoid(explained.log_odds) - explained.probability).abs() < 1e-12);
        assert_eq!((score.judged_as, score.judged_at), (Stage::Lead, history.leads.opened_at.get(row)));
        sum += explained.base_log_odds;
    }
    // The base is of an average lead: the same for all.
    let first = Landmark::latest(&history, 0, day(END), day(END)).unwrap();
    let first = score_of(&history, &FieldLog::default(), &found.model, &first).explained.base_log_odds;
    assert!((sum / 4.0 - first).abs() < 1e-9);
    assert_eq!(Landmark::latest(&history, 899, day(0.0), day(END)), None);
}

#[test]
fn the_same_history_gives_the_same_version_on_any_number_of_threads() {
    let history = world();
    let many = learned(&history, &FieldLog::default(), END).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let one = pool.install(|| learned(&history, &FieldLog::default(), END).unwrap());
    assert_eq!((one.model, one.report), (many.model, many.report));
}

#[test]
fn newer_leads_show_how_a_version_does_since() {
    let history = world();
    let old = learned(&history, &FieldLog::default(), 370.0).unwrap();
    let since = since(&history, &old.model, (Stage::Sql, 60), old.report.judged.to, day(END), day(END)).unwrap();
    assert!(since.rows > 200 && since.auc.value > 0.6, "{since:?}");
    assert_eq!(super::super::since(&history, &old.model, (Stage::Sql, 60), day(END), day(END), day(END)), None);
}
