//! `tandem demo`: a sample company through the same verbs as real use, then served.

use alignment::Instant;
use clap::Args;
use office::{Actor, sample_company};

use crate::{Format, Place, import::progress_bar, print_json, serve};

#[derive(Args)]
pub struct DemoArgs {
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    listen: String,
    /// Another seed gives another company with the same stories
    #[arg(long, default_value_t = sample::SEED)]
    seed: u64,
    /// The instant at which the sample's history ends; now, unless given
    #[arg(long, value_name = "INSTANT")]
    ends_at: Option<Instant>,
    /// 1 is 6,000 companies, 20,000 people and 250,000 touches
    #[arg(long, default_value_t = 1.0, value_name = "SHARE", value_parser = scale)]
    scale: f64,
    /// Make the company and stop, without serving it
    #[arg(long)]
    load_only: bool,
}

fn scale(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|scale| (0.01..=10.0).contains(scale)).ok_or_else(|| "write a number from 0.01 to 10".to_owned())
}

pub async fn run(place: &Place, args: DemoArgs) -> anyhow::Result<()> {
    let office = place.open().await?;
    if sample_company::is_loaded(&office).await? {
        eprintln!("The sample company is in {} already.", place.home.display());
    } else {
        let ends_at = args.ends_at.unwrap_or_else(|| office.clock().now());
        let (bar, progress) = progress_bar("rows of the sample company");
        let loaded = sample_company::load(&office, &Actor::command_line(), args.seed, ends_at, args.scale, progress).await;
        bar.finish_and_clear();
        let report = loaded?;
        office.history().await?;
        office.history_keeper().save_rest().await?;
        if place.format == Format::Json {
            print_json(&report)?;
        } else {
            println!("Made {} with {} records in {}.", sample::NAME, report.created, place.home.display());
        }
    }
    if args.load_only { Ok(()) } else { serve::listen(office, &args.listen).await }
}
