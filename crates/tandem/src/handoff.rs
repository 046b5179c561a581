//! `tandem handoff`: the desk's inbox and decisions, as the page and the API have them.

use clap::{Args, Subcommand};
use facts::list::{LIMIT_MAX, Turn};
use office::{
    Actor, Office, Role,
    api::Field,
    handoff::{
        Acting, accept, attempt,
        inbox::{self, Whose},
        question, recycle, reject,
    },
};
use serde_json::json;

use crate::{Format, Place, print_json, print_text};

#[derive(Args)]
pub struct HandoffArgs {
    /// E-mail address of the user on whose behalf it is done
    #[arg(long, global = true, value_name = "EMAIL")]
    by: Option<String>,
    #[command(subcommand)]
    command: Option<HandoffCommand>,
}

#[derive(Subcommand)]
enum HandoffCommand {
    /// What waits, what is due first on top
    Inbox {
        /// review, contact, working, questions or queue
        #[arg(long, default_value = "review")]
        tab: String,
        /// mine, team or all
        #[arg(long)]
        whose: Option<String>,
    },
    /// Accept a lead for outreach
    Accept { lead: i64 },
    /// Reject a lead with one of the Agreement's reasons
    Reject {
        lead: i64,
        #[arg(long)]
        reason: String,
        #[arg(long)]
        note: Option<String>,
    },
    /// Send a lead back to nurture
    Recycle {
        lead: i64,
        #[arg(long)]
        reason: String,
        #[arg(long)]
        note: Option<String>,
        /// When to look at it again, such as 2026-09-01
        #[arg(long, value_name = "DATE")]
        return_at: Option<String>,
    },
    /// Log a contact attempt
    Attempt {
        lead: i64,
        /// call, email or meeting
        #[arg(long, default_value = "call")]
        kind: String,
        #[arg(long)]
        outcome: Option<String>,
        #[arg(long)]
        note: Option<String>,
    },
    /// Ask marketing about a lead
    Ask { lead: i64, text: String },
    /// Answer the open question about a lead
    Answer { lead: i64, text: String },
}

pub async fn run(place: &Place, args: HandoffArgs) -> anyhow::Result<()> {
    let office = place.open().await?;
    let actor = actor(&office, args.by.as_deref()).await?;
    let command = args.command.unwrap_or(HandoffCommand::Inbox { tab: "review".into(), whose: None });
    match command {
        HandoffCommand::Inbox { tab, whose } => print_inbox(place, &office, &actor, &tab, whose.as_deref()).await,
        decision => decide(place, &office, &actor, decision).await,
    }
}

/// The user of that address, or the one at the machine, who may do all.
async fn actor(office: &Office, email: Option<&str>) -> anyhow::Result<Actor> {
    let Some(email) = email else { return Ok(Actor::command_line()) };
    let user = facts::access::user_by_email(&mut *office.facts().reader().await?, email).await?;
    let Some(user) = user else { anyhow::bail!("--by: nobody has the e-mail address {email}; see Settings, Users") };
    let Some(role) = user.role.as_deref().and_then(Role::parse) else {
        anyhow::bail!("--by: {} has no account; an administrator can invite them", user.name)
    };
    Ok(Actor { user: Some(alignment::ids::UserId(user.id)), name: user.name, role, scopes: None })
}

async fn print_inbox(place: &Place, office: &Office, actor: &Actor, tab: &str, whose: Option<&str>) -> anyhow::Result<()> {
    let tab = inbox::tab(Some(tab))?;
    let whose = Whose::parse(whose, actor)?;
    let turn = Turn { cursor: None, limit: LIMIT_MAX };
    let page = inbox::list(&mut *office.facts().reader().await?, actor, tab.tab, whose, turn).await?;
    let due = |at: Option<i64>| at.map(|at| alignment::Instant(at).to_string());
    if place.format == Format::Json {
        let leads: Vec<_> = page
            .items
            .iter()
            .map(|row| json!({"id": row.id, "person": row.person_name, "company": row.company_name, "stage": row.stage, "owner": row.owner_name, "due_at": due(row.due_at)}))
            .collect();
        return print_json(&json!({"items": leads, "next": page.next}));
    }
    let mut text = format!("{}: {}{}\n", tab.name, page.items.len(), if page.next.is_some() { " and more" } else { "" });
    for row in &page.items {
        let who = row.person_name.clone().or_else(|| row.person_email.clone()).unwrap_or_else(|| format!("person {}", row.person_id));
        let company = row.company_name.as_deref().map(|company| format!(", {company}")).unwrap_or_default();
        let owner = row.owner_name.as_deref().unwrap_or("nobody’s");
        text += &format!("{:>8}  {:<24}  {who}{company} ({owner})\n", row.id, due(row.due_at).unwrap_or_else(|| "no due date".into()));
    }
    print_text(&text)
}

async fn decide(place: &Place, office: &Office, actor: &Actor, command: HandoffCommand) -> anyhow::Result<()> {
    let acting = Acting::of(office, actor).await?;
    let mut tx = office.facts().write().await?;
    let text = |field: Option<String>| Field(field.map(Some));
    let lead = match command {
        HandoffCommand::Inbox { .. } => return Ok(()),
        HandoffCommand::Accept { lead } => {
            accept::accept(&mut tx, &acting, lead, accept::Acceptance::default()).await?;
            lead
        }
        HandoffCommand::Reject { lead, reason, note } => {
            reject::reject(&mut tx, &acting, lead, reject::Rejection { reason, note: text(note) }).await?;
            lead
        }
        HandoffCommand::Recycle { lead, reason, note, return_at } => {
            let recycling = recycle::Recycling { reason, note: text(note), return_at: text(return_at) };
            recycle::recycle(&mut tx, &acting, lead, recycling).await?;
            lead
        }
        HandoffCommand::Attempt { lead, kind, outcome, note } => {
            let attempt = attempt::Attempt { kind, outcome: text(outcome), note: text(note), at: Field(None) };
            attempt::log(&mut tx, &acting, lead, attempt).await?;
            lead
        }
        HandoffCommand::Ask { lead, text } => {
            question::ask(&mut tx, &acting, lead, question::Words { text }).await?;
            lead
        }
        HandoffCommand::Answer { lead, text } => {
            question::answer(&mut tx, &acting, lead, question::Words { text }).await?;
            lead
        }
    };
    let stage = facts::leads::one(tx.conn(), lead).await?.stage;
    tx.commit().await?;
    match place.format {
        Format::Json => print_json(&json!({"lead": lead, "stage": stage})),
        _ => print_text(&format!("Lead {lead} is {stage}.\n")),
    }
}
