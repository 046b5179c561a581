//! Amounts of deals and spend, in the currency of the question.

use alignment::{
    Instant,
    lifecycle::{Side, Stage},
};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

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

/// What money was spent on: a campaign, or a source (by its code in the leads' column), or all leads.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    Campaign(i64),
    Source(i32),
    All,
}

fn compute_lead_costs(context: &Context) -> Option<Vec<f64>> {
    let (leads, period) = (&context.history.leads, context.question.period);
    let spent = spent_by_purpose(context)?;
    let (campaigns, sources) = (leads.campaign.values(), leads.source.codes());
    let has_campaigns = spent.keys().any(|purpose| matches!(purpose, Purpose::Campaign(_)));
    let purposes = |row: usize| {
        let campaign = (has_campaigns && campaigns[row] != NONE).then_some(Purpose::Campaign(campaigns[row]));
        [campaign, Some(Purpose::Source(sources[row])), Some(Purpose::All)].into_iter().flatten()
    };
    let came = |row: usize| context.view.leads[row].from(Stage::Lead).is_some_and(|at| period.contains(at));
    let count = |mut heads: FxHashMap<Purpose, u64>, row: usize| {
        purposes(row).filter(|purpose| spent.contains_key(purpose)).for_each(|purpose| *heads.entry(purpose).or_default() += 1);
        heads
    };
    let join = |mut a: FxHashMap<Purpose, u64>, b: FxHashMap<Purpose, u64>| {
        b.into_iter().for_each(|(purpose, count)| *a.entry(purpose).or_default() += count);
        a
    };
    let rows = (0..leads.len()).into_par_iter().with_min_len(CHUNK_ROWS);
    let heads = rows.clone().filter(|row| came(*row)).fold(FxHashMap::default, count).reduce(FxHashMap::default, join);
    let cost_of_head = |(purpose, count): (Purpose, u64)| (purpose, spent[&purpose] as f64 / count as f64);
    let costs: FxHashMap<Purpose, f64> = heads.into_iter().map(cost_of_head).collect();
    let cost = |row: usize| purposes(row).map(|purpose| costs.get(&purpose).copied().unwrap_or(0.0)).sum();
    Some(rows.map(|row| if came(row) { cost(row) } else { 0.0 }).collect())
}

/// Where the leads of the period came from, by month, and how many of them have reached each stage since.
pub struct Origins {
    cells: FxHashSet<(Purpose, usize)>,
    reached: [u64; Stage::COUNT],
}

/// What a cohort cost for each of its leads that got as far as `stage` since: the spend of the months and the campaigns or sources that
/// leads of the period came from, over those of them who got there by now. Spend of a month in which nobody came from there is left out.
pub fn lagged(context: &Context, stage: Stage, is_counted: fn(Side) -> bool) -> Beside {
    let (spend, months) = (&context.history.spend, &context.months);
    if months.is_empty() || !context.can_filter(Table::Spend) {
        return vec![("lagged", None)];
    }
    let origins = origins(context);
    let mut minor = 0_i64;
    for row in (0..spend.len()).filter(|row| context.keeps(Table::Spend, *row)) {
        let at = spend.at.get(row);
        let counts = is_counted(spend.side.get(row)) && context.question.period.contains(at);
        if !counts || !context.view.counts(at, spend.recorded_at.get(row)) {
            continue;
        }
        let (Amount::Minor(amount), Some(month)) = (context.spend_amount(row), months.index_of(at)) else { continue };
        if origins.cells.contains(&(purpose_of(context, row), month)) {
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
    let none = || Origins { cells: FxHashSet::default(), reached: [0; Stage::COUNT] };
    let of_chunk = |(chunk, facts): (usize, &[LeadFacts])| {
        let (mut origins, mut last) = (none(), None);
        for (row, facts) in (chunk * CHUNK_ROWS..).zip(facts).filter(|(row, _)| context.keeps(Table::Leads, *row)) {
            let came = facts.from(Stage::Lead).filter(|at| context.question.period.contains(*at));
            let Some(month) = came.and_then(|at| months.index_of(at)) else { continue };
            // Neighbours mostly came from the same place.
            let came_from = (leads.campaign.values()[row], leads.source.codes()[row], month);
            if last != Some(came_from) {
                origins
                    .cells
                    .extend([Purpose::Campaign(came_from.0), Purpose::Source(came_from.1), Purpose::All].map(|purpose| (purpose, month)));
                last = Some(came_from);
            }
            Stage::ALL.into_iter().for_each(|stage| origins.reached[stage as usize] += u64::from(facts.counts_in(stage)));
        }
        origins
    };
    let join = |mut a: Origins, b: Origins| {
        a.cells.extend(b.cells);
        a.reached.iter_mut().zip(b.reached).for_each(|(ours, theirs)| *ours += theirs);
        a
    };
    context.view.leads.par_chunks(CHUNK_ROWS).enumerate().map(of_chunk).reduce(none, join)
}

fn purpose_of(context: &Context, spend_row: usize) -> Purpose {
    let (spend, leads) = (&context.history.spend, &context.history.leads);
    match (spend.campaign.values()[spend_row], spend.source.get(spend_row)) {
        (NONE, None) => Purpose::All,
        // A source that no lead has is charged to none.
        (NONE, Some(source)) => Purpose::Source(leads.source.code_of(source).unwrap_or(i32::MAX)),
        (campaign, _) => Purpose::Campaign(campaign),
    }
}

fn spent_by_purpose(context: &Context) -> Option<FxHashMap<Purpose, i64>> {
    let spend = &context.history.spend;
    let mut by_purpose: FxHashMap<Purpose, i64> = FxHashMap::default();
    let mut is_recorded = false;
    for row in 0..spend.len() {
        let at = spend.at.get(row);
        if spend.side.get(row) != Side::Marketing || !context.view.counts(at, spend.recorded_at.get(row)) {
            continue;
        }
        is_recorded = true;
        let Amount::Minor(minor) = context.spend_amount(row) else { continue };
        let purpose = purpose_of(context, row);
        if context.question.period.contains(at) {
            *by_purpose.entry(purpose).or_default() += minor;
        }
    }
    is_recorded.then_some(by_purpose)
}
