//! What two versions are compared by, and what of it each lead brought.

use alignment::{Instant, instant::MICROS_PER_DAY, lifecycle::Stage};
use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::engine::{Amount, Context};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Mql,
    Sql,
    Customer,
    Revenue,
}

impl Outcome {
    pub const ALL: [Outcome; 4] = [Outcome::Mql, Outcome::Sql, Outcome::Customer, Outcome::Revenue];

    /// The name in the API, the command line and the record.
    pub fn key(self) -> &'static str {
        ["mql_rate", "sql_rate", "customer_rate", "revenue_per_lead"][self as usize]
    }

    pub fn name(self) -> &'static str {
        ["Leads that became MQLs", "Leads that became SQLs", "Leads that became customers", "Revenue per lead"][self as usize]
    }

    pub fn parse(key: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.key() == key)
    }

    pub fn stage(self) -> Option<Stage> {
        [Some(Stage::Mql), Some(Stage::Sql), Some(Stage::Customer), None][self as usize]
    }
}

/// What a lead brought within the time that counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Brought {
    /// Whether it reached the stage, or minor units.
    Counted(f64),
    /// Its source does not write the stage down.
    NotRecorded,
}

/// Revenue by lead: of each won deal in the question's currency, when it was signed and its minor units.
pub type Signed = FxHashMap<usize, Vec<(Instant, i64)>>;

pub fn signed(context: &Context) -> Signed {
    let mut by_lead: Signed = FxHashMap::default();
    for row in 0..context.history.deals.len() {
        let Some((at, _)) = context.won(row) else { continue };
        if let (Some(lead), Amount::Minor(minor)) = (context.view.lead_of_deal(row), context.deal_amount(row)) {
            by_lead.entry(lead).or_default().push((at, minor));
        }
    }
    by_lead
}

/// `within_days`: what came later after the lead was opened does not count.
pub fn brought(context: &Context, signed: &Signed, lead_row: usize, outcome: Outcome, within_days: Option<u32>) -> Brought {
    let facts = &context.view.leads[lead_row];
    let Some(opened_at) = facts.begins() else { return Brought::NotRecorded };
    let in_time = |at: Instant| within_days.is_none_or(|days| at.0 - opened_at.0 <= i64::from(days) * MICROS_PER_DAY);
    let Some(stage) = outcome.stage() else {
        let deals = signed.get(&lead_row).into_iter().flatten();
        return Brought::Counted(deals.filter(|(at, _)| in_time(*at)).map(|(_, minor)| *minor as f64).sum());
    };
    if !facts.source_records(stage) {
        return Brought::NotRecorded;
    }
    Brought::Counted(f64::from(u8::from(facts.from(stage).is_some_and(in_time))))
}
