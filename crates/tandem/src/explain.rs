//! `tandem explain`: why a number moved, or what stands out now.

use clap::Args;
use office::{
    question::QuestionParams,
    why::{WhyParams, report as why},
};

use crate::{Place, report::print};

#[derive(Args)]
pub struct ExplainArgs {
    /// The number's key, such as mql_to_sal_rate or revenue; without one, what stands out now among all
    number: Option<String>,
    /// last_quarter, last_month, ..., a month 2026-03, a year 2026, or 2026-01-01..2026-04-01 [default: last_quarter]
    #[arg(long, requires = "number")]
    period: Option<String>,
    /// before (the period of the same length right before), year_ago, or a period [default: before]
    #[arg(long, value_name = "PERIOD", requires = "number")]
    against: Option<String>,
    /// source, campaign, channel, content, owner, industry, country, custom:FIELD, or reason [default: what explains most]
    #[arg(long, value_name = "DIMENSION", requires = "number")]
    by: Option<String>,
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

pub async fn run(place: &Place, args: ExplainArgs) -> anyhow::Result<()> {
    let office = place.open().await?;
    let params = QuestionParams {
        as_of: args.as_of,
        known_at: args.known_at,
        period: args.period,
        filter: Some(args.filter.join("\n")),
        currency: args.currency,
        ..QuestionParams::default()
    };
    let report = match args.number {
        None => why::of_all(&office, &params).await?,
        Some(number) => {
            let own = WhyParams { number: Some(number), against: args.against, by: args.by };
            why::of_number(&office, &params, &own).await?
        }
    };
    print(place.format, &report)
}
