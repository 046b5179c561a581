//! What could come, drawn many times: each open deal goes on from the age it has in its stage, new deals arrive, and what is won is
//! added up by month. Each fit of the model is of a past drawn again, so that how little is known of it widens the bands.

use alignment::{Instant, instant::MICROS_PER_DAY, lifecycle::DealStage};
use rand::{Rng, RngExt};
use rayon::prelude::*;

use super::{
    clocks::Clocks,
    model::{Fit, Model},
    past::Path,
};
use crate::chance::seeded;

/// Pasts drawn; each makes an equal part of the replicates.
pub const FITS: u64 = 100;
pub const REPLICATES: u64 = 10_000;
/// Fewer would not show the ends of a 95% band.
const REPLICATES_MIN: u64 = 1_000;
/// Deals walked through in all replicates together: what keeps a page from computing for seconds.
const WALKS_MAX: u64 = 12_000_000;
/// A deal that has changed its stage so often has no end to be found.
const MOVES_MAX: usize = 30;

/// The months that are drawn.
#[derive(Clone, Debug)]
pub struct Horizon {
    /// The start of the month that is under way.
    pub month_start: Instant,
    /// The rest of the month that is under way, and the months after it: their starts, and the end of the last.
    pub bounds: Vec<Instant>,
    /// (calendar month, how many months ahead, the part of it that is still to come)
    pub coming: Vec<(usize, usize, f64)>,
}

#[derive(Clone, Debug, Default)]
pub struct Draws {
    pub replicates: u64,
    /// By month, the minor units won in each replicate: of open deals, and of all.
    pub from_open: Vec<Vec<i64>>,
    pub all: Vec<Vec<i64>>,
    /// Of each open deal.
    pub open: Vec<OpenDraws>,
}

#[derive(Clone, Debug, Default)]
pub struct OpenDraws {
    /// Replicates in which it was won within the horizon, by month.
    pub won: Vec<u64>,
    /// The days until then, added up over these.
    pub days: u64,
    /// Replicates in which it was lost within the horizon.
    pub lost: u64,
}

/// How many replicates the walks allow.
pub fn replicates_for(wanted: u64, model: &Model, horizon: &Horizon) -> u64 {
    let months: f64 = horizon.coming.iter().map(|(_, _, share)| share).sum();
    let arriving = model.arrivals.as_ref().map_or(0.0, |arrivals| arrivals.monthly() * months);
    let walks = (model.past.open().count() as f64 + arriving).max(1.0);
    let affordable = (WALKS_MAX as f64 / walks) as u64;
    let least = wanted.min(REPLICATES_MIN);
    affordable.clamp(least, wanted) / FITS.min(least) * FITS.min(least)
}

/// The same for the same seed, whatever the number of threads.
pub fn simulate(model: &Model, horizon: &Horizon, seed: u64, replicates: u64) -> Draws {
    let open: Vec<&Path> = model.past.open().collect();
    let fits = FITS.min(replicates).max(1);
    let each = replicates / fits;
    let chunks: Vec<Draws> = (0..fits).into_par_iter().map(|fit| chunk(model, &open, horizon, seed, fit, each)).collect();
    let blank = || vec![Vec::with_capacity((fits * each) as usize); horizon.coming.len()];
    let mut draws = Draws {
        replicates: fits * each,
        from_open: blank(),
        all: blank(),
        open: vec![OpenDraws { won: vec![0; horizon.coming.len()], ..OpenDraws::default() }; open.len()],
    };
    for chunk in chunks {
        draws.from_open.iter_mut().zip(chunk.from_open).for_each(|(all, part)| all.extend(part));
        draws.all.iter_mut().zip(chunk.all).for_each(|(all, part)| all.extend(part));
        for (all, part) in draws.open.iter_mut().zip(chunk.open) {
            all.won.iter_mut().zip(part.won).for_each(|(all, part)| *all += part);
            all.days += part.days;
            all.lost += part.lost;
        }
    }
    draws
}

/// The replicates of one fit.
fn chunk(model: &Model, open: &[&Path], horizon: &Horizon, seed: u64, fit: u64, each: u64) -> Draws {
    let months = horizon.coming.len();
    let mut chance = seeded(seed, fit);
    let mut weights = vec![0_u32; model.lessons.len()];
    for _ in 0..weights.len() {
        weights[chance.random_range(0..model.lessons.len())] += 1;
    }
    let fit = model.fit(&weights);
    let as_of = model.past.as_of;
    let mut draws = Draws {
        replicates: each,
        from_open: vec![Vec::with_capacity(each as usize); months],
        all: vec![Vec::with_capacity(each as usize); months],
        open: vec![OpenDraws { won: vec![0; months], ..OpenDraws::default() }; open.len()],
    };
    let mut sums = vec![0_i64; months];
    for _ in 0..each {
        sums.fill(0);
        for (path, own) in open.iter().zip(&mut draws.open) {
            let Some((since, stage)) = path.now() else { continue };
            match walk(&fit.clocks[model.class(path)], stage, since, as_of, horizon, &mut chance) {
                Some((at, DealStage::Won)) => {
                    let month = month_of(horizon, at);
                    own.won[month] += 1;
                    own.days += ((at.0 - as_of.0).max(0) / MICROS_PER_DAY) as u64;
                    sums[month] = sums[month].saturating_add(path.amount_minor.unwrap_or(0));
                }
                Some(_) => own.lost += 1,
                None => {}
            }
        }
        draws.from_open.iter_mut().zip(&sums).for_each(|(month, sum)| month.push(*sum));
        arrive(model, &fit, horizon, &mut sums, &mut chance);
        draws.all.iter_mut().zip(&sums).for_each(|(month, sum)| month.push(*sum));
    }
    draws
}

/// Deals that are not there yet: when they come, how they go, and what the won ones are worth.
fn arrive(model: &Model, fit: &Fit, horizon: &Horizon, sums: &mut [i64], chance: &mut impl Rng) {
    let Some(arrivals) = &model.arrivals else { return };
    let counts = arrivals.draw(&horizon.coming, chance);
    for (month, count) in counts.into_iter().enumerate() {
        let (from, to) = (horizon.bounds[month], horizon.bounds[month + 1]);
        for _ in 0..count {
            if fit.firsts.is_empty() {
                return;
            }
            let at = Instant(from.0 + ((to.0 - from.0) as f64 * chance.random::<f64>()) as i64);
            let (stage, class) = fit.firsts[chance.random_range(0..fit.firsts.len())];
            let won_minor = &fit.won_minor[class];
            if let Some((won_at, DealStage::Won)) = walk(&fit.clocks[class], stage, at, at, horizon, chance)
                && !won_minor.is_empty()
            {
                let amount = won_minor[chance.random_range(0..won_minor.len())];
                let month = month_of(horizon, won_at);
                sums[month] = sums[month].saturating_add(amount);
            }
        }
    }
}

/// From a stage to the end, if it comes within the horizon: when, and won or lost.
fn walk(
    clocks: &Clocks,
    mut stage: DealStage,
    mut since: Instant,
    now: Instant,
    horizon: &Horizon,
    chance: &mut impl Rng,
) -> Option<(Instant, DealStage)> {
    let end = horizon.bounds[horizon.bounds.len() - 1];
    let mut age_days = (now.0 - since.0).max(0) as f64 / MICROS_PER_DAY as f64;
    for _ in 0..MOVES_MAX {
        if stage.is_closed() {
            return Some((since, stage));
        }
        let (days, next) = clocks.leaves(stage, age_days, chance)?;
        let at = since.0.saturating_add((days * MICROS_PER_DAY as f64) as i64);
        if at >= end.0 {
            return None;
        }
        (stage, since, age_days) = (next, Instant(at), 0.0);
    }
    None
}

fn month_of(horizon: &Horizon, at: Instant) -> usize {
    let place = horizon.bounds.partition_point(|start| *start <= at);
    place.saturating_sub(1).min(horizon.coming.len() - 1)
}
