//! How often the diagnosis raises a false alarm: labels and periods of the sample company's rows dealt out anew a thousand times, and
//! the share of these histories in which anything at all is reported.
//!
//! `cargo run -p insight --example diagnosis_false_alarms -- [HISTORIES] [SCALE]`

#[path = "../tests/diagnosis/company.rs"]
mod company;

use std::time::Instant;

use alignment::rate::Rate;
use insight::diagnosis::{LEVEL, Shuffle, digest, prepare};
use rayon::prelude::*;

fn main() {
    let number = |index: usize, default: f64| std::env::args().nth(index).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (histories, scale) = (number(1, 1000.0) as u64, number(2, 1.0));
    let history = company::history(sample::SEED, scale);
    let question = company::question();
    let start = Instant::now();
    let digest = digest(&history, &question).expect("the sample lies inside the calendar");
    println!("digest: {} findings over {} looks in {:.0?}", digest.findings.len(), digest.looks, start.elapsed());
    let prepared = prepare(&history, &question).expect("the sample lies inside the calendar");
    let start = Instant::now();
    let raised = |replicate: &u64| prepared.raises_alarm(&Shuffle::of(&history, 1, *replicate));
    let alarms = (0..histories).into_par_iter().filter(raised).count() as u64;
    let (low, high) = Rate::new(alarms, histories).interval().unwrap_or((0.0, 1.0));
    println!(
        "{alarms} of {histories} reshuffled histories raise an alarm: {:.1}% (95% interval {:.1} to {:.1}%), level {:.0}%, in {:.0?}",
        100.0 * alarms as f64 / histories as f64,
        100.0 * low,
        100.0 * high,
        100.0 * LEVEL,
        start.elapsed()
    );
}
