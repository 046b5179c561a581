//! How long a backtest takes over a history of N touches: `cargo run --release -p insight --example backtest_speed -- N`. After it, how
//! long it takes to judge one person.
//!
//! The record is made up by a seeded generator: one person for ten touches, three people to a company, a lead for every third person and
//! a won deal for a hundred touches, over 18 months. The Agreement in force asks for a download; the draft is what Tandem proposes, with
//! all its scoring, and a score to reach.

use std::time::Instant as Stopwatch;

use alignment::{
    Currency, Instant, Money,
    agreement::{ActivityFilter, ActivityTest, Agreement, Criterion, ScoreName, ScoreTest},
    instant::MICROS_PER_DAY,
    judging::{Judge, Marks, Signal, Subject, Traits},
    lifecycle::{DealStage, Stage, StageSet},
    touch::TouchKind,
};
use insight::{backtest, history::History, question::Period, rows::*};

const DAYS: u64 = 540;
const INDUSTRIES: [&str; 8] = ["Logistics", "Retail", "Software", "Steel", "Chemicals", "Energy", "Media", "Health"];
const COUNTRIES: [&str; 8] = ["PT", "ES", "FR", "DE", "IT", "NL", "BE", "GB"];
const TITLES: [&str; 8] = ["Head of Sales", "CMO", "CEO", "Engineer", "Buyer", "Student", "Head of Marketing", "Analyst"];
const CHANNELS: [&str; 8] = ["organic_search", "paid_search", "social", "email", "referral", "direct", "event", "webinar"];

fn main() {
    let touches: i64 = match std::env::args().nth(1).map(|count| count.parse()) {
        None => 1_000_000,
        Some(Ok(count)) => count,
        Some(Err(_)) => return eprintln!("usage: backtest_speed [number of touches] [number of runs]"),
    };
    let made = Stopwatch::now();
    let history = History::empty().apply(record(touches));
    println!("{touches} touches of {} people, made in {:.1} s", history.people.len(), seconds(made));
    let (in_force, draft) = agreements();
    let runs = std::env::args().nth(2).and_then(|runs| runs.parse().ok()).unwrap_or(5).max(1);
    let as_of = Instant(DAYS as i64 * MICROS_PER_DAY);
    let mut times = Vec::new();
    for _ in 0..runs {
        let run = Stopwatch::now();
        let found = backtest::run(&history, &in_force, &draft, Period::ALL, as_of);
        times.push(seconds(run));
        if times.len() == 1 {
            println!(
                "{} MQLs in force, {} of the draft; {} people enter, {} leave",
                found.in_force.outcome.mqls, found.draft.outcome.mqls, found.entering.people, found.leaving.people
            );
            println!("backtest, the first time: {:.3} s", times[0]);
        }
    }
    times.sort_by(f64::total_cmp);
    println!("backtest: {:.3} s at best, {:.3} s in the middle of {runs}", times[0], times[times.len() / 2]);
    one_person(&draft);
}

fn agreements() -> (Agreement, Agreement) {
    let mut in_force = Agreement::default_for(Currency::EUR, "Europe/Lisbon");
    let filter = ActivityFilter { activity: vec![TouchKind::Download], ..ActivityFilter::default() };
    in_force.stages[Stage::Mql as usize].criteria = Some(Criterion::Activity(ActivityTest { filter, times_min: 1, within_days: None }));
    let mut draft = Agreement::default_for(Currency::EUR, "Europe/Lisbon");
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    draft.ideal_customer.industries = texts(&INDUSTRIES[..5]);
    draft.ideal_customer.countries = texts(&COUNTRIES[..6]);
    draft.ideal_customer.roles = texts(&["head of", "CMO", "CEO", "Buyer"]);
    let mut draft = draft.propose();
    if let Some(Criterion::All(parts)) = &mut draft.stages[Stage::Mql as usize].criteria {
        parts.push(Criterion::Score(ScoreTest { score: ScoreName::Total, at_least: 90.0 }));
    }
    (in_force, draft)
}

struct Ana;

impl Subject for Ana {
    fn text(&self, field: &str) -> Option<&str> {
        match field {
            "company.industry" => Some("Logistics"),
            "company.country" => Some("PT"),
            "company.employees" => Some("120"),
            "person.job_title" => Some("Head of Sales"),
            _ => None,
        }
    }
}

/// From nothing: the fields, the marks of ten touches, and whether each makes an MQL.
fn one_person(agreement: &Agreement) {
    const TIMES: u32 = 200_000;
    let judge = Judge::compile(agreement);
    let kinds = [TouchKind::PageView, TouchKind::EmailOpen, TouchKind::EmailClick, TouchKind::PageView, TouchKind::Download];
    let started = Stopwatch::now();
    let mut entered = 0;
    for _ in 0..TIMES {
        let mut walk = judge.walk(std::hint::black_box(&Ana));
        for touch in 0..10 {
            let traits = Traits { content: Some("Pricing"), channel: Some("email"), ..Traits::of_kind(kinds[touch % 5]) };
            let at = Instant(touch as i64 * MICROS_PER_DAY);
            let marks: Marks = judge.marks(&traits);
            walk.observe(&Signal { at, marks });
            entered += u32::from(walk.enters(Stage::Mql, at));
        }
    }
    let micros = seconds(started) * 1e6 / f64::from(TIMES);
    println!("one person with ten touches: {micros:.2} µs ({entered} of {} judgements were MQLs)", TIMES * 10);
}

fn seconds(since: Stopwatch) -> f64 {
    since.elapsed().as_secs_f64()
}

fn record(touches: i64) -> Delta {
    let mut dice = Dice(42);
    let people = (touches / 10).max(1);
    let companies = (people / 3).max(1);
    let mut delta = Delta { touches: (1..=touches).map(|id| touch(id, people, &mut dice)).collect(), ..Delta::default() };
    delta.companies = (1..=companies).map(|id| company(id, &mut dice)).collect();
    delta.people = (1..=people).map(|id| person(id, companies, &mut dice)).collect();
    delta.content = (1..=200).map(|id| content(id, &mut dice)).collect();
    for id in 1..=people / 3 {
        lead(id, &mut dice, &mut delta);
    }
    for id in 1..=touches / 100 {
        let lead = 1 + dice.below(people as u64 / 3 + 1) as i64;
        let amount = Some(Money::new(100_000 + dice.below(10_000_000) as i64, Currency::EUR));
        let at = dice.instant();
        delta.deals.push(DealRow {
            id,
            company: None,
            lead: Some(lead.min(people / 3)),
            people: vec![],
            owner: None,
            amount,
            opened_at: None,
            expected_close_at: None,
            recorded_at: at,
            reason: None,
        });
        delta.deal_transitions.push(DealTransitionRow { id, deal: id, stage: DealStage::Won, at: Some(at), recorded_at: at });
    }
    delta
}

fn touch(id: i64, people: i64, dice: &mut Dice) -> TouchRow {
    const KINDS: [TouchKind; 10] = [
        TouchKind::PageView,
        TouchKind::PageView,
        TouchKind::PageView,
        TouchKind::PageView,
        TouchKind::EmailOpen,
        TouchKind::EmailOpen,
        TouchKind::EmailClick,
        TouchKind::Download,
        TouchKind::Webinar,
        TouchKind::Form,
    ];
    let at = dice.instant();
    TouchRow {
        id,
        person: Some(1 + dice.below(people as u64) as i64),
        company: None,
        kind: *dice.pick(&KINDS),
        at,
        recorded_at: at,
        channel: dice.label(&CHANNELS),
        source: dice.label(&CHANNELS),
        campaign: None,
        content: Some(1 + dice.below(200) as i64),
        tags: Vec::new(),
    }
}

fn company(id: i64, dice: &mut Dice) -> CompanyRow {
    CompanyRow {
        id,
        name: None,
        domain: None,
        industry: dice.label(&INDUSTRIES),
        country: dice.label(&COUNTRIES),
        region: None,
        employees: Some(1 + dice.below(8000) as i64),
        annual_revenue: None,
        churned_at: None,
        custom: Vec::new(),
    }
}

fn person(id: i64, companies: i64, dice: &mut Dice) -> PersonRow {
    PersonRow {
        id,
        company: Some(1 + id % companies),
        has_name: true,
        has_email: true,
        has_phone: false,
        has_job_title: true,
        job_title: dice.label(&TITLES),
        email_domain: None,
        country: None,
        custom: Vec::new(),
    }
}

fn content(id: i64, dice: &mut Dice) -> NamedRow {
    let name = if id % 10 == 0 { "Pricing".to_owned() } else { format!("Article {id}") };
    NamedRow { id, name, group: dice.label(&["guide", "page", "webinar"]), at: None, email: None }
}

/// An MQL, half of them decided within days.
fn lead(id: i64, dice: &mut Dice, delta: &mut Delta) {
    let opened_at = dice.instant();
    delta.leads.push(LeadRow {
        id,
        person: id * 3,
        company: None,
        source: dice.label(&CHANNELS),
        campaign: None,
        content: None,
        owner: Some(1 + dice.below(20) as i64),
        opened_at,
        recorded_at: opened_at,
        stages_recorded: StageSet::ALL,
        custom: Vec::new(),
    });
    let decided = *dice.pick(&[Stage::Sal, Stage::Rejected]);
    for (offset, stage, days) in [(0, Stage::Mql, 3), (1, decided, 3 + dice.below(5) as i64)] {
        let at = opened_at.plus_days(days);
        let id = id * 2 + offset;
        delta.transitions.push(TransitionRow {
            id,
            lead: id / 2,
            stage,
            at: Some(at),
            recorded_at: at,
            reason: None,
            agreement_version: 1,
        });
    }
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

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len() as u64) as usize]
    }

    fn label(&mut self, all: &[&str]) -> Option<String> {
        Some((*self.pick(all)).to_owned())
    }

    fn instant(&mut self) -> Instant {
        Instant(self.below(DAYS * MICROS_PER_DAY as u64) as i64)
    }
}
