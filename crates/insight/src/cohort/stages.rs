//! How long leads and deals stay in each stage, how many leave the funnel from it, and which are stuck there.

use alignment::{
    Instant,
    lifecycle::{DealStage, Stage},
};
use rayon::prelude::*;
use serde::Serialize;

use super::{
    Curve, Outcome, Spell,
    deals::deal_stays,
    stays::{Stay, exit},
};
use crate::{engine::Context, rows::Table};

/// Fewer ended stays than this say nothing about what is usual.
pub const ENDED_MIN: u64 = 5;

/// The stays in one stage.
#[derive(Clone, Debug, Serialize)]
pub struct StageTimes {
    /// `leads` or `deals`.
    #[serde(serialize_with = "table_name")]
    pub table: Table,
    pub stage: &'static str,
    pub name: &'static str,
    /// Stays that began in the period.
    pub entered: u64,
    /// Went on to a later stage.
    pub moved_on: u64,
    /// Left the funnel from here.
    pub left: u64,
    pub open: u64,
    /// `left` out of `entered`.
    pub drop_off: Option<f64>,
    /// Kaplan-Meier, with those still open. `None`: fewer have ended.
    pub median_days: Option<f64>,
    pub p75_days: Option<f64>,
    pub p90_days: Option<f64>,
    /// Open now, whenever they began, for longer than `p90_days`. `None`: too few have ended to say what is usual.
    pub stuck: Option<u64>,
}

impl StageTimes {
    pub fn is_of_deals(&self) -> bool {
        self.table == Table::Deals
    }
}

fn table_name<S: serde::Serializer>(table: &Table, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(if *table == Table::Deals { "deals" } else { "leads" })
}

/// One for each stage that is written down, in order: the leads' first.
pub fn stage_times(context: &Context) -> Vec<StageTimes> {
    let stages: Vec<Stage> = Stage::FUNNEL.into_iter().filter(|stage| *stage < Stage::Customer).collect();
    let of_leads = stages.par_iter().map(|stage| times(context, Table::Leads, stage.key(), stage.name(), &lead_stays(context, *stage)));
    let mut all: Vec<StageTimes> = of_leads.filter(|times| times.entered > 0).collect();
    for stage in DealStage::ALL.into_iter().filter(|stage| !stage.is_closed()) {
        let times = times(context, Table::Deals, stage.key(), stage.name(), &stays_of_deals(context, stage));
        all.extend(Some(times).filter(|times| times.entered > 0));
    }
    all
}

/// The stays of leads or deals in a stage, by its key. `None`: there is no such stage.
pub(super) fn stays_in(context: &Context, table: Table, stage: &str) -> Option<Vec<Stay>> {
    match table {
        Table::Deals => Some(stays_of_deals(context, DealStage::parse(stage).filter(|stage| !stage.is_closed())?)),
        _ => Some(lead_stays(context, Stage::parse(stage).filter(|stage| *stage < Stage::Customer)?)),
    }
}

/// The age beyond which an open stay counts as stuck.
pub(super) fn stuck_beyond_days(context: &Context, stays: &[Stay]) -> Option<f64> {
    let inside = stays.iter().filter(|stay| context.question.period.contains(stay.entered_at));
    let ended = inside.clone().filter(|stay| stay.outcome != Outcome::Open).count() as u64;
    let curve = Curve::of_stays(inside.map(Stay::spell));
    curve.ended_age(0.9).filter(|_| ended >= ENDED_MIN)
}

fn times(context: &Context, table: Table, stage: &'static str, name: &'static str, stays: &[Stay]) -> StageTimes {
    let inside: Vec<Spell> = stays.iter().filter(|stay| context.question.period.contains(stay.entered_at)).map(Stay::spell).collect();
    let count = |outcome| inside.iter().filter(|spell| spell.outcome == outcome).count() as u64;
    let (entered, moved_on, left) = (inside.len() as u64, count(Outcome::Converted), count(Outcome::Left));
    let curve = Curve::of_stays(inside);
    let p90_days = curve.ended_age(0.9);
    let usual = p90_days.filter(|_| moved_on + left >= ENDED_MIN);
    let is_stuck = |stay: &&Stay, usual: f64| stay.outcome == Outcome::Open && stay.age_days() > usual;
    StageTimes {
        table,
        stage,
        name,
        entered,
        moved_on,
        left,
        open: entered - moved_on - left,
        drop_off: (entered > 0).then(|| left as f64 / entered as f64),
        median_days: curve.ended_age(0.5),
        p75_days: curve.ended_age(0.75),
        p90_days,
        stuck: usual.map(|usual| stays.iter().filter(|stay| is_stuck(stay, usual)).count() as u64),
    }
}

/// A lead is in a stage until it enters a later one, or leaves the funnel.
fn lead_stays(context: &Context, stage: Stage) -> Vec<Stay> {
    let stay = |row: usize| {
        let facts = &context.view.leads[row];
        let entered_at = facts.at(stage).filter(|_| facts.counts_in(stage))?;
        let later = || Stage::FUNNEL.into_iter().filter(|later| *later > stage);
        let moved_at = later().filter_map(|later| facts.at(later)).min();
        let reached_later = later().any(|later| facts.has_reached(later));
        let (until, outcome) = match (moved_at, exit(facts)) {
            (Some(at), _) => (at, Outcome::Converted),
            // It went on, and nobody wrote down when.
            (None, _) if reached_later => return None,
            (None, Some(at)) => (at, Outcome::Left),
            (None, None) => (context.view.as_of, Outcome::Open),
        };
        (until >= entered_at).then_some(Stay { row: row as u32, entered_at, until, outcome })
    };
    (0..context.view.leads.len()).filter(|row| context.keeps(Table::Leads, *row)).filter_map(stay).collect()
}

fn stays_of_deals(context: &Context, stage: DealStage) -> Vec<Stay> {
    let outcome = |next: Option<(Instant, DealStage)>| match next {
        None => Outcome::Open,
        Some((_, DealStage::Lost)) => Outcome::Left,
        Some(_) => Outcome::Converted,
    };
    let stays = deal_stays(context).into_iter().filter(|stay| stay.stage == stage);
    stays
        .map(|stay| Stay {
            row: stay.row,
            entered_at: stay.entered_at,
            until: stay.next.map_or(context.view.as_of, |(at, _)| at),
            outcome: outcome(stay.next),
        })
        .collect()
}
