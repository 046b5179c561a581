//! What the model would have said at the end of past months, of what was known then, beside what came.

use alignment::{Instant, rate::Rate};
use jiff::tz::TimeZone;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use serde::Serialize;

use super::{
    bands::{Bands, LEVELS},
    horizon_of,
    model::Model,
    months::month_starts,
    past::{Past, Path, Reading},
    simulate::{replicates_for, simulate},
};
use crate::score::LIVE_DAYS;

/// Ends of months that are gone back to, at most.
pub const ORIGINS_MAX: usize = 12;
/// Whole months that are foretold at each.
pub const AHEAD: usize = 3;
const REPLICATES: u64 = 1_000;
/// Origins before this many have passed say too little to draw bands apart by.
const WIDENED_FROM: usize = 4;

#[derive(Clone, Debug, Serialize)]
pub struct Backtest {
    /// Whether each origin saw only what had been written down by then, of all deals.
    pub learned_then: bool,
    /// Deals that were brought in later, so that what was known of them when can't be told: of these each origin sees what had happened by
    /// then.
    pub brought_in_later: u64,
    /// Whether deals are worth at each origin what they are worth now, and not what was known then.
    pub amounts_as_now: bool,
    pub origins: Vec<Origin>,
    /// Of the bands as they are shown, of each level: months inside, and all.
    pub coverage: Vec<Coverage>,
    /// The same of bands that are not drawn apart.
    pub coverage_before_widening: Vec<Coverage>,
    /// Mean absolute error of the month's revenue, by how many months ahead, and of all (0).
    pub errors: Vec<Errors>,
}

/// The end of a past month.
#[derive(Clone, Debug, Serialize)]
pub struct Origin {
    pub as_of: Instant,
    /// By how much the bands were drawn apart, by the origins before.
    pub widening: f64,
    pub months: Vec<Foretold>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Foretold {
    pub starts_at: Instant,
    pub ahead: usize,
    /// As shown.
    pub revenue: Bands,
    pub actual_minor: i64,
    /// The same as the last whole month.
    pub naive_minor: i64,
    /// The same as the month a year before. `None`: the record does not go back so far.
    pub seasonal_minor: Option<i64>,
    #[serde(skip)]
    raw: Bands,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Coverage {
    pub level: f64,
    /// 0: all.
    pub ahead: usize,
    pub inside: u64,
    pub of: u64,
    pub rate: Option<f64>,
    /// Wilson's 95%, as if months were independent of each other, which they are not quite.
    pub interval: Option<(f64, f64)>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Errors {
    pub ahead: usize,
    pub of: u64,
    pub model_minor: i64,
    pub naive_minor: i64,
    /// Over the months that have one.
    pub seasonal: Option<SeasonalError>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SeasonalError {
    pub of: u64,
    pub minor: i64,
    /// The model's, of the same months.
    pub model_minor: i64,
}

/// `known_at` is that of the question: later knowledge counts nowhere.
pub fn backtest(reading: Reading, now: &Past, known_at: Instant, zone: &TimeZone, seed: u64) -> Option<Backtest> {
    let first = now.begins()?;
    let starts = month_starts(first, now.as_of, zone);
    let late = brought_in_later(reading, now);
    // The last month that is over is the last that can be foretold.
    let last = starts.len().checked_sub(2)?;
    let places: Vec<usize> = (1..=last).rev().take(ORIGINS_MAX + AHEAD - 1).collect();
    let origin = |place: &usize| {
        let as_of = starts[*place].plus_micros(-1);
        let past = Past::known(reading, as_of, |row| if late.contains(&row) { known_at } else { as_of.min(known_at) });
        let model = Model::of(&past, zone)?;
        let months = foretold(&model, now, &starts, (*place, last), zone, seed);
        Some(Origin { as_of, widening: 1.0, months })
    };
    let mut origins: Vec<Origin> = places.par_iter().filter_map(origin).collect();
    origins.reverse();
    let raw = coverage(&origins, |month| month.raw);
    widen(&mut origins);
    (!origins.is_empty()).then(|| Backtest {
        learned_then: late.is_empty(),
        brought_in_later: late.len() as u64,
        amounts_as_now: true,
        coverage: coverage(&origins, |month| month.revenue),
        coverage_before_widening: raw,
        errors: (0..=AHEAD).filter_map(|ahead| errors(&origins, ahead)).collect(),
        origins,
    })
}

/// Rows of the deals that were not written down as they came about: more than a day after they were first seen.
pub(super) fn brought_in_later(reading: Reading, now: &Past) -> FxHashSet<u32> {
    let recorded_at = |path: &Path| reading.history.deals.recorded_at.get(path.row as usize);
    let is_late = |path: &&Path| recorded_at(path) > path.first_at().plus_days(LIVE_DAYS);
    now.paths.iter().filter(is_late).map(|path| path.row).collect()
}

fn foretold(model: &Model, now: &Past, starts: &[Instant], (place, last): (usize, usize), zone: &TimeZone, seed: u64) -> Vec<Foretold> {
    // As far ahead whether or not it has come: what is drawn must not depend on when it is asked.
    let horizon = horizon_of(starts[place].plus_micros(-1), AHEAD, zone);
    let draws = simulate(model, &horizon, seed, replicates_for(REPLICATES, model, &horizon));
    let revenue = |month: usize| now.won_between(starts[month], starts[month + 1]);
    let month = |ahead: usize| {
        // The first is the microsecond that is left of the month before.
        let bands = Bands::of(draws.all[ahead].clone())?;
        let of = place + ahead - 1;
        Some(Foretold {
            starts_at: starts[of],
            ahead,
            revenue: bands,
            raw: bands,
            actual_minor: revenue(of),
            naive_minor: revenue(place - 1),
            // The first month is mostly cut off by the beginning of the record.
            seasonal_minor: of.checked_sub(12).filter(|place| *place > 0).map(revenue),
        })
    };
    (1..=AHEAD.min(last + 1 - place)).filter_map(month).collect()
}

/// Each origin's bands are drawn apart by what was seen at the origins before it: only months that were over by then.
fn widen(origins: &mut [Origin]) {
    for place in 0..origins.len() {
        let as_of = origins[place].as_of;
        let seen: Vec<&Foretold> =
            origins[..place].iter().flat_map(|origin| &origin.months).filter(|month| month.starts_at.plus_days(27) < as_of).collect();
        let factor = if place < WIDENED_FROM { 1.0 } else { widening(&seen) };
        origins[place].widening = factor;
        for month in &mut origins[place].months {
            month.revenue = month.raw.widened(factor, 0);
        }
    }
}

/// The factor for a forecast made now, by all months that are over.
pub fn widening_now(backtest: &Backtest) -> f64 {
    let seen: Vec<&Foretold> = backtest.origins.iter().flat_map(|origin| &origin.months).collect();
    if backtest.origins.len() < WIDENED_FROM { 1.0 } else { widening(&seen) }
}

/// The least factor, of 1 and more, by which the 80% bands would have held 80 of 100 months. Never less: few months can look lucky.
fn widening(seen: &[&Foretold]) -> f64 {
    const LEVEL: f64 = 0.8;
    const FACTOR_MAX: f64 = 3.0;
    let needed = |month: &&Foretold| {
        let (low, high) = month.raw.band_80;
        let off = month.actual_minor - month.raw.median_minor;
        let reach = if off >= 0 { high - month.raw.median_minor } else { month.raw.median_minor - low };
        if off == 0 { 0.0 } else { off.abs() as f64 / (reach as f64).max(1.0) }
    };
    let mut factors: Vec<f64> = seen.iter().map(needed).collect();
    factors.sort_unstable_by(f64::total_cmp);
    let place = ((factors.len() as f64 + 1.0) * LEVEL).ceil() as usize;
    factors.get(place.saturating_sub(1).min(factors.len().saturating_sub(1))).map_or(1.0, |factor| factor.clamp(1.0, FACTOR_MAX))
}

fn coverage(origins: &[Origin], bands: impl Fn(&Foretold) -> Bands) -> Vec<Coverage> {
    let mut all = Vec::new();
    for ahead in 0..=AHEAD {
        let months: Vec<&Foretold> = of_ahead(origins, ahead).collect();
        for (place, level) in LEVELS.into_iter().enumerate() {
            let is_inside = |month: &&&Foretold| {
                let (low, high) = bands(month).band(place);
                low <= month.actual_minor && month.actual_minor <= high
            };
            let rate = Rate::new(months.iter().filter(is_inside).count() as u64, months.len() as u64);
            all.push(Coverage { level, ahead, inside: rate.hits, of: rate.of, rate: rate.value(), interval: rate.interval() });
        }
    }
    all
}

fn of_ahead(origins: &[Origin], ahead: usize) -> impl Iterator<Item = &Foretold> {
    origins.iter().flat_map(|origin| &origin.months).filter(move |month| ahead == 0 || month.ahead == ahead)
}

fn errors(origins: &[Origin], ahead: usize) -> Option<Errors> {
    let months: Vec<&Foretold> = of_ahead(origins, ahead).collect();
    let off = |month: &Foretold| i128::from(month.revenue.median_minor - month.actual_minor).abs();
    let mean = |sum: i128, of: usize| (sum / of.max(1) as i128) as i64;
    let seasonal: Vec<(&Foretold, i64)> = months.iter().filter_map(|month| Some((*month, month.seasonal_minor?))).collect();
    (!months.is_empty()).then(|| Errors {
        ahead,
        of: months.len() as u64,
        model_minor: mean(months.iter().map(|month| off(month)).sum(), months.len()),
        naive_minor: mean(months.iter().map(|month| i128::from(month.naive_minor - month.actual_minor).abs()).sum(), months.len()),
        seasonal: (!seasonal.is_empty()).then(|| SeasonalError {
            of: seasonal.len() as u64,
            minor: mean(seasonal.iter().map(|(month, minor)| i128::from(minor - month.actual_minor).abs()).sum(), seasonal.len()),
            model_minor: mean(seasonal.iter().map(|(month, _)| off(month)).sum(), seasonal.len()),
        }),
    })
}
