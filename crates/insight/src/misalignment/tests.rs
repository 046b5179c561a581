use alignment::{
    calendar::WorkCalendar,
    lifecycle::{DealStage, Side, Stage},
    rate::Rate,
    touch::ActivityKind,
};

use super::*;
use crate::{
    history::History,
    question::{Dimension, Period, Question},
    rows::Delta,
    testing::*,
};

pub const TERMS: FollowUpTerms = FollowUpTerms { review_minutes_max: 24 * 60, first_attempt_minutes_max: 8 * 60 };

/// Person and lead `id`, an MQL since day 1, whose stages and calls come on these days.
pub fn pass(delta: &mut Delta, id: i64, source: &str, stages: &[(Stage, f64)], calls: &[f64]) {
    delta.people.push(person(id, None));
    delta.leads.push(lead(id, source, 0.5));
    for (place, (stage, on)) in [(Stage::Mql, 1.0)].iter().chain(stages).enumerate() {
        delta.transitions.push(entered(id * 10 + place as i64, id, *stage, *on));
    }
    for (place, on) in calls.iter().enumerate() {
        delta.activities.push(activity(id * 10 + place as i64, id, *on, ActivityKind::Call));
    }
}

fn won(delta: &mut Delta, id: i64, amount: i64) {
    delta.transitions.push(entered(id * 10 + 9, id, Stage::Customer, 40.0));
    delta.deals.push(deal(id, Some(id), &[id], Some(eur(amount)), 20.0));
    delta.deal_transitions.push(moved(id, id, DealStage::Won, 40.0));
}

fn costs(history: &History, question: &Question) -> Cost {
    cost(history, question, &WorkCalendar::around_the_clock(), TERMS, &Assumptions::usual(100), &Claims::OF_THE_FIELD, &Dimension::Campaign)
}

fn part<'a>(cost: &'a Cost, key: &str) -> &'a Part {
    cost.parts.iter().find(|part| part.key == key).unwrap()
}

#[test]
fn a_lead_is_answered_in_time_late_or_never() {
    use Answered::*;
    type Case = (&'static [(Stage, f64)], &'static [f64], f64, Answered);
    let cases: [Case; 12] = [
        (&[], &[], 50.0, Never),
        (&[], &[], 1.5, NotYet),
        (&[], &[1.5], 50.0, InTime),
        (&[], &[2.5], 50.0, Late),
        (&[(Stage::Rejected, 1.9)], &[], 50.0, InTime),
        (&[(Stage::Rejected, 2.1)], &[], 50.0, Late),
        (&[(Stage::Sal, 1.5)], &[1.7], 50.0, InTime),
        (&[(Stage::Sal, 1.5)], &[2.0], 50.0, Late),
        (&[(Stage::Sal, 1.5)], &[], 50.0, Never),
        (&[(Stage::Sal, 1.5)], &[], 1.6, NotYet),
        (&[(Stage::Sal, 1.5), (Stage::Sql, 3.0)], &[], 50.0, InTime),
        (&[(Stage::Sal, 1.5), (Stage::Recycled, 1.6)], &[], 50.0, InTime),
    ];
    for (stages, calls, as_of, expected) in cases {
        let mut delta = Delta::default();
        pass(&mut delta, 1, "web", stages, calls);
        // Somebody else's call, so that calls are known to be logged at all.
        delta.people.push(person(2, None));
        delta.activities.push(activity(999, 2, 0.1, ActivityKind::Call));
        let history = history(delta);
        let question = Question { as_of: day(as_of), ..question() };
        let context = crate::engine::Context::of(&history, &question);
        let found = answer_of(&context, &WorkCalendar::around_the_clock(), TERMS.review_minutes_max, TERMS.first_attempt_minutes_max, 0);
        assert_eq!(found, Some(expected), "{stages:?} {calls:?} {as_of}");
    }
}

/// Two sources: 100 leads of `ads` cost 1,000.00, 50 rejected; 100 of `web` cost nothing.
fn world() -> Delta {
    let mut delta = Delta { spend: vec![spend(1, "ads", Side::Marketing, 0.5, eur(1_000))], ..Delta::default() };
    for id in 1..=100 {
        match id {
            1..=50 => pass(&mut delta, id, "ads", &[(Stage::Rejected, 1.5)], &[1.2]),
            51..=60 => pass(&mut delta, id, "ads", &[], &[]),
            // Late: none of 10 buys. In time: 10 of 30 buy.
            61..=70 => pass(&mut delta, id, "ads", &[(Stage::Sal, 1.5)], &[9.0]),
            _ => pass(&mut delta, id, "ads", &[(Stage::Sal, 1.5)], &[1.6, 3.0]),
        }
        if id > 90 {
            won(&mut delta, id, 100);
        }
    }
    delta
}

#[test]
fn parts_add_up_and_no_euro_counts_twice() {
    let mut delta = world();
    delta.content = vec![
        crate::rows::NamedRow { at: Some(day(2.0)), ..named(1, "Guide") },
        crate::rows::NamedRow { at: Some(day(2.0)), ..named(2, "Old card") },
    ];
    delta.touches = vec![crate::rows::TouchRow { content: Some(1), ..touch(1, 1, 3.0, "web") }];
    let history = history(delta);
    let question = question();
    let found = costs(&history, &question);
    assert_eq!(part(&found, "rejected_spend").amount_minor, Some(50_000));
    assert_eq!(part(&found, "never_contacted_spend").amount_minor, Some(10_000));
    // One call of 15 minutes and the decision of 10, 50 times, at 50.00 an hour.
    let hours = part(&found, "rejected_hours");
    assert_eq!((hours.minutes, hours.amount_minor), (Some(1_250.0), Some(104_167)));
    assert_eq!((part(&found, "unused_content").amount_minor, part(&found, "unused_content").n), (Some(100_000), 1));
    let late = part(&found, "late_revenue");
    // In time: 50 rejected and 30 worked on, 10 of 80 bought. Late: 0 of 10. 10 x 0.125 x 100.00.
    assert_eq!((late.amount_minor, late.n), (Some(12_500), 10));
    let dropped = part(&found, "dropped_revenue");
    // Open on day 15 and without a call: 0 of 10 against 10 of the other 40 that were open; their 100.00 of spend are counted above already.
    assert_eq!((dropped.amount_minor, dropped.already_counted_minor, dropped.adds_minor), (Some(25_000), 10_000, 15_000));
    for part in &found.parts {
        let sum: i64 = part.rows.iter().map(|row| row.amount_minor).sum();
        assert_eq!(Some(sum), part.amount_minor, "{}", part.key);
        assert_eq!(part.rows.len() as u64, part.n, "{}", part.key);
    }
    assert_eq!(found.spent_minor, 50_000 + 10_000 + 104_167 + 100_000);
    assert_eq!((found.not_won_minor, late.shows_loss), (Some(12_500 + 15_000), Some(true)));
    let signed = crate::kpi::answer(&history, &question, "revenue").unwrap().measure.value.unwrap();
    assert_eq!(found.revenue_minor as f64, signed, "the same as the scoreboard's revenue");
    let wasted = crate::kpi::answer(&history, &question, "wasted_spend").unwrap().measure.value.unwrap();
    assert!((wasted - 60_000.0).abs() < 1e-6, "the same as the scoreboard's wasted spend: {wasted}");
}

#[test]
fn what_nobody_writes_down_is_not_zero() {
    let empty = costs(&History::empty(), &question());
    for part in &empty.parts {
        let is_counted = part.key == "rejected_hours";
        assert_eq!(part.amount_minor.is_some(), is_counted, "{}: {:?}", part.key, part.state);
    }
    assert!(empty.claims.iter().all(|claim| claim.measured.is_none()));
    assert_eq!((empty.claims[0].claimed, empty.claims[3].claimed), ((0.1, 0.1), (0.3, 0.4)));
}

#[test]
fn waste_names_the_campaign_that_stands_out() {
    let mut delta = Delta { spend: vec![spend(1, "ads", Side::Marketing, 0.5, eur(4_000))], ..Delta::default() };
    for id in 1..=400 {
        let campaign = 1 + id % 4;
        let is_rejected = if campaign == 3 { id % 5 != 0 } else { id % 5 < 2 };
        let stage = if is_rejected { Stage::Rejected } else { Stage::Sal };
        pass(&mut delta, id, "ads", &[(stage, 1.5)], &[1.6]);
        delta.leads.last_mut().unwrap().campaign = Some(campaign);
        if is_rejected {
            delta.transitions.last_mut().unwrap().reason = text(if campaign == 3 { "wrong_industry" } else { "no_budget" });
        }
    }
    delta.campaigns = (1..5).map(|id| named(id, &format!("Campaign {id}"))).collect();
    let history = history(delta);
    let found = costs(&history, &question());
    let drivers = &part(&found, "rejected_spend").drivers;
    let standing: Vec<_> = drivers.iter().filter(|driver| driver.stands_out).collect();
    assert_eq!(standing.len(), 1, "{drivers:?}");
    assert_eq!((standing[0].label.as_deref(), standing[0].reason.as_deref()), (Some("Campaign 3"), Some("wrong_industry")));
    assert_eq!(drivers[0], *standing[0]);
    assert_eq!(drivers.iter().map(|driver| driver.amount_minor).sum::<i64>(), part(&found, "rejected_spend").amount_minor.unwrap());
    assert_eq!((standing[0].leads, standing[0].rejected, standing[0].decided, standing[0].rejection_rate), (80, 80, 100, Some(0.8)));
    // 80 of 100 rejected where the others have 40%: half of its 800.00.
    assert_eq!((standing[0].amount_minor, standing[0].excess_minor), (80_000, 40_000));
}

#[test]
fn a_period_keeps_its_own_leads() {
    let history = history(world());
    let question = Question { period: Period { from: day(10.0), to: day(20.0) }, ..question() };
    let found = costs(&history, &question);
    assert_eq!((found.spent_minor, found.not_won_minor, part(&found, "rejected_spend").n), (0, None, 0));
}

/// Whether a lead was dropped is settled before it is known what comes of it: dropping that does nothing costs nothing.
#[test]
fn dropped_is_judged_before_what_came_of_it() {
    let mut delta = Delta::default();
    for id in 1..=100 {
        // Every second one is left alone for 20 days; of both halves every fifth buys, and is worked on before that.
        let calls: &[f64] = if id % 2 == 0 {
            &[1.6, 3.0]
        } else if id % 5 == 0 {
            &[22.0]
        } else {
            &[]
        };
        let stages: &[(Stage, f64)] = if id % 5 == 0 { &[(Stage::Sal, 1.5), (Stage::Sql, 30.0)] } else { &[(Stage::Sal, 1.5)] };
        pass(&mut delta, id, "web", stages, calls);
        if id % 5 == 0 {
            won(&mut delta, id, 100);
        }
    }
    // An SQL within the days is in neither group; of `fair` nobody was worked on, so nobody can be compared.
    pass(&mut delta, 101, "web", &[(Stage::Sal, 1.5), (Stage::Sql, 9.0)], &[]);
    pass(&mut delta, 102, "fair", &[(Stage::Sal, 1.5)], &[]);
    let found = costs(&history(delta), &question());
    let dropped = part(&found, "dropped_revenue");
    let goes_with = dropped.goes_with.as_ref().unwrap();
    assert_eq!((goes_with.treated, goes_with.others), (Rate::new(10, 50), Rate::new(10, 50)));
    assert_eq!((goes_with.without_others, dropped.n, dropped.amount_minor), (1, 50, Some(0)));
}

/// Late ones that did better, as well, or worse by no more than chance: no loss can be shown, whichever way the estimate points.
#[test]
fn an_estimate_that_can_not_be_told_from_none_adds_nothing() {
    for (bought_late, bought_in_time, amount, shows_loss) in
        [(10, 5, -50_000, false), (5, 5, 0, false), (5, 8, 30_000, false), (20, 0, -200_000, false), (2, 15, 130_000, true)]
    {
        let mut delta = Delta::default();
        for id in 1..=40 {
            let (place, call, bought) = if id <= 20 { (id, 9.0, bought_late) } else { (id - 20, 1.6, bought_in_time) };
            pass(&mut delta, id, "web", &[(Stage::Sal, 1.5)], &[call]);
            if place <= bought {
                won(&mut delta, id, 100);
            }
        }
        let found = costs(&history(delta), &question());
        let late = part(&found, "late_revenue");
        let adds = if shows_loss { amount } else { 0 };
        assert_eq!(
            (late.amount_minor, late.shows_loss, late.adds_minor),
            (Some(amount), Some(shows_loss), adds),
            "{bought_late} {bought_in_time}"
        );
        assert_eq!(
            (found.not_won_minor, found.not_won_interval_minor),
            if shows_loss { (Some(adds), late.interval_minor) } else { (None, None) }
        );
        let (low, high) = late.interval_minor.unwrap();
        assert!(low <= amount && amount <= high);
        assert!(found.claims[0].measured.is_none_or(|rate| rate >= 0.0), "what is lost is never below nothing");
    }
}
