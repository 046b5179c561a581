//! Small histories with a known answer, and what must hold for any.

use alignment::{
    Currency,
    agreement::*,
    lifecycle::{DealStage, Stage},
    touch::TouchKind,
};
use proptest::prelude::*;

use super::*;
use crate::{rows::*, testing::*};

fn without_criteria() -> Agreement {
    Agreement::default_for(Currency::EUR, "UTC")
}

fn with_criteria(criterion: Criterion) -> Agreement {
    let mut agreement = without_criteria();
    agreement.stages[Stage::Mql as usize].criteria = Some(criterion);
    agreement
}

fn did(kind: TouchKind, within_days: Option<u32>, times_min: u32) -> Criterion {
    let filter = ActivityFilter { activity: vec![kind], ..ActivityFilter::default() };
    Criterion::Activity(ActivityTest { filter, times_min, within_days })
}

fn field(key: &str, test: Test) -> Criterion {
    Criterion::Field(FieldTest { field: key.into(), test })
}

fn of_kind(id: i64, person: i64, on_day: f64, kind: TouchKind) -> TouchRow {
    TouchRow { kind, ..touch(id, person, on_day, "web") }
}

fn whole() -> Period {
    Period { from: day(0.0), to: day(200.0) }
}

/// Person 1 downloads and is won; 2 views twice and is rejected; 3 does both and has no lead; 4 does nothing that counts.
fn record() -> Delta {
    let mut delta = Delta {
        companies: (1..=4).map(|id| CompanyRow { employees: Some(id * 50), ..company(id) }).collect(),
        people: (1..=4).map(|id| person(id, Some(id))).collect(),
        leads: vec![LeadRow { owner: Some(7), ..lead(1, "ads", 2.0) }, LeadRow { owner: Some(8), ..lead(2, "web", 2.0) }],
        transitions: vec![
            entered(1, 1, Stage::Mql, 5.0),
            entered(2, 1, Stage::Sal, 6.0),
            entered(3, 2, Stage::Mql, 5.0),
            entered(4, 2, Stage::Rejected, 9.0),
        ],
        touches: vec![
            of_kind(1, 1, 4.0, TouchKind::Download),
            of_kind(2, 2, 3.0, TouchKind::PageView),
            of_kind(3, 2, 8.0, TouchKind::PageView),
            of_kind(4, 3, 3.0, TouchKind::Download),
            of_kind(5, 3, 40.0, TouchKind::PageView),
            of_kind(6, 3, 41.0, TouchKind::PageView),
            of_kind(7, 4, 3.0, TouchKind::EmailOpen),
        ],
        deals: vec![DealRow { company: Some(1), ..deal(1, Some(1), &[1], Some(eur(500)), 10.0) }],
        deal_transitions: vec![moved(1, 1, DealStage::Won, 30.0)],
        users: vec![named(7, "Rui"), NamedRow { email: Some("Eva@x.example".into()), ..named(8, "Eva") }],
        ..Delta::default()
    };
    delta.content = vec![named(1, "Pricing")];
    delta
}

fn moved_people(moving: &Moving) -> Vec<(i64, Instant)> {
    moving.first.iter().map(|moved| (moved.person, moved.at)).collect()
}

#[test]
fn two_drafts_side_by_side() {
    let history = history(record());
    let downloads = with_criteria(did(TouchKind::Download, Some(30), 1));
    let views = with_criteria(did(TouchKind::PageView, Some(7), 2));
    let backtest = run(&history, &downloads, &views, whole(), day(300.0));
    assert_eq!((backtest.in_force.basis, backtest.in_force.outcome.mqls, backtest.draft.outcome.mqls), (Basis::Criteria, 2, 2));
    assert_eq!(moved_people(&backtest.leaving), [(1, day(4.0))]);
    assert_eq!(moved_people(&backtest.entering), [(2, day(8.0))]);
    assert_eq!((backtest.staying.people, backtest.staying.later, backtest.staying.median_shift_days), (1, 1, Some(38.0)));
    let lost = &backtest.leaving.outcome;
    assert_eq!((lost.acceptance.hits, lost.acceptance.of, lost.revenue.amount, lost.win.value), (1, 1, eur(500), Some(1.0)));
    let gained = &backtest.entering.outcome;
    assert_eq!((gained.acceptance.hits, gained.acceptance.of, gained.revenue.amount, gained.win.value), (0, 1, eur(0), Some(0.0)));
    assert_eq!((backtest.staying.outcome.undecided, backtest.staying.outcome.acceptance.value), (1, None));
    let months: Vec<_> = backtest.months.iter().map(|month| (month.in_force, month.draft)).collect();
    assert_eq!(months[..2], [(2, 1), (0, 1)]);
    assert_eq!(months.len(), 7);
}

#[test]
fn without_criteria_the_recorded_mqls_count() {
    let backtest = run(&history(record()), &without_criteria(), &with_criteria(did(TouchKind::Download, None, 1)), whole(), day(300.0));
    assert_eq!((backtest.in_force.basis, backtest.in_force.outcome.mqls), (Basis::Recorded, 2));
    assert_eq!((backtest.in_force.outcome.acceptance.hits, backtest.in_force.outcome.acceptance.of), (1, 2));
    assert_eq!(moved_people(&backtest.entering), [(3, day(3.0))]);
    assert_eq!(moved_people(&backtest.leaving), [(2, day(5.0))]);
    let reps: Vec<_> = backtest.in_force.load.reps.iter().map(|rep| (rep.name.as_str(), rep.mqls)).collect();
    assert_eq!(reps, [("Rui", 1), ("Eva", 1)]);
    assert_eq!((backtest.draft.load.unplaced, backtest.draft.load.reps[0].name.as_str()), (1, "Rui"));
    assert_eq!(backtest.in_force.reviews.recorded_reviews, 2);
}

#[test]
fn nothing_that_came_later_counts() {
    let draft = with_criteria(did(TouchKind::PageView, None, 2));
    for (as_of, period, mqls) in
        [(7.9, whole(), 0), (8.0, whole(), 1), (300.0, whole(), 2), (300.0, Period { from: day(9.0), to: day(41.0) }, 0)]
    {
        let backtest = run(&history(record()), &without_criteria(), &draft, period, day(as_of));
        assert_eq!(backtest.draft.outcome.mqls, mqls, "as of {as_of}");
    }
    let early = run(&history(record()), &without_criteria(), &draft, whole(), day(20.0));
    assert_eq!((early.in_force.outcome.revenue.deals, early.in_force.outcome.too_young), (0, 2));
}

#[test]
fn a_pass_ends_by_the_record_or_after_half_a_year_and_the_evidence_starts_anew() {
    let mut delta = record();
    let views = |days: &[f64]| (100..).zip(days).map(|(id, day)| of_kind(id, 2, *day, TouchKind::PageView)).collect::<Vec<_>>();
    let twice = with_criteria(did(TouchKind::PageView, None, 2));
    // The lead of person 2 is rejected on day 9.
    for (days, expected) in [
        (&[3.0, 8.0][..], &[8.0][..]),
        (&[3.0, 8.0, 8.5, 8.6], &[8.0]),
        (&[3.0, 8.0, 10.0], &[8.0]),
        (&[3.0, 8.0, 10.0, 11.0], &[8.0, 11.0]),
        (&[3.0, 8.0, 10.0, 11.0, 150.0, 151.0], &[8.0, 11.0]),
        (&[3.0, 8.0, 10.0, 11.0, 192.0, 193.0], &[8.0, 11.0, 193.0]),
    ] {
        delta.touches = views(days);
        let history = history(delta.clone());
        let view = View::at(&history, day(300.0), Instant(i64::MAX));
        let [_, found] = all_mqls(&view, &TouchesByPerson::of(&history), [&without_criteria(), &twice]);
        assert_eq!(found.iter().map(|mql| mql.at).collect::<Vec<_>>(), expected.iter().map(|at| day(*at)).collect::<Vec<_>>(), "{days:?}");
    }
}

#[test]
fn fields_of_the_history_are_judged() {
    let mut delta = record();
    delta.people[0] = PersonRow {
        job_title: text("Head of Sales"),
        email_domain: text("acme.example"),
        custom: vec![("tier".into(), "2".into())],
        has_phone: true,
        ..person(1, Some(1))
    };
    delta.companies[0].annual_revenue = Some(eur(2_000_000));
    delta.companies[0].domain = text("acme.example");
    delta.companies[0].custom = vec![("segment".into(), "A".into())];
    let history = history(delta);
    let one_of = |value: &str| Test::OneOf(vec![value.into()]);
    for (criterion, people) in [
        (field("person.job_title", Test::Contains("sales".into())), vec![1]),
        (field("person.email_domain", one_of("acme.example")), vec![1]),
        (field("person.custom.tier", Test::AtLeast(2.0)), vec![1]),
        (field("person.custom.none", Test::Unknown), vec![1, 2, 3, 4]),
        (field("person.phone", Test::Known), vec![1]),
        (field("company.annual_revenue", Test::AtLeast(2_000_000.0)), vec![1]),
        (field("company.domain", Test::Known), vec![1]),
        (field("company.custom.segment", one_of("a")), vec![1]),
        (field("company.name", Test::Contains("company 3".into())), vec![3]),
        (field("company.employees", Test::AtLeast(150.0)), vec![3, 4]),
        (field("company.country", Test::NotOneOf(vec!["PT".into()])), vec![1, 2, 3, 4]),
        (field("lead.source", one_of("ADS")), vec![1]),
        (field("lead.source", Test::Unknown), vec![3, 4]),
    ] {
        let any_touch = Criterion::Activity(ActivityTest { filter: ActivityFilter::default(), times_min: 1, within_days: None });
        let draft = with_criteria(Criterion::All(vec![any_touch, criterion.clone()]));
        let view = View::at(&history, day(300.0), Instant(i64::MAX));
        let [_, found] = all_mqls(&view, &TouchesByPerson::of(&history), [&without_criteria(), &draft]);
        assert_eq!(found.iter().map(|mql| i64::from(mql.person) + 1).collect::<Vec<_>>(), people, "{criterion:?}");
        let subjects = Subjects::of(&view, Currency::EUR);
        let held: Vec<i64> =
            (0..4).filter(|row| alignment::judging::fields_hold(&criterion, &subjects.get(*row))).map(|row| row as i64 + 1).collect();
        assert_eq!(held, people, "one by one: {criterion:?}");
    }
    assert_eq!(fields::not_judged(&with_criteria(field("person.name", Test::Contains("x".into())))), ["person.name"]);
}

#[test]
fn routing_of_the_draft_shares_out_the_load() {
    let mut draft = with_criteria(did(TouchKind::PageView, None, 1));
    let member = |user: &str, weight| PoolMember { user: user.into(), weight, open_leads_max: 0, skills: Vec::new() };
    draft.routing.pools = vec![Pool {
        key: "sdr".into(),
        name: "SDR".into(),
        at_work_only: false,
        members: vec![member("eva@x.example", 3), member("new@x.example", 1)],
    }];
    draft.routing.rules = vec![RoutingRule { name: "All".into(), when: None, to: Target::Pool("sdr".into()) }];
    let mut delta = record();
    delta.people = (1..=40).map(|id| person(id, None)).collect();
    delta.touches = (1..=40).map(|id| of_kind(id, id, id as f64, TouchKind::PageView)).collect();
    let backtest = run(&history(delta), &without_criteria(), &draft, whole(), day(300.0));
    let reps: Vec<_> = backtest.draft.load.reps.iter().map(|rep| (rep.user, rep.name.as_str(), rep.mqls)).collect();
    assert_eq!(reps, [(Some(8), "Eva", 30), (None, "new@x.example", 10)]);
    assert_eq!((backtest.draft.load.unplaced, backtest.draft.reviews.kept.of), (0, 40));
}

#[test]
fn reviews_beyond_what_a_rep_can_do_wait_for_the_next_week() {
    let mut delta = record();
    delta.people = (1..=200).map(|id| person(id, None)).collect();
    // One owner who reviewed one lead a week, within the hour.
    delta.leads = (1..=20).map(|id| LeadRow { owner: Some(7), ..lead(id, "web", id as f64 * 7.0) }).collect();
    delta.transitions = (1..=20)
        .flat_map(|id| {
            [entered(id * 2, id, Stage::Mql, id as f64 * 7.0 + 0.5), entered(id * 2 + 1, id, Stage::Sal, id as f64 * 7.0 + 0.52)]
        })
        .collect();
    delta.touches = (1..=20).map(|id| of_kind(id, id, 150.0, TouchKind::Download)).collect();
    let draft = with_criteria(did(TouchKind::Download, None, 1));
    let backtest = run(&history(delta), &without_criteria(), &draft, whole(), day(300.0));
    assert_eq!((backtest.in_force.reviews.kept.hits, backtest.in_force.reviews.kept.of), (20, 20));
    assert_eq!((backtest.draft.reviews.kept.hits, backtest.draft.reviews.kept.of), (1, 20), "twenty at once, one a week");
}

#[test]
fn nothing_gives_nothing() {
    let proposed = without_criteria().propose();
    let backtest = run(&History::empty(), &without_criteria(), &proposed, Period::ALL, day(0.0));
    assert_eq!((backtest.draft.outcome.mqls, backtest.draft.outcome.acceptance.value, backtest.draft.reviews.kept.value), (0, None, None));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn sets_add_up_and_threads_make_no_difference(
        touches in prop::collection::vec((1..30i64, 0.0..150.0f64, 0..3usize, prop::option::of(1..4i64)), 0..120),
        times in 1u32..4,
        exits in prop::collection::vec((1..30i64, 0.0..150.0f64, 7usize..10), 0..20),
    ) {
        let mut delta = record();
        delta.people = (1..30).map(|id| person(id, Some(1 + id % 4))).collect();
        delta.touches = (1..).zip(touches).map(|(id, (person, day, kind, company))| TouchRow {
            company,
            ..of_kind(id, person, day, [TouchKind::PageView, TouchKind::Download, TouchKind::Webinar][kind])
        }).collect();
        delta.leads = (1..30).map(|id| LeadRow { owner: Some(7 + id % 2), ..lead(id, "web", 1.0) }).collect();
        delta.transitions = (10..).zip(exits).map(|(id, (lead, day, stage))| entered(id, lead, Stage::ALL[stage], day)).collect();
        let history = history(delta);
        let (force, draft) = (with_criteria(did(TouchKind::Download, Some(20), 1)), with_criteria(did(TouchKind::PageView, None, times)));
        let backtest = run(&history, &force, &draft, whole(), day(300.0));
        prop_assert_eq!(backtest.draft.outcome.mqls, backtest.months.iter().map(|month| month.draft).sum::<u64>());
        prop_assert_eq!(backtest.draft.outcome.mqls, backtest.entering.outcome.mqls + backtest.staying.outcome.mqls);
        prop_assert_eq!(
            backtest.draft.outcome.revenue.amount.minor,
            backtest.entering.outcome.revenue.amount.minor + backtest.staying.outcome.revenue.amount.minor
        );
        let placed = backtest.draft.load.reps.iter().map(|rep| rep.mqls).sum::<u64>();
        prop_assert_eq!(backtest.draft.outcome.mqls, placed + backtest.draft.load.unplaced);
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        prop_assert_eq!(&backtest, &alone.install(|| run(&history, &force, &draft, whole(), day(300.0))));
    }
}
