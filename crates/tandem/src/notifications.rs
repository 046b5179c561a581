//! `tandem notifications`: what people were told, and the messages on their way.

use clap::{Args, Subcommand};
use facts::{
    list::Turn,
    notifications::{self as told, deliveries},
};
use office::{Actor, Office, api::write, notifications};
use serde_json::json;

use crate::{Format, Place, print_json, print_text};

#[derive(Args)]
pub struct NotificationsArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// What people were told, newest first
    List {
        /// Only of the user with this e-mail address
        #[arg(long, value_name = "EMAIL")]
        user: Option<String>,
        /// At most so many, up to 200
        #[arg(long, default_value_t = 50, value_name = "ROWS")]
        limit: usize,
    },
    /// Send the e-mails and chat messages that are due (the server does so by itself)
    Deliver,
    /// Messages that were given up, newest first
    Dead {
        /// At most so many, up to 200
        #[arg(long, default_value_t = 50, value_name = "ROWS")]
        limit: usize,
    },
    /// Send messages again that were given up
    Retry {
        /// Ids, as `dead` prints them
        #[arg(required_unless_present = "all")]
        ids: Vec<i64>,
        /// All of them
        #[arg(long, conflicts_with = "ids")]
        all: bool,
    },
}

pub async fn run(place: &Place, args: NotificationsArgs) -> anyhow::Result<()> {
    let office = place.open().await?;
    match args.what {
        What::List { user, limit } => list(place, &office, user, limit).await,
        What::Deliver => deliver(place, &office).await,
        What::Dead { limit } => dead(place, &office, limit).await,
        What::Retry { ids, .. } => retry(place, &office, &ids).await,
    }
}

async fn list(place: &Place, office: &Office, email: Option<String>, limit: usize) -> anyhow::Result<()> {
    let mut record = office.facts().read().await?;
    let user = match email {
        None => None,
        Some(email) => match facts::access::user_by_email(record.conn(), &email.to_lowercase()).await? {
            Some(user) => Some(user.id),
            None => anyhow::bail!("there is no user {email}; the users are in Settings"),
        },
    };
    let rows = told::list(&mut record, user, false, Turn { cursor: None, limit }).await?.items;
    if place.format == Format::Json {
        return print_json(&rows.into_iter().map(Told::from).collect::<Vec<_>>());
    }
    if rows.is_empty() {
        return print_text("Nobody was told anything.\n");
    }
    let line = |row: &told::NotificationRow| {
        let name = row.user_name.as_deref().unwrap_or("a removed user");
        format!("{}  {name}  {}{}\n", alignment::Instant(row.at), row.title, if row.read_at.is_none() { "  (unread)" } else { "" })
    };
    print_text(&rows.iter().map(line).collect::<String>())
}

/// A notification as the API has it, with whose it is: here they are everybody's.
#[derive(serde::Serialize)]
struct Told {
    user_id: i64,
    user_name: Option<String>,
    #[serde(flatten)]
    notification: notifications::api::Notification,
}

impl From<told::NotificationRow> for Told {
    fn from(row: told::NotificationRow) -> Told {
        Told { user_id: row.user_id, user_name: row.user_name.clone(), notification: row.into() }
    }
}

async fn deliver(place: &Place, office: &Office) -> anyhow::Result<()> {
    let done = notifications::deliver(office, notifications::outbox::reach()).await?;
    if place.format == Format::Json {
        return print_json(&done);
    }
    print_text(&format!("{} sent, {} put off, {} given up.\n", done.sent, done.put_off, done.dead))
}

async fn dead(place: &Place, office: &Office, limit: usize) -> anyhow::Result<()> {
    let mut record = office.facts().read().await?;
    let rows = deliveries::list(&mut record, Some("dead"), Turn { cursor: None, limit }).await?.items;
    let rows: Vec<_> = rows.into_iter().map(notifications::api::Delivery::from).collect();
    if place.format == Format::Json {
        return print_json(&rows);
    }
    if rows.is_empty() {
        return print_text("Nothing was given up.\n");
    }
    let line = |row: &notifications::api::Delivery| {
        format!("{}  {}  {}  {}\n", row.id, row.to, row.title, row.last_error.as_deref().unwrap_or_default())
    };
    print_text(&rows.iter().map(line).collect::<String>())
}

async fn retry(place: &Place, office: &Office, ids: &[i64]) -> anyhow::Result<()> {
    let author = write::author(office, &Actor::command_line()).await.map_err(|error| anyhow::anyhow!("{error}"))?;
    let mut tx = office.facts().write().await?;
    let mut count = ids.len() as u64;
    if ids.is_empty() {
        count = deliveries::replay_all(&mut tx, &author).await?;
    }
    for id in ids {
        deliveries::replay(&mut tx, &author, *id).await?;
    }
    tx.commit().await?;
    if place.format == Format::Json {
        return print_json(&json!({"replayed": count}));
    }
    print_text(&format!("{count} will be sent again by the server, or by `tandem notifications deliver`.\n"))
}
