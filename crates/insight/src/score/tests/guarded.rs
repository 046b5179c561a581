//! The guard: what came later must not count, whether it is a touch, a field or a column filled in after the outcome.

use alignment::touch::TouchKind;

use super::super::*;
use super::world::*;
use crate::{
    rows::Table,
    testing::{day, history},
};

const END: f64 = 660.0;

#[test]
fn touches_after_the_instant_change_no_score() {
    let before = learned(&world(), &FieldLog::default(), END).unwrap();
    let mut rows = rows();
    for id in 1..=LEADS {
        // A meeting of those that will become SQLs, an hour after the lead came; and one for all that is written down a month late.
        if wins(id) {
            rows.touches.push(touched(10_000 + id, id, TouchKind::Meeting, opened(id) + 0.05));
        }
        let mut late = touched(20_000 + id, id, TouchKind::Webinar, opened(id) - 1.0);
        late.recorded_at = day(opened(id) + 30.0);
        if wins(id) {
            rows.touches.push(late);
        }
    }
    let after = learned(&history(rows), &FieldLog::default(), END).unwrap();
    assert_eq!(after.report, before.report);
    assert_eq!(after.model, before.model);
}

#[test]
fn a_field_filled_in_after_the_outcome_is_named_and_left_out() {
    let clean = learned(&world(), &FieldLog::default(), END).unwrap();
    assert_eq!(clean.report.left_out, []);
    let mut rows = rows();
    for lead in &mut rows.leads {
        if wins(lead.id) {
            lead.custom.push(("budget_confirmed".into(), if lead.id % 2 == 0 { "yes" } else { "in part" }.into()));
        }
    }
    let found = learned(&history(rows), &FieldLog::default(), END).unwrap();
    let [left_out] = found.report.left_out.as_slice() else { panic!("{:?}", found.report.left_out) };
    assert_eq!(left_out.key, "lead.custom.budget_confirmed");
    assert!(left_out.reason.contains("100%") && left_out.reason.contains("written afterwards"), "{}", left_out.reason);
    assert_eq!(found.report.score, clean.report.score, "without the column it is the same model");
}

#[test]
fn a_column_that_tells_the_outcome_is_named_and_left_out() {
    let mut rows = rows();
    for person in &mut rows.people {
        person.custom.push(("status".into(), if wins(person.id) { "qualified" } else { "open" }.into()));
    }
    let found = learned(&history(rows), &FieldLog::default(), END).unwrap();
    let keys: Vec<&str> = found.report.left_out.iter().map(|left_out| left_out.key.as_str()).collect();
    assert_eq!(keys, ["person.custom.status"]);
    assert!(found.report.left_out[0].reason.contains("AUC of 1.000"), "{:?}", found.report.left_out);
}

/// The field's history says that it was empty at the instant: it is seen as empty, and so it tells nothing.
#[test]
fn a_field_with_history_is_seen_as_it_stood() {
    let mut rows = rows();
    let mut changes = Vec::new();
    for person in &mut rows.people {
        if wins(person.id) {
            person.custom.push(("status".into(), "qualified".into()));
            let change = |old: Option<&str>, on_day: f64| FieldChange {
                table: Table::People,
                record: person.id,
                field: "custom:status".into(),
                old: old.map(str::to_owned),
                at: day(on_day),
            };
            changes.extend([change(None, opened(person.id) + 5.0), change(Some("asked"), opened(person.id) + 21.0)]);
        }
    }
    let history = history(rows);
    let seen = learned(&history, &FieldLog::of(changes.clone()), END).unwrap();
    assert_eq!(seen.report.left_out, []);
    let clean = learned(&world(), &FieldLog::default(), END).unwrap();
    assert_eq!(seen.report.score, clean.report.score);
    let log = FieldLog::of(changes);
    let id = (1..=LEADS).find(|id| wins(*id)).unwrap();
    for (on_day, expected) in [(0.0, None), (4.9, None), (5.0, Some("asked")), (20.9, Some("asked")), (21.0, Some("qualified"))] {
        let found = log.at(Table::People, id, "custom:status", Some("qualified"), day(opened(id) + on_day));
        assert_eq!(found, expected, "day {on_day}");
    }
}

/// Where not all changes were read, leads judged before the oldest of them are not learned from, and counted.
#[test]
fn leads_whose_fields_can_not_be_seen_are_left_out() {
    let all = learned(&world(), &FieldLog::default(), END).unwrap().report;
    let some = learned(&world(), &FieldLog::default().complete_from(day(100.0)), END).unwrap().report;
    let rows = |report: &Report| report.learned.rows + report.calibrated.rows + report.judged.rows;
    assert_eq!((all.unread, some.unread > 0), (0, true));
    assert!(some.learned.from >= day(100.0));
    // Each lead of this company has one landmark and a person of its own.
    assert_eq!(rows(&some) + some.unread, rows(&all));
}

/// A field that only comes with age: leads too young for an outcome don't have it yet.
#[test]
fn a_field_that_comes_later_is_left_out() {
    let mut rows = rows();
    for lead in rows.leads.iter_mut().filter(|lead| opened(lead.id) < 395.0) {
        lead.custom.push(("last_step".into(), if lead.id % 2 == 0 { "called" } else { "mailed" }.into()));
    }
    let found = learned(&history(rows), &FieldLog::default(), 450.0).unwrap();
    let keys: Vec<&str> = found.report.left_out.iter().map(|left_out| left_out.key.as_str()).collect();
    assert_eq!(keys, ["lead.custom.last_step"], "{:?}", found.report.left_out);
}
