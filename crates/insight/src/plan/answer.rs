//! What a plan says. Counts are of passes, money in minor units of the question's currency; `None` is undefined, never zero.

use alignment::{Currency, Instant, lifecycle::Stage};
use serde::Serialize;

use super::pacing::Pacing;

#[derive(Clone, Debug, Serialize)]
pub struct PlanAnswer {
    pub as_of: Instant,
    pub known_at: Instant,
    pub agreement_version: u32,
    pub currency: Currency,
    pub target_customers: Option<u64>,
    pub target_revenue_minor: Option<i64>,
    /// What is signed before it counts.
    pub by: Instant,
    pub focus: f64,
    pub replicates: usize,
    pub seed: u64,
    pub deal_size: DealSize,
    pub steps: Vec<StepUsed>,
    pub in_hand: InHand,
    /// One for each probability, in ascending order.
    pub columns: Vec<Column>,
    /// By month and source, of the column in focus; they add up to its leads.
    pub cells: Vec<Cell>,
    pub sources: Vec<SourceUsed>,
    pub last_useful: Vec<LastUseful>,
    /// If leads go on coming as they do.
    pub pace: Pace,
    /// If as much is spent as was said. `None`: nothing was.
    pub with_spend: Option<Pace>,
    pub capacity: Vec<Capacity>,
    /// Against the Agreement's volume.
    pub promise: Option<Promise>,
    /// Against the Agreement's revenue target.
    pub pacing: Option<Pacing>,
    pub is_season_known: bool,
    /// What stands in the way, and what was assumed.
    pub words: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DealSize {
    /// `None`: no deal was signed, and none was assumed.
    pub mean_minor: Option<f64>,
    pub recorded_minor: Option<f64>,
    pub deals: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepUsed {
    pub from: Stage,
    pub to: Stage,
    /// Mature cohorts: who entered in this time.
    pub cohorts_from: Instant,
    pub cohorts_to: Instant,
    pub entered: u64,
    pub reached: u64,
    /// `None`: no mature cohort.
    pub recorded_rate: Option<f64>,
    /// 95%, of the posterior.
    pub interval: Option<(f64, f64)>,
    /// What the plan counts with: assumed, or as recorded.
    pub rate: Option<f64>,
    pub is_assumed: bool,
    pub median_days: Option<f64>,
    /// By when 95 of 100 conversions have come.
    pub mature_days: f64,
    pub conversions: usize,
    pub spread: f64,
}

/// What is in the pipeline already.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InHand {
    /// Open passes without a deal, by the stage that they stand in.
    pub passes: Vec<(Stage, u64)>,
    pub deals: u64,
    /// Expected from them by the date.
    pub customers: Option<f64>,
    pub revenue_minor: Option<f64>,
    /// The chance that they are enough.
    pub chance: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Column {
    pub probability: f64,
    /// One for each stage before the customer, leads first.
    pub needs: Vec<Need>,
    /// At the sources' costs per lead; that it is enough for the leads has this probability too.
    pub spend_minor: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Need {
    pub stage: Stage,
    /// Entries from now to the last useful month, beside what is in hand. `None`: no number is enough, or the record can't tell.
    pub total: Option<f64>,
    /// In an average month.
    pub per_month: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cell {
    /// `2026-07`.
    pub month: String,
    /// Place in `sources`.
    pub source: usize,
    pub leads: i64,
    pub mqls: Option<f64>,
    /// At the source's mean cost per lead.
    pub spend_minor: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceUsed {
    pub source: Option<String>,
    /// Of the leads to come.
    pub share: f64,
    /// Of a lead, to become a customer in the end.
    pub lead_to_customer: Option<f64>,
    pub leads: Option<i64>,
    /// Of the last twelve whole months. `None`: nothing was spent, or no lead came.
    pub cost_per_lead_minor: Option<f64>,
    /// What the cost is of: the spend that falls on the source, and the leads that came.
    pub cost_spend_minor: f64,
    pub cost_leads: u64,
    /// Standard deviation over mean, between months.
    pub cost_variation: f64,
    pub spend_minor: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LastUseful {
    pub stage: Stage,
    /// `None`: whoever enters the stage from now on comes too late.
    pub month: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Pace {
    pub leads_per_month: Option<f64>,
    pub leads: Option<f64>,
    pub customers: Option<f64>,
    pub revenue_minor: Option<f64>,
    pub chance: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Capacity {
    /// What the reps take: `MQLs` or `SQLs`.
    pub of: &'static str,
    pub needed_per_month: f64,
    pub per_rep: Option<f64>,
    pub usual_per_rep: Option<f64>,
    pub reps_needed: Option<u64>,
    pub reps: u64,
    /// The chance of the target where no more than these reps take comes through.
    pub chance: Option<f64>,
    pub is_short: bool,
    pub words: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Promise {
    pub mqls_per_month: f64,
    pub needed_per_month: f64,
    /// Needed less promised.
    pub short_by: f64,
    pub words: String,
}
