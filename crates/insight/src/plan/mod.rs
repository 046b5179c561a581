//! The plan: what it takes to win so many customers, or to sign so much, by a date. The reverse funnel with what is not certain about it:
//! rates with their posterior, lags from the cohort curves, the season, what is in the pipeline, what reps take, what leads cost.
//!
//! [`Record`] is read once; [`plan`] is then quick enough for a slider.

mod answer;
mod ask;
mod backtest;
mod calendar;
#[cfg(test)]
mod calibration;
mod capacity;
mod costs;
mod deals;
mod draws;
mod flows;
mod lags;
mod pacing;
mod record;
mod season;
mod solve;
mod tails;
pub(crate) mod target;
#[cfg(test)]
mod tests;
mod volumes;
mod words;

pub use answer::{Capacity, Cell, Column, DealSize, InHand, LastUseful, Need, Pace, PlanAnswer, Promise, SourceUsed, StepUsed};
pub use ask::{Ask, Changes, FOCUS, MONTHS_MAX, PROBABILITIES, REPLICATES, REPLICATES_MAX, SEED, SpendOf, Target};
pub use backtest::{Backtest, Tried, backtest};
pub use calendar::Month;
pub use pacing::{FanPoint, LEVELS, PacedMonth, Pacing, Quarter};
pub use record::{OTHER_SOURCES, Record, Source};

use alignment::lifecycle::Stage;

use self::{
    draws::{Draw, Shifts},
    flows::Flows,
};
use crate::{
    engine::Context,
    history::History,
    question::{Question, Targets},
};

pub fn record(history: &History, question: &Question) -> Record {
    Record::of(&Context::of(history, question))
}

pub fn plan(record: &Record, targets: &Targets, ask: &Ask) -> PlanAnswer {
    let sim = Sim::of(record, ask);
    let revenue = targets.revenue.filter(|_| !record.is_part);
    let promised = targets.mqls_per_month.filter(|_| !record.is_part);
    let is_not_held = record.is_part && (targets.revenue.is_some() || targets.mqls_per_month.is_some());
    let columns = sim.columns();
    let focus = columns.iter().find(|column| column.probability == ask.focus).or(columns.last());
    let need = |stage: Stage| focus.and_then(|column| column.needs.iter().find(|need| need.stage == stage)).and_then(|need| need.per_month);
    let capacity = sim.capacity(need(Stage::Mql), need(Stage::Sql));
    let promise = promised.zip(need(Stage::Mql)).map(|(promised, needed)| words::promise(promised, needed));
    let leads = focus.and_then(|column| column.needs.first()).and_then(|need| need.total);
    let (sources, cells) = volumes::spread(&sim, leads);
    let pace = volumes::at_pace(&sim);
    PlanAnswer {
        as_of: record.as_of,
        known_at: record.known_at,
        agreement_version: record.agreement_version,
        currency: record.currency,
        target_customers: if let Target::Customers(customers) = ask.target { Some(customers) } else { None },
        target_revenue_minor: if let Target::Revenue(minor) = ask.target { Some(minor) } else { None },
        by: ask.by,
        focus: ask.focus,
        replicates: ask.replicates,
        seed: ask.seed,
        deal_size: sim.deal_size(),
        steps: sim.steps(),
        in_hand: sim.in_hand(),
        last_useful: sim.last_useful(),
        with_spend: volumes::with_spend(&sim),
        pacing: revenue.map(|target| pacing::pacing(record, ask, target, &targets.revenue_parts, volumes::leads_per_month(&sim))),
        is_season_known: record.season.is_known,
        words: words::all(&sim, &columns, &capacity).into_iter().chain(is_not_held.then(words::of_company)).collect(),
        pace,
        columns,
        cells,
        sources,
        capacity,
        promise,
    }
}

/// A plan being worked out.
struct Sim<'a> {
    record: &'a Record,
    ask: &'a Ask,
    flows: Flows,
    shifts: Shifts,
    draws: Vec<Draw>,
}

impl<'a> Sim<'a> {
    fn of(record: &'a Record, ask: &'a Ask) -> Sim<'a> {
        let (flows, shifts) = (Flows::of(record, ask), Shifts::of(record, ask));
        let draws = draws::all(record, ask, &flows, &shifts);
        Sim { record, ask, flows, shifts, draws }
    }

    fn stages(&self) -> &[Stage] {
        &self.record.stages[..self.record.stages.len() - 1]
    }

    /// Whether the way from a stage to the customer can be told.
    fn is_told(&self, stage: usize) -> bool {
        self.shifts.known[stage..].iter().all(|known| *known)
            && (matches!(self.ask.target, Target::Customers(_)) || draws::mean_size(self.record, self.ask).is_some())
    }

    fn months(&self, stage: usize) -> f64 {
        self.flows.weights(stage).iter().sum()
    }

    fn mean(&self, of: impl Fn(&Draw) -> f64) -> f64 {
        self.draws.iter().map(of).sum::<f64>() / self.draws.len().max(1) as f64
    }

    fn columns(&self) -> Vec<Column> {
        let probabilities = self.ask.probabilities();
        let by_stage: Vec<Vec<Option<f64>>> = (0..self.stages().len())
            .map(
                |stage| {
                    if self.is_told(stage) { solve::volumes(&self.draws, stage, &probabilities) } else { vec![None; probabilities.len()] }
                },
            )
            .collect();
        let need = |stage: usize, place: usize| {
            let total = by_stage[stage][place];
            let months = self.months(stage);
            let per_month = total.and_then(|total| if total == 0.0 { Some(0.0) } else { (months > 0.0).then(|| total / months) });
            Need { stage: self.record.stages[stage], total, per_month }
        };
        let column = |(place, probability): (usize, &f64)| Column {
            probability: *probability,
            needs: (0..self.stages().len()).map(|stage| need(stage, place)).collect(),
            spend_minor: by_stage[0][place].and_then(|leads| self.spend(leads, *probability)),
        };
        probabilities.iter().enumerate().map(column).collect()
    }

    /// What so many leads cost at most, with a probability.
    fn spend(&self, leads: f64, probability: f64) -> Option<f64> {
        if self.record.sources.iter().all(|source| source.cost.per_lead_minor.is_none()) {
            return None;
        }
        let of_draw =
            |draw: &Draw| self.flows.mix[0].iter().zip(&draw.costs_minor).map(|(share, cost)| share * cost.unwrap_or(0.0)).sum::<f64>();
        let mut costs: Vec<f64> = self.draws.iter().map(of_draw).collect();
        costs.sort_by(f64::total_cmp);
        let place = (probability * costs.len() as f64).ceil() as usize;
        costs.get(place.saturating_sub(1).min(costs.len().saturating_sub(1))).map(|cost| cost * leads)
    }

    fn in_hand(&self) -> InHand {
        let passes = |stage: usize| self.record.sources.iter().flat_map(|source| &source.open[stage]).map(|open| open.passes).sum();
        let is_told = self.is_told(0);
        let has_size = draws::mean_size(self.record, self.ask).is_some();
        InHand {
            passes: self.stages().iter().enumerate().map(|(place, stage)| (*stage, passes(place))).collect(),
            deals: self.record.deals.open.len() as u64,
            customers: is_told.then(|| self.mean(|draw| draw.open_customers)),
            revenue_minor: (is_told && has_size).then(|| self.mean(|draw| draw.open_revenue_minor)),
            chance: is_told.then(|| solve::chance(&self.draws, 0, 0.0)),
        }
    }

    fn deal_size(&self) -> DealSize {
        let unchanged = Ask { changes: Changes::default(), ..self.ask.clone() };
        DealSize {
            mean_minor: draws::mean_size(self.record, self.ask),
            recorded_minor: draws::mean_size(self.record, &unchanged),
            deals: self.record.deals.sizes_minor.len() as u64,
        }
    }

    fn steps(&self) -> Vec<StepUsed> {
        let rates = self.ask.changes.rates();
        let used = |step: &record::Step| {
            let recorded_rate = (step.entered > 0).then(|| step.reached as f64 / step.entered as f64);
            let (hits, misses) = (step.reached as f64 / step.spread + 0.5, (step.entered - step.reached) as f64 / step.spread + 0.5);
            let assumed = rates.get(step.from as usize).copied().flatten();
            StepUsed {
                from: step.from,
                to: step.to,
                cohorts_from: step.cohorts.0,
                cohorts_to: step.cohorts.1,
                entered: step.entered,
                reached: step.reached,
                recorded_rate,
                interval: recorded_rate.map(|_| (tails::beta_quantile(0.025, hits, misses), tails::beta_quantile(0.975, hits, misses))),
                rate: assumed.or(recorded_rate),
                is_assumed: assumed.is_some(),
                median_days: step.lag.median_days,
                mature_days: step.lag.mature_days,
                conversions: step.lag.conversions,
                spread: step.spread,
            }
        };
        self.record.steps.iter().map(used).collect()
    }

    fn last_useful(&self) -> Vec<LastUseful> {
        let of =
            |(place, stage): (usize, &Stage)| LastUseful { stage: *stage, month: self.flows.last_useful(place).map(|month| month.key()) };
        self.stages().iter().enumerate().map(of).collect()
    }

    fn capacity(&self, mqls: Option<f64>, sqls: Option<f64>) -> Vec<Capacity> {
        let changes = &self.ask.changes;
        let (leads, deals) = (&self.record.lead_load, &self.record.deal_load);
        let of_mqls = mqls.map(|needed| {
            let reps = changes.reps.map_or(leads.reps, |reps| reps.round() as u64);
            self.load("MQLs", Stage::Mql, needed, changes.mqls_per_rep.or(leads.most), leads.usual, reps)
        });
        let of_sqls = sqls.map(|needed| self.load("SQLs", Stage::Sql, needed, deals.most, deals.usual, deals.reps));
        let has_reps = |capacity: &Capacity| capacity.reps > 0 && capacity.per_rep.is_some();
        of_mqls.into_iter().chain(of_sqls).filter(has_reps).collect()
    }

    fn load(
        &self,
        of: &'static str,
        stage: Stage,
        needed_per_month: f64,
        per_rep: Option<f64>,
        usual_per_rep: Option<f64>,
        reps: u64,
    ) -> Capacity {
        let reps_needed =
            per_rep.filter(|per_rep| *per_rep > 0.0).map(|per_rep| (needed_per_month / per_rep - 1e-9).ceil().max(0.0) as u64);
        let is_short = reps_needed.is_some_and(|needed| needed > reps);
        let place = self.record.place(stage).filter(|place| self.is_told(*place));
        let chance =
            place.zip(per_rep).map(|(place, per_rep)| solve::chance(&self.draws, place, reps as f64 * per_rep * self.months(place)));
        let mut capacity =
            Capacity { of, needed_per_month, per_rep, usual_per_rep, reps_needed, reps, chance, is_short, words: String::new() };
        capacity.words = words::capacity(&capacity);
        capacity
    }
}
