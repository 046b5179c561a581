//! `tandem routing`: why leads went where they went, what waits, and a month under another Agreement.

use clap::{Args, Subcommand};
use facts::{list::Turn, routing as record};
use office::routing::{
    api::{Assignment, Queued, ReplayAnswer, ReplayQuery, replayed},
    log::LogQuery,
};

use crate::{Format, Place, print_json, print_text};

#[derive(Args)]
pub struct RoutingArgs {
    #[command(subcommand)]
    which: Which,
}

#[derive(Subcommand)]
enum Which {
    /// The latest decisions, with their reasons
    Log {
        /// Of one lead, by its id
        #[arg(long)]
        lead: Option<String>,
        /// To one user, by its id
        #[arg(long)]
        owner: Option<String>,
        /// By one rule, by its name
        #[arg(long)]
        rule: Option<String>,
        /// By one pool, by its key
        #[arg(long)]
        pool: Option<String>,
        /// To one queue, by its name; any for all
        #[arg(long)]
        queue: Option<String>,
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Where a month's leads would have gone under another version or a draft
    Replay {
        /// Such as 2026-10; the last whole month, where it is left out
        #[arg(long)]
        month: Option<String>,
        /// Number of a version of the Agreement; the one in force, where neither is given
        #[arg(long, conflicts_with = "draft")]
        version: Option<String>,
        /// Id of a draft
        #[arg(long)]
        draft: Option<String>,
    },
    /// Leads that no rule could place
    Queue {
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
}

pub async fn run(place: &Place, args: RoutingArgs) -> anyhow::Result<()> {
    let office = place.open().await?;
    match args.which {
        Which::Log { lead, owner, rule, pool, queue, limit } => {
            let query = LogQuery { lead, owner, rule, pool, queue, limit: None, cursor: None };
            let mut read = office.facts().read().await?;
            let page = record::log(&mut read, &query.filter()?, Turn { cursor: None, limit }).await?;
            let rows: Vec<_> = page.items.into_iter().map(Assignment::from).collect();
            if rows.is_empty() && place.format == Format::Text {
                return print_text("No decisions.\n");
            }
            let line = |row: &Assignment| {
                vec![row.at.clone(), row.lead_id.to_string(), or_dash(row.owner_name.as_ref().or(row.queue.as_ref())), row.reason.clone()]
            };
            print(place.format, &rows, &["at", "lead", "went_to", "reason"], rows.iter().map(line))
        }
        Which::Queue { limit } => {
            let mut read = office.facts().read().await?;
            let page = record::queue(&mut read, Turn { cursor: None, limit }).await?;
            let rows: Vec<_> = page.items.into_iter().map(Queued::from).collect();
            if rows.is_empty() && place.format == Format::Text {
                return print_text("Nothing waits: every lead has an owner.\n");
            }
            let line = |row: &Queued| {
                let person = row.person_name.as_ref().or(row.person_email.as_ref());
                vec![
                    row.lead_id.to_string(),
                    row.queue.clone(),
                    or_dash(person),
                    or_dash(row.company_name.as_ref()),
                    or_dash(row.reason.as_ref()),
                ]
            };
            print(place.format, &rows, &["lead", "queue", "person", "company", "reason"], rows.iter().map(line))
        }
        Which::Replay { month, version, draft } => {
            let answer = replayed(&office, &ReplayQuery { month, version, draft }).await?;
            print_replay(place.format, &answer)
        }
    }
}

fn print_replay(format: Format, answer: &ReplayAnswer) -> anyhow::Result<()> {
    let reps = answer.reps.iter().map(|rep| (rep.name.clone(), rep.leads_then, rep.leads_now));
    let queue = std::iter::once(("waiting in a queue".to_owned(), answer.queued_then, answer.queued_now));
    let lines = reps.chain(queue).map(|(name, then, now)| vec![name, then.to_string(), now.to_string()]);
    if format == Format::Text {
        let cut = if answer.is_cut { ", the first of the month" } else { "" };
        let words = format!(
            "{} to {} under {}: {} decisions{cut}, {} of them different\n\n",
            answer.from, answer.to, answer.agreement, answer.decisions, answer.elsewhere_count
        );
        print_text(&words)?;
    }
    print(format, answer, &["rep", "as_it_was", "replayed"], lines)
}

fn or_dash(text: Option<&String>) -> String {
    text.cloned().unwrap_or_else(|| "-".to_owned())
}

/// JSON as the API has it; CSV; or columns as wide as their widest cell, but for the last.
fn print(format: Format, json: &impl serde::Serialize, heads: &[&str], lines: impl Iterator<Item = Vec<String>>) -> anyhow::Result<()> {
    if format == Format::Json {
        return print_json(json);
    }
    let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(heads).chain(lines).collect();
    if format == Format::Csv {
        let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let line = |row: &Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\r\n";
        return print_text(&rows.iter().map(line).collect::<String>());
    }
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    print_text(&rows.iter().map(line).collect::<String>())
}
