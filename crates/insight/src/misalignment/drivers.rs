//! Where spend on rejected leads comes from: segments whose MQLs sales turns down more often than the rest's.

use alignment::rate::Rate;
use rustc_hash::FxHashMap;
use serde::Serialize;

use super::cost::CostRow;
use crate::{
    engine::{Context, Segments},
    experiment::proportions::{adjusted, difference},
    history::UNLABELLED,
    kpi::{Decision, decision},
    question::Dimension,
    rows::Table,
};

/// With fewer decided MQLs a segment is shown and not judged.
const DECIDED_MIN: u64 = 15;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Driver {
    /// `None`: not recorded.
    pub label: Option<String>,
    pub id: Option<i64>,
    /// Spent on its rejected leads, in minor units; all segments add up to the part.
    pub amount_minor: i64,
    /// Leads behind the amount: the rejected ones, also those that were accepted before.
    pub leads: u64,
    /// MQLs among the leads of the period that sales decided on, and those of them that it turned down.
    pub rejected: u64,
    pub decided: u64,
    pub rejection_rate: Option<f64>,
    pub interval: Option<(f64, f64)>,
    /// Of all other segments together.
    pub rate_elsewhere: Option<f64>,
    /// That allows for how many segments were looked at.
    pub p_adjusted: Option<f64>,
    /// Rejected more often than elsewhere, beyond chance.
    pub stands_out: bool,
    /// What would not have been spent on rejected leads at the rate of the others.
    pub excess_minor: i64,
    /// The reason most often given.
    pub reason: Option<String>,
    /// The leads behind the amount; they add up to it.
    #[serde(skip)]
    pub rows: Vec<CostRow>,
}

/// What stands out first, by excess; then by amount.
pub fn drivers(context: &Context, rejected: &[CostRow], by: &Dimension) -> Vec<Driver> {
    let segments = Segments::of(&context.view, by);
    let mut found: FxHashMap<u32, Found> = FxHashMap::default();
    for row in (0..context.history.leads.len()).filter(|row| context.keeps(Table::Leads, *row)) {
        let facts = &context.view.leads[row];
        if !facts.begins().is_some_and(|at| context.question.period.contains(at)) {
            continue;
        }
        let decided = match decision(facts) {
            Decision::Accepted => false,
            Decision::Rejected => true,
            _ => continue,
        };
        let found = found.entry(segments.leads[row]).or_default();
        found.decided = Rate::new(found.decided.hits + u64::from(decided), found.decided.of + 1);
    }
    let reasons = context.view.rejection_reasons();
    for row in rejected {
        let found = found.entry(segments.leads[row.row]).or_default();
        found.amount_minor += row.amount_minor;
        found.rows.push(row.clone());
        *found.reasons.entry(reasons[row.row]).or_default() += 1;
    }
    let all = found.values().fold(Rate::default(), |all, found| Rate::new(all.hits + found.decided.hits, all.of + found.decided.of));
    let mut places: Vec<(u32, Found)> = found.into_iter().filter(|(_, found)| !found.rows.is_empty()).collect();
    places.sort_unstable_by_key(|(place, _)| *place);
    let mut drivers: Vec<Driver> = places.iter().map(|(place, found)| driver(context, &segments, *place, found, all)).collect();
    judge(&mut drivers, &places, all);
    drivers.sort_by(|a, b| {
        (b.stands_out, b.excess_minor, b.amount_minor)
            .cmp(&(a.stands_out, a.excess_minor, a.amount_minor))
            .then_with(|| a.label.cmp(&b.label))
    });
    drivers
}

#[derive(Default)]
struct Found {
    decided: Rate,
    amount_minor: i64,
    rows: Vec<CostRow>,
    reasons: FxHashMap<i32, u64>,
}

fn elsewhere(all: Rate, found: &Found) -> Rate {
    Rate::new(all.hits - found.decided.hits, all.of - found.decided.of)
}

fn driver(context: &Context, segments: &Segments, place: u32, found: &Found, all: Rate) -> Driver {
    let label = &segments.labels[place as usize];
    let most =
        found.reasons.iter().filter(|(code, _)| **code != UNLABELLED).max_by_key(|(code, count)| (**count, std::cmp::Reverse(**code)));
    let (own, others) = (found.decided.value(), elsewhere(all, found).value());
    let excess = own.zip(others).filter(|(own, others)| own > others).map_or(0.0, |(own, others)| 1.0 - others / own);
    Driver {
        label: label.name.clone(),
        id: label.id,
        amount_minor: found.amount_minor,
        leads: found.rows.len() as u64,
        rejected: found.decided.hits,
        decided: found.decided.of,
        rejection_rate: own,
        interval: found.decided.interval(),
        rate_elsewhere: others,
        p_adjusted: None,
        stands_out: false,
        excess_minor: (found.amount_minor as f64 * excess).round() as i64,
        reason: most.and_then(|(code, _)| context.history.transitions.reason.name(*code)).map(str::to_owned),
        rows: found.rows.clone(),
    }
}

fn judge(drivers: &mut [Driver], places: &[(u32, Found)], all: Rate) {
    let judged: Vec<usize> = (0..drivers.len()).filter(|index| drivers[*index].decided >= DECIDED_MIN).collect();
    let p_of = |index: &usize| {
        let found = &places[*index].1;
        difference(elsewhere(all, found), found.decided).and_then(|difference| difference.p_value).unwrap_or(1.0)
    };
    let p_values: Vec<f64> = judged.iter().map(p_of).collect();
    for (index, p_adjusted) in judged.into_iter().zip(adjusted(&p_values)) {
        let driver = &mut drivers[index];
        driver.p_adjusted = Some(p_adjusted);
        driver.stands_out = p_adjusted < 0.05 && driver.rejection_rate > driver.rate_elsewhere;
    }
}
