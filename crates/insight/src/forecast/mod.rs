//! What deals will bring, by month: the stage-weighted pipeline, and a simulation of open deals by their age in the stage and of deals
//! that are not there yet, checked against what came after past months.

mod answer;
mod arrivals;
mod backtest;
mod bands;
mod clocks;
mod model;
mod months;
mod open;
mod past;
mod simulate;
#[cfg(test)]
mod tests;

use alignment::Instant;
use jiff::tz::TimeZone;

pub use answer::{ForecastAnswer, MonthAhead, OpenCounts, OpenRow, OpenSegment, PastMonth, Simulated, SpanAhead};
pub use backtest::{AHEAD, Backtest, Coverage, Errors, Foretold, Origin, SeasonalError};
pub use bands::{Bands, LEVELS};
pub use model::CLOSED_MIN;
pub use simulate::REPLICATES;

use crate::{engine::Context, rows::Table};
use backtest::{backtest, widening_now};
use model::Model;
use months::{month_starts, months_from};
use past::{Past, Reading};
use simulate::{Draws, Horizon, replicates_for, simulate};

/// Months of revenue that are shown before those to come.
const PAST_MONTHS: usize = 12;

/// What is asked of the forecast beside the question itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// Whole months after the one under way, 1 to 12.
    pub months: usize,
    pub replicates: u64,
    pub seed: u64,
    pub backtest: bool,
}

impl Default for Ask {
    fn default() -> Ask {
        Ask { months: 6, replicates: REPLICATES, seed: 1, backtest: true }
    }
}

pub fn forecast(context: &Context, ask: &Ask) -> ForecastAnswer {
    let question = context.question;
    let rows: Vec<u32> = (0..context.history.deals.len()).filter(|row| context.keeps(Table::Deals, *row)).map(|row| row as u32).collect();
    let reading = Reading { history: context.history, currency: question.currency, rows: &rows };
    let past = Past::at(reading, question.as_of, question.known_at);
    let model = Model::of(&past, &question.zone);
    let horizon = horizon_of(question.as_of, ask.months, &question.zone);
    let draws = model.as_ref().map(|model| {
        let replicates = replicates_for(ask.replicates, model, &horizon);
        simulate(model, &horizon, ask.seed, replicates)
    });
    let tested = ask.backtest.then(|| backtest(reading, &past, question.known_at, &question.zone, ask.seed)).flatten();
    let widening = tested.as_ref().map_or(1.0, widening_now);
    let rows = open::rows(context, &past, &horizon, draws.as_ref());
    let simulated = model.as_ref().zip(draws.as_ref()).and_then(|(model, draws)| {
        Some(Simulated {
            seed: ask.seed,
            replicates: draws.replicates,
            arrivals_per_month: model.arrivals.as_ref().map(|arrivals| arrivals.monthly()),
            months: months_ahead(&past, &horizon, draws, &rows, widening)?,
            quarters: quarters(&past, &horizon, draws, widening, &question.zone),
            widening,
        })
    });
    ForecastAnswer {
        as_of: question.as_of,
        simulated,
        weighted_minor: rows.iter().map(|row| row.weighted_minor).sum(),
        open: open::counts(&rows),
        segments: open::segments(context, &rows),
        past: past_months(&past, &question.zone),
        backtest: tested,
        closed: past.closed() as u64,
        rows,
    }
}

/// The rest of the month of `as_of`, and `months` after it.
fn horizon_of(as_of: Instant, months: usize, zone: &TimeZone) -> Horizon {
    let mut bounds = months_from(as_of, months + 1, zone);
    let month_start = bounds[0];
    let calendar_month = |at: Instant| usize::from(at.in_zone(zone).month().unsigned_abs()) - 1;
    let share = (bounds[1].0 - as_of.0) as f64 / (bounds[1].0 - bounds[0].0).max(1) as f64;
    let coming = bounds.windows(2).enumerate().map(|(ahead, ends)| (calendar_month(ends[0]), ahead, if ahead == 0 { share } else { 1.0 }));
    let coming = coming.collect();
    bounds[0] = as_of;
    Horizon { month_start, bounds, coming }
}

fn months_ahead(past: &Past, horizon: &Horizon, draws: &Draws, rows: &[OpenRow], widening: f64) -> Option<Vec<MonthAhead>> {
    let mean = |draws: &[i64]| (draws.iter().map(|draw| i128::from(*draw)).sum::<i128>() / draws.len().max(1) as i128) as i64;
    let month = |place: usize| {
        let (starts_at, ends_at) = (horizon.bounds[place], horizon.bounds[place + 1]);
        // The month under way began before what is still to come of it.
        let signed_minor = if place == 0 { past.won_between(horizon.month_start, past.as_of.plus_micros(1)) } else { 0 };
        let from_open_minor = mean(&draws.from_open[place]);
        let expected = |row: &&OpenRow| row.expected_at.or(row.stated_at).is_some_and(|at| starts_at <= at && at < ends_at);
        Some(MonthAhead {
            starts_at: if place == 0 { horizon.month_start } else { starts_at },
            ends_at,
            signed_minor,
            revenue: Bands::of(draws.all[place].clone())?.widened(widening, 0).plus(signed_minor),
            from_open_minor,
            from_new_minor: mean(&draws.all[place]) - from_open_minor,
            weighted_minor: rows.iter().filter(expected).map(|row| row.weighted_minor).sum(),
        })
    };
    (0..horizon.coming.len()).map(month).collect()
}

/// The quarter under way and the next one, as far as the horizon holds them.
fn quarters(past: &Past, horizon: &Horizon, draws: &Draws, widening: f64, zone: &TimeZone) -> Vec<SpanAhead> {
    let month_of_year = usize::from(horizon.month_start.in_zone(zone).month().unsigned_abs()) - 1;
    let left = 3 - month_of_year % 3;
    let month_before = |at: Instant| months_from(at.plus_micros(-1), 0, zone)[0];
    let opens_at = (0..month_of_year % 3).fold(horizon.month_start, |at, _| month_before(at));
    let span = |(from, to): (usize, usize)| {
        let ends_at = *horizon.bounds.get(to)?;
        let starts_at = if from == 0 { opens_at } else { horizon.bounds[from] };
        let signed_minor = if from == 0 { past.won_between(starts_at, past.as_of.plus_micros(1)) } else { 0 };
        let in_replicate = |replicate: usize| draws.all[from..to].iter().map(|month| month[replicate]).sum();
        let sums: Vec<i64> = (0..draws.replicates as usize).map(in_replicate).collect();
        Some(SpanAhead { starts_at, ends_at, signed_minor, revenue: Bands::of(sums)?.widened(widening, 0).plus(signed_minor) })
    };
    [(0, left), (left, left + 3)].into_iter().filter_map(span).collect()
}

fn past_months(past: &Past, zone: &TimeZone) -> Vec<PastMonth> {
    let Some(first) = past.begins() else { return Vec::new() };
    let starts = month_starts(first, past.as_of, zone);
    let shown = &starts[starts.len().saturating_sub(PAST_MONTHS + 1)..];
    let end = |place: usize| shown.get(place + 1).copied().unwrap_or(past.as_of.plus_micros(1));
    let month = |place: usize| PastMonth { starts_at: shown[place], revenue_minor: past.won_between(shown[place], end(place)) };
    (0..shown.len()).map(month).collect()
}
