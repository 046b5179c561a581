use alignment::{Instant, lifecycle::DealStage};

use super::*;
use crate::{
    answer::State,
    history::History,
    kpi,
    question::{Dimension, Question},
    rows::{Delta, LeadRow},
    testing::*,
};

/// Two deals a week for `days` days: discovery for 10 days, then every third is lost; the others are in proposal for 20 days more and
/// are won for 1,000, 2,000 or 3,000.
fn steady(days: usize) -> Delta {
    let mut delta = Delta::default();
    let mut move_to = |id: i64, stage: DealStage, on_day: f64| {
        if on_day < days as f64 {
            let transition = delta.deal_transitions.len() as i64 + 1;
            delta.deal_transitions.push(moved(transition, id, stage, on_day));
        }
    };
    let mut deals = Vec::new();
    for id in 1..=(days as i64 * 2 / 7) {
        let opened = (id - 1) as f64 * 3.5;
        deals.push(deal(id, None, &[], Some(eur(1_000 * (id % 5 % 3 + 1))), opened));
        move_to(id, DealStage::Discovery, opened);
        if id % 3 == 0 {
            move_to(id, DealStage::Lost, opened + 10.0);
        } else {
            move_to(id, DealStage::Proposal, opened + 10.0);
            move_to(id, DealStage::Won, opened + 30.0);
        }
    }
    delta.deals = deals;
    delta
}

fn asked(as_of_day: f64) -> Question {
    Question { as_of: day(as_of_day), known_at: day(as_of_day), ..question() }
}

fn quick() -> Ask {
    Ask { months: 3, replicates: 1_000, ..Ask::default() }
}

fn told(history: &History, question: &Question, ask: &Ask) -> ForecastAnswer {
    forecast(&Context::of(history, question), ask)
}

#[test]
fn goes_on_as_it_went() {
    let (history, question) = (history(steady(400)), asked(400.0));
    let answer = told(&history, &question, &quick());
    let simulated = answer.simulated.unwrap();
    // About 8.7 deals come a month; two in three are won, for 1,800 on average.
    assert!((simulated.arrivals_per_month.unwrap() - 8.7).abs() < 1.0, "{:?}", simulated.arrivals_per_month);
    for month in &simulated.months[1..] {
        assert!((700_000..1_400_000).contains(&month.revenue.median_minor), "{month:?}");
        assert!(month.revenue.band_50.0 <= month.revenue.median_minor && month.revenue.band_95.1 >= month.revenue.band_80.1);
    }
    // What is open now decides the next weeks, what is not there yet the months after.
    assert!(simulated.months[1].from_open_minor > simulated.months[2].from_open_minor);
    assert!(simulated.months[3].from_new_minor > simulated.months[3].from_open_minor);
    let backtest = answer.backtest.unwrap();
    assert!(backtest.learned_then);
    let of_95 = backtest.coverage.iter().find(|coverage| coverage.ahead == 0 && coverage.level == 0.95).unwrap();
    // The first origins have seen only a few months.
    assert!(of_95.rate.unwrap() > 0.8, "{of_95:?}");
    assert!(backtest.errors[0].model_minor < 400_000, "{:?}", backtest.errors);
}

#[test]
fn the_same_question_has_the_same_answer_on_any_number_of_threads() {
    let (history, question) = (history(steady(300)), asked(300.0));
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| format!("{:?}", told(&history, &question, &quick())))
    };
    assert_eq!(on(1), on(3));
    let other = told(&history, &question, &Ask { seed: 2, ..quick() });
    assert_ne!(on(1), format!("{other:?}"));
}

/// What comes after the end of a past month changes nothing of what was foretold then.
#[test]
fn the_backtest_does_not_look_ahead() {
    let first = |delta: Delta, as_of_day: f64| {
        let answer = told(&history(delta), &asked(as_of_day), &quick());
        let origins = answer.backtest.unwrap().origins;
        origins
            .into_iter()
            .filter(|origin| origin.as_of < day(250.0))
            .map(|origin| (origin.as_of, origin.months[0].revenue.mean_minor, origin.months[0].revenue.median_minor))
            .collect::<Vec<_>>()
    };
    let (early, late) = (first(steady(300), 300.0), first(steady(390), 390.0));
    assert!(early.len() >= 3 && late.len() >= 3);
    assert_eq!(early[early.len() - 3..], late[late.len() - 3..]);
}

#[test]
fn open_deals_add_up_to_the_weighted_pipeline() {
    let mut delta = steady(300);
    delta.people.push(person(1, None));
    delta.leads.push(LeadRow { source: Some("webinar".into()), ..lead(1, "", 0.0) });
    delta.deals.last_mut().unwrap().lead = Some(1);
    let history = history(delta);
    let question = Question { by: Some(Dimension::Source), ..asked(300.0) };
    let answer = told(&history, &question, &quick());
    let number = kpi::answer(&history, &question, "weighted_pipeline").unwrap().measure;
    assert_eq!(number.state, State::Measured);
    let off = number.value.unwrap() - answer.weighted_minor as f64;
    assert!(off.abs() <= answer.rows.len() as f64, "{off}");
    assert_eq!(answer.rows.iter().map(|row| row.weighted_minor).sum::<i64>(), answer.weighted_minor);
    assert_eq!(answer.segments.iter().map(|segment| segment.weighted_minor).sum::<i64>(), answer.weighted_minor);
    assert_eq!(answer.segments.iter().map(|segment| segment.deals).sum::<u64>(), answer.rows.len() as u64);
    for row in &answer.rows {
        assert!((0.0..=1.0).contains(&row.win_rate.unwrap()) && row.expected_at.is_none_or(|at| at >= question.as_of), "{row:?}");
    }
    // A deal in proposal has left behind it where every third is lost.
    let rate = |stage: &str| answer.rows.iter().find(|row| row.stage == stage).and_then(|row| row.win_rate).unwrap();
    assert!(rate("proposal") > 0.95 && rate("discovery") < 0.9);
}

#[test]
fn past_months_are_the_scoreboards_revenue() {
    let (history, question) = (history(steady(200)), asked(200.0));
    let past = told(&history, &question, &quick()).past;
    let revenue: i64 = past.iter().map(|month| month.revenue_minor).sum();
    assert_eq!(kpi::answer(&history, &question, "revenue").unwrap().measure.value, Some(revenue as f64));
}

#[test]
fn too_little_says_nothing() {
    let answer = told(&History::empty(), &question(), &quick());
    assert!(answer.simulated.is_none() && answer.backtest.is_none() && answer.rows.is_empty() && answer.past.is_empty());
    let young = told(&history(steady(30)), &asked(30.0), &quick());
    assert!(young.simulated.is_none() && young.closed < CLOSED_MIN as u64);
    assert!(!young.rows.is_empty());
}

#[test]
fn a_record_brought_in_later_is_tested_by_what_had_happened() {
    let mut delta = steady(300);
    delta.deals.iter_mut().for_each(|deal| deal.recorded_at = day(299.0));
    delta.deal_transitions.iter_mut().for_each(|row| row.recorded_at = day(299.0));
    let backtest = told(&history(delta), &asked(300.0), &quick()).backtest.unwrap();
    assert!(!backtest.learned_then && !backtest.origins.is_empty());
    assert!(backtest.brought_in_later > 80, "{}", backtest.brought_in_later);
}

/// One deal that was brought in later does not let the origins see ahead of the others.
#[test]
fn what_was_known_then_is_decided_deal_by_deal() {
    let reading_of = |recorded: f64| {
        let mut delta = steady(120);
        delta.deals[0].recorded_at = day(recorded);
        let history = history(delta);
        let rows: Vec<u32> = (0..history.deals.len() as u32).collect();
        let reading = past::Reading { history: &history, currency: alignment::Currency::EUR, rows: &rows };
        let now = past::Past::at(reading, day(120.0), day(120.0));
        backtest::brought_in_later(reading, &now).into_iter().collect::<Vec<u32>>()
    };
    assert_eq!((reading_of(0.5), reading_of(1.5)), (vec![], vec![0]), "a day is live, longer is not, whatever the others are");
}

#[test]
fn without_openings_the_wins_themselves_are_what_comes() {
    let mut delta = steady(300);
    delta.deals.iter_mut().for_each(|deal| deal.opened_at = None);
    delta.deal_transitions.retain(|row| row.stage == DealStage::Won);
    let answer = told(&history(delta), &asked(300.0), &quick());
    let months = answer.simulated.unwrap().months;
    assert!(months[1].from_open_minor == 0 && months[1].from_new_minor > 500_000, "{:?}", months[1]);
}

#[test]
fn quarters_hold_their_months() {
    let text = |from: &str, to: &str| (format!("{from}T00:00:00Z"), format!("{to}T00:00:00Z"));
    for (as_of, this, next) in [
        ("2026-10-31T00:00:00Z", ("2026-10-01", "2027-01-01"), ("2027-01-01", "2027-04-01")),
        ("2026-11-10T00:00:00Z", ("2026-10-01", "2027-01-01"), ("2027-01-01", "2027-04-01")),
        ("2026-06-30T23:00:00Z", ("2026-04-01", "2026-07-01"), ("2026-07-01", "2026-10-01")),
    ] {
        let at: Instant = as_of.parse().unwrap();
        let (history, question) = (history(steady(313)), Question { as_of: at, known_at: at, ..question() });
        let answer = told(&history, &question, &Ask { months: 6, backtest: false, ..quick() });
        let quarters = answer.simulated.unwrap().quarters;
        let dates: Vec<_> = quarters.iter().map(|quarter| (quarter.starts_at.to_string(), quarter.ends_at.to_string())).collect();
        assert_eq!(dates, [text(this.0, this.1), text(next.0, next.1)], "{as_of}");
        assert!(quarters[0].revenue.band_95.0 >= quarters[0].signed_minor && quarters[1].signed_minor == 0);
    }
}
