//! Revenue that went missing with leads that were followed up late, or dropped: how much less often they became customers than others of
//! the same source, times what a customer was worth.

use alignment::{instant::MICROS_PER_DAY, lifecycle::Stage, money::split_by_weights};

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

/// How a ripe MQL was treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treated {
    InTime,
    Late,
    Dropped,
}

/// MQLs of the period whose time to become customers is over: the lead's row and how it was treated.
pub fn ripe(context: &Context, answers: &[Option<Answered>]) -> Vec<(usize, Treated)> {
    let horizon_micros = i64::from(context.question.settings.horizon_days) * MICROS_PER_DAY;
    let treated = |row: usize| {
        let facts = &context.view.leads[row];
        let at = facts.at(Stage::Mql).filter(|at| context.question.period.contains(*at) && context.keeps(Table::Leads, row))?;
        if context.view.as_of.0 - at.0 < horizon_micros || !facts.records(Stage::Customer) {
            return None;
        }
        Some((row, if is_dropped(context, row, answers[row]?) { Treated::Dropped } else { treatment(answers[row]?)? }))
    };
    (0..context.history.leads.len()).filter_map(treated).collect()
}

fn treatment(answer: Answered) -> Option<Treated> {
    match answer {
        Answered::InTime => Some(Treated::InTime),
        Answered::Late => Some(Treated::Late),
        Answered::Never => Some(Treated::Dropped),
        Answered::NotYet | Answered::NotRecorded => None,
    }
}

/// Accepted, and then nothing was logged any more, and nothing came of it.
fn is_dropped(context: &Context, row: usize, answer: Answered) -> bool {
    let (facts, work) = (&context.view.leads[row], context.view.work());
    let Some(accepted_at) = facts.at(Stage::Sal).filter(|_| work.is_recorded()) else { return answer == Answered::Never };
    !facts.has_reached(Stage::Sql) && work.first_with(&context.view, row, accepted_at, false).is_none()
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
pub fn missing(context: &Context, ripe: &[(usize, Treated)], treated: Treated, worth: Option<Worth>) -> Option<Missing> {
    let worth = worth?;
    let sources = context.history.leads.source.codes();
    let segments = context.segments.as_ref().map(|segments| &segments.leads);
    let stratum = |row: usize| {
        let segment = segments.map_or(0, |segments| segments[row]);
        ((sources[row] + 1) as u64) << 32 | u64::from(segment)
    };
    // Late ones are compared with those in time, dropped ones with all that were worked on.
    let is_compared =
        |other: Treated| other == treated || (treated == Treated::Dropped && other == Treated::Late) || other == Treated::InTime;
    let case =
        |(row, how): &(usize, Treated)| -> Case { (stratum(*row), *how == treated, context.view.leads[*row].has_reached(Stage::Customer)) };
    let goes_with = goes_with(ripe.iter().filter(|(_, how)| is_compared(*how)).map(case))?;
    let rows: Vec<usize> = ripe.iter().filter(|(_, how)| *how == treated).map(|(row, _)| *row).collect();
    let n = rows.len() as f64;
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
