//! How such plans did: at the end of past months, what they would have said of the customers to come, against who came.

use alignment::{Instant, instant::MICROS_PER_DAY};
use rand::RngExt;
use serde::Serialize;

use super::{Ask, Record, Sim, Target, calendar, volumes};
use crate::{chance::seeded, engine::Context, history::History, question::Question};

/// Fewer whole months of record tell no plan.
const MONTHS_BEFORE: usize = 6;
const REPLICATES: usize = 300;
const OF_BACKTEST: u64 = 4 << 32;
/// Chances that the bands of the backtest have.
pub const BANDS: [f64; 3] = [0.5, 0.8, 0.95];

#[derive(Clone, Debug, Serialize)]
pub struct Backtest {
    pub horizon_days: i64,
    pub tried: Vec<Tried>,
    /// The share of months in each of [`BANDS`]. `None`: no month could be tried.
    pub coverage: Option<[f64; 3]>,
    /// What the share should be: of what was drawn, the mean share in each of [`BANDS`]. Bands end at whole customers, so they hold more
    /// than they are named after; with few customers, much more.
    pub expected_coverage: Option<[f64; 3]>,
    /// Mean of who came less the median that was expected.
    pub bias: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Tried {
    pub as_of: Instant,
    pub by: Instant,
    pub median: f64,
    /// Low and high of each of [`BANDS`].
    pub bands: [(f64, f64); 3],
    /// Of what was drawn, the share in each band, its ends included.
    pub held: [f64; 3],
    pub customers: u64,
}

/// At the end of each of the last `months` whole months for which all of `horizon_days` have passed since. A past plan sees nothing that
/// happened after its month; what was learned of it later, it knows, as records that are brought in at once would otherwise have no past.
pub fn backtest(history: &History, question: &Question, months: usize, horizon_days: i64) -> Backtest {
    let now = Record::of(&Context::of(history, question));
    let first = now.months.first().map_or(now.as_of, |(month, _)| month.from);
    let latest = now.as_of.plus_micros(-horizon_days * MICROS_PER_DAY);
    let whole = calendar::whole_before(latest, first, &now.zone, now.months.len());
    let ends = whole.iter().skip(MONTHS_BEFORE - 1).map(|month| month.to).rev().take(months);
    let mut tried: Vec<Tried> = ends.filter_map(|as_of| one(history, question, &now, as_of, horizon_days)).collect();
    tried.reverse();
    let of = |value: f64| value / tried.len() as f64;
    let inside = |place: usize| tried.iter().filter(|tried| within(tried.customers as f64, tried.bands[place])).count() as f64;
    let is_told = !tried.is_empty();
    Backtest {
        horizon_days,
        coverage: is_told.then(|| [0, 1, 2].map(|place| of(inside(place)))),
        expected_coverage: is_told.then(|| [0, 1, 2].map(|place| of(tried.iter().map(|tried| tried.held[place]).sum()))),
        bias: is_told.then(|| of(tried.iter().map(|tried| tried.customers as f64 - tried.median).sum())),
        tried,
    }
}

fn one(history: &History, question: &Question, now: &Record, as_of: Instant, horizon_days: i64) -> Option<Tried> {
    // The last instant of the month, so that what happened at the first of the next is still to come.
    let as_of = as_of.plus_micros(-1);
    let by = as_of.plus_days(horizon_days);
    let then = Question { as_of, ..question.clone() };
    let record = Record::of(&Context::of(history, &then));
    let ask = Ask { replicates: REPLICATES, ..Ask::new(Target::Customers(1), by) };
    let sim = Sim::of(&record, &ask);
    let luck = |place: usize| seeded(ask.seed, place as u64 + OF_BACKTEST).random();
    let mut drawn = volumes::customers_at_pace(&sim, luck)?;
    drawn.sort_by(f64::total_cmp);
    let at = |level: f64| drawn[((level * drawn.len() as f64).ceil() as usize).clamp(1, drawn.len()) - 1];
    let customers = now.customers_at.iter().filter(|at| as_of < **at && **at < by).count() as u64;
    let bands = BANDS.map(|band| (at(0.5 - band / 2.0), at(0.5 + band / 2.0)));
    let held = bands.map(|band| drawn.iter().filter(|drawn| within(**drawn, band)).count() as f64 / drawn.len() as f64);
    Some(Tried { as_of, by, median: at(0.5), bands, held, customers })
}

fn within(value: f64, (low, high): (f64, f64)) -> bool {
    (low..=high).contains(&value)
}
