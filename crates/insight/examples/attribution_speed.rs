//! How long the five rule models take over a history of N touches: `cargo run --release -p insight --example attribution_speed -- N`.
//!
//! The record is made up by a seeded generator: one company for ten touches, one won deal for a hundred, over 18 months.

use std::time::Instant as Stopwatch;

use alignment::{Currency, Instant, Money, instant::MICROS_PER_DAY, lifecycle::DealStage, touch::TouchKind};
use insight::{
    attribution::{MODELS, attribute},
    history::History,
    question::{Journey, Period, Question, Settings, Targets},
    rows::{CompanyRow, DealRow, DealTransitionRow, Delta, TouchRow},
};

const CHANNELS: [&str; 8] = ["organic_search", "paid_search", "social", "email", "referral", "direct", "event", "webinar"];
const DAYS: u64 = 540;

fn main() {
    let touches: i64 = match std::env::args().nth(1).map(|count| count.parse()) {
        None => 1_000_000,
        Some(Ok(count)) => count,
        Some(Err(_)) => return eprintln!("usage: attribution_speed [number of touches] [number of runs]"),
    };
    let made = Stopwatch::now();
    let history = History::empty().apply(record(touches));
    println!("{touches} touches, {} companies, {} won deals, made in {:.2} s", history.companies.len(), history.deals.len(), seconds(made));
    let first = Stopwatch::now();
    let total = attribute(&history, &question(), MODELS)[0].total.clone();
    println!("five models, the first time: {:.4} s ({} deals, {})", seconds(first), total.deals, total.revenue.major());
    let runs = std::env::args().nth(2).and_then(|runs| runs.parse().ok()).unwrap_or(9).max(1);
    let mut times: Vec<f64> = (0..runs).map(|_| one_run(&history)).collect();
    times.sort_by(f64::total_cmp);
    println!("five models, again: {:.4} s at best, {:.4} s in the middle of {}", times[0], times[times.len() / 2], times.len());
}

fn one_run(history: &History) -> f64 {
    let run = Stopwatch::now();
    let answers = attribute(history, &question(), MODELS);
    let took = seconds(run);
    assert_eq!(answers.len(), MODELS.len());
    took
}

fn seconds(since: Stopwatch) -> f64 {
    since.elapsed().as_secs_f64()
}

fn record(touches: i64) -> Delta {
    let mut dice = Dice(42);
    let companies = (touches / 10).max(1);
    let deals = touches / 100;
    let company = |id| CompanyRow {
        id,
        name: None,
        domain: None,
        industry: None,
        country: None,
        region: None,
        employees: None,
        annual_revenue: None,
        custom: Vec::new(),
    };
    let mut delta = Delta { companies: (1..=companies).map(company).collect(), ..Delta::default() };
    delta.touches = (1..=touches).map(|id| touch(id, companies, &mut dice)).collect();
    for id in 1..=deals {
        let company = Some(1 + dice.below(companies as u64) as i64);
        let amount = Some(Money::new(100_000 + dice.below(10_000_000) as i64, Currency::EUR));
        let (won_at, people) = (dice.instant(), Vec::new());
        let (recorded_at, opened_at) = (Instant(0), Some(Instant(0)));
        let deal =
            DealRow { id, company, lead: None, people, owner: None, amount, opened_at, expected_close_at: None, recorded_at, reason: None };
        delta.deals.push(deal);
        delta.deal_transitions.push(DealTransitionRow { id, deal: id, stage: DealStage::Won, at: Some(won_at), recorded_at: won_at });
    }
    delta
}

fn touch(id: i64, companies: i64, dice: &mut Dice) -> TouchRow {
    let at = dice.instant();
    TouchRow {
        id,
        person: None,
        company: Some(1 + dice.below(companies as u64) as i64),
        kind: TouchKind::PageView,
        at,
        recorded_at: at,
        channel: Some(CHANNELS[dice.below(CHANNELS.len() as u64) as usize].to_owned()),
        source: None,
        campaign: None,
        content: None,
    }
}

/// A lookback as long as the record, so that nearly every touch of a customer before the signature counts.
fn question() -> Question {
    let settings = Settings {
        agreement_version: 1,
        lookback_days: DAYS as u32,
        half_life_days: 7.0,
        journey: Journey::Company,
        model: "linear".into(),
        horizon_days: 90,
        review_minutes_max: 24 * 60,
        required_fields: Vec::new(),
        targets: Targets::default(),
    };
    let (as_of, known_at, period) = (Instant::MAX, Instant::MAX, Period::ALL);
    Question { as_of, known_at, period, by: None, filters: Vec::new(), currency: Currency::EUR, zone: jiff::tz::TimeZone::UTC, settings }
}

/// splitmix64 (Steele, Lea and Flood, 2014): the same record on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    fn instant(&mut self) -> Instant {
        Instant(self.below(DAYS * MICROS_PER_DAY as u64) as i64)
    }
}
