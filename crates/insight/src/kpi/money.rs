//! Amounts of deals and spend, in the currency of the question.

use alignment::{
    Instant,
    lifecycle::{Side, Stage},
};
use arrow_array::Array;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::{
    engine::{Amount, Beside, Context, Observation},
    history::NONE,
    rows::Table,
    view::LeadFacts,
};

pub const AMOUNT_ASIDES: &[(&str, &str)] =
    &[("other_currency", "its amount is in another currency"), ("without_amount", "it has no amount")];
pub const SPEND_ASIDES: &[(&str, &str)] = &[("other_currency", "its amount is in another currency")];

/// A deal's amount, or why it is left out: asides as [`AMOUNT_ASIDES`] has them.
pub fn in_money(context: &Context, deal_row: usize, at: Instant, observe: impl FnOnce(f64) -> Observation) -> Observation {
    match context.deal_amount(deal_row) {
        Amount::Minor(minor) => observe(minor as f64),
        Amount::Other(_) => Observation::aside(at, 0),
        Amount::NotRecorded => Observation::aside(at, 1),
    }
}

/// The amount of a deal that was won, at its signature.
pub fn signed_amount(context: &Context, deal_row: usize) -> Option<Observation> {
    let (at, _) = context.won(deal_row)?;
    Some(in_money(context, deal_row, at, |minor| Observation::value(at, minor)))
}

/// The amount of a deal that is open.
pub fn open_amount(context: &Context, deal_row: usize) -> Option<Observation> {
    let at = context.view.as_of;
    context.is_open(deal_row).then(|| in_money(context, deal_row, at, |minor| Observation::value(at, minor)))
}

/// What was spent by a side; asides as [`SPEND_ASIDES`] has them.
pub fn spent(context: &Context, spend_row: usize, is_counted: fn(Side) -> bool) -> Option<Observation> {
    let spend = &context.history.spend;
    let at = spend.at.get(spend_row);
    if !is_counted(spend.side.get(spend_row)) || !context.view.counts(at, spend.recorded_at.get(spend_row)) {
        return None;
    }
    match context.spend_amount(spend_row) {
        Amount::Minor(minor) => Some(Observation::value(at, minor as f64)),
        Amount::Other(_) | Amount::NotRecorded => Some(Observation::aside(at, 0)),
    }
}

/// What each lead of the period cost, in minor units: its equal part of what marketing spent in the period on its campaign, and on
/// its source, and without naming either. `None`: nobody writes down what is spent.
pub fn lead_costs<'a>(context: &'a Context) -> Option<&'a [f64]> {
    context.lead_costs.get_or_init(|| compute_lead_costs(context)).as_deref()
}

/// What money was spent on, numbered: campaigns, sources, and all leads together.
pub struct Purposes {
    campaigns: FxHashMap<i64, usize>,
    /// By the code of the leads' column.
    sources: Vec<Option<usize>>,
    all: Option<usize>,
    /// By row of `History::spend`. `None`: a source that no lead has, which is charged to none.
    of_spend: Vec<Option<usize>>,
    count: usize,
}

impl Purposes {
    fn of(context: &Context) -> Purposes {
        let (spend, leads) = (&context.history.spend, &context.history.leads);
        let sources = vec![None; leads.source.names().len()];
        let mut purposes = Purposes { campaigns: FxHashMap::default(), sources, all: None, of_spend: Vec::new(), count: 0 };
        for row in 0..spend.len() {
            let next = purposes.count;
            let place = match (spend.campaign.values()[row], spend.source.get(row)) {
                (NONE, None) => Some(*purposes.all.get_or_insert(next)),
                (NONE, Some(source)) => leads.source.code_of(source).map(|code| *purposes.sources[code as usize].get_or_insert(next)),
                (campaign, _) => Some(*purposes.campaigns.entry(campaign).or_insert(next)),
            };
            purposes.count += usize::from(place == Some(next));
            purposes.of_spend.push(place);
        }
        purposes
    }

    /// What a lead is charged with: the money of its campaign, of its source, and of all leads.
    fn of_lead(&self, campaign: i64, source: i32) -> impl Iterator<Item = usize> {
        let of_campaign = if campaign == NONE || self.campaigns.is_empty() { None } else { self.campaigns.get(&campaign).copied() };
        let of_source = usize::try_from(source).ok().and_then(|code| self.sources[code]);
        [of_campaign, of_source, self.all].into_iter().flatten()
    }
}

fn purposes<'a>(context: &'a Context) -> &'a Purposes {
    context.purposes.get_or_init(|| Purposes::of(context))
}

fn compute_lead_costs(context: &Context) -> Option<Vec<f64>> {
    let (leads, period) = (&context.history.leads, context.question.period);
    let purposes = purposes(context);
    let spent = spent_on(context, purposes)?;
    let of_lead = |row: usize| purposes.of_lead(leads.campaign.values()[row], leads.source.codes()[row]);
    let came = |row: usize| context.view.leads[row].from(Stage::Lead).is_some_and(|at| period.contains(at));
    let none = || vec![0_u64; purposes.count];
    let count = |mut heads: Vec<u64>, row: usize| {
        of_lead(row).for_each(|place| heads[place] += 1);
        heads
    };
    let rows = (0..leads.len()).into_par_iter().with_min_len(CHUNK_ROWS);
    let heads = rows.clone().filter(|row| came(*row)).fold(none, count).reduce(none, added);
    let of_head = |(minor, heads): (&i64, &u64)| if *heads > 0 { *minor as f64 / *heads as f64 } else { 0.0 };
    let costs: Vec<f64> = spent.iter().zip(&heads).map(of_head).collect();
    Some(rows.map(|row| if came(row) { of_lead(row).map(|place| costs[place]).sum() } else { 0.0 }).collect())
}

fn added(mut to: Vec<u64>, more: Vec<u64>) -> Vec<u64> {
    to.iter_mut().zip(more).for_each(|(to, more)| *to += more);
    to
}

/// Where the leads of the period came from, by month, and how many of them have reached each stage since.
pub struct Origins {
    /// Whether a lead came, by purpose and month.
    cells: Vec<bool>,
    reached: [u64; Stage::COUNT],
}

/// What a cohort cost for each of its leads that got as far as `stage` since: the spend of the months and the campaigns or sources that
/// leads of the period came from, over those of them who got there by now. Spend of a month in which nobody came from there is left out.
pub fn lagged(context: &Context, stage: Stage, is_counted: fn(Side) -> bool) -> Beside {
    let (spend, months) = (&context.history.spend, &context.months);
    if months.is_empty() || !context.can_filter(Table::Spend) {
        return vec![("lagged", None)];
    }
    let (origins, purposes) = (origins(context), purposes(context));
    let mut minor = 0_i64;
    for row in (0..spend.len()).filter(|row| context.keeps(Table::Spend, *row)) {
        let at = spend.at.get(row);
        let counts = is_counted(spend.side.get(row)) && context.question.period.contains(at);
        if !counts || !context.view.counts(at, spend.recorded_at.get(row)) {
            continue;
        }
        let (Amount::Minor(amount), Some(month)) = (context.spend_amount(row), months.index_of(at)) else { continue };
        if purposes.of_spend[row].is_some_and(|place| origins.cells[place * months.len() + month]) {
            minor += amount;
        }
    }
    let reached = origins.reached[stage as usize];
    vec![("lagged", (reached > 0).then(|| minor as f64 / reached as f64)), ("lagged_n", Some(reached as f64))]
}

const CHUNK_ROWS: usize = 1 << 16;

pub fn origins<'a>(context: &'a Context) -> &'a Origins {
    context.origins.get_or_init(|| compute_origins(context))
}

fn compute_origins(context: &Context) -> Origins {
    let (leads, months) = (&context.history.leads, &context.months);
    let purposes = purposes(context);
    let none = || (vec![false; purposes.count * months.len()], [0_u64; Stage::COUNT]);
    let of_chunk = |(chunk, facts): (usize, &[LeadFacts])| {
        let (mut cells, mut reached) = none();
        for (row, facts) in (chunk * CHUNK_ROWS..).zip(facts).filter(|(row, _)| context.keeps(Table::Leads, *row)) {
            let came = facts.from(Stage::Lead).filter(|at| context.question.period.contains(*at));
            let Some(month) = came.and_then(|at| months.index_of(at)) else { continue };
            let of_lead = purposes.of_lead(leads.campaign.values()[row], leads.source.codes()[row]);
            of_lead.for_each(|place| cells[place * months.len() + month] = true);
            Stage::ALL.into_iter().for_each(|stage| reached[stage as usize] += u64::from(facts.counts_in(stage)));
        }
        (cells, reached)
    };
    let join = |(mut cells, mut reached): (Vec<bool>, [u64; Stage::COUNT]), (others, more): (Vec<bool>, [u64; Stage::COUNT])| {
        cells.iter_mut().zip(others).for_each(|(cell, other)| *cell |= other);
        reached.iter_mut().zip(more).for_each(|(ours, theirs)| *ours += theirs);
        (cells, reached)
    };
    let (cells, reached) = context.view.leads.par_chunks(CHUNK_ROWS).enumerate().map(of_chunk).reduce(none, join);
    Origins { cells, reached }
}

/// Marketing's spend by purpose: salaries of sales are nobody's cost per lead. `None`: no spend is recorded at all.
fn spent_on(context: &Context, purposes: &Purposes) -> Option<Vec<i64>> {
    let spend = &context.history.spend;
    let mut spent = vec![0; purposes.count];
    let mut is_recorded = false;
    for (row, place) in purposes.of_spend.iter().enumerate() {
        let at = spend.at.get(row);
        if spend.side.get(row) != Side::Marketing || !context.view.counts(at, spend.recorded_at.get(row)) {
            continue;
        }
        is_recorded = true;
        let (Amount::Minor(minor), Some(place)) = (context.spend_amount(row), place) else { continue };
        if context.question.period.contains(at) {
            spent[*place] += minor;
        }
    }
    is_recorded.then_some(spent)
}
