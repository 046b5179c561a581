//! The funnel as flows: what is open and what will come, with the share of it that is signed in time.

use alignment::Instant;

use super::{
    ask::{Ask, MONTHS_MAX},
    calendar::{self, Month},
    lags::{self, StillOpen},
    record::Record,
};

/// A month is useful for a stage if at least this share of its eventual customers signs in time.
const USEFUL_MIN: f64 = 0.1;
/// More open deals than that are taken together with their neighbours in stage and age.
const DEAL_GROUPS_MAX: usize = 256;

pub struct Flows {
    /// From now to the date, the first and the last in part.
    pub slots: Vec<Slot>,
    /// By stage and source: shares of the entries that are to come; each stage's sum to 1.
    pub mix: Vec<Vec<f64>>,
    /// By stage, source and month: of those who enter then and become customers, the share that signs in time.
    pub in_time: Vec<Vec<Vec<f64>>>,
    /// By stage and month.
    pub useful: Vec<Vec<bool>>,
    pub passes: Vec<OpenPasses>,
    pub deals: Vec<OpenDeals>,
    /// By source: of the leads that become customers, the share that has by each day.
    pub leads_through: Vec<Vec<f64>>,
}

/// A month, as far as it lies between now and the date.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    pub month: Month,
    pub from_days: f64,
    pub to_days: f64,
    /// How many entries it has, against an average whole month.
    pub weight: f64,
}

/// Open passes of one source in one stage.
pub struct OpenPasses {
    pub source: usize,
    pub stage: usize,
    pub passes: u64,
    pub ages: Vec<Aged>,
}

/// A share of them, of one age; of their conversions to come, what is signed by the end of each month.
pub struct Aged {
    pub share: f64,
    pub open: StillOpen,
    pub signed_by: Vec<f64>,
}

pub struct OpenDeals {
    pub stage: usize,
    pub deals: u64,
    pub amount_minor: Option<f64>,
    pub open: StillOpen,
    pub signed_by: Vec<f64>,
}

impl Flows {
    pub fn of(record: &Record, ask: &Ask) -> Flows {
        let slower = ask.changes.cycle_factor.unwrap_or(1.0);
        let slots = slots(record, ask.by);
        let end = ask.by.days_since(record.to_come_from).max(0.0);
        let stages = record.stages.len() - 1;
        // Through all steps from a stage on, by source.
        let through: Vec<Vec<Vec<f64>>> = record
            .sources
            .iter()
            .map(|source| {
                let mut through: Vec<Vec<f64>> = Vec::new();
                for (step, own) in record.steps.iter().zip(&source.lags).rev() {
                    let of_step = own.as_ref().unwrap_or(&step.lag).by_day(slower);
                    through.push(through.last().map_or_else(|| of_step.clone(), |then| lags::after(&of_step, then)));
                }
                through.reverse();
                through
            })
            .collect();
        let mix: Vec<Vec<f64>> = (0..stages).map(|stage| mix(record, stage)).collect();
        let in_time: Vec<Vec<Vec<f64>>> = (0..stages)
            .map(|stage| {
                let of_slot = |by_day: &[f64], slot: &Slot| lags::in_time(by_day, slot.from_days, slot.to_days, end);
                through.iter().map(|of_source| slots.iter().map(|slot| of_slot(&of_source[stage], slot)).collect()).collect()
            })
            .collect();
        Flows {
            useful: (0..stages).map(|stage| useful(record, &mix[stage], &through, stage, &slots, end)).collect(),
            passes: passes(record, &through, slower, &slots),
            deals: deals(record, slower, &slots),
            leads_through: through.into_iter().map(|mut of_source| of_source.swap_remove(0)).collect(),
            slots,
            mix,
            in_time,
        }
    }

    /// Weights of the months in which an entry into the stage is of use; they sum to how many average months there are.
    pub fn weights(&self, stage: usize) -> Vec<f64> {
        self.slots.iter().zip(&self.useful[stage]).map(|(slot, useful)| if *useful { slot.weight } else { 0.0 }).collect()
    }

    pub fn last_useful(&self, stage: usize) -> Option<Month> {
        self.useful[stage].iter().rposition(|useful| *useful).map(|place| self.slots[place].month)
    }
}

fn slots(record: &Record, by: Instant) -> Vec<Slot> {
    let slot = |month: Month| {
        let (from, to) = (month.from.max(record.to_come_from), month.to.min(by));
        let part = to.days_since(from) / month.days();
        Slot {
            month,
            from_days: from.days_since(record.to_come_from),
            to_days: to.days_since(record.to_come_from),
            weight: part * record.season.factors[month.index],
        }
    };
    calendar::touched(record.to_come_from, by, &record.zone, MONTHS_MAX + 1).into_iter().map(slot).collect()
}

/// Of the last year's entries; of its leads where nothing entered the stage.
fn mix(record: &Record, stage: usize) -> Vec<f64> {
    let of_stage = |stage: usize| record.sources.iter().map(|source| source.entries[stage] as f64).collect::<Vec<f64>>();
    let shares = [of_stage(stage), of_stage(0)].into_iter().find(|entries| entries.iter().sum::<f64>() > 0.0);
    let shares = shares.unwrap_or_else(|| vec![1.0; record.sources.len()]);
    let sum: f64 = shares.iter().sum();
    shares.iter().map(|share| share / sum).collect()
}

/// By when the first day of the month leaves enough time, over all sources.
fn useful(record: &Record, mix: &[f64], through: &[Vec<Vec<f64>>], stage: usize, slots: &[Slot], end: f64) -> Vec<bool> {
    let worth: Vec<f64> = (0..mix.len())
        .map(|source| mix[source] * (stage..record.steps.len()).map(|step| mean_rate(record, source, step)).product::<f64>())
        .collect();
    let all: f64 = worth.iter().sum();
    let share = |slot: &Slot| {
        let days = end - slot.from_days;
        let signed = worth.iter().zip(through).map(|(worth, of_source)| worth * lags::share_by(&of_source[stage], days)).sum::<f64>();
        if all > 0.0 { signed / all } else { 1.0 }
    };
    slots.iter().map(|slot| share(slot) >= USEFUL_MIN).collect()
}

/// The rate of a step for a source: its own cohorts, and the prior.
pub fn mean_rate(record: &Record, source: usize, step: usize) -> f64 {
    let (a, b) = beliefs(record, source, step);
    a / (a + b)
}

/// What a rate is believed to be, as the two parameters of a Beta: the source's mature cohorts, each lead counting as one over the spread
/// of the months, on a prior that weighs as much as four leads and expects the rate of all sources (which itself is Jeffreys').
pub fn beliefs(record: &Record, source: usize, step: usize) -> (f64, f64) {
    const PRIOR_LEADS: f64 = 4.0;
    let of_all = &record.steps[step];
    let expected = (of_all.reached as f64 + 0.5) / (of_all.entered as f64 + 1.0);
    let (entered, reached) = record.sources[source].tallies[step];
    let (hits, misses) = (reached as f64 / of_all.spread, (entered - reached) as f64 / of_all.spread);
    (PRIOR_LEADS * expected + hits, PRIOR_LEADS * (1.0 - expected) + misses)
}

fn passes(record: &Record, through: &[Vec<Vec<f64>>], slower: f64, slots: &[Slot]) -> Vec<OpenPasses> {
    let mut all = Vec::new();
    for (place, source) in record.sources.iter().enumerate() {
        for (stage, ages) in source.open.iter().enumerate().filter(|(_, ages)| !ages.is_empty()) {
            let passes: u64 = ages.iter().map(|age| age.passes).sum();
            let lag = source.lags[stage].as_ref().unwrap_or(&record.steps[stage].lag);
            let aged = ages.iter().map(|age| {
                let open = lag.still_open(age.age_days, slower);
                let signed_by = slots.iter().map(|slot| both_by(&open.by_day, through[place].get(stage + 1), slot.to_days)).collect();
                Aged { share: age.passes as f64 / passes as f64, open, signed_by }
            });
            all.push(OpenPasses { source: place, stage, passes, ages: aged.collect() });
        }
    }
    all
}

/// Through a step and all that follow it by a day.
fn both_by(by_day: &[f64], then: Option<&Vec<f64>>, day: f64) -> f64 {
    let Some(then) = then else { return lags::share_by(by_day, day) };
    let (mut sum, mut before) = (0.0, 0.0);
    for (at, share) in by_day.iter().enumerate().take_while(|(at, _)| *at as f64 <= day) {
        sum += (share - before) * lags::share_by(then, day - at as f64);
        before = *share;
    }
    sum
}

fn deals(record: &Record, slower: f64, slots: &[Slot]) -> Vec<OpenDeals> {
    let mut open = record.deals.open.clone();
    let amount = |deal: &super::deals::OpenDeal| deal.amount_minor.unwrap_or(-1.0);
    let kind = |deal: &super::deals::OpenDeal| (deal.stage, deal.amount_minor.is_some());
    open.sort_by(|a, b| kind(a).cmp(&kind(b)).then(a.age_days.total_cmp(&b.age_days)).then(amount(a).total_cmp(&amount(b))));
    let together = open.len().div_ceil(DEAL_GROUPS_MAX).max(1);
    let kinds = open.chunk_by(|a, b| kind(a) == kind(b));
    let group = |deals: &[super::deals::OpenDeal]| {
        let mean = |of: &dyn Fn(&super::deals::OpenDeal) -> f64| deals.iter().map(of).sum::<f64>() / deals.len() as f64;
        let open = record.deals.stages[deals[0].stage].lag.still_open(mean(&|deal| deal.age_days), slower);
        OpenDeals {
            stage: deals[0].stage,
            deals: deals.len() as u64,
            amount_minor: deals[0].amount_minor.map(|_| mean(&|deal| deal.amount_minor.unwrap_or(0.0))),
            signed_by: slots.iter().map(|slot| lags::share_by(&open.by_day, slot.to_days)).collect(),
            open,
        }
    };
    kinds.flat_map(|deals| deals.chunks(together)).map(group).collect()
}
