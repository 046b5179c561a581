//! The questions of `bench/insight/run.sh`, as Tandem answers them: `cargo run --release -p insight --example bench -- QUESTION FOLDER`.
//!
//! `make FOLDER TOUCHES` makes a record from a seed and saves its history; `rules`, `markov` and `funnel` open it and print their answer as
//! JSON, one process for each question; `times` prints how long each takes when the history is open already.

use std::{path::Path, time::Instant as Stopwatch};

use alignment::{Currency, Instant, instant::MICROS_PER_DAY};
use insight::{
    attribution::{self, Model, attribute},
    funnel::funnel,
    history::History,
    kpi,
    question::{Dimension, Goal, Journey, Period, Question, Settings, Targets, WorkingTime},
};

mod data;

/// As in the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["make", folder, touches] => make(Path::new(folder), touches.parse()?),
        ["rules", folder] => shares(&open(folder)?, RULES),
        ["markov", folder] => shares(&open(folder)?, "markov"),
        ["funnel", folder] => funnel_by_source(&open(folder)?),
        ["times", folder] => times(folder),
        _ => Err("usage: bench make FOLDER TOUCHES | rules FOLDER | markov FOLDER | funnel FOLDER | times FOLDER".into()),
    }
}

const RULES: &str = "first,last,linear,time_decay,u";

fn make(folder: &Path, touches: i64) -> Result<(), Failure> {
    let history = data::made(touches);
    history.save(folder)?;
    println!("{:?}", history.counts());
    Ok(())
}

fn open(folder: &str) -> Result<History, Failure> {
    Ok(History::open(Path::new(folder))?.ok_or("there is no history: run `make` first")?)
}

fn shares(history: &History, models: &str) -> Result<(), Failure> {
    let models: Vec<&'static Model> = attribution::select(models)?;
    for answer in attribute(history, &question(None), &models) {
        for row in &answer.rows {
            println!("{},{},{:.9},{}", answer.model, row.label.as_deref().unwrap_or(""), row.conversions, row.revenue.minor);
        }
        println!("{},total,{:.9},{}", answer.model, answer.total.conversions, answer.total.revenue.minor);
    }
    Ok(())
}

fn funnel_by_source(history: &History) -> Result<(), Failure> {
    let answer = funnel(history, &question(Some(Dimension::Source)));
    for row in &answer.rows {
        let counts = [row.leads, row.mqls, row.sals, row.sqls, row.customers].map(|count| count.unwrap_or(0).to_string());
        println!("{},{},{}", row.label.as_deref().unwrap_or(""), counts.join(","), row.revenue.minor);
    }
    Ok(())
}

fn times(folder: &str) -> Result<(), Failure> {
    let opened = Stopwatch::now();
    let history = open(folder)?;
    println!("{:<44} {:>8.4} s", "opened", opened.elapsed().as_secs_f64());
    let (rules, markov) = (attribution::select(RULES)?, attribution::select("markov")?);
    timed("five rule models", || attribute(&history, &question(None), &rules).len());
    timed("Markov", || attribute(&history, &question(None), &markov).len());
    for by in [None, Some(Dimension::Source), Some(Dimension::Channel), Some(Dimension::Industry), Some(Dimension::Owner)] {
        let name = format!("{} numbers by {}", kpi::ALL.len(), by.as_ref().map_or("nothing".to_owned(), Dimension::key));
        timed(&name, || kpi::scoreboard(&history, &question(by.clone())).len());
    }
    let back = Question { as_of: Instant(data::DAYS as i64 * MICROS_PER_DAY), ..question(None) };
    timed(&format!("{} numbers by nothing, looking back", kpi::ALL.len()), || kpi::scoreboard(&history, &back).len());
    Ok(())
}

fn timed(name: &str, run: impl FnMut() -> usize) {
    let (first, best) = best(5, run);
    println!("{name:<44} {first:>8.4} s the first time, {best:.4} s at best");
}

/// Seconds of the first run, and of the quickest of all.
fn best<T>(runs: usize, mut run: impl FnMut() -> T) -> (f64, f64) {
    let mut once = || {
        let started = Stopwatch::now();
        std::hint::black_box(run());
        started.elapsed().as_secs_f64()
    };
    let first = once();
    (first, (1..runs).map(|_| once()).fold(first, f64::min))
}

fn question(by: Option<Dimension>) -> Question {
    let settings = Settings {
        agreement_version: 1,
        lookback_days: 90,
        half_life_days: 7.0,
        journey: Journey::Company,
        model: "linear".into(),
        goal: Goal::Revenue,
        markov_order: 1,
        horizon_days: 90,
        review_minutes_max: 1440,
        required_fields: vec!["email".into(), "company".into(), "industry".into()],
        working: WorkingTime::around_the_clock(),
        gross_margin: None,
        targets: Targets::default(),
    };
    let (as_of, known_at) = (Instant(data::AS_OF_DAYS * MICROS_PER_DAY), Instant::MAX);
    let zone = jiff::tz::TimeZone::UTC;
    Question { as_of, known_at, period: Period::ALL, by, filters: Vec::new(), currency: Currency::EUR, zone, settings, gaps: Vec::new() }
}
