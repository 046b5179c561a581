//! What a lead of each source costs, and how much that differs from month to month.

use alignment::lifecycle::Stage;
use rustc_hash::FxHashMap;

use super::{
    calendar::{self, Month},
    record::{is_marketing, known},
};
use crate::{
    engine::{Amount, Context},
    history::NONE,
    rows::Table,
};

const MONTHS: usize = 12;

/// Of the last twelve whole months.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cost {
    pub leads: u64,
    pub spend_minor: f64,
    /// Spend over leads. `None`: nothing was spent on it, or no lead came.
    pub per_lead_minor: Option<f64>,
    /// Standard deviation over mean of the months' costs per lead, each month weighted with its leads.
    pub variation: f64,
}

pub struct Costs {
    pub by_source: Vec<Cost>,
    pub unplaced_minor: f64,
}

/// Spend that names a source is that source's. What names a campaign is shared over the leads that the campaign brought in that month,
/// or else in the year; what names neither, over all leads of the month.
pub fn read(context: &Context, of_leads: &[u32], sources: usize, whole: &[Month]) -> Costs {
    let months = &whole[whole.len().saturating_sub(MONTHS)..];
    let heads = Heads::of(context, of_leads, sources, months);
    let mut spent = vec![vec![0.0; months.len()]; sources];
    let mut unplaced_minor = 0.0;
    let spend = &context.history.spend;
    for row in 0..spend.len() {
        let is_counted = is_marketing(spend.side.get(row)) && context.view.counts(spend.at.get(row), spend.recorded_at.get(row));
        let Some(month) = calendar::place(months, spend.at.get(row)).filter(|_| is_counted && context.keeps(Table::Spend, row)) else {
            continue;
        };
        let Amount::Minor(minor) = context.spend_amount(row) else { continue };
        let weights = heads.weights(context, row, month);
        let sum: f64 = weights.iter().sum();
        if sum <= 0.0 {
            unplaced_minor += minor as f64;
            continue;
        }
        weights.iter().zip(&mut spent).for_each(|(weight, spent)| spent[month] += minor as f64 * weight / sum);
    }
    let cost = |(spent, heads): (Vec<f64>, &Vec<f64>)| cost(&spent, heads);
    Costs { by_source: spent.into_iter().zip(&heads.all).map(cost).collect(), unplaced_minor }
}

fn cost(spent: &[f64], heads: &[f64]) -> Cost {
    let (spend_minor, leads): (f64, f64) = (spent.iter().sum(), heads.iter().sum());
    let mean = spend_minor / leads;
    let per_lead_minor = (spend_minor > 0.0 && leads > 0.0).then_some(mean);
    let squares = spent.iter().zip(heads).filter(|(_, heads)| **heads > 0.0).map(|(spent, heads)| heads * (spent / heads - mean).powi(2));
    let variation = per_lead_minor.map_or(0.0, |mean| (squares.sum::<f64>() / leads).sqrt() / mean);
    Cost { leads: leads as u64, spend_minor, per_lead_minor, variation }
}

/// Leads by source and month, of each campaign and of all.
struct Heads {
    all: Vec<Vec<f64>>,
    campaigns: FxHashMap<i64, Vec<Vec<f64>>>,
    sources: usize,
    /// The source of each code that a lead has.
    of_code: FxHashMap<i32, usize>,
}

impl Heads {
    fn of(context: &Context, of_leads: &[u32], sources: usize, months: &[Month]) -> Heads {
        let blank = || vec![vec![0.0; months.len()]; sources];
        let codes = context.history.leads.source.codes().iter().copied();
        let of_code = codes.zip(of_leads.iter().map(|source| *source as usize)).collect();
        let mut heads = Heads { all: blank(), campaigns: FxHashMap::default(), sources, of_code };
        for (row, source) in of_leads.iter().enumerate() {
            let came = known(context, row).and_then(|facts| facts.from(Stage::Lead));
            let Some(month) = came.and_then(|at| calendar::place(months, at)) else { continue };
            heads.all[*source as usize][month] += 1.0;
            let campaign = context.history.leads.campaign.values()[row];
            if campaign != NONE {
                heads.campaigns.entry(campaign).or_insert_with(blank)[*source as usize][month] += 1.0;
            }
        }
        heads
    }

    /// How an entry of spend is shared over the sources.
    fn weights(&self, context: &Context, spend_row: usize, month: usize) -> Vec<f64> {
        let spend = &context.history.spend;
        if let Some(name) = spend.source.get(spend_row) {
            let leads = &context.history.leads.source;
            let code = leads.code_of(name);
            let place = code.and_then(|code| self.of_code.get(&code).copied());
            return (0..self.sources).map(|source| if Some(source) == place { 1.0 } else { 0.0 }).collect();
        }
        let of_month = |heads: &[Vec<f64>]| heads.iter().map(|months| months[month]).collect::<Vec<f64>>();
        match spend.campaign.get(spend_row) {
            None => of_month(&self.all),
            Some(campaign) => self.campaigns.get(&campaign).map_or_else(Vec::new, |heads| {
                let weights = of_month(heads);
                if weights.iter().sum::<f64>() > 0.0 { weights } else { heads.iter().map(|months| months.iter().sum()).collect() }
            }),
        }
    }
}
