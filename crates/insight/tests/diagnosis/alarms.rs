//! Silence where there is no story. `examples/diagnosis_false_alarms.rs` measures the same over 1,000 histories.

use insight::diagnosis::{LEVEL, Shuffle, prepare};
use rayon::prelude::*;

use crate::company;

const HISTORIES: u64 = 100;

#[test]
fn reshuffled_histories_raise_few_alarms() {
    let history = company::history(sample::SEED, 0.25);
    let prepared = prepare(&history, &company::question()).expect("the sample lies inside the calendar");
    let raised = |replicate: &u64| prepared.raises_alarm(&Shuffle::of(&history, 1, *replicate));
    let alarms = (0..HISTORIES).into_par_iter().filter(raised).count();
    println!("{alarms} of {HISTORIES} reshuffled histories raise an alarm, {} looks each", prepared.looks());
    // If one in twenty does, more than 12 of 100 come once in a thousand times (SciPy 1.17.1: binom.sf(12, 100, 0.05) = 0.0015).
    assert!(alarms <= 12, "{alarms} of {HISTORIES} at a level of {LEVEL}");
}
