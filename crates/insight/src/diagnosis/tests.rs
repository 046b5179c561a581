//! Small histories, worked by hand.

use alignment::lifecycle::Stage;

use super::{RowsOf, RowsSide, Split, rows, why};
use crate::{
    kpi,
    question::{Dimension, Period, Question},
    rows::{Delta, LeadRow, TransitionRow},
    testing::*,
};

const JANUARY: (f64, f64) = (0.0, 31.0);
const FEBRUARY: (f64, f64) = (31.0, 59.0);

fn period((from, to): (f64, f64)) -> Period {
    Period { from: day(from), to: day(to) }
}

/// MQLs: `(source, month, how many, days until accepted, how many of them accepted)`; the others are rejected after a day.
fn decided(groups: &[(&str, (f64, f64), i64, f64, i64)]) -> Delta {
    let mut delta = Delta::default();
    for (source, (_, to), count, days, accepted) in groups {
        for index in 0..*count {
            let id = delta.leads.len() as i64 + 1;
            let mql_day = to - 26.0 + 20.0 * index as f64 / *count as f64;
            delta.leads.push(LeadRow { ..lead(id, source, mql_day) });
            delta.transitions.push(entered(2 * id, id, Stage::Mql, mql_day));
            let decision = if index < *accepted {
                entered(2 * id + 1, id, Stage::Sal, mql_day + days)
            } else {
                TransitionRow { reason: text("wrong_industry"), ..entered(2 * id + 1, id, Stage::Rejected, mql_day + 1.0) }
            };
            delta.transitions.push(decision);
        }
    }
    delta
}

fn ask(delta: Delta, key: &str, as_of: f64, by: Split) -> super::Why {
    let history = history(delta);
    let question = Question { as_of: day(as_of), period: period(FEBRUARY), ..question() };
    why(&history, &question, kpi::find(key).unwrap(), period(JANUARY), Some(&by)).unwrap_or_else(|words| panic!("{words}"))
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-12
}

/// From 60 of 100 to 40 of 100: one source's own rate fell from 50 to 10%, the other stood still.
#[test]
fn one_source_explains_the_fall() {
    let groups =
        [("web", JANUARY, 50, 1.0, 35), ("ads", JANUARY, 50, 1.0, 25), ("web", FEBRUARY, 50, 1.0, 35), ("ads", FEBRUARY, 50, 1.0, 5)];
    let why = ask(decided(&groups), "mql_to_sal_rate", 400.0, Split::By(Dimension::Source));
    assert!(close(why.change.unwrap(), -0.2) && close(why.timing.unwrap(), 0.0));
    let [split] = why.splits.as_slice() else { panic!("one dimension was asked for") };
    assert_eq!(split.parts[0].segment.label.as_deref(), Some("ads"));
    assert!(close(split.parts[0].parts.rate, -0.2) && close(split.parts[1].parts.total(), 0.0));
    let finding = why.findings.iter().find(|finding| finding.segment.is_some()).expect("it is no chance");
    assert_eq!((finding.against.hits, finding.now.hits), (Some(25), Some(5)));
    assert!(finding.p_adjusted < 0.05 && close(finding.part.unwrap(), -0.2));
}

/// Acceptance takes 40 days here. In the middle of March, January's MQLs have had the time and most of February's have not; nothing else
/// changed.
#[test]
fn what_is_only_young_is_told_apart() {
    let groups = [("web", JANUARY, 40, 40.0, 20), ("web", FEBRUARY, 40, 40.0, 20)];
    let young = ask(decided(&groups), "mql_to_sal_rate", 75.0, Split::By(Dimension::Source));
    assert!(young.change.unwrap() < -0.05, "{:?}", young.change);
    let part = young.splits[0].parts[0].parts;
    assert!(close(part.timing, young.timing.unwrap()) && close(part.rate + part.mix + part.timing, young.change.unwrap()));
    assert!(close(part.timing, young.change.unwrap()), "all of it is age: {part:?}");
    assert!(young.findings.is_empty(), "and so it is no finding");
    let old = ask(decided(&groups), "mql_to_sal_rate", 300.0, Split::By(Dimension::Source));
    assert!(close(old.change.unwrap(), 0.0) && close(old.timing.unwrap(), 0.0));
}

#[test]
fn rejections_are_taken_apart_by_reason() {
    let groups = [("web", JANUARY, 50, 1.0, 40), ("web", FEBRUARY, 50, 1.0, 20)];
    let why = ask(decided(&groups), "rejection_rate", 400.0, Split::Reason);
    let part = &why.splits[0].parts[0];
    assert_eq!(
        (part.segment.label.as_deref(), part.before.hits, part.now.hits, part.now.n),
        (Some("wrong_industry"), Some(10), Some(30), 50)
    );
    assert!(close(part.parts.rate, 0.4) && close(why.change.unwrap(), 0.4));
}

#[test]
fn a_running_period_is_held_against_as_many_days() {
    let groups = [("web", JANUARY, 40, 1.0, 20), ("web", FEBRUARY, 20, 1.0, 10)];
    // Ten days into February: as many days into January there were 11 MQLs.
    let why = ask(decided(&groups), "mqls", 41.0, Split::By(Dimension::Source));
    assert_eq!((why.before.value, why.same_age.value, why.now.value), (Some(40.0), Some(11.0), Some(9.0)));
    assert_eq!((why.change, why.timing), (Some(-31.0), Some(-29.0)));
    assert_eq!(why.splits[0].parts[0].parts.total(), -31.0);
}

#[test]
fn nothing_to_divide_by_is_no_change_of_zero() {
    let why = ask(decided(&[("web", FEBRUARY, 10, 1.0, 5)]), "mql_to_sal_rate", 400.0, Split::By(Dimension::Source));
    assert_eq!((why.before.value, why.change, why.splits.len()), (None, None, 0));
    let why = ask(Delta::default(), "mql_to_sal_rate", 400.0, Split::By(Dimension::Source));
    assert_eq!((why.change, why.findings.len()), (None, 0));
}

#[test]
fn rows_of_a_segment_of_one_side() {
    let history = history(decided(&[("web", JANUARY, 6, 1.0, 3), ("ads", JANUARY, 4, 1.0, 1), ("web", FEBRUARY, 5, 1.0, 2)]));
    let question = Question { as_of: day(400.0), period: period(FEBRUARY), ..question() };
    let of = |side, source: Option<&str>| RowsOf {
        side,
        segment: source.map(|source| (Split::By(Dimension::Source), Some(source.to_owned()))),
        offset: 0,
        limit: 100,
    };
    let kpi = kpi::find("mql_to_sal_rate").unwrap();
    for (side, source, expected) in [
        (RowsSide::Before, Some("web"), (6, 3)),
        (RowsSide::SameAge, Some("ads"), (4, 1)),
        (RowsSide::Now, Some("web"), (5, 2)),
        (RowsSide::Before, None, (10, 4)),
    ] {
        let Ok(found) = rows(&history, &question, kpi, Some(period(JANUARY)), &of(side, source)) else { panic!("{side:?}") };
        assert_eq!((found.total, found.rows.iter().filter(|row| row.hit).count()), expected, "{side:?} {source:?}");
    }
    assert!(rows(&history, &question, kpi, None, &of(RowsSide::Before, None)).is_err());
    assert!(rows(&history, &question, kpi, None, &of(RowsSide::Now, Some("nowhere"))).is_err());
}
