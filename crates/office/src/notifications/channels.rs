//! The ways out of this installation: its mail server, its teams' channels, and its own address for links.

use alignment::Instant;
use exchange::{
    chat::{Chat, Reach},
    mail::{self, Letter, SmtpServer},
    message::{Item, Message, SendError},
};
use facts::{Connection, changes::Author, settings};

use super::{Medium, person::webhook_address};
use crate::{Actor, Office, api::write, web::AppError};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Channels {
    pub smtp: Option<SmtpServer>,
    /// How people reach this installation, for links in messages.
    pub public_url: Option<String>,
    pub slack_url: Option<String>,
    pub teams_url: Option<String>,
}

const SMTP: &str = "smtp";
const PUBLIC_URL: &str = "public_url";
const SLACK_URL: &str = "team_slack_url";
const TEAMS_URL: &str = "team_teams_url";

pub async fn load(record: &mut Connection) -> anyhow::Result<Channels> {
    let smtp = filled(record, SMTP).await?;
    Ok(Channels {
        smtp: smtp.map(|text| serde_json::from_str(&text)).transpose()?,
        public_url: filled(record, PUBLIC_URL).await?,
        slack_url: filled(record, SLACK_URL).await?,
        teams_url: filled(record, TEAMS_URL).await?,
    })
}

async fn filled(record: &mut Connection, key: &str) -> anyhow::Result<Option<String>> {
    Ok(settings::get(record, key).await?.filter(|text| !text.is_empty()))
}

pub async fn save(office: &Office, actor: &Actor, channels: &Channels, reach: Reach) -> Result<(), AppError> {
    check(channels, reach)?;
    let author = write::author(office, actor).await?;
    let mut tx = office.facts().write().await?;
    let smtp = channels.smtp.as_ref().map(serde_json::to_string).transpose().map_err(|error| AppError::Internal(error.into()))?;
    for (key, value) in
        [(SMTP, &smtp), (PUBLIC_URL, &channels.public_url), (SLACK_URL, &channels.slack_url), (TEAMS_URL, &channels.teams_url)]
    {
        settings::set(tx.conn(), key, value.as_deref().unwrap_or_default()).await?;
    }
    facts::notifications::note_settings(&mut tx, &author);
    Ok(tx.commit().await?)
}

fn check(channels: &Channels, reach: Reach) -> Result<(), AppError> {
    if let Some(fault) = channels.smtp.as_ref().and_then(SmtpServer::fault) {
        return Err(AppError::refused(fault));
    }
    if let Some(url) = &channels.public_url
        && !is_base(url)
    {
        return Err(AppError::refused(format!("Address of Tandem: `{url}` is not one; write https://tandem.company.com, without a path.")));
    }
    webhook_address("Slack", channels.slack_url.as_deref().unwrap_or_default(), reach)?;
    webhook_address("Microsoft Teams", channels.teams_url.as_deref().unwrap_or_default(), reach)?;
    Ok(())
}

fn is_base(url: &str) -> bool {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).map(|rest| rest.trim_end_matches('/'));
    host.is_some_and(|host| !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || "/?#@<>\"".contains(c)))
}

/// Sends one message now, past the outbox, to try a channel. Gives where it went.
pub async fn try_out(office: &Office, actor: &Actor, medium: Medium, reach: Reach) -> Result<String, AppError> {
    let mut record = office.facts().read().await?;
    let channels = load(record.conn()).await?;
    let user = facts::access::user(record.conn(), actor.user.map_or(0, |user| user.0)).await?;
    drop(record);
    let author = write::author(office, actor).await?;
    let message = test_message(&channels);
    let place = match medium {
        Medium::Email => user.email.ok_or_else(|| AppError::refused("Your account has no e-mail address to send a test to."))?,
        Medium::Slack => channels.slack_url.clone().ok_or_else(|| AppError::refused("Save the webhook of a Slack channel first."))?,
        Medium::Teams => channels.teams_url.clone().ok_or_else(|| AppError::refused("Save the webhook of a Teams channel first."))?,
    };
    let key = format!("test-{}-{}", user.id, author.now);
    match send(&channels, medium, &place, &message, &key, &author, reach).await {
        Ok(()) if medium == Medium::Email => Ok(place),
        Ok(()) => Ok(medium.name().to_owned()),
        Err(error) => {
            let check = if medium == Medium::Email { "the server, its port and its security" } else { "the webhook" };
            let error = error.to_string();
            Err(AppError::Conflict(format!("The test message did not go out. {}. Check {check}.", error.trim_end_matches('.'))))
        }
    }
}

fn test_message(channels: &Channels) -> Message {
    let item = Item {
        title: "This is a test message".into(),
        body: "Tandem can reach you here. Nothing else is to be done.".into(),
        url: channels.public_url.clone(),
    };
    Message { heading: "Tandem: a test message".into(), items: vec![item], more: 0, all_url: None, settings_url: None }
}

/// Hands a message to the medium. `key` names it for ever.
pub async fn send(
    channels: &Channels,
    medium: Medium,
    address: &str,
    message: &Message,
    key: &str,
    author: &Author,
    reach: Reach,
) -> Result<(), SendError> {
    let now = Instant(author.now);
    let chat = match medium {
        Medium::Email => {
            let server = channels
                .smtp
                .as_ref()
                .ok_or_else(|| SendError::later("No mail server is set up; an administrator does so in Settings."))?;
            return mail::send(server, &Letter { to: address, message, key, at: now }).await.map(|_| ());
        }
        Medium::Slack => Chat::Slack,
        Medium::Teams => Chat::Teams,
    };
    exchange::chat::post(address, reach, &chat.payload(message), now).await
}
