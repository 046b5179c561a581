use std::fs;

use proptest::prelude::*;

use super::*;
use crate::{
    rows::{Removed, TouchRow},
    testing::*,
};
use alignment::lifecycle::{DealStage, Stage};

fn sample() -> Delta {
    let mut acme = company(10);
    acme.industry = text("steel");
    acme.custom = vec![("tier".into(), "A".into()), ("area".into(), "north".into())];
    let mut known = touch(5, 2, 1.0, "social");
    known.company = Some(10);
    Delta {
        last_event: 7,
        companies: vec![acme, company(11)],
        people: vec![person(1, Some(10)), person(2, None), person(3, Some(11))],
        leads: vec![lead(1, "organic", 0.0), lead(2, "", 2.0)],
        transitions: vec![entered(1, 1, Stage::Mql, 3.0), entered(2, 2, Stage::Mql, 4.0), entered(3, 1, Stage::Customer, 9.0)],
        touches: vec![touch(4, 1, 5.0, "paid"), touch(3, 1, 5.0, "organic"), known, touch(6, 2, 0.5, ""), touch(7, 3, 9.0, "paid")],
        deals: vec![deal(1, Some(1), &[1, 3], Some(eur(500)), 5.0), deal(2, None, &[], None, 6.0)],
        deal_transitions: vec![moved(1, 1, DealStage::Discovery, 5.0), moved(2, 1, DealStage::Won, 9.0)],
        campaigns: vec![named(1, "Spring")],
        spend: vec![spend(1, "paid", alignment::lifecycle::Side::Marketing, 1.0, eur(70))],
        ..Delta::default()
    }
}

fn journeys(history: &History) -> Vec<(i64, Vec<i64>)> {
    let ids = history.touches.ids();
    history.journeys().iter().map(|run| (run.group.0, ids[run.rows].to_vec())).collect()
}

#[test]
fn journeys_are_runs_in_time_order() {
    let history = history(sample());
    assert_eq!(journeys(&history), [(-2, vec![6]), (10, vec![5, 3, 4]), (11, vec![7])]);
    assert_eq!(history.journeys().rows_of(Group(10)), 1..4);
    assert_eq!(history.journeys().rows_of(Group(12)), 0..0);
    assert_eq!(journeys(&History::empty()), []);
}

#[test]
fn a_person_who_joins_a_company_takes_the_touches_along() {
    let joined = history(sample()).apply(Delta { people: vec![person(2, Some(11))], ..Delta::default() });
    assert_eq!(journeys(&joined), [(10, vec![5, 3, 4]), (11, vec![6, 7])]);
    let left = joined.apply(Delta { removed: vec![Removed { table: Table::People, id: 1 }], ..Delta::default() });
    assert_eq!(journeys(&left), [(-1, vec![3, 4]), (10, vec![5]), (11, vec![6, 7])]);
}

#[test]
fn rows_come_back_as_they_went_in() {
    let delta = sample();
    let history = history(delta.clone());
    let row = history.touches.ids().iter().position(|id| *id == 5).unwrap();
    assert_eq!(history.touches.row(row), delta.touches[2]);
    assert_eq!(history.deals.row(0), delta.deals[0]);
    assert_eq!(history.spend.row(0), delta.spend[0]);
    assert_eq!(history.companies.custom.field("tier").unwrap().get(0), Some("A"));
    assert_eq!(history.companies.custom.field("tier").unwrap().get(1), None);
    assert_eq!(history.companies.find(11), Some(1));
    assert_eq!(history.companies.find(12), None);
    assert_eq!(history.counts().touches, 5);
    assert_eq!(history.deal_group(0), Group(10));
    assert_eq!(history.deal_group(1), Group::NOBODY);
}

#[test]
fn applying_twice_changes_nothing() {
    let once = history(sample());
    let twice = once.apply(sample());
    assert_eq!(differences(&once, &twice), [] as [String; 0]);
    assert_eq!(journeys(&once), journeys(&twice));
}

#[test]
fn a_delta_replaces_and_removes() {
    let mut paid = touch(6, 1, 8.0, "email");
    paid.campaign = Some(1);
    let gone = |table, id| Removed { table, id };
    let next = history(sample()).apply(Delta {
        last_event: 9,
        touches: vec![touch(6, 3, 1.0, "x"), paid.clone()],
        removed: vec![gone(Table::Touches, 5), gone(Table::Deals, 2), gone(Table::Deals, 99)],
        ..Delta::default()
    });
    assert_eq!(journeys(&next), [(10, vec![3, 4, 6]), (11, vec![7])]);
    assert_eq!(next.touches.row(2), paid);
    assert_eq!((next.last_event(), next.counts().deals), (9, 1));
}

#[test]
fn a_deal_stands_where_it_was_last_moved() {
    let history = history(Delta {
        deals: vec![deal(1, None, &[], None, 0.0)],
        deal_transitions: vec![
            moved(1, 1, DealStage::Discovery, 0.0),
            crate::rows::DealTransitionRow { at: None, ..moved(2, 1, DealStage::Proposal, 50.0) },
            moved(3, 1, DealStage::Won, 9.0),
            moved(4, 1, DealStage::Won, 12.0),
            moved(5, 1, DealStage::Lost, 20.0),
        ],
        ..Delta::default()
    });
    let at = |as_of: f64, known: f64| history.deal_state(0, day(as_of), day(known)).and_then(|state| state.stage);
    for (as_of, known, stage) in [
        (0.0, -1.0, None),
        (5.0, 5.0, Some(DealStage::Discovery)),
        (10.0, 10.0, Some(DealStage::Won)),
        (19.0, 60.0, Some(DealStage::Won)),
        (19.0, 8.0, Some(DealStage::Discovery)),
        (60.0, 60.0, Some(DealStage::Lost)),
    ] {
        assert_eq!(at(as_of, known), stage, "as of {as_of}, known at {known}");
    }
    assert_eq!(history.deal_state(0, day(15.0), day(60.0)).unwrap().at, Some(day(9.0)));
}

#[test]
fn saved_and_opened_it_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    assert!(History::open(folder.path()).unwrap().is_none());
    let first = history(sample());
    first.save(folder.path()).unwrap();
    let opened = History::open(folder.path()).unwrap().unwrap();
    assert_eq!(differences(&first, &opened), [] as [String; 0]);
    assert_eq!(journeys(&first), journeys(&opened));

    let next = opened.apply(Delta { last_event: 8, touches: vec![touch(9, 1, 7.0, "new")], ..Delta::default() });
    next.save(folder.path()).unwrap();
    assert!(folder.path().join("touches-2.arrow").exists() && !folder.path().join("touches-1.arrow").exists());
    assert!(folder.path().join("people-1.arrow").exists(), "an unchanged table keeps its file");
    assert_eq!(journeys(&opened), journeys(&first), "who still reads the old one is not disturbed");
    let again = History::open(folder.path()).unwrap().unwrap();
    assert_eq!(differences(&next, &again), [] as [String; 0]);
    History::empty().save(folder.path()).unwrap();
    assert_eq!(History::open(folder.path()).unwrap().unwrap().counts(), Counts::default());
}

#[test]
fn says_by_when_all_was_known() {
    let history = History::empty().apply(sample());
    let last = *history.touches.recorded_at.values().iter().max().unwrap();
    assert!(!history.touches.is_known_by(Instant(last - 1)));
    let folder = tempfile::tempdir().unwrap();
    history.save(folder.path()).unwrap();
    let opened = History::open(folder.path()).unwrap().unwrap();
    let mut later = touch(99, 1, 50.0, "paid");
    later.recorded_at = Instant(last + 7);
    let more = opened.apply(Delta { touches: vec![later], ..Delta::default() });
    let less = more.apply(Delta { removed: vec![Removed { table: crate::rows::Table::Touches, id: 99 }], ..Delta::default() });
    for (history, last) in [(history, last), (opened, last), (more, last + 7), (less, last)] {
        assert_eq!((history.touches.is_known_by(Instant(last - 1)), history.touches.is_known_by(Instant(last))), (false, true));
        assert!(!history.people.is_known_by(Instant::MAX), "a table that does not say when its rows came is never known to be whole");
    }
}

#[test]
fn damage_is_noticed() {
    type Harm = fn(&std::path::Path);
    let cases: [(&str, Harm); 7] = [
        ("checksum", |folder| {
            let path = folder.join("touches-1.arrow");
            let mut bytes = fs::read(&path).unwrap();
            bytes[100] ^= 1;
            fs::write(path, bytes).unwrap();
        }),
        ("bytes instead of", |folder| {
            let path = folder.join("leads-1.arrow");
            let bytes = fs::read(&path).unwrap();
            fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
        }),
        ("frame", |folder| {
            let path = folder.join("people-1.arrow");
            let mut bytes = fs::read(&path).unwrap();
            let last = bytes.len() - 20;
            bytes[last] ^= 1;
            fs::write(path, bytes).unwrap();
        }),
        ("missing", |folder| fs::remove_file(folder.join("deals-1.arrow")).unwrap()),
        ("not whole", |folder| {
            let text = fs::read_to_string(folder.join("manifest")).unwrap();
            fs::write(folder.join("manifest"), &text[..text.len() - 30]).unwrap();
        }),
        ("format 999", |folder| fs::write(folder.join("manifest"), "tandem-history 999\n").unwrap()),
        ("not a history", |folder| fs::write(folder.join("manifest"), "dear diary").unwrap()),
    ];
    for (words, harm) in cases {
        let folder = tempfile::tempdir().unwrap();
        history(sample()).save(folder.path()).unwrap();
        harm(folder.path());
        let error = History::open(folder.path()).and_then(|_| History::verify_files(folder.path())).expect_err(words);
        assert!(error.to_string().contains(words) && error.asks_for_rebuild(), "{words}: {error}");
        history(sample()).save(folder.path()).unwrap();
        assert_eq!(differences(&history(sample()), &History::open(folder.path()).unwrap().unwrap()), [] as [String; 0]);
    }
}

#[test]
fn a_half_written_generation_is_not_seen() {
    let folder = tempfile::tempdir().unwrap();
    history(sample()).save(folder.path()).unwrap();
    fs::write(folder.path().join("touches-2.arrow"), "torn").unwrap();
    fs::write(folder.path().join("manifest.partial"), "torn").unwrap();
    let opened = History::open(folder.path()).unwrap().unwrap();
    opened.apply(Delta { touches: vec![touch(9, 1, 7.0, "new")], ..Delta::default() }).save(folder.path()).unwrap();
    assert_eq!(History::open(folder.path()).unwrap().unwrap().counts().touches, 6);
}

#[test]
fn differences_are_said_in_words() {
    let ours = history(sample());
    let theirs = ours.apply(Delta {
        touches: vec![touch(6, 2, 0.5, "changed"), touch(8, 2, 0.5, "more")],
        removed: vec![Removed { table: Table::Spend, id: 1 }],
        ..Delta::default()
    });
    assert_eq!(differences(&ours, &theirs), ["touches 6: differs", "touches 8: is there and not here", "spend 1: is here and not there"]);
}

fn any_touch() -> impl Strategy<Value = TouchRow> {
    let label = prop::option::of(prop::sample::select(vec!["paid", "organic", "unknown", "e-mail"]));
    (1..30_i64, prop::option::of(1..8_i64), prop::option::of(20..24_i64), 0..20_i32, label).prop_map(
        |(id, person, company, on, channel)| TouchRow {
            person,
            company,
            channel: channel.map(str::to_owned),
            tags: channel.map(|value| (format!("utm_{}", id % 3), value.to_owned())).into_iter().collect(),
            ..touch(id, 1, on as f64, "")
        },
    )
}

fn any_delta() -> impl Strategy<Value = Delta> {
    let people = prop::collection::vec((1..8_i64, prop::option::of(20..24_i64)), 0..5);
    let removed = prop::collection::vec((1..30_i64, any::<bool>()), 0..6);
    (prop::collection::vec(any_touch(), 0..20), people, removed).prop_map(|(touches, people, removed)| Delta {
        touches,
        people: people.into_iter().map(|(id, company)| person(id, company)).collect(),
        removed: removed.into_iter().map(|(id, touch)| Removed { table: if touch { Table::Touches } else { Table::People }, id }).collect(),
        ..Delta::default()
    })
}

proptest! {
    #[test]
    fn step_by_step_is_the_same_as_at_once(deltas in prop::collection::vec(any_delta(), 1..6)) {
        let stepwise = deltas.iter().fold(History::empty(), |history, delta| history.apply(delta.clone()));
        let all = Delta {
            touches: (0..stepwise.touches.len()).map(|row| stepwise.touches.row(row)).collect(),
            people: (0..stepwise.people.len()).map(|row| stepwise.people.row(row)).collect(),
            ..Delta::default()
        };
        let at_once = history(all);
        prop_assert_eq!(differences(&stepwise, &at_once), Vec::<String>::new());
        prop_assert_eq!(journeys(&stepwise), journeys(&at_once));
    }
}
