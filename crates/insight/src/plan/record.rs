//! What the record says of the funnel, added up by source, month and age: all that a plan is made from. It is read once, however many
//! plans are then tried over it.

use std::collections::BTreeSet;

use alignment::{
    Currency, Instant,
    instant::MICROS_PER_DAY,
    lifecycle::{Side, Stage},
};
use jiff::tz::TimeZone;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    calendar::{self, Month},
    capacity::Load,
    costs::{self, Cost},
    deals::{self, Deals},
    lags::{Lag, OWN_MIN},
    season::Season,
};
use crate::{
    cohort::{Outcome, Spell},
    engine::Context,
    history::UNLABELLED,
    rows::Table,
    view::LeadFacts,
};

/// Sources that are told apart; the smallest are taken together.
const SOURCES_MAX: usize = 12;
const YEAR_DAYS: i64 = 365;
/// Stays that began earlier say nothing of how long a step takes now.
const LAG_DAYS_BACK: i64 = 2 * YEAR_DAYS;
const MONTHS_BACK_MAX: usize = 24;
pub const FUNNEL: [Stage; 5] = [Stage::Lead, Stage::Mql, Stage::Sal, Stage::Sql, Stage::Customer];

/// What the smallest sources are taken together as.
pub const OTHER_SOURCES: &str = "other sources";

pub struct Record {
    pub as_of: Instant,
    /// The end of the day of `as_of`: as long as the record stays the same, a plan says the same all day, but for what is ahead or behind.
    pub to_come_from: Instant,
    pub known_at: Instant,
    pub agreement_version: u32,
    pub currency: Currency,
    pub zone: TimeZone,
    /// A filter leaves a part of the company: the Agreement's target and promise are not of that part.
    pub is_part: bool,
    /// Stages that are written down, from Lead to Customer.
    pub stages: Vec<Stage>,
    /// From each stage but the last to the next one, all sources together.
    pub steps: Vec<Step>,
    /// Most leads first.
    pub sources: Vec<Source>,
    /// Those that are taken together as [`OTHER_SOURCES`].
    pub pooled: BTreeSet<Option<String>>,
    pub deals: Deals,
    /// Whole months, the last one before `as_of` last, with the leads that came.
    pub months: Vec<(Month, u64)>,
    pub season: Season,
    pub lead_load: Load,
    pub deal_load: Load,
    /// When passes became customers, and deals without a pass were won.
    pub customers_at: Vec<Instant>,
    /// Marketing's spend of the last twelve whole months that no lead stands for, in minor units.
    pub unplaced_spend_minor: f64,
}

/// A step of all sources.
#[derive(Clone, Debug)]
pub struct Step {
    pub from: Stage,
    pub to: Stage,
    /// The mature cohorts that the rate is of: those that entered in a year, long enough ago.
    pub cohorts: (Instant, Instant),
    pub entered: u64,
    pub reached: u64,
    /// How much more the months differ than chance alone lets them: 1 or more.
    pub spread: f64,
    pub lag: Lag,
}

pub struct Source {
    /// `None`: not recorded.
    pub name: Option<String>,
    /// Entries into each stage in the last 365 days.
    pub entries: Vec<u64>,
    /// Of each step, mature cohorts: how many entered, and how many of them reached the next stage.
    pub tallies: Vec<(u64, u64)>,
    /// Of each step, where the source has enough conversions of its own.
    pub lags: Vec<Option<Lag>>,
    /// Open passes by the stage they stand in, without those that have a deal.
    pub open: Vec<Vec<Open>>,
    pub cost: Cost,
}

/// Open passes of about the same age in their stage.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Open {
    pub passes: u64,
    pub age_days: f64,
}

/// One pass's stay in a stage.
struct Stay {
    source: u32,
    entered_at: Instant,
    reached: bool,
    spell: Option<Spell>,
}

impl Record {
    pub fn of(context: &Context) -> Record {
        let Named { names, of_leads, pooled } = sources(context);
        let stages = stages(context);
        let (as_of, zone) = (context.view.as_of, &context.question.zone);
        let (today, to_come_from) = day(context);
        let whole = whole_months(context);
        let deals = deals::read(context, &whole);
        let stays: Vec<Vec<Stay>> = stages.windows(2).map(|pair| stays(context, &of_leads, pair[0], pair[1])).collect();
        let steps: Vec<Step> = stages.windows(2).zip(&stays).map(|(pair, stays)| step(today, zone, pair, stays, &whole)).collect();
        let costs = costs::read(context, &of_leads, names.len(), &whole);
        let open = open(context, &of_leads, names.len(), &stages, &deals);
        let mut sources: Vec<Source> = Vec::new();
        let entries = entries(context, &of_leads, names.len(), &stages);
        for (place, (((name, cost), open), entries)) in names.into_iter().zip(costs.by_source).zip(open).zip(entries).enumerate() {
            let of_source = |step: usize| stays[step].iter().filter(move |stay| stay.source == place as u32);
            sources.push(Source {
                name,
                entries,
                tallies: steps.iter().enumerate().map(|(at, step)| tally(of_source(at), step.cohorts)).collect(),
                lags: (0..steps.len()).map(|at| own_lag(of_source(at))).collect(),
                open,
                cost,
            });
        }
        let counts = monthly(context, &whole, |row| known(context, row)?.from(Stage::Lead));
        let season =
            Season::of(&counts.iter().map(|count| *count as f64).collect::<Vec<_>>(), whole.first().map_or(0, |month| month.index));
        Record {
            as_of,
            to_come_from,
            known_at: context.view.known_at,
            agreement_version: context.question.settings.agreement_version,
            currency: context.question.currency,
            zone: zone.clone(),
            is_part: !context.question.filters.is_empty(),
            lead_load: Load::of_leads(context, &whole),
            deal_load: Load::of_deals(context, &whole),
            months: whole.into_iter().zip(counts).collect(),
            stages,
            steps,
            sources,
            pooled,
            deals,
            season,
            unplaced_spend_minor: costs.unplaced_minor,
            customers_at: customers_at(context),
        }
    }

    /// The place of a stage in the funnel of this record.
    pub fn place(&self, stage: Stage) -> Option<usize> {
        self.stages.iter().position(|known| *known == stage)
    }

    /// The last three whole months, with the leads that came.
    pub fn recent_months(&self) -> &[(Month, u64)] {
        &self.months[self.months.len().saturating_sub(3)..]
    }

    /// Leads of an average month, by the last three whole ones, without their season.
    pub fn leads_per_month(&self) -> Option<f64> {
        let last = self.recent_months();
        let seasons: f64 = last.iter().map(|(month, _)| self.season.factors[month.index]).sum();
        (seasons > 0.0).then(|| last.iter().map(|(_, count)| *count as f64).sum::<f64>() / seasons)
    }

    /// What marketing spends in an average month, at the costs of a lead and as leads come now. `None`: no spend is recorded.
    pub fn spend_per_month_minor(&self) -> Option<f64> {
        let leads: u64 = self.sources.iter().map(|source| source.entries[0]).sum();
        let cost = |source: &Source| Some(source.cost.per_lead_minor? * source.entries[0] as f64 / leads as f64);
        let costs: Vec<f64> = self.sources.iter().filter_map(cost).collect();
        (!costs.is_empty() && leads > 0).then(|| costs.iter().sum::<f64>() * self.leads_per_month().unwrap_or(0.0))
    }
}

/// The day of `as_of`: a plan counts by whole days, what was from its beginning and what is to come from its end.
pub(super) fn day(context: &Context) -> (Instant, Instant) {
    calendar::day_of(context.view.as_of, &context.question.zone)
}

/// How a stay stood when the day began: of what has ended since, others of its age have not been seen for as long.
pub(super) fn by_day(today: Instant, end: Option<Instant>, outcome: Outcome) -> (Option<Instant>, Outcome) {
    if end.is_some_and(|end| end > today) { (Some(today), Outcome::Open) } else { (end, outcome) }
}

/// The last whole months before `as_of`, from the one in which the first lead came.
pub(super) fn whole_months(context: &Context) -> Vec<Month> {
    let as_of = context.view.as_of;
    let first = (0..context.view.leads.len()).filter_map(|row| known(context, row)?.begins()).min().unwrap_or(as_of);
    calendar::whole_before(as_of, first, &context.question.zone, MONTHS_BACK_MAX)
}

pub(super) fn known<'a>(context: &'a Context, row: usize) -> Option<&'a LeadFacts> {
    Some(&context.view.leads[row]).filter(|facts| facts.is_known() && context.keeps(Table::Leads, row))
}

/// Names of the sources, which one each lead has, and the names that have none of their own.
struct Named {
    names: Vec<Option<String>>,
    of_leads: Vec<u32>,
    pooled: BTreeSet<Option<String>>,
}

fn sources(context: &Context) -> Named {
    let labels = &context.history.leads.source;
    let since = day(context).0.plus_micros(-LAG_DAYS_BACK * MICROS_PER_DAY);
    let mut counts: FxHashMap<i32, u64> = FxHashMap::default();
    for row in 0..labels.codes().len() {
        if known(context, row).and_then(LeadFacts::begins).is_some_and(|at| at >= since) {
            *counts.entry(labels.codes()[row]).or_default() += 1;
        }
    }
    let mut codes: Vec<(i32, u64)> = counts.into_iter().collect();
    codes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| labels.name(a.0).cmp(&labels.name(b.0))));
    let is_pooled = codes.len() > SOURCES_MAX;
    codes.truncate(if is_pooled { SOURCES_MAX - 1 } else { SOURCES_MAX });
    let rest = codes.len() as u32;
    let places: FxHashMap<i32, u32> = codes.iter().zip(0..).map(|((code, _), place)| (*code, place)).collect();
    let mut names: Vec<Option<String>> = codes.iter().map(|(code, _)| labels.name(*code).map(str::to_owned)).collect();
    // Also those whose leads are all older: they are counted nowhere but among the open passes.
    names.push(Some(OTHER_SOURCES.into()));
    let place = |code: &i32| places.get(code).copied().unwrap_or(rest);
    debug_assert!(labels.codes().iter().all(|code| *code >= UNLABELLED));
    let of_leads: Vec<u32> = labels.codes().iter().map(place).collect();
    let is_pooled = |row: &usize| of_leads[*row] == rest && known(context, *row).is_some();
    let pooled: FxHashSet<i32> = (0..of_leads.len()).filter(is_pooled).map(|row| labels.codes()[row]).collect();
    let pooled = pooled.into_iter().map(|code| labels.name(code).map(str::to_owned)).collect();
    Named { names, of_leads, pooled }
}

/// Those that at least one lead writes down.
fn stages(context: &Context) -> Vec<Stage> {
    let written = |stage: &Stage| {
        matches!(stage, Stage::Lead | Stage::Customer)
            || (0..context.view.leads.len()).any(|row| known(context, row).is_some_and(|facts| facts.records(*stage)))
    };
    FUNNEL.into_iter().filter(written).collect()
}

fn stays(context: &Context, of_leads: &[u32], from: Stage, to: Stage) -> Vec<Stay> {
    let (today, _) = day(context);
    let since = today.plus_micros(-LAG_DAYS_BACK * MICROS_PER_DAY);
    let stay = |row: usize| {
        let facts = known(context, row).filter(|facts| facts.counts_in(from) && facts.records(to))?;
        let entered_at = facts.from(from).filter(|at| *at >= since)?;
        let reached = facts.has_reached(to);
        let (end, outcome) = match (reached, facts.exit()) {
            (true, _) => (facts.at(to), Outcome::Converted),
            (false, Some(exit)) => (facts.at(exit), Outcome::Left),
            (false, None) => (Some(today), Outcome::Open),
        };
        let (end, outcome) = by_day(today, end, outcome);
        let age_days = facts.at(from).zip(end).map(|(start, end)| end.days_since(start).max(0.0));
        let spell = age_days.map(|age_days| Spell { age_days, outcome });
        Some(Stay { source: of_leads[row], entered_at, reached, spell })
    };
    (0..of_leads.len()).filter_map(stay).collect()
}

fn step(today: Instant, zone: &TimeZone, pair: &[Stage], stays: &[Stay], whole: &[Month]) -> Step {
    let lag = Lag::of(stays.iter().filter_map(|stay| stay.spell).collect());
    // Whole days, so that the same leads can be asked for elsewhere by their dates.
    let end = today.plus_micros(-(lag.mature_days * MICROS_PER_DAY as f64) as i64).day_start(zone);
    let cohorts = (end.plus_micros(-YEAR_DAYS * MICROS_PER_DAY).day_start(zone), end);
    let (entered, reached) = tally(stays.iter(), cohorts);
    let mut months = vec![(0, 0); whole.len()];
    for stay in stays.iter().filter(|stay| cohorts.0 <= stay.entered_at && stay.entered_at < cohorts.1) {
        if let Some(place) = calendar::place(whole, stay.entered_at) {
            months[place].0 += 1;
            months[place].1 += u64::from(stay.reached);
        }
    }
    Step { from: pair[0], to: pair[1], cohorts, entered, reached, spread: spread(&months), lag }
}

/// Chi-squared over its degrees of freedom, of months in which at least one conversion and one other are to be expected.
fn spread(months: &[(u64, u64)]) -> f64 {
    const SPREAD_MAX: f64 = 10.0;
    let (entered, reached) = months.iter().fold((0, 0), |sum, month| (sum.0 + month.0, sum.1 + month.1));
    let rate = reached as f64 / (entered as f64).max(1.0);
    let variance = |entered: u64| entered as f64 * rate * (1.0 - rate);
    let told: Vec<_> = months.iter().filter(|(entered, _)| variance(*entered) >= 1.0).collect();
    let chi: f64 = told.iter().map(|(entered, reached)| (*reached as f64 - *entered as f64 * rate).powi(2) / variance(*entered)).sum();
    if told.len() < 3 { 1.0 } else { (chi / (told.len() - 1) as f64).clamp(1.0, SPREAD_MAX) }
}

fn tally<'a>(stays: impl Iterator<Item = &'a Stay>, (from, to): (Instant, Instant)) -> (u64, u64) {
    let mature = stays.filter(|stay| from <= stay.entered_at && stay.entered_at < to);
    mature.fold((0, 0), |(entered, reached), stay| (entered + 1, reached + u64::from(stay.reached)))
}

fn own_lag<'a>(stays: impl Iterator<Item = &'a Stay>) -> Option<Lag> {
    let lag = Lag::of(stays.filter_map(|stay| stay.spell).collect());
    (lag.conversions >= OWN_MIN).then_some(lag)
}

/// Entries into each stage in the last year, by source.
fn entries(context: &Context, of_leads: &[u32], sources: usize, stages: &[Stage]) -> Vec<Vec<u64>> {
    let since = day(context).0.plus_micros(-YEAR_DAYS * MICROS_PER_DAY);
    let mut entries = vec![vec![0; stages.len()]; sources];
    for (row, source) in of_leads.iter().enumerate() {
        let Some(facts) = known(context, row) else { continue };
        for (place, stage) in stages.iter().enumerate() {
            let counts = facts.counts_in(*stage) && facts.from(*stage).is_some_and(|at| at >= since);
            entries[*source as usize][place] += u64::from(counts);
        }
    }
    entries
}

fn customers_at(context: &Context) -> Vec<Instant> {
    let passes = (0..context.view.leads.len()).filter_map(|row| known(context, row)?.from(Stage::Customer));
    let alone = (0..context.view.deals.len()).filter(|row| context.keeps(Table::Deals, *row) && context.view.lead_of_deal(*row).is_none());
    passes.chain(alone.filter_map(|row| Some(context.won(row)?.0))).collect()
}

/// Days from which on passes are taken together, in their stage.
const AGES: [f64; 12] = [0.0, 2.0, 4.0, 7.0, 11.0, 16.0, 23.0, 32.0, 46.0, 70.0, 110.0, 200.0];

fn open(context: &Context, of_leads: &[u32], sources: usize, stages: &[Stage], deals: &Deals) -> Vec<Vec<Vec<Open>>> {
    let (_, to_come_from) = day(context);
    let mut ages = vec![vec![vec![(0_u64, 0.0_f64); AGES.len()]; stages.len() - 1]; sources];
    for (row, source) in of_leads.iter().enumerate() {
        let Some(facts) = known(context, row) else { continue };
        if facts.has_reached(Stage::Customer) || facts.exit().is_some() || deals.has_deal[row] {
            continue;
        }
        let furthest = stages[..stages.len() - 1].iter().rposition(|stage| facts.has_reached(*stage));
        let Some((place, at)) = furthest.and_then(|place| Some((place, facts.from(stages[place])?))) else { continue };
        let age = to_come_from.days_since(at).max(0.0);
        let bin = AGES.partition_point(|from| *from <= age).saturating_sub(1);
        let of_age = &mut ages[*source as usize][place][bin];
        (of_age.0, of_age.1) = (of_age.0 + 1, of_age.1 + age);
    }
    let mean = |(passes, sum): (u64, f64)| Open { passes, age_days: sum / passes as f64 };
    let bins = |bins: Vec<(u64, f64)>| bins.into_iter().filter(|bin| bin.0 > 0).map(mean).collect();
    ages.into_iter().map(|stages| stages.into_iter().map(bins).collect()).collect()
}

fn monthly(context: &Context, whole: &[Month], at: impl Fn(usize) -> Option<Instant>) -> Vec<u64> {
    let mut counts = vec![0; whole.len()];
    for place in (0..context.view.leads.len()).filter_map(|row| calendar::place(whole, at(row)?)) {
        counts[place] += 1;
    }
    counts
}

/// Whether spend is what the plan counts: marketing's.
pub(super) fn is_marketing(side: Side) -> bool {
    side == Side::Marketing
}
