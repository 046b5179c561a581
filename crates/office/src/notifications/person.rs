//! How one person is told: their choices, their day, their addresses.

use std::collections::HashMap;

use alignment::{
    Instant,
    notice::{Choice, Habits, when_to_send},
};
use exchange::chat::{Reach, webhook};
use facts::{
    Connection,
    notifications::{
        choices::{self, Recipient, Settings},
        deliveries,
    },
};
use jiff::{civil::Time, tz::TimeZone};

use super::{Medium, NoticeKind};
use crate::{Actor, Office, api::write, web::AppError};

pub const DIGEST_AT_USUAL: &str = "08:00";

#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    pub id: i64,
    pub email: Option<String>,
    pub slack_url: Option<String>,
    pub teams_url: Option<String>,
    pub habits: Habits,
    /// As the person wrote it; empty for quiet hours that are none.
    pub zone_name: String,
    pub quiet_from: String,
    pub quiet_to: String,
    pub digest_at: String,
    chosen: HashMap<(NoticeKind, Medium), Choice>,
}

impl Person {
    pub fn choice(&self, kind: NoticeKind, medium: Medium) -> Choice {
        self.chosen.get(&(kind, medium)).copied().unwrap_or_else(|| kind.usual(medium))
    }

    pub fn address(&self, medium: Medium) -> Option<&str> {
        match medium {
            Medium::Email => self.email.as_deref(),
            Medium::Slack => self.slack_url.as_deref(),
            Medium::Teams => self.teams_url.as_deref(),
        }
    }

    fn of(row: Recipient, zone_usual: &str) -> Person {
        let zone_name = row.time_zone.unwrap_or_else(|| zone_usual.to_owned());
        let digest_at = row.digest_at.unwrap_or_else(|| DIGEST_AT_USUAL.to_owned());
        let time = |text: &Option<String>| text.as_deref().and_then(read_time);
        let habits = Habits {
            zone: TimeZone::get(&zone_name).unwrap_or(TimeZone::UTC),
            quiet: time(&row.quiet_from).zip(time(&row.quiet_to)),
            digest_at: read_time(&digest_at).unwrap_or_default(),
        };
        Person {
            id: row.id,
            email: row.email,
            slack_url: row.slack_url,
            teams_url: row.teams_url,
            habits,
            zone_name,
            quiet_from: row.quiet_from.unwrap_or_default(),
            quiet_to: row.quiet_to.unwrap_or_default(),
            digest_at,
            chosen: HashMap::new(),
        }
    }
}

/// Those of these users who can be told, by id.
pub async fn load(record: &mut Connection, users: &[i64], now: i64) -> anyhow::Result<Vec<Person>> {
    let rows = choices::recipients(record, users).await?;
    let zone = match rows.iter().any(|row| row.time_zone.is_none()) {
        true => zone_in_force(record, now).await?,
        false => String::new(),
    };
    let mut people: Vec<_> = rows.into_iter().map(|row| Person::of(row, &zone)).collect();
    for row in choices::choices(record, users).await? {
        let known = (NoticeKind::parse(&row.kind), Medium::parse(&row.medium), Choice::parse(&row.choice));
        if let ((Some(kind), Some(medium), Some(choice)), Ok(at)) = (known, people.binary_search_by_key(&row.user_id, |person| person.id)) {
            people[at].chosen.insert((kind, medium), choice);
        }
    }
    Ok(people)
}

/// The zone that the Agreement in force counts in. Nothing else of its text is read: this is asked in the transaction of every notice.
async fn zone_in_force(record: &mut Connection, now: i64) -> anyhow::Result<String> {
    #[derive(serde::Deserialize)]
    struct Text {
        calendar: Calendar,
    }
    #[derive(serde::Deserialize)]
    struct Calendar {
        time_zone: String,
    }
    let row = facts::agreements::in_force(record, now).await?;
    let text = row.map(|row| toml::from_str::<Text>(&row.text)).transpose()?;
    Ok(text.map_or_else(|| "UTC".to_owned(), |text| text.calendar.time_zone))
}

pub async fn load_one(office: &Office, user: i64) -> Result<Person, AppError> {
    let mut record = office.facts().read().await?;
    let found = load(record.conn(), &[user], office.clock().now().0).await?;
    found.into_iter().next().ok_or_else(|| AppError::not_found("user", user))
}

/// What a person wrote about how they want to be told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wishes {
    pub time_zone: String,
    pub quiet_from: String,
    pub quiet_to: String,
    pub digest_at: String,
    pub slack_url: String,
    pub teams_url: String,
    pub choices: Vec<(NoticeKind, Medium, Choice)>,
}

pub async fn save(office: &Office, actor: &Actor, wishes: &Wishes, reach: Reach) -> Result<(), AppError> {
    let user = actor.user.map(|user| user.0).ok_or(AppError::SignedOut)?;
    let settings = checked(wishes, reach)?;
    let author = write::author(office, actor).await?;
    let mut tx = office.facts().write().await?;
    choices::save(&mut tx, &author, user, &settings).await?;
    if let Some(person) = load(tx.conn(), &[user], author.now).await?.into_iter().next()
        && let Some(at) = when_to_send(Choice::Digest, &person.habits, Instant(author.now))
    {
        deliveries::move_digests(&mut tx, user, at.0).await?;
    }
    Ok(tx.commit().await?)
}

fn checked(wishes: &Wishes, reach: Reach) -> Result<Settings, AppError> {
    let zone = wishes.time_zone.trim();
    if TimeZone::get(zone).is_err() {
        return Err(AppError::refused(format!("Time zone: `{zone}` is not one; write a name such as Europe/Berlin.")));
    }
    let quiet = match (wishes.quiet_from.trim(), wishes.quiet_to.trim()) {
        ("", "") => None,
        (from, to) => Some((time("Quiet from", from)?, time("Quiet to", to)?)),
    };
    Ok(Settings {
        time_zone: zone.to_owned(),
        quiet,
        digest_at: time("Digest at", wishes.digest_at.trim())?,
        slack_url: webhook_address("Slack", &wishes.slack_url, reach)?,
        teams_url: webhook_address("Microsoft Teams", &wishes.teams_url, reach)?,
        choices: wishes
            .choices
            .iter()
            .map(|(kind, medium, choice)| (kind.key().to_owned(), medium.key().to_owned(), choice.key().to_owned()))
            .collect(),
    })
}

/// The address, if there is one.
pub fn webhook_address(name: &str, text: &str, reach: Reach) -> Result<Option<String>, AppError> {
    match text.trim() {
        "" => Ok(None),
        text => match webhook::checked(text, reach) {
            Ok(_) => Ok(Some(text.to_owned())),
            Err(error) => Err(AppError::refused(format!("{name}: {error}"))),
        },
    }
}

fn time(name: &str, text: &str) -> Result<String, AppError> {
    match read_time(text) {
        Some(time) => Ok(format!("{:02}:{:02}", time.hour(), time.minute())),
        None => Err(AppError::refused(format!("{name}: `{text}` is no time of the day; write 08:00."))),
    }
}

/// HH:MM.
fn read_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |part: &str| (1..=2).contains(&part.len()).then(|| part.parse().ok()).flatten();
    Time::new(digits(hour)?, digits(minute)?, 0, 0).ok()
}
