use alignment::lifecycle::DealStage::{Lost, Won as WonStage};
use proptest::prelude::*;

use super::*;
use crate::{
    attribution::{MODELS, RowOf, deals_behind, find, journey},
    question::{Dimension, Filter, Goal, Journey, Period},
    rows::{DealRow, Delta, TouchRow},
    testing::*,
};

/// Company 1 with people 1 and 2, company 2 with person 3, and person 4 alone.
fn record(touches: Vec<TouchRow>, deals: Vec<(DealRow, f64)>) -> Delta {
    Delta {
        companies: vec![company(1), company(2)],
        people: vec![person(1, Some(1)), person(2, Some(1)), person(3, Some(2)), person(4, None)],
        touches,
        deal_transitions: deals.iter().map(|(deal, won_day)| moved(deal.id, deal.id, WonStage, *won_day)).collect(),
        deals: deals.into_iter().map(|(deal, _)| deal).collect(),
        ..Delta::default()
    }
}

fn deal_of(id: i64, people: &[i64], major: i64, won_day: f64) -> (DealRow, f64) {
    (deal(id, None, people, Some(eur(major)), 0.0), won_day)
}

/// `label conversions revenue deals` per row; conversions in percent, revenue in cents; `-` not recorded, `=` unattributed.
fn shown(answer: &ModelAnswer) -> Vec<String> {
    let line = |label: &str, row: &ShareRow| format!("{label} {:.0} {} {}", row.conversions * 100.0, row.revenue.minor, row.deals);
    let rows = answer.rows.iter().map(|row| line(row.label.as_deref().unwrap_or("-"), row));
    rows.chain((answer.unattributed.deals > 0).then(|| line("=", &answer.unattributed))).collect()
}

#[track_caller]
fn check(delta: Delta, question: &Question, table: &[(&str, &[&str])]) {
    let history = history(delta);
    for (model, expected) in table {
        let answers = attribute(&history, question, &[find(model).unwrap()]);
        assert_eq!(shown(&answers[0]), *expected, "{model}");
    }
}

#[test]
fn nothing_won_is_nothing_shared() {
    for answer in attribute(&History::empty(), &question(), MODELS) {
        assert_eq!((answer.rows.len(), answer.total.deals, answer.unattributed.deals), (0, 0, 0));
    }
    let mut open = record(vec![touch(1, 1, 1.0, "ad")], vec![deal_of(1, &[1], 100, 5.0), deal_of(2, &[3], 100, 5.0)]);
    open.deal_transitions[0].stage = Lost;
    open.deal_transitions.push(moved(9, 2, Lost, 6.0));
    check(open, &question(), &[("first", &[])]);
}

#[test]
fn every_model_shares_to_the_cent() {
    let touches = vec![touch(1, 1, 0.0, "ad"), touch(2, 2, 7.0, "mail"), touch(3, 1, 14.0, "web")];
    check(
        record(touches, vec![deal_of(1, &[1], 1, 14.0)]),
        &question(),
        &[
            ("first", &["ad 100 100 1"]),
            ("last", &["web 100 100 1"]),
            ("linear", &["ad 33 34 1", "mail 33 33 1", "web 33 33 1"]),
            ("time_decay", &["web 57 57 1", "mail 29 29 1", "ad 14 14 1"]),
            ("u", &["ad 40 40 1", "web 40 40 1", "mail 20 20 1"]),
        ],
    );
}

/// Lead made on day 1, deal opened on day 3, signed on day 4.
#[test]
fn marks_are_those_of_the_deals_own_lead() {
    let touches = (0..5).map(|on| touch(on + 1, 1, on as f64, ["ad", "web", "fair", "mail", "call"][on as usize])).collect();
    let mut delta = record(touches, vec![deal_of(1, &[1], 10, 4.0)]);
    delta.leads = vec![lead(1, "search", 1.0)];
    (delta.deals[0].lead, delta.deals[0].opened_at) = (Some(1), Some(day(3.0)));
    let w = ["ad 30 300 1", "mail 30 300 1", "web 30 300 1", "call 5 50 1", "fair 5 50 1"];
    let full_path = ["ad 22 225 1", "call 22 225 1", "mail 22 225 1", "web 22 225 1", "fair 10 100 1"];
    check(delta.clone(), &question(), &[("w", &w), ("full_path", &full_path)]);
    let mut pipeline = question();
    pipeline.settings.goal = Goal::Pipeline;
    // Up to the opening, with the signature as a missing mark.
    let rows = ["ad 30 300 1", "mail 30 300 1", "web 30 300 1", "fair 10 100 1"];
    check(delta, &pipeline, &[("w", &rows), ("full_path", &rows)]);
}

#[test]
fn a_goal_says_which_deals_are_shared_out_and_up_to_when() {
    let touches = vec![touch(1, 1, 1.0, "ad"), touch(2, 1, 5.0, "mail"), touch(3, 2, 8.0, "web"), touch(4, 3, 8.0, "ad")];
    let deals = vec![deal_of(1, &[1], 1, 6.0), deal_of(2, &[2], 10, 9.0), deal_of(3, &[3], 100, 9.0)];
    let mut delta = record(touches, deals);
    (0..3).for_each(|row| delta.deals[row].opened_at = Some(day([2.0, 8.5, 8.0][row])));
    delta.deal_transitions[2].stage = Lost;
    let table: &[(Goal, &[&str])] = &[
        (Goal::Revenue, &["web 100 1000 1", "mail 100 100 1"]),
        (Goal::Pipeline, &["ad 200 10100 2", "web 100 1000 1"]),
        // Company 1 signs first on day 6.
        (Goal::Customers, &["mail 100 100 1"]),
    ];
    for (goal, rows) in table {
        let mut question = question();
        question.settings.goal = *goal;
        check(delta.clone(), &question, &[("last", rows)]);
    }
}

#[test]
fn touches_count_up_to_the_signature_and_back_to_the_end_of_the_lookback() {
    let touches = vec![touch(1, 1, 9.9, "old"), touch(2, 1, 10.0, "ad"), touch(3, 1, 100.0, "web"), touch(4, 1, 100.1, "late")];
    let delta = record(touches, vec![deal_of(1, &[1], 1, 100.0), deal_of(2, &[3], 1, 100.0)]);
    check(delta, &question(), &[("first", &["ad 100 100 1", "= 100 100 1"]), ("last", &["web 100 100 1", "= 100 100 1"])]);
}

#[test]
fn ties_keep_the_order_of_recording() {
    let touches = vec![touch(7, 1, 1.0, "third"), touch(5, 2, 1.0, "first"), touch(6, 1, 1.0, "second")];
    let table: &[(&str, &[&str])] = &[("first", &["first 100 100 1"]), ("last", &["third 100 100 1"])];
    check(record(touches.clone(), vec![deal_of(1, &[1], 1, 5.0)]), &question(), table);
    let mut by_person = question();
    by_person.settings.journey = Journey::Person;
    check(record(touches, vec![deal_of(1, &[1, 2, 1], 1, 5.0)]), &by_person, table);
}

#[test]
fn a_repeat_customer_starts_a_new_journey_after_each_signature() {
    let touches = vec![touch(1, 1, 1.0, "ad"), touch(2, 1, 5.0, "mail"), touch(3, 2, 6.0, "web")];
    let deals = vec![deal_of(1, &[1], 1, 5.0), deal_of(2, &[2], 10, 8.0), deal_of(3, &[2], 20, 8.0), deal_of(4, &[1], 40, 9.0)];
    let table: &[(&str, &[&str])] = &[
        // Signed at one instant, 2 and 3 share their journey; nothing happened before 4.
        ("first", &["web 200 3000 2", "ad 100 100 1", "= 100 4000 1"]),
        ("linear", &["web 200 3000 2", "ad 50 50 1", "mail 50 50 1", "= 100 4000 1"]),
    ];
    check(record(touches.clone(), deals.clone()), &question(), table);
    // A period changes which deals are asked about, and not where their journeys begin.
    let later = Question { period: Period { from: day(6.0), to: day(9.0) }, ..question() };
    check(record(touches, deals), &later, &[("linear", &["web 200 3000 2"])]);
}

#[test]
fn a_journey_is_of_the_people_on_the_deal_or_of_the_whole_company() {
    let mut elsewhere = touch(5, 1, 4.0, "fair");
    elsewhere.company = Some(2);
    let touches = vec![touch(1, 1, 1.0, "ad"), touch(2, 2, 2.0, "mail"), touch(3, 4, 3.0, "web"), elsewhere];
    let deals = vec![deal_of(1, &[1], 1, 5.0), deal_of(2, &[4], 1, 5.0)];
    check(record(touches.clone(), deals.clone()), &question(), &[("linear", &["web 100 100 1", "ad 50 50 1", "mail 50 50 1"])]);
    let mut by_person = question();
    by_person.settings.journey = Journey::Person;
    check(record(touches.clone(), deals.clone()), &by_person, &[("linear", &["ad 100 100 1", "web 100 100 1"])]);
    // A deal that names no people is led to by its company, which may be known from its lead alone.
    let everybody: &[(&str, &[&str])] = &[("linear", &["web 100 100 1", "ad 50 50 1", "mail 50 50 1"])];
    let mut delta = record(touches, deals);
    delta.leads = vec![lead(1, "search", 0.0)];
    (delta.deals[0].people, delta.deals[0].lead) = (vec![], Some(1));
    check(delta.clone(), &by_person, everybody);
    (delta.deals[0].lead, delta.deals[0].company) = (None, Some(1));
    check(delta.clone(), &by_person, everybody);
    check(delta.clone(), &question(), &[("linear", &["web 100 100 1", "ad 50 50 1", "mail 50 50 1"])]);
    delta.deals[0].company = None;
    check(delta, &question(), &[("linear", &["web 100 100 1", "= 100 100 1"])]);
}

#[test]
fn what_came_later_or_was_learned_later_does_not_count() {
    let mut learned_late = touch(2, 1, 2.0, "mail");
    learned_late.recorded_at = day(50.0);
    let delta = record(vec![touch(1, 1, 1.0, "ad"), learned_late], vec![deal_of(1, &[1], 1, 5.0), deal_of(2, &[1], 1, 30.0)]);
    let asked = |as_of, known_at| Question { as_of: day(as_of), known_at: day(known_at), ..question() };
    check(delta.clone(), &asked(60.0, 60.0), &[("last", &["mail 100 100 1", "= 100 100 1"])]);
    check(delta.clone(), &asked(60.0, 40.0), &[("last", &["ad 100 100 1", "= 100 100 1"])]);
    check(delta.clone(), &asked(10.0, 60.0), &[("last", &["mail 100 100 1"])]);
    check(delta, &asked(4.0, 60.0), &[("last", &[])]);
}

#[test]
fn a_deal_without_an_amount_in_the_currency_is_a_conversion_without_revenue() {
    let mut delta =
        record(vec![touch(1, 1, 1.0, ""), touch(2, 3, 1.0, "unknown")], vec![deal_of(1, &[1], 1, 5.0), deal_of(2, &[3], 1, 5.0)]);
    delta.deals[0].amount = None;
    delta.deals[1].amount = Some(Money::new(700, "BRL".parse().unwrap()));
    check(delta.clone(), &question(), &[("u", &["- 100 0 1", "unknown 100 0 1"])]);
    check(delta, &Question { currency: "BRL".parse().unwrap(), ..question() }, &[("u", &["unknown 100 700 1", "- 100 0 1"])]);
}

#[test]
fn shares_go_by_what_the_touch_carries_or_else_by_the_deal() {
    let mut touches = vec![touch(1, 1, 1.0, "ad"), touch(2, 1, 2.0, "ad"), touch(3, 1, 3.0, "mail"), touch(4, 3, 3.0, "mail")];
    (touches[0].campaign, touches[0].content, touches[0].source) = (Some(8), Some(5), text("search"));
    (touches[1].campaign, touches[2].campaign) = (Some(9), Some(404));
    let mut delta = record(touches, vec![deal_of(1, &[1], 4, 5.0), deal_of(2, &[3], 1, 5.0)]);
    (delta.campaigns, delta.content, delta.users) =
        (vec![named(8, "Spring"), named(9, "Fair")], vec![named(5, "Guide")], vec![named(3, "Ana")]);
    delta.deals[0].owner = Some(3);
    delta.companies[0].industry = text("steel");
    delta.leads = vec![lead(1, "search", 0.0)];
    delta.deals[0].lead = Some(1);
    let by = |dimension: &str| Question { by: Dimension::parse(dimension), ..question() };
    for (dimension, expected) in [
        ("channel", ["ad 67 267 1", "mail 133 233 2"].as_slice()),
        ("source", &["- 167 366 2", "search 33 134 1"]),
        ("campaign", &["- 133 233 2", "Spring 33 134 1", "Fair 33 133 1"]),
        ("content", &["- 167 366 2", "Guide 33 134 1"]),
        ("owner", &["Ana 100 400 1", "- 100 100 1"]),
        ("industry", &["steel 100 400 1", "- 100 100 1"]),
    ] {
        check(delta.clone(), &by(dimension), &[("linear", expected)]);
    }
    let only = |dimension, value: &str| Question { filters: vec![Filter { dimension, value: text(value) }], ..question() };
    check(delta.clone(), &only(Dimension::Source, "search"), &[("linear", &["ad 67 267 1", "mail 33 133 1"])]);
    check(delta.clone(), &only(Dimension::Source, ""), &[("linear", &["mail 100 100 1"])]);
    check(delta.clone(), &only(Dimension::Industry, "steel"), &[("first", &["ad 100 400 1"])]);
    let answer = attribute(&history(delta), &by("campaign"), MODELS);
    assert_eq!(answer[0].rows.iter().map(|row| row.id).collect::<Vec<_>>(), [Some(8), None]);
}

/// A record of four people in two companies and none: touches and signatures fall on few days, so that there are ties and repeats.
fn records() -> impl Strategy<Value = Delta> {
    let touches = prop::collection::vec((1_i64..=4, 0_u32..40, 0_usize..4, 0_u32..40), 0..60);
    let deals = prop::collection::vec((prop::collection::vec(1_i64..=4, 0..3), 0_u32..40, prop::option::of(-500_i64..100_000)), 0..12);
    (touches, deals).prop_map(|(touches, deals)| {
        let touches = touches.into_iter().enumerate().map(|(id, (person, on_day, channel, late))| {
            let mut row = touch(id as i64 + 1, person, f64::from(on_day), ["", "ad", "mail", "web"][channel]);
            row.recorded_at = day(f64::from(on_day + late));
            row
        });
        let deals = deals.into_iter().enumerate().map(|(id, (people, won_day, minor))| {
            let mut row = deal(id as i64 + 1, None, &people, minor.map(|minor| Money::new(minor, eur(0).currency)), 0.0);
            row.company = (id % 5 == 0).then_some(1);
            (row, f64::from(won_day))
        });
        record(touches.collect(), deals.collect())
    })
}

fn questions() -> impl Strategy<Value = Question> {
    let asked = (0_u32..60, 0_u32..60, 1_u32..40, any::<bool>(), 0_u32..20, prop::sample::select(Goal::ALL.to_vec()), 1_u32..=3);
    asked.prop_map(|(as_of, known_at, lookback_days, by_person, from, goal, markov_order)| {
        let period = Period { from: day(f64::from(from)), to: day(35.0) };
        let mut question = Question { as_of: day(f64::from(as_of)), known_at: day(f64::from(known_at)), period, ..question() };
        question.settings.lookback_days = lookback_days;
        question.settings.goal = goal;
        question.settings.markov_order = markov_order;
        question.settings.journey = if by_person { Journey::Person } else { Journey::Company };
        question
    })
}

fn bytes(answers: &[ModelAnswer]) -> String {
    format!("{answers:?}")
}

proptest! {
    #[test]
    fn rows_sum_to_the_total(delta in records(), question in questions()) {
        for answer in attribute(&history(delta), &question, MODELS) {
            let rows = || answer.rows.iter().chain([&answer.unattributed]);
            prop_assert_eq!(rows().map(|row| row.revenue.minor).sum::<i64>(), answer.total.revenue.minor, "{}", answer.model);
            let conversions: f64 = rows().map(|row| row.conversions).sum();
            prop_assert!((conversions - answer.total.conversions).abs() < 1e-9, "{}", answer.model);
            prop_assert_eq!(answer.total.conversions, answer.total.deals as f64);
        }
    }

    /// Neither the order in which rows arrive, nor the number of threads, changes a byte.
    #[test]
    fn the_same_question_has_the_same_answer(delta in records(), question in questions()) {
        let answers = bytes(&attribute(&history(delta.clone()), &question, MODELS));
        let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let mut reversed = delta;
        reversed.touches.reverse();
        reversed.deals.reverse();
        let history = history(reversed);
        let again = bytes(&one_thread.install(|| attribute(&history, &question, MODELS)));
        // Names get their codes in the order of arrival; rows are in the order of shares and names all the same.
        prop_assert_eq!(again, answers);
    }

    /// However journeys are divided over accumulators, merged they say the same.
    #[test]
    fn merging_is_observing(journeys in prop::collection::vec((prop::collection::vec(0_u32..4, 0..9), any::<i32>()), 0..40), split in 0_usize..40) {
        let observe = |journeys: &[(Vec<u32>, i32)]| {
            let mut shares = RevenueShares::new(MODELS, 4, 7.0, None);
            for (labels, minor) in journeys {
                let touched_at: Vec<Instant> = (0..labels.len()).map(|touch| day(touch as f64)).collect();
                let marks = Marks { lead_at: Some(day(1.0)), opportunity_at: Some(day(2.5)), signed_at: None };
                shares.observe(labels, &touched_at, marks, i64::from(*minor));
            }
            shares
        };
        let sums = |shares: &RevenueShares| {
            let cells = shares.cells.iter().chain([&shares.unattributed, &shares.total]);
            cells.map(|cell| (cell.conversions, cell.minor, cell.deals)).collect::<Vec<_>>()
        };
        let (left, right) = journeys.split_at(split.min(journeys.len()));
        let mut merged = observe(right);
        merged.merge(&observe(left));
        prop_assert_eq!(sums(&merged), sums(&observe(&journeys)));
    }

    /// From the row to its deals, and from the deal to its touches: each level sums to the one above.
    #[test]
    fn what_stands_behind_a_row_sums_to_it(delta in records(), question in questions()) {
        let history = history(delta);
        for answer in attribute(&history, &question, MODELS) {
            let model = find(answer.model).unwrap();
            let rows = answer.rows.iter().map(|row| (RowOf::Label(row.label.as_deref()), row));
            for (of, row) in rows.chain([(RowOf::Unattributed, &answer.unattributed), (RowOf::Total, &answer.total)]) {
                let behind = deals_behind(&history, &question, model, of, 0, usize::MAX);
                prop_assert_eq!(behind.rows.iter().map(|deal| deal.revenue.minor).sum::<i64>(), row.revenue.minor, "{} {:?}", model.key, of);
                prop_assert_eq!((behind.total, behind.revenue), (row.deals, row.revenue));
                prop_assert!((behind.conversions - row.conversions).abs() < 1e-9);
            }
            for deal in deals_behind(&history, &question, model, RowOf::Total, 0, usize::MAX).rows {
                let touches = journey(&history, &question, deal.deal, &[model]).unwrap();
                let shares = || touches.iter().map(|touch| touch.shares[0]);
                let inside = touches.iter().filter(|touch| touch.inside_lookback).count();
                prop_assert_eq!(inside as u64, deal.journey_touches);
                if inside > 0 {
                    prop_assert_eq!(shares().map(|share| share.1).sum::<i64>(), deal.revenue.minor);
                    prop_assert!((shares().map(|share| share.2).sum::<f64>() - 1.0).abs() < 1e-9);
                }
            }
        }
    }
}
