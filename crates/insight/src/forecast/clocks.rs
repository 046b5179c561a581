//! How long deals stay in each stage and where they go from it: a semi-Markov process read off the past. Each stage has a clock, the
//! Kaplan-Meier curve of its stays with Aalen-Johansen's split over the ways out, and an even hazard where it has too few stays left.

use alignment::{instant::MICROS_PER_DAY, lifecycle::DealStage};
use rand::{Rng, RngExt};

use super::past::Path;

/// Beyond the age that fewer stays than this reached, the curve is no longer followed.
const AT_RISK_MIN: u32 = 5;
/// A stage that fewer deals have left than this has no clock of its own.
const ENDED_MIN: usize = 5;
const STAGES: usize = 3;

/// A stay in a stage: its length, how it ended, and whose it was.
#[derive(Clone, Copy)]
struct Stay {
    days: f64,
    next: Option<DealStage>,
    deal: u32,
}

/// The stays of the past by stage, shortest first, so that a fit with any weights is one pass.
#[derive(Clone)]
pub struct Stays {
    by_stage: [Vec<Stay>; STAGES],
}

/// One fit: a clock for each open stage.
pub struct Clocks {
    clocks: [Clock; STAGES],
}

#[derive(Default)]
struct Clock {
    steps: Vec<Step>,
    /// From this age on stays end at an even rate.
    tail_days: f64,
    tail_hazard: f64,
    tail_ways: [u32; DealStage::ALL.len()],
}

struct Step {
    days: f64,
    /// Share still there afterwards.
    open_rate: f64,
    ways: [u32; DealStage::ALL.len()],
}

impl Stays {
    pub fn of(paths: &[&Path], as_of: alignment::Instant, is_kept: impl Fn(&Path) -> bool) -> Stays {
        let mut by_stage: [Vec<Stay>; STAGES] = Default::default();
        for (deal, path) in (0..).zip(paths).filter(|(_, path)| is_kept(path)) {
            for (place, (entered_at, stage)) in path.moves.iter().enumerate().filter(|(_, (_, stage))| !stage.is_closed()) {
                let next = path.moves.get(place + 1);
                let until = next.map_or(as_of, |(at, _)| *at);
                let days = (until.0 - entered_at.0).max(0) as f64 / MICROS_PER_DAY as f64;
                by_stage[*stage as usize].push(Stay { days, next: next.map(|(_, stage)| *stage), deal });
            }
        }
        // A stage that hardly anybody has left yet goes the way of all stages together.
        let all: Vec<Stay> = by_stage.iter().flatten().copied().collect();
        for stays in &mut by_stage {
            if stays.iter().filter(|stay| stay.next.is_some()).count() < ENDED_MIN {
                stays.clone_from(&all);
            }
            stays.sort_by(|a, b| a.days.total_cmp(&b.days).then(a.deal.cmp(&b.deal)));
        }
        Stays { by_stage }
    }

    /// `weights`: how often each deal counts.
    pub fn fit(&self, weights: &[u32]) -> Clocks {
        Clocks { clocks: std::array::from_fn(|stage| clock(&self.by_stage[stage], weights)) }
    }
}

impl Clocks {
    /// When a deal that has been in a stage for `age_days` leaves it, counted from entering, and where it goes. `None`: it stays for good.
    pub fn leaves(&self, stage: DealStage, age_days: f64, chance: &mut impl Rng) -> Option<(f64, DealStage)> {
        let clock = &self.clocks[stage as usize];
        if age_days < clock.tail_days {
            let place = clock.steps.partition_point(|step| step.days <= age_days);
            let open_rate = place.checked_sub(1).map_or(1.0, |before| clock.steps[before].open_rate);
            let target = open_rate * chance.random::<f64>();
            let leaving = clock.steps[place..].partition_point(|step| step.open_rate > target) + place;
            if let Some(step) = clock.steps.get(leaving) {
                return Some((step.days, way(&step.ways, chance)?));
            }
        }
        if clock.tail_hazard <= 0.0 {
            return None;
        }
        let more = -(1.0 - chance.random::<f64>()).ln() / clock.tail_hazard;
        Some((age_days.max(clock.tail_days) + more, way(&clock.tail_ways, chance)?))
    }
}

fn clock(stays: &[Stay], weights: &[u32]) -> Clock {
    let weight = |stay: &Stay| weights[stay.deal as usize];
    let mut at_risk: u32 = stays.iter().map(weight).sum();
    let mut clock = Clock::default();
    let mut open_rate = 1.0;
    for tied in stays.chunk_by(|a, b| a.days == b.days) {
        if at_risk < AT_RISK_MIN {
            break;
        }
        let mut ways = [0; DealStage::ALL.len()];
        for stay in tied {
            if let Some(next) = stay.next {
                ways[next as usize] += weight(stay);
            }
        }
        let ended: u32 = ways.iter().sum();
        if ended > 0 {
            open_rate *= 1.0 - f64::from(ended) / f64::from(at_risk);
            clock.steps.push(Step { days: tied[0].days, open_rate, ways });
        }
        clock.tail_days = tied[0].days;
        at_risk -= tied.iter().map(weight).sum::<u32>();
    }
    tail(&mut clock, stays, weights);
    clock
}

/// The even rate of the longer half of the stays, or of all where too few of those have ended.
fn tail(clock: &mut Clock, stays: &[Stay], weights: &[u32]) {
    let middle = stays.get(stays.len() / 2).map_or(0.0, |stay| stay.days);
    for from in [middle, 0.0] {
        let mut days = 0.0;
        clock.tail_ways = [0; DealStage::ALL.len()];
        for stay in stays.iter().filter(|stay| stay.days >= from) {
            let weight = weights[stay.deal as usize];
            days += (stay.days - from) * f64::from(weight);
            if let Some(next) = stay.next {
                clock.tail_ways[next as usize] += weight;
            }
        }
        let ended: u32 = clock.tail_ways.iter().sum();
        // Stays of no length at all would end at once for ever after: an hour is the least.
        clock.tail_hazard = f64::from(ended) / days.max(f64::from(ended) / 24.0).max(f64::MIN_POSITIVE);
        if ended >= AT_RISK_MIN {
            break;
        }
    }
}

fn way(ways: &[u32], chance: &mut impl Rng) -> Option<DealStage> {
    let all: u32 = ways.iter().sum();
    if all == 0 {
        return None;
    }
    let mut drawn = chance.random_range(0..all);
    for (stage, count) in DealStage::ALL.into_iter().zip(ways) {
        match drawn.checked_sub(*count) {
            Some(rest) => drawn = rest,
            None => return Some(stage),
        }
    }
    None
}
