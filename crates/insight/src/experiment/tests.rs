use alignment::lifecycle::{DealStage, Stage};

use super::*;
use crate::{answer::Evidence, history::History, testing::*};

fn design() -> Design {
    Design {
        dimension: Dimension::Source,
        a: "old page".into(),
        b: "new page".into(),
        decides: Outcome::Sql,
        worth_finding: 0.5,
        starts_at: day(0.0),
        ends_at: None,
        within_days: None,
    }
}

/// `a` and `b`: leads, and how many of them became SQL; each SQL of B wins a deal of 100 EUR.
fn world(a: (i64, i64), b: (i64, i64)) -> History {
    let mut delta = crate::rows::Delta::default();
    for id in 1..=a.0 + b.0 {
        let is_a = id <= a.0;
        let opened = (if is_a { id } else { id - a.0 }) as f64 / 10.0;
        delta.people.push(person(id, None));
        delta.leads.push(lead(id, if is_a { "old page" } else { "new page" }, opened));
        if (is_a && id <= a.1) || (!is_a && id <= a.0 + b.1) {
            delta.transitions.push(entered(id, id, Stage::Sql, opened + 5.0));
            if !is_a {
                delta.deals.push(deal(id, Some(id), &[id], Some(eur(100)), opened + 5.0));
                delta.deal_transitions.push(moved(id, id, DealStage::Won, opened + 40.0));
            }
        }
    }
    history(delta)
}

#[test]
fn advice_follows_what_was_seen() {
    let ended = Some(day(90.0));
    type Case = ((i64, i64), (i64, i64), Option<alignment::Instant>, Standing);
    let cases: [Case; 7] = [
        ((0, 0), (0, 0), None, Standing::NothingYet),
        ((100, 20), (0, 0), None, Standing::NothingYet),
        ((20, 10), (20, 12), None, Standing::TooFew),
        ((400, 40), (400, 120), None, Standing::BIsBetter),
        ((400, 120), (400, 40), None, Standing::AIsBetter),
        ((200, 40), (200, 46), None, Standing::GoOn),
        ((200, 40), (200, 46), ended, Standing::EndedOpen),
    ];
    for (a, b, ends_at, expected) in cases {
        let found = experiment(&world(a, b), &question(), &Design { ends_at, ..design() });
        assert_eq!(found.advice.standing, expected, "{a:?} {b:?}: {:?}", found.advice);
    }
    let found = experiment(&world((4000, 1600), (4000, 1600)), &question(), &design());
    assert_eq!(found.advice.standing, Standing::NoChangeWorthFinding, "{:?}", found.advice);
}

#[test]
fn figures_come_down_to_revenue_and_add_up_to_their_rows() {
    let history = world((100, 10), (100, 20));
    let question = question();
    let found = experiment(&history, &question, &design());
    let of = |outcome: Outcome| &found.outcomes[outcome as usize];
    assert_eq!((of(Outcome::Sql).a.hits, of(Outcome::Sql).b.hits, of(Outcome::Sql).b.n), (10, 20, 100));
    assert_eq!(of(Outcome::Sql).lift.map(|lift| (lift * 100.0).round()), Some(100.0));
    assert_eq!((of(Outcome::Revenue).a.value, of(Outcome::Revenue).b.value), (Some(0.0), Some(2_000.0)));
    // `samplesize_proportions_2indep_onetail(0.05, 0.10, 0.8, alpha=0.025)` of statsmodels 0.15.0 gives 685.6.
    assert_eq!(found.advice.leads_planned, Some(686));
    for outcome in Outcome::ALL {
        for version in [Version::A, Version::B] {
            let Evidence { rows, total, .. } = rows(&history, &question, &design(), version, outcome, 0, 1_000);
            let seen = if version == Version::A { &of(outcome).a } else { &of(outcome).b };
            assert_eq!((rows.len() as u64, total), (seen.n, seen.n));
            let sum: f64 = rows.iter().filter_map(|row| row.value).sum();
            let shown = seen.total_minor.map_or(seen.hits as f64, |minor| minor as f64);
            assert_eq!(sum, shown, "{outcome:?} {version:?}");
        }
    }
    assert_eq!(rows(&history, &question, &design(), Version::B, Outcome::Sql, 98, 5).rows.len(), 2);
}

#[test]
fn only_ages_that_both_had_can_be_asked_for() {
    let history = world((100, 10), (100, 20));
    let question = crate::question::Question { as_of: day(10.0), ..question() };
    let found = experiment(&history, &question, &Design { within_days: Some(6), ..design() });
    // Opened every tenth of a day up to day 10: those of the first four days are six days old.
    assert_eq!((found.a.leads, found.a.young, found.outcomes[1].a.n, found.outcomes[1].a.hits), (100, 60, 40, 10));
    let early = experiment(&history, &question, &Design { within_days: Some(4), ..design() });
    assert_eq!(early.outcomes[1].b.hits, 0, "they became SQLs on the fifth day");
    assert!(!found.advice.ages_differ);
}

#[test]
fn what_a_source_does_not_write_down_is_left_out() {
    let mut delta = crate::rows::Delta { people: vec![person(1, None)], leads: vec![lead(1, "old page", 1.0)], ..Default::default() };
    delta.leads[0].stages_recorded = alignment::lifecycle::StageSet::of(&[Stage::Lead]);
    let history = history(delta);
    let found = experiment(&history, &question(), &design());
    let sql = &found.outcomes[Outcome::Sql as usize];
    assert_eq!((sql.a.n, sql.a.not_recorded, sql.a.value, sql.difference), (0, 1, None, None));
}
