//! Learning a version: who is in it, what it says, and whether it may be shown.

use alignment::lifecycle::Stage;

use super::super::*;
use super::world::*;
use crate::testing::{day, entered, history};

const END: f64 = 520.0;

#[test]
fn it_learns_what_there_is_to_learn_and_says_so() {
    let found = learned(&world(), &FieldLog::default(), END).unwrap();
    let report = &found.report;
    assert_eq!(report.learned.rows + report.calibrated.rows + report.judged.rows, LEADS as u64 - report.young);
    assert!(report.learned.to < report.calibrated.from && report.calibrated.to < report.judged.from);
    assert!(report.score.auc.value > 0.65, "{:?}", report.score);
    assert!(report.score.calibration_error.value < 0.16, "{:?}", report.score);
    // The points know neither industries nor titles here.
    assert!(report.auc_over_points.low > 0.0, "{:?}", report.auc_over_points);
    assert_eq!(found.withheld, None);
    let weights = found.model.weights();
    let weight =
        |words: &str| weights.iter().find(|weight| weight.words == words).unwrap_or_else(|| panic!("{words}: {weights:?}")).log_odds;
    assert!(weight("Job title has “director”") > 0.3 && weight("Industry is “Software”") > 0.2);
    assert!(weight("Industry is “Retail”") < 0.0);
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
fn too_little_is_said_in_numbers() {
    let mut rows = rows();
    rows.transitions.truncate(20);
    let words = learned(&history(rows), &FieldLog::default(), END).err().unwrap().to_string();
    assert!(words.contains("and 30 are needed") && words.contains("SQL among the leads to learn from"), "{words}");
    assert!(learned(&history(Default::default()), &FieldLog::default(), END).is_err());
}

#[test]
fn parts_of_a_score_sum_to_it() {
    let history = world();
    let found = learned(&history, &FieldLog::default(), END).unwrap();
    let mut sum = 0.0;
    for row in [0_usize, 17, 400, 899] {
        let score = score_of(&history, &FieldLog::default(), &found.model, row, day(END), day(END)).unwrap();
        let explained = score.explained;
        let parts: f64 = explained.contributions.iter().map(|part| part.log_odds).sum();
        assert!((explained.base_log_odds + parts - explained.log_odds).abs() < 1e-9);
        assert!((sigmoid(explained.log_odds) - explained.probability).abs() < 1e-12);
        assert_eq!((score.judged_as, score.judged_at), (Stage::Lead, history.leads.opened_at.get(row)));
        sum += explained.base_log_odds;
    }
    // The base is of an average lead: the same for all.
    let first = score_of(&history, &FieldLog::default(), &found.model, 0, day(END), day(END)).unwrap().explained.base_log_odds;
    assert!((sum / 4.0 - first).abs() < 1e-9);
    assert_eq!(score_of(&history, &FieldLog::default(), &found.model, 899, day(0.0), day(END)), None);
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
    let old = learned(&history, &FieldLog::default(), 300.0).unwrap();
    let since = since(&history, &old.model, (Stage::Sql, 60), old.report.judged.to, day(END), day(END)).unwrap();
    assert!(since.rows > 200 && since.auc.value > 0.6, "{since:?}");
    assert_eq!(super::super::since(&history, &old.model, (Stage::Sql, 60), day(END), day(END), day(END)), None);
}
