//! Draws of what may come: rates, deal sizes, what the open passes and deals bring. Each replicate has a stream of its own, and what it
//! draws does not depend on the date, the target or the probability: a plan and its what-if meet the same luck.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution, Gamma};
use rayon::prelude::*;

use super::{
    ask::{Ask, Target},
    flows::{Flows, beliefs},
    record::Record,
    tails,
};
use crate::chance::seeded;

/// Deals drawn one by one for a revenue; what is missing then is filled with average ones.
const SIZES_DRAWN_MAX: usize = 5_000;
/// Streams of the same replicate that draw other things.
const OF_SIZES: u64 = 1 << 32;
const OF_OPEN: u64 = 2 << 32;

pub struct Draw {
    /// By stage: customers that its entries still have to bring.
    pub wanted: Vec<f64>,
    /// By stage: the chance of one entry, and how many trials of that chance each entry stands for (below 1 where months differ).
    pub chances: Vec<(f64, f64)>,
    /// By source: cost of a lead in minor units, on average over the plan.
    pub costs_minor: Vec<Option<f64>>,
    /// Customers and revenue from what is open.
    pub open_customers: f64,
    pub open_revenue_minor: f64,
    /// Rates by source and step.
    pub rates: Vec<Vec<f64>>,
}

/// The shift on the scale of log odds that takes the rate of all sources to the one assumed.
pub struct Shifts {
    pub steps: Vec<f64>,
    /// Whether the step can be told at all.
    pub known: Vec<bool>,
}

impl Shifts {
    pub fn of(record: &Record, ask: &Ask) -> Shifts {
        let rates = ask.changes.rates();
        let wanted = |from: alignment::lifecycle::Stage| rates.get(from as usize).copied().flatten();
        let shift = |step: &super::record::Step| {
            let rate = (step.reached as f64 + 0.5) / (step.entered as f64 + 1.0);
            wanted(step.from).map_or(0.0, |wanted| log_odds(wanted) - log_odds(rate))
        };
        Shifts {
            steps: record.steps.iter().map(shift).collect(),
            known: record.steps.iter().map(|step| step.entered > 0 || wanted(step.from).is_some()).collect(),
        }
    }
}

fn log_odds(rate: f64) -> f64 {
    let rate = rate.clamp(1e-9, 1.0 - 1e-9);
    (rate / (1.0 - rate)).ln()
}

pub fn shifted(rate: f64, shift: f64) -> f64 {
    if shift == 0.0 { rate } else { 1.0 / (1.0 + (-(log_odds(rate) + shift)).exp()) }
}

/// All replicates, in order.
pub fn all(record: &Record, ask: &Ask, flows: &Flows, shifts: &Shifts) -> Vec<Draw> {
    let beliefs: Vec<Vec<Option<Beta<f64>>>> = (0..record.sources.len())
        .map(|source| (0..record.steps.len()).map(|step| believed(beliefs(record, source, step))).collect())
        .collect();
    let weights: Vec<Vec<f64>> = (0..record.steps.len()).map(|stage| flows.weights(stage)).collect();
    let draw = |replicate: usize| draw(record, ask, flows, shifts, &beliefs, &weights, replicate as u64);
    (0..ask.replicates).into_par_iter().with_min_len(16).map(draw).collect()
}

fn believed((a, b): (f64, f64)) -> Option<Beta<f64>> {
    Beta::new(a, b).ok()
}

fn draw(
    record: &Record,
    ask: &Ask,
    flows: &Flows,
    shifts: &Shifts,
    beliefs: &[Vec<Option<Beta<f64>>>],
    weights: &[Vec<f64>],
    replicate: u64,
) -> Draw {
    let mut chance = seeded(ask.seed, replicate);
    let mut rate = |belief: &Option<Beta<f64>>, shift: f64| shifted(belief.map_or(0.5, |belief| belief.sample(&mut chance)), shift);
    let rates: Vec<Vec<f64>> =
        beliefs.iter().map(|steps| steps.iter().zip(&shifts.steps).map(|(belief, shift)| rate(belief, *shift)).collect()).collect();
    let win_shift = shifts.steps.last().copied().unwrap_or(0.0);
    let deal_rates: Vec<f64> = record
        .deals
        .stages
        .iter()
        .map(|step| rate(&believed((step.won as f64 + 0.5, (step.closed - step.won) as f64 + 0.5)), win_shift))
        .collect();
    let costs_minor = record.sources.iter().map(|source| cost(&source.cost, weights, &mut chance)).collect();
    let mut luck = seeded(ask.seed, replicate + OF_OPEN);
    let (deals, deals_minor) = signed_deals(record, ask, flows, &deal_rates, &mut luck);
    let passes = signed_passes(flows, &rates, &mut luck, record.steps.len());
    let mut sizes = seeded(ask.seed, replicate + OF_SIZES);
    let in_all: f64 = passes.iter().sum();
    let more = |needed: f64| passes_from(&passes).iter().map(|from| (needed - from).max(0.0)).collect::<Vec<f64>>();
    let (wanted, open_revenue_minor) = match ask.target {
        Target::Customers(customers) => (more(customers as f64 - deals), deals_minor + in_all * mean_size(record, ask).unwrap_or(0.0)),
        Target::Revenue(minor) => {
            let (needed, of_passes) = deals_for(record, ask, minor as f64 - deals_minor, in_all, &mut sizes);
            (more(needed), deals_minor + of_passes)
        }
    };
    let chances = (0..record.steps.len()).map(|stage| chances(flows, &rates, &weights[stage], stage)).collect();
    Draw { wanted, chances, costs_minor, open_customers: deals + in_all, open_revenue_minor, rates }
}

/// Customers from the open passes of each stage and the later ones.
fn passes_from(passes: &[f64]) -> Vec<f64> {
    let mut from = passes.to_vec();
    for stage in (0..from.len().saturating_sub(1)).rev() {
        from[stage] += from[stage + 1];
    }
    from
}

/// The mean over the plan's months varies less than a month does.
fn cost(cost: &super::costs::Cost, weights: &[Vec<f64>], chance: &mut ChaCha8Rng) -> Option<f64> {
    let mean = cost.per_lead_minor?;
    let months: f64 = weights.first().map_or(1.0, |weights| weights.iter().sum::<f64>()).max(1.0);
    let variance = cost.variation * cost.variation / months;
    // Drawn in any case, so that what follows meets the same luck for every date.
    let shape = 1.0 / variance.max(1e-6);
    let drawn = Gamma::new(shape, 1.0 / shape).map_or(1.0, |gamma| gamma.sample(chance));
    Some(mean * drawn)
}

fn signed_deals(record: &Record, ask: &Ask, flows: &Flows, rates: &[f64], luck: &mut ChaCha8Rng) -> (f64, f64) {
    let unsaid_minor = mean_size(record, ask).unwrap_or(0.0);
    let (mut signed, mut minor) = (0.0, 0.0);
    for deals in &flows.deals {
        let u: f64 = luck.random();
        let in_time = deals.signed_by.last().copied().unwrap_or(0.0);
        let count = tails::quantile(u, deals.deals, deals.open.converts(rates[deals.stage]) * in_time) as f64;
        signed += count;
        minor += count * deals.amount_minor.unwrap_or(unsaid_minor);
    }
    (signed, minor)
}

fn signed_passes(flows: &Flows, rates: &[Vec<f64>], luck: &mut ChaCha8Rng, stages: usize) -> Vec<f64> {
    let mut signed = vec![0.0; stages];
    for open in &flows.passes {
        let u: f64 = luck.random();
        signed[open.stage] += tails::quantile(u, open.passes, chance_of(open, rates, usize::MAX)) as f64;
    }
    signed
}

/// The chance of an open pass to be signed by the end of a month; `usize::MAX` is the last.
pub fn chance_of(open: &super::flows::OpenPasses, rates: &[Vec<f64>], slot: usize) -> f64 {
    let rates = &rates[open.source];
    let then: f64 = rates[open.stage + 1..].iter().product();
    let in_time = |signed_by: &[f64]| signed_by.get(slot).or(signed_by.last()).copied().unwrap_or(0.0);
    open.ages.iter().map(|aged| aged.share * aged.open.converts(rates[open.stage]) * then * in_time(&aged.signed_by)).sum()
}

/// Of an entry into the stage: the chance to become a customer in time over the useful months. Months differ in it; a binomial of the same
/// mean and variance has the chance sum(c^2) / sum(c), and mean / chance trials.
fn chances(flows: &Flows, rates: &[Vec<f64>], weights: &[f64], stage: usize) -> (f64, f64) {
    let sum: f64 = weights.iter().sum();
    if sum <= 0.0 {
        return (0.0, 0.0);
    }
    let of_source: Vec<f64> =
        flows.mix[stage].iter().zip(rates).map(|(share, rates)| share * rates[stage..].iter().product::<f64>()).collect();
    let (mut first, mut second) = (0.0, 0.0);
    for (month, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
        let chance: f64 = of_source.iter().zip(&flows.in_time[stage]).map(|(of_source, in_time)| of_source * in_time[month]).sum();
        first += weight / sum * chance;
        second += weight / sum * chance * chance;
    }
    if first > 0.0 { (second / first, first * first / second) } else { (0.0, 0.0) }
}

/// How many deals, drawn from those that were signed, it takes to reach an amount; and what the first `open` of them are worth.
fn deals_for(record: &Record, ask: &Ask, minor: f64, open: f64, chance: &mut ChaCha8Rng) -> (f64, f64) {
    let Some(mean) = mean_size(record, ask) else { return (f64::INFINITY, 0.0) };
    let sizes = &record.deals.sizes_minor;
    let scale = if sizes.is_empty() { 1.0 } else { mean * sizes.len() as f64 / sizes.iter().sum::<f64>() };
    let (mut sum, mut count, mut of_open, mut reached) = (0.0, 0.0, 0.0, None);
    if minor <= 0.0 {
        reached = Some(0.0);
    }
    for _ in 0..SIZES_DRAWN_MAX {
        if reached.is_some() && count >= open {
            break;
        }
        let size = if sizes.is_empty() { mean } else { sizes[chance.random_range(0..sizes.len())] * scale };
        (sum, count) = (sum + size, count + 1.0);
        if count <= open {
            of_open += size;
        }
        if sum >= minor && reached.is_none() {
            reached = Some(count);
        }
    }
    let of_open = of_open + (open - count).max(0.0) * mean;
    (reached.unwrap_or(count + ((minor - sum) / mean).ceil()), of_open)
}

/// What a signed deal is worth on average. `None`: none was signed, and nothing is assumed.
pub fn mean_size(record: &Record, ask: &Ask) -> Option<f64> {
    let sizes = &record.deals.sizes_minor;
    let recorded = || (!sizes.is_empty()).then(|| sizes.iter().sum::<f64>() / sizes.len() as f64);
    ask.changes.deal_size_minor.or_else(recorded).filter(|mean| *mean > 0.0)
}
