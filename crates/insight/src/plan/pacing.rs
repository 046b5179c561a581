//! The revenue target of a year against what is signed: month by month, ahead or behind in money and in days, and where it may end.

use alignment::Instant;
use rand::RngExt;
use rand_distr::{Distribution, Poisson};
use rayon::prelude::*;
use serde::Serialize;

use super::{
    ask::Ask,
    calendar::Month,
    draws::{self, Draw, Shifts},
    flows::Flows,
    lags,
    record::Record,
    tails,
    target::{self, Part},
};
use crate::{chance::seeded, engine::percentile, question::Period};

const FAN_REPLICATES: usize = 400;
/// Deals of one month drawn one by one; of more, the sum is taken as normal.
const DRAWN_MAX: usize = 200;
const OF_FAN: u64 = 3 << 32;
/// Bands of 50, 80 and 95 of 100, around the median.
pub const LEVELS: [f64; 7] = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];

#[derive(Clone, Debug, Serialize)]
pub struct Pacing {
    pub from: Instant,
    pub to: Instant,
    pub target_minor: i64,
    /// Signed in the period so far, in the currency of the question.
    pub signed_minor: i64,
    /// What the plan has by now.
    pub planned_minor: i64,
    /// Signed less planned.
    pub ahead_minor: i64,
    /// How long after now the plan has what is signed; negative where it had it before.
    pub ahead_days: f64,
    /// Fewer than twelve whole months are recorded: every month counts by its days.
    pub is_season_known: bool,
    pub months: Vec<PacedMonth>,
    pub quarters: Vec<Quarter>,
    /// Signed revenue at the end of each month to come, with leads coming as they do; empty where the record can't tell.
    pub fan: Vec<FanPoint>,
    /// The chance that the target is reached, by the same draws.
    pub chance: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
pub struct PacedMonth {
    /// `2026-07`.
    pub month: String,
    pub from: Instant,
    pub to: Instant,
    pub planned_minor: i64,
    pub planned_so_far_minor: i64,
    /// `None`: it has not begun.
    pub signed_minor: Option<i64>,
    pub signed_so_far_minor: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quarter {
    /// `2026-Q3`.
    pub quarter: String,
    pub planned_minor: i64,
    pub signed_minor: Option<i64>,
}

#[derive(Clone, Debug, Serialize)]
pub struct FanPoint {
    pub at: Instant,
    /// At [`LEVELS`], in minor units.
    pub signed_minor: [f64; 7],
}

/// `leads_per_month`: what comes in an average month. `None`: nothing is known of it, and there is no fan.
pub fn pacing(
    record: &Record,
    ask: &Ask,
    (period, target_minor): (Period, i64),
    parts: &[(Period, i64)],
    leads_per_month: Option<f64>,
) -> Pacing {
    let months = months(record, (period, target_minor), parts);
    // What was signed at this very instant is signed.
    let signed_minor = signed(record, period.from, record.as_of.plus_micros(1).min(period.to));
    let of_months: Vec<Part>;
    let parts = match parts {
        [] => {
            of_months = months.iter().map(|month| (Period { from: month.from, to: month.to }, month.planned_minor)).collect();
            &of_months
        }
        parts => parts,
    };
    let planned = target::planned_between(parts, period.from, record.as_of.min(period.to));
    let reached = target::reached_at(parts, period.from, signed_minor as f64).unwrap_or(period.to);
    let now = record.as_of.clamp(period.from, period.to);
    let is_told = record.to_come_from < period.to && leads_per_month.is_some() && draws::mean_size(record, ask).is_some();
    let ends = if is_told { fan(record, ask, period, leads_per_month.unwrap_or(0.0), signed_minor) } else { Vec::new() };
    let at_end = ends.last().map(|(_, sums)| sums.iter().filter(|sum| **sum >= target_minor as f64).count() as f64 / sums.len() as f64);
    Pacing {
        from: period.from,
        to: period.to,
        target_minor,
        signed_minor,
        planned_minor: planned.round() as i64,
        ahead_minor: signed_minor - planned.round() as i64,
        ahead_days: reached.days_since(now),
        is_season_known: record.deals.season.is_known,
        quarters: quarters(&months),
        months,
        fan: ends
            .into_iter()
            .map(|(at, sums)| FanPoint {
                at,
                signed_minor: LEVELS.map(|level| if sums.is_empty() { 0.0 } else { percentile(&sums, level) }),
            })
            .collect(),
        // On the last day, what is signed is all that will be.
        chance: at_end.or_else(|| {
            (record.as_of < period.to && record.to_come_from >= period.to).then(|| f64::from(u8::from(signed_minor >= target_minor)))
        }),
    }
}

fn months(record: &Record, target: Part, parts: &[Part]) -> Vec<PacedMonth> {
    let (mut planned, mut so_far) = (0, 0);
    let paced = |(month, (Period { from, to }, planned_minor)): (Month, Part)| {
        planned += planned_minor;
        let signed_minor = (from <= record.as_of).then(|| signed(record, from, to.min(record.as_of.plus_micros(1))));
        so_far += signed_minor.unwrap_or(0);
        PacedMonth {
            month: month.key(),
            from,
            to,
            planned_minor,
            planned_so_far_minor: planned,
            signed_minor,
            signed_so_far_minor: signed_minor.map(|_| so_far),
        }
    };
    target::by_month(target, parts, &record.deals.season, &record.zone).into_iter().map(paced).collect()
}

fn signed(record: &Record, from: Instant, to: Instant) -> i64 {
    let inside = record.deals.signed.iter().filter(|(at, _)| from <= *at && *at < to);
    inside.map(|(_, minor)| *minor).sum::<f64>() as i64
}

fn quarters(months: &[PacedMonth]) -> Vec<Quarter> {
    let name = |month: &PacedMonth| {
        let (year, of_year) = month.month.split_once('-').unwrap_or((&month.month, "1"));
        format!("{year}-Q{}", (of_year.parse::<usize>().unwrap_or(1) - 1) / 3 + 1)
    };
    let quarter = |months: &[PacedMonth]| Quarter {
        quarter: name(&months[0]),
        planned_minor: months.iter().map(|month| month.planned_minor).sum(),
        signed_minor: months[0].signed_minor.map(|_| months.iter().filter_map(|month| month.signed_minor).sum()),
    };
    months.chunk_by(|a, b| name(a) == name(b)).map(quarter).collect()
}

/// Sorted sums of all replicates at the end of each month.
fn fan(record: &Record, ask: &Ask, period: Period, leads_per_month: f64, signed_minor: i64) -> Vec<(Instant, Vec<f64>)> {
    let ask = Ask { by: period.to, replicates: ask.replicates.min(FAN_REPLICATES), ..ask.clone() };
    let flows = Flows::of(record, &ask);
    let shifts = Shifts::of(record, &ask);
    if shifts.known.iter().any(|known| !known) {
        return Vec::new();
    }
    let drawn = draws::all(record, &ask, &flows, &shifts);
    let entries = entries(&flows);
    let win_shift = shifts.steps.last().copied().unwrap_or(0.0);
    let of_pace: Vec<Vec<f64>> = entries.iter().map(|by_end| by_end.iter().map(|share| share * leads_per_month).collect()).collect();
    let path = |(replicate, draw): (usize, &Draw)| path(record, &ask, &flows, &of_pace, win_shift, draw, replicate as u64);
    let paths: Vec<Vec<f64>> = drawn.par_iter().enumerate().with_min_len(16).map(path).collect();
    let at_end = |(place, slot): (usize, &super::flows::Slot)| {
        let mut sums: Vec<f64> = paths.iter().map(|path| signed_minor as f64 + path[place]).collect();
        sums.sort_by(f64::total_cmp);
        (slot.month.to.min(period.to), sums)
    };
    flows.slots.iter().enumerate().map(at_end).collect()
}

/// Of one lead a month from each source: how many of those that become customers have by the end of each month.
fn entries(flows: &Flows) -> Vec<Vec<f64>> {
    let by_end = |end: usize| {
        let of_source = |through: &Vec<f64>| {
            let came = &flows.slots[..=end];
            came.iter().map(|slot| slot.weight * lags::in_time(through, slot.from_days, slot.to_days, flows.slots[end].to_days)).sum()
        };
        flows.leads_through.iter().map(of_source).collect()
    };
    (0..flows.slots.len()).map(by_end).collect()
}

/// Revenue signed by the end of each month, in one replicate.
fn path(record: &Record, ask: &Ask, flows: &Flows, entries: &[Vec<f64>], win_shift: f64, draw: &Draw, replicate: u64) -> Vec<f64> {
    let mut luck = seeded(ask.seed, replicate + OF_FAN);
    let sizes = &record.deals.sizes_minor;
    let mean = draws::mean_size(record, ask).unwrap_or(0.0);
    let scale = if sizes.is_empty() { 1.0 } else { mean * sizes.len() as f64 / sizes.iter().sum::<f64>() };
    let end = flows.slots.len();
    let (mut customers, mut minor) = (vec![0.0; end], vec![0.0; end]);
    for deals in &flows.deals {
        let u: f64 = luck.random();
        // The rates of deals are not drawn again: their own mean.
        let step = &record.deals.stages[deals.stage];
        let rate = draws::shifted((step.won as f64 + 0.5) / (step.closed as f64 + 1.0), win_shift);
        let (chance, amount) = (deals.open.converts(rate), deals.amount_minor.unwrap_or(mean));
        for (minor, signed_by) in minor.iter_mut().zip(&deals.signed_by) {
            *minor += tails::quantile(u, deals.deals, chance * signed_by) as f64 * amount;
        }
    }
    for open in &flows.passes {
        let u: f64 = luck.random();
        for (place, customers) in customers.iter_mut().enumerate() {
            *customers += tails::quantile(u, open.passes, draws::chance_of(open, &draw.rates, place)) as f64;
        }
    }
    let per_lead: Vec<f64> = flows.mix[0].iter().zip(&draw.rates).map(|(share, rates)| share * rates.iter().product::<f64>()).collect();
    let (mut sum, mut before, mut of_new) = (0.0, 0.0, 0.0);
    for place in 0..end {
        let expected = entries[place].iter().zip(&per_lead).map(|(share, rate)| share * rate).sum::<f64>();
        let new = Poisson::new((expected - of_new).max(1e-9)).map_or(0.0, |poisson| poisson.sample(&mut luck));
        let count = customers[place] - before + new;
        (before, of_new) = (customers[place], expected.max(of_new));
        for _ in 0..(count as usize).min(DRAWN_MAX) {
            sum += if sizes.is_empty() { mean } else { sizes[luck.random_range(0..sizes.len())] * scale };
        }
        sum += (count - DRAWN_MAX as f64).max(0.0) * mean;
        minor[place] += sum;
    }
    minor
}
