//! How long the whole scoreboard takes over a history of N touches: `cargo run --release -p insight --example scoreboard_speed -- N`.
//!
//! The record is made up by a seeded generator: one company and one lead for ten touches, one deal for a hundred, over 18 months.

use std::time::Instant as Stopwatch;

use alignment::{
    Currency, Instant, Money,
    instant::MICROS_PER_DAY,
    lifecycle::{DealStage, Side, Stage, StageSet},
    touch::{ActivityKind, TouchKind},
};
use insight::{
    history::History,
    kpi,
    question::{Dimension, Journey, Period, Question, Settings, Targets},
    rows::*,
};

const SOURCES: [&str; 6] = ["organic_search", "paid_search", "social", "email", "referral", "unknown"];
const DAYS: u64 = 540;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let touches: i64 = std::env::args().nth(1).map_or(Ok(1_000_000), |count| count.parse())?;
    let made = Stopwatch::now();
    let made_of = History::empty().apply(record(touches));
    println!("{:?}, made in {:.2} s", made_of.counts(), seconds(made));
    let folder = std::env::temp_dir().join(format!("scoreboard_speed-{}", std::process::id()));
    let saved = Stopwatch::now();
    made_of.save(&folder)?;
    println!("saved in {:.2} s", seconds(saved));
    let opened = Stopwatch::now();
    let history = History::open(&folder)?.ok_or("nothing was saved")?;
    println!("opened and verified in {:.3} s", seconds(opened));
    let one = Delta { last_event: 1, touches: vec![touch(touches + 1, 1, &mut Dice(7))], ..Delta::default() };
    let applied = Stopwatch::now();
    let next = history.apply(one);
    println!("one more touch applied in {:.3} s ({} touches)", seconds(applied), next.counts().touches);
    for by in [None, Some(Dimension::Source), Some(Dimension::Channel)] {
        let question = Question { by: by.clone(), ..question() };
        let mut times: Vec<f64> = (0..5).map(|_| one_run(&history, &question)).collect();
        let first = times[0];
        println!("{} numbers by {by:?}: {first:.3} s the first time, {:.3} s at best", kpi::ALL.len(), best(&mut times));
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn best(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[0]
}

fn one_run(history: &History, question: &Question) -> f64 {
    let run = Stopwatch::now();
    assert_eq!(kpi::scoreboard(history, question).len(), kpi::ALL.len());
    seconds(run)
}

fn seconds(since: Stopwatch) -> f64 {
    since.elapsed().as_secs_f64()
}

fn question() -> Question {
    Question {
        as_of: Instant(DAYS as i64 * MICROS_PER_DAY),
        known_at: Instant::MAX,
        period: Period::ALL,
        by: None,
        filters: Vec::new(),
        currency: Currency::EUR,
        zone: jiff::tz::TimeZone::UTC,
        settings: Settings {
            agreement_version: 1,
            lookback_days: 90,
            half_life_days: 7.0,
            journey: Journey::Company,
            model: "linear".into(),
            horizon_days: 90,
            review_minutes_max: 1440,
            required_fields: vec!["email".into(), "company".into(), "industry".into()],
            targets: Targets::default(),
        },
    }
}

fn record(touches: i64) -> Delta {
    let mut dice = Dice(42);
    let companies = (touches / 10).max(1);
    let mut delta = Delta { touches: (1..=touches).map(|id| touch(id, companies, &mut dice)).collect(), ..Delta::default() };
    for id in 1..=companies {
        delta.companies.push(CompanyRow {
            id,
            name: None,
            domain: None,
            industry: dice.label(),
            country: dice.label(),
            region: None,
            employees: None,
            annual_revenue: None,
            custom: Vec::new(),
        });
        delta.people.push(PersonRow {
            id,
            company: Some(id),
            has_name: true,
            has_email: true,
            has_phone: false,
            has_job_title: false,
            job_title: None,
            email_domain: None,
            country: None,
            custom: Vec::new(),
        });
        lead(id, &mut dice, &mut delta);
    }
    for id in 1..=touches / 100 {
        deal(id, &mut dice, companies, &mut delta);
    }
    for id in 1..=500 {
        let at = dice.instant();
        let amount = Money::new(dice.below(1_000_000) as i64, Currency::EUR);
        delta.spend.push(SpendRow {
            id,
            campaign: None,
            channel: None,
            source: dice.label(),
            side: Side::Marketing,
            at,
            recorded_at: at,
            amount,
        });
    }
    delta
}

fn lead(id: i64, dice: &mut Dice, delta: &mut Delta) {
    let at = dice.instant();
    delta.leads.push(LeadRow {
        id,
        person: id,
        company: Some(id),
        source: dice.label(),
        campaign: None,
        content: None,
        owner: Some(1 + dice.below(30) as i64),
        opened_at: at,
        recorded_at: at,
        stages_recorded: StageSet::ALL,
        custom: Vec::new(),
    });
    let mut at = at;
    for stage in [Stage::Mql, Stage::Sal, Stage::Sql, Stage::Customer] {
        if dice.below(3) == 0 {
            break;
        }
        at = at.plus_days(dice.below(20) as i64);
        let (id, lead) = (delta.transitions.len() as i64 + 1, id);
        delta.transitions.push(TransitionRow { id, lead, stage, at: Some(at), recorded_at: at, reason: None, agreement_version: 1 });
    }
    let (person, company) = (Some(id), Some(id));
    let kind = ActivityKind::Call;
    delta.activities.push(ActivityRow { id, person, company, deal: None, user: Some(1), kind, at, recorded_at: at, content: None });
}

fn deal(id: i64, dice: &mut Dice, companies: i64, delta: &mut Delta) {
    let company = 1 + dice.below(companies as u64) as i64;
    let at = dice.instant();
    delta.deals.push(DealRow {
        id,
        company: Some(company),
        lead: Some(company),
        people: vec![company],
        owner: Some(1 + dice.below(30) as i64),
        amount: Some(Money::new(100_000 + dice.below(10_000_000) as i64, Currency::EUR)),
        opened_at: Some(at),
        expected_close_at: None,
        recorded_at: at,
        reason: None,
    });
    let end = [DealStage::Won, DealStage::Lost, DealStage::Proposal][dice.below(3) as usize];
    for (stage, after_days) in [(DealStage::Discovery, 0), (end, dice.below(60) as i64)] {
        let (transition, at) = (delta.deal_transitions.len() as i64 + 1, at.plus_days(after_days));
        delta.deal_transitions.push(DealTransitionRow { id: transition, deal: id, stage, at: Some(at), recorded_at: at });
    }
}

fn touch(id: i64, companies: i64, dice: &mut Dice) -> TouchRow {
    let at = dice.instant();
    let company = 1 + dice.below(companies as u64) as i64;
    TouchRow {
        id,
        person: Some(company),
        company: Some(company),
        kind: TouchKind::PageView,
        at,
        recorded_at: at,
        channel: dice.label(),
        source: None,
        campaign: None,
        content: None,
    }
}

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn instant(&mut self) -> Instant {
        Instant((self.below(DAYS * 86_400) * 1_000_000) as i64)
    }

    fn label(&mut self) -> Option<String> {
        Some(SOURCES[self.below(SOURCES.len() as u64) as usize].to_owned())
    }
}
