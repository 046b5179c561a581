//! `tandem score`: learn a version of the score, what the newest does, and what it says of one lead.

use clap::{Args, Subcommand};
use facts::changes::Author;
use office::{Office, score};

use crate::{Place, report};

#[derive(Args)]
pub struct ScoreArgs {
    #[command(subcommand)]
    what: Option<Which>,
}

#[derive(Subcommand)]
enum Which {
    /// How well the newest version does beside the points, and what it has learned (the default)
    Show,
    /// Learn a version from the history as it stands
    Train {
        /// What it is the probability of: sql, opportunity or customer
        #[arg(long, default_value = "sql")]
        outcome: String,
        /// Within how many days; the Agreement's horizon, where it is left out
        #[arg(long, value_name = "DAYS")]
        horizon_days: Option<u32>,
    },
    /// What the newest version says of a lead, and why
    Lead {
        /// Id of the lead
        id: i64,
    },
}

pub async fn run(place: &Place, args: ScoreArgs) -> anyhow::Result<()> {
    let office = place.open().await?;
    let report = match args.what.unwrap_or(Which::Show) {
        Which::Show => score::report::score(&office).await?,
        Which::Train { outcome, horizon_days } => {
            train(&office, score::Wanted { outcome: Some(outcome), horizon_days }).await?;
            score::report::score(&office).await?
        }
        Which::Lead { id } => score::report::lead(id, score::of_lead(&office, id).await?, office.clock().now())?,
    };
    report::print(place.format, &report)
}

async fn train(office: &Office, wanted: score::Wanted) -> anyhow::Result<i64> {
    let fresh = score::learn(office, &wanted).await?;
    let version = office.agreement().await?.number;
    let author = Author { actor: None, now: office.clock().now().0, agreement_version: Some(i64::from(version)) };
    let mut tx = office.facts().write().await?;
    let number = score::save(&mut tx, &author, &fresh).await?;
    tx.commit().await?;
    Ok(number)
}
