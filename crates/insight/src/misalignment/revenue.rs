//! Revenue that went missing with leads that were followed up late, or dropped: how much less often they became customers than others of
//! the same source, times what a customer was worth.

use alignment::{Instant, instant::MICROS_PER_DAY, lifecycle::Stage, money::split_by_weights};
use rustc_hash::FxHashSet;

use super::{
    Answered, GoesWith,
    cost::CostRow,
    goes_with::{Case, goes_with},
};
use crate::{
    engine::{Amount, Context},
    experiment::normal::Z,
    rows::Table,
};

/// An MQL whose time to become a customer is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ripe {
    /// Of the history's leads.
    pub row: usize,
    pub answer: Answered,
    /// Whether it was dropped, judged at a landmark. `None`: that can't be told, or it was no longer open by then.
    pub dropped: Option<bool>,
}

/// What leads are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treated {
    Late,
    Dropped,
}

pub fn ripe(context: &Context, answers: &[Option<Answered>], dropped_days: u32) -> Vec<Ripe> {
    let horizon_micros = i64::from(context.question.settings.horizon_days) * MICROS_PER_DAY;
    let ripe = |row: usize| {
        let facts = &context.view.leads[row];
        let at = facts.at(Stage::Mql).filter(|at| context.question.period.contains(*at) && context.keeps(Table::Leads, row))?;
        let is_over = context.view.as_of.0 - at.0 >= horizon_micros && facts.source_records(Stage::Customer);
        is_over.then_some(Ripe { row, answer: answers[row]?, dropped: is_dropped(context, row, at, dropped_days) })
    };
    (0..context.history.leads.len()).filter_map(ripe).collect()
}

/// Dropped is: nothing was logged in the first days after it was accepted; or after it became an MQL, if nobody accepted it in as many
/// days. It is judged at the end of these days, of those that were still open then, and what comes later decides nothing of it: else
/// the dropped would be those that nothing came of, by definition.
fn is_dropped(context: &Context, row: usize, mql_at: Instant, days: u32) -> Option<bool> {
    let (facts, work) = (&context.view.leads[row], context.view.work());
    let days = i64::from(days);
    let from = facts.at(Stage::Sal).filter(|at| mql_at <= *at && *at <= mql_at.plus_days(days)).unwrap_or(mql_at);
    let landmark = from.plus_days(days);
    let ways_out = [Stage::Sql, Stage::Customer, Stage::Rejected, Stage::Recycled, Stage::Lost];
    let was_open = ways_out.into_iter().all(|stage| facts.from(stage).is_none_or(|at| at > landmark));
    let can_be_told = work.is_recorded() && was_open && landmark <= context.view.as_of;
    can_be_told.then(|| work.first_with(&context.view, row, from, false).is_none_or(|at| at > landmark))
}

/// What a customer was worth: mean amount of the deals signed in the period, with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worth {
    pub mean_minor: f64,
    pub error_minor: f64,
    pub deals: u64,
}

pub fn worth(context: &Context) -> Option<Worth> {
    let amount = |row: usize| match (context.won(row), context.deal_amount(row)) {
        (Some((at, _)), Amount::Minor(minor)) if context.question.period.contains(at) && context.keeps(Table::Deals, row) => {
            Some(minor as f64)
        }
        _ => None,
    };
    let amounts: Vec<f64> = (0..context.history.deals.len()).filter_map(amount).collect();
    let n = amounts.len() as f64;
    if amounts.is_empty() {
        return None;
    }
    let mean = amounts.iter().sum::<f64>() / n;
    let variance = amounts.iter().map(|amount| (amount - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
    Some(Worth { mean_minor: mean, error_minor: (variance / n).sqrt(), deals: amounts.len() as u64 })
}

/// An estimate of what is missing, with the leads that it is the sum of.
pub struct Missing {
    pub amount_minor: i64,
    pub interval: (i64, i64),
    pub rows: Vec<CostRow>,
    pub goes_with: GoesWith,
}

/// `None`: no lead was treated so, no source has others beside them, or no deal says what a customer is worth.
pub fn missing(context: &Context, ripe: &[Ripe], treated: Treated, worth: Option<Worth>) -> Option<Missing> {
    let worth = worth?;
    let sources = context.history.leads.source.codes();
    let segments = context.segments.as_ref().map(|segments| &segments.leads);
    let stratum = |row: usize| {
        let segment = segments.map_or(0, |segments| segments[row]);
        ((sources[row] + 1) as u64) << 32 | u64::from(segment)
    };
    // Late ones are compared with those in time; dropped ones with all others that were open at their landmark. A lead that was late and
    // dropped is in the second alone.
    let is_treated = |lead: &Ripe| match (treated, lead.answer) {
        (Treated::Dropped, _) => lead.dropped,
        (Treated::Late, Answered::InTime) => Some(false),
        (Treated::Late, Answered::Late) if lead.dropped != Some(true) => Some(true),
        (Treated::Late, _) => None,
    };
    let cases: Vec<(usize, Case)> = ripe
        .iter()
        .filter_map(|lead| {
            Some((lead.row, (stratum(lead.row), is_treated(lead)?, context.view.leads[lead.row].has_reached(Stage::Customer))))
        })
        .collect();
    let goes_with = goes_with(cases.iter().map(|(_, case)| *case))?;
    // Where a source has nobody to compare with, nothing is known of what its leads would have brought.
    let compared: FxHashSet<u64> = cases.iter().filter(|(_, (_, is_treated, _))| !is_treated).map(|(_, case)| case.0).collect();
    let counts = |(_, (stratum, is_treated, _)): &&(usize, Case)| *is_treated && compared.contains(stratum);
    let rows: Vec<usize> = cases.iter().filter(counts).map(|(row, _)| *row).collect();
    let n = goes_with.treated.of as f64;
    let difference = goes_with.difference;
    let rate_error = (difference.interval.1 - difference.value) / Z;
    let amount = n * difference.value * worth.mean_minor;
    let error = n * ((worth.mean_minor * rate_error).powi(2) + (difference.value * worth.error_minor).powi(2)).sqrt();
    let amount_minor = amount.round() as i64;
    let shares = split_by_weights(amount_minor, &vec![1.0; rows.len()]);
    let row = |(row, amount_minor): (usize, i64)| CostRow { row, id: context.history.leads.ids()[row], amount_minor, quantity: None };
    Some(Missing {
        amount_minor,
        interval: ((amount - Z * error).round() as i64, (amount + Z * error).round() as i64),
        rows: rows.into_iter().zip(shares).map(row).collect(),
        goes_with,
    })
}
