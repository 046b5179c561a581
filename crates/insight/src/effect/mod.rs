//! What changed after a version of the Agreement took effect: the same length of time before and after it, and the same season a year
//! earlier beside it. It says what went with the change, never that the change did it.
//!
//! Time is shared out fairly: only what leads brought in their first days counts, and of both sides the same days. Half of the time since the
//! version took effect is for leads to come in, the other half for them to ripen, up to the window and the horizon.

mod numbers;
#[cfg(test)]
mod tests;

use alignment::{Instant, calendar::WorkCalendar};
use serde::Serialize;

pub use numbers::{ALL, Number};

use crate::{
    answer::{Better, Evidence, EvidenceRow, Unit},
    engine::Context,
    experiment::{proportions, proportions::Difference},
    history::History,
    question::{Period, Question},
};

/// What took effect when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Of the Agreement. `None`: another day that somebody asks about.
    pub version: Option<u32>,
    pub at: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The longest window on each side.
    pub window_days: u32,
    /// What leads brought in so many days counts. `None`: half of the time since, up to the Agreement's horizon.
    pub within_days: Option<u32>,
    /// Promised for the review, and for the first attempt after it.
    pub review_minutes_max: i64,
    pub first_attempt_minutes_max: i64,
}

/// With less than this after it, nothing is compared.
pub const WINDOW_DAYS_MIN: f64 = 14.0;
/// With fewer than this on one side, a number is shown and not judged.
pub const SAMPLE_MIN: u64 = 20;
/// The weekday stays the same.
pub const SEASON_DAYS: i64 = 364;

#[derive(Clone, Debug, Serialize)]
pub struct EffectAnswer {
    /// Newest first.
    pub changes: Vec<ChangeSeen>,
    pub agreement_version: u32,
}

#[derive(Clone, Debug, Serialize)]
pub struct ChangeSeen {
    pub version: Option<u32>,
    pub at: Instant,
    /// How long both windows are.
    pub window_days: f64,
    /// What leads brought in so many days counts.
    pub within_days: f64,
    /// The first instant at which it can be compared, where it is too early.
    pub too_early_until: Option<Instant>,
    pub before: Period,
    pub after: Period,
    /// Empty where it is too early.
    pub numbers: Vec<NumberSeen>,
}

#[derive(Clone, Debug, Serialize)]
pub struct NumberSeen {
    pub key: &'static str,
    pub name: &'static str,
    pub words: &'static str,
    pub unit: Unit,
    pub better: Better,
    pub now: Pair,
    /// The same two windows 52 weeks earlier.
    pub year_ago: Pair,
    /// p-value that allows for how many numbers are looked at.
    pub p_adjusted: Option<f64>,
    pub verdict: Verdict,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    pub before: Side,
    pub after: Side,
    pub difference: Option<Difference>,
}

/// A number on one side.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Side {
    /// 0..=1, hours, days or minor units.
    pub value: Option<f64>,
    pub n: u64,
    pub hits: Option<u64>,
    pub interval: Option<(f64, f64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Better,
    Worse,
    /// No change beyond chance.
    NoChange,
    TooFew,
    NotRecorded,
}

pub fn effect(history: &History, question: &Question, calendar: &WorkCalendar, changes: &[Change], settings: Settings) -> EffectAnswer {
    let context = Context::of(history, question);
    let numbers: Vec<_> = ALL.iter().map(|number| (number, numbers::entrants(&context, calendar, settings, number))).collect();
    let mut changes: Vec<ChangeSeen> = changes.iter().map(|change| seen(question, &numbers, *change, settings)).collect();
    changes.sort_by_key(|change| std::cmp::Reverse((change.at, change.version)));
    EffectAnswer { changes, agreement_version: question.settings.agreement_version }
}

/// Which figure's rows are wanted.
#[derive(Clone, Copy)]
pub struct Figure {
    pub change: Change,
    pub number: &'static Number,
    pub after: bool,
    pub year_ago: bool,
}

pub fn find(key: &str) -> Option<&'static Number> {
    ALL.iter().find(|number| number.key == key)
}

/// The leads or deals behind a figure, by the instant at which they entered its window; they add up to it.
pub fn rows(
    history: &History,
    question: &Question,
    calendar: &WorkCalendar,
    settings: Settings,
    figure: Figure,
    (offset, limit): (usize, usize),
) -> Evidence {
    let context = Context::of(history, question);
    let number = figure.number;
    let entrants = numbers::entrants(&context, calendar, settings, number);
    let windows = Windows::of(question, figure.change, settings);
    let window = if figure.after { windows.after } else { windows.before };
    let window = if figure.year_ago { a_year_earlier(window) } else { window };
    let ids = context.rows(number.table);
    let row = |(at, enter): &(Instant, numbers::Enter)| {
        let (hit, value) = numbers::counted(enter, windows.within_days)?;
        Some(EvidenceRow { id: ids[enter.row], hit, n: 1, hits: u32::from(hit), value: Some(value), at: Some(*at), fault: None })
    };
    let counted: Vec<EvidenceRow> = numbers::inside(&entrants, window).iter().filter_map(row).collect();
    let total = counted.len() as u64;
    Evidence { table: number.table, rows: counted.into_iter().skip(offset).take(limit).collect(), total }
}

/// What is compared with what.
struct Windows {
    window_days: f64,
    within_days: f64,
    before: Period,
    after: Period,
    too_early_until: Option<Instant>,
}

impl Windows {
    fn of(question: &Question, change: Change, settings: Settings) -> Windows {
        let since = question.as_of.days_since(change.at);
        let horizon = f64::from(question.settings.horizon_days).max(WINDOW_DAYS_MIN);
        let within_days = settings.within_days.map_or_else(|| (since / 2.0).floor().clamp(WINDOW_DAYS_MIN, horizon), f64::from);
        let window_days = (since - within_days).floor().clamp(0.0, f64::from(settings.window_days));
        let micros = |days: f64| (days * alignment::instant::MICROS_PER_DAY as f64) as i64;
        let window_min = WINDOW_DAYS_MIN.min(f64::from(settings.window_days));
        let needed = settings.within_days.map_or(WINDOW_DAYS_MIN, f64::from) + window_min;
        Windows {
            window_days,
            within_days,
            before: Period { from: change.at.plus_micros(-micros(window_days)), to: change.at },
            after: Period { from: change.at, to: change.at.plus_micros(micros(window_days)) },
            too_early_until: (window_days < window_min).then(|| change.at.plus_micros(micros(needed))),
        }
    }
}

fn a_year_earlier(period: Period) -> Period {
    Period { from: period.from.plus_days(-SEASON_DAYS), to: period.to.plus_days(-SEASON_DAYS) }
}

fn seen(question: &Question, numbers: &[(&'static Number, numbers::Entrants)], change: Change, settings: Settings) -> ChangeSeen {
    let Windows { window_days, within_days, before, after, too_early_until } = Windows::of(question, change, settings);
    let mut found = ChangeSeen {
        version: change.version,
        at: change.at,
        window_days,
        within_days,
        too_early_until,
        before,
        after,
        numbers: Vec::new(),
    };
    if too_early_until.is_none() {
        found.numbers = numbers.iter().map(|(number, entrants)| number_seen(number, entrants, before, after, within_days)).collect();
        judge(&mut found.numbers);
    }
    found
}

fn number_seen(number: &'static Number, entrants: &numbers::Entrants, before: Period, after: Period, within_days: f64) -> NumberSeen {
    let pair = |before, after| numbers::pair(number, entrants, before, after, within_days);
    NumberSeen {
        key: number.key,
        name: number.name,
        words: number.words,
        unit: number.unit,
        better: number.better,
        now: pair(before, after),
        year_ago: pair(a_year_earlier(before), a_year_earlier(after)),
        p_adjusted: None,
        verdict: Verdict::NotRecorded,
    }
}

fn judge(numbers: &mut [NumberSeen]) {
    let is_enough = |pair: &Pair| pair.before.n >= SAMPLE_MIN && pair.after.n >= SAMPLE_MIN;
    let judged: Vec<usize> = (0..numbers.len()).filter(|index| is_enough(&numbers[*index].now)).collect();
    // Without spread on either side there is no p-value, and any difference is one.
    let p_of = |number: &NumberSeen| {
        number.now.difference.map_or(1.0, |difference| difference.p_value.unwrap_or(f64::from(u8::from(difference.value == 0.0))))
    };
    let p_values: Vec<f64> = judged.iter().map(|index| p_of(&numbers[*index])).collect();
    for number in numbers.iter_mut() {
        let n = number.now.before.n + number.now.after.n;
        number.verdict = if n == 0 { Verdict::NotRecorded } else { Verdict::TooFew };
    }
    for (index, p_adjusted) in judged.into_iter().zip(proportions::adjusted(&p_values)) {
        let number = &mut numbers[index];
        number.p_adjusted = Some(p_adjusted);
        let step = number.now.difference.map_or(0.0, |difference| difference.value);
        number.verdict = match (p_adjusted < 0.05, (step > 0.0) == (number.better == Better::Up)) {
            (false, _) => Verdict::NoChange,
            (true, true) => Verdict::Better,
            (true, false) => Verdict::Worse,
        };
    }
}
