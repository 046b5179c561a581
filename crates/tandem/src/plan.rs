//! `tandem plan`: what it takes to win so many customers, or to sign so much, by a day.

use clap::Args;
use office::{
    plan::{params::PlanParams, report},
    question::QuestionParams,
};

use crate::{Place, report::print};

#[derive(Args)]
pub struct PlanArgs {
    /// Customers to win from now on; what is missing from the Agreement's revenue target, where neither is given
    #[arg(long, conflicts_with = "revenue")]
    customers: Option<String>,
    /// Revenue to sign from now on, in whole units of the currency
    #[arg(long, value_name = "AMOUNT")]
    revenue: Option<String>,
    /// The last day that counts
    #[arg(long, value_name = "DATE")]
    by: Option<String>,
    /// The chance to plan for: 0.8 or 80%
    #[arg(long)]
    probability: Option<String>,
    /// A saved plan, which the rest goes over
    #[arg(long, value_name = "ID")]
    plan: Option<String>,
    /// Assume this rate from lead to the next stage (0.3 or 30%)
    #[arg(long, value_name = "RATE")]
    lead_rate: Option<String>,
    /// Assume this rate from MQL to the next stage
    #[arg(long, value_name = "RATE")]
    mql_rate: Option<String>,
    /// Assume this rate from SAL to the next stage
    #[arg(long, value_name = "RATE")]
    sal_rate: Option<String>,
    /// Assume this rate from SQL to customer
    #[arg(long, value_name = "RATE")]
    sql_rate: Option<String>,
    /// Assume this mean of a signed deal
    #[arg(long, value_name = "AMOUNT")]
    deal_size: Option<String>,
    /// The chance of the target with this spend a month
    #[arg(long, value_name = "AMOUNT")]
    spend: Option<String>,
    /// Every step takes so many times as long
    #[arg(long, value_name = "FACTOR")]
    cycle_factor: Option<String>,
    /// Reps who take MQLs
    #[arg(long)]
    reps: Option<String>,
    /// MQLs that each of them takes in a month
    #[arg(long)]
    mqls_per_rep: Option<String>,
    /// How plans of past months would have done, instead of a plan
    #[arg(long)]
    backtest: bool,
    /// Count nothing that happened later: 2026-03-01 (its end) or 2026-03-01T09:00:00Z
    #[arg(long, value_name = "INSTANT")]
    as_of: Option<String>,
    /// Count nothing that was learned later
    #[arg(long, value_name = "INSTANT")]
    known_at: Option<String>,
    /// Keep only dimension=value (dimension= for not recorded); can be given several times
    #[arg(long, value_name = "DIMENSION=VALUE")]
    filter: Vec<String>,
    /// ISO code; amounts in other currencies are left out
    #[arg(long)]
    currency: Option<String>,
}

pub async fn run(place: &Place, args: PlanArgs) -> anyhow::Result<()> {
    let office = place.open().await?;
    let question = QuestionParams {
        as_of: args.as_of,
        known_at: args.known_at,
        filter: Some(args.filter.join("\n")),
        currency: args.currency,
        ..QuestionParams::default()
    };
    if args.backtest {
        return print(place.format, &report::past_report(&office, &question).await?);
    }
    let own = PlanParams {
        plan: args.plan,
        customers: args.customers,
        revenue: args.revenue,
        by: args.by,
        probability: args.probability,
        lead_rate: args.lead_rate,
        mql_rate: args.mql_rate,
        sal_rate: args.sal_rate,
        sql_rate: args.sql_rate,
        deal_size: args.deal_size,
        spend: args.spend,
        cycle_factor: args.cycle_factor,
        reps: args.reps,
        mqls_per_rep: args.mqls_per_rep,
        ..PlanParams::default()
    };
    print(place.format, &report::report(&office, &question, &own).await?)
}
