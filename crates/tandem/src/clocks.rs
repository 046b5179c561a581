//! `tandem clocks`: what is due, and letting time do its work.

use clap::{Args, Subcommand};
use office::{
    clocks::{
        self,
        api::{Clock, ClockQuery},
    },
    report::Sheet,
};

use crate::{Format, Place, print_json, print_text};

#[derive(Args)]
pub struct ClocksArgs {
    /// Without a command: the clocks that run
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Subcommand)]
enum What {
    /// List clocks in the order in which they are due
    List {
        /// review, first_attempt, attempts or qualification
        #[arg(long)]
        kind: Option<String>,
        /// running, breached, kept or void
        #[arg(long)]
        state: Option<String>,
        /// Id of a user
        #[arg(long)]
        owner: Option<String>,
        /// Id of a lead
        #[arg(long)]
        lead: Option<String>,
        /// So many at most (200 is the most)
        #[arg(long, value_name = "NUMBER")]
        limit: Option<usize>,
        /// Go on from the `next` of the page before
        #[arg(long)]
        cursor: Option<String>,
    },
    /// Warn, call breaches and escalate, as the server does every 15 seconds: for where no server runs
    Tick,
}

pub async fn run(place: &Place, args: ClocksArgs) -> anyhow::Result<()> {
    let office = place.open().await?;
    let running = What::List { kind: None, state: Some("running".into()), owner: None, lead: None, limit: None, cursor: None };
    match args.what.unwrap_or(running) {
        What::Tick => {
            let acted = clocks::tick(&office).await?;
            match place.format {
                Format::Json => print_json(&serde_json::json!({ "acted_on": acted })),
                _ => print_text(&format!("Acted on {acted} clocks.\n")),
            }
        }
        What::List { kind, state, owner, lead, limit, cursor } => {
            let query = ClockQuery { kind, state, owner, lead, sort: None, limit, cursor };
            let page = clocks::api::page(&office, &query).await?;
            match place.format {
                Format::Json => print_json(&page),
                Format::Csv => print_text(&sheet(&page.items).to_csv()),
                Format::Text => {
                    let next = page.next.map(|next| format!("\nMore: --cursor {next}\n")).unwrap_or_default();
                    print_text(&(sheet(&page.items).to_text() + &next))
                }
            }
        }
    }
}

fn sheet(clocks: &[Clock]) -> Sheet {
    let header = ["id", "lead", "kind", "person", "company", "owner", "started_at", "due_at", "state"];
    let words = |text: &Option<String>| text.clone().unwrap_or_default();
    let row = |clock: &Clock| {
        let state = match &clock.outcome {
            Some(outcome) => outcome.clone(),
            None if clock.breached_at.is_some() => "late".to_owned(),
            None if clock.paused_at.is_some() => "stands still".to_owned(),
            None => "running".to_owned(),
        };
        vec![
            clock.id.to_string(),
            clock.lead_id.to_string(),
            clock.kind.clone(),
            words(&clock.person_name),
            words(&clock.company_name),
            words(&clock.owner_name),
            clock.started_at.clone(),
            clock.due_at.clone(),
            state,
        ]
    };
    Sheet { title: "Clocks".to_owned(), header: header.map(str::to_owned).to_vec(), rows: clocks.iter().map(row).collect() }
}
