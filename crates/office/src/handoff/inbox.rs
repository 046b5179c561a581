//! What waits on the desk, for whom, and what is due.

use alignment::Instant;
use facts::{
    Connection,
    handoff::{
        self,
        inbox::{self, InboxFilter, InboxRow, Tab, Waiting},
    },
    list::{Page, Turn},
};

use crate::{Actor, Role, web::AppError};

/// What is due within this time is shown as pressing.
pub const PRESSING_MINUTES: i64 = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Mine,
    Team,
    All,
}

pub struct TabName {
    pub tab: Tab,
    pub key: &'static str,
    pub name: &'static str,
    /// What an empty one means.
    pub empty: &'static str,
}

pub static TABS: [TabName; 5] = [
    TabName { tab: Tab::Review, key: "review", name: "Review", empty: "Every lead that marketing handed over has been reviewed." },
    TabName { tab: Tab::Contact, key: "contact", name: "Contact", empty: "Everybody who was accepted has been tried at least once." },
    TabName { tab: Tab::Working, key: "working", name: "Working", empty: "No lead is being worked on." },
    TabName { tab: Tab::Questions, key: "questions", name: "Questions", empty: "Marketing has answered every question." },
    TabName { tab: Tab::Queue, key: "queue", name: "Queue", empty: "Every lead was placed by the rules of the Agreement." },
];

impl Whose {
    pub const ALL: [(Whose, &'static str, &'static str); 3] =
        [(Whose::Mine, "mine", "Mine"), (Whose::Team, "team", "My team's"), (Whose::All, "all", "All")];

    pub fn key(self) -> &'static str {
        Whose::ALL.iter().find(|(whose, ..)| *whose == self).map_or("all", |(_, key, _)| key)
    }

    /// Reps start with their own leads, all others with everybody's.
    pub fn default_for(actor: &Actor) -> Whose {
        if actor.role == Role::Sales { Whose::Mine } else { Whose::All }
    }

    pub fn parse(text: Option<&str>, actor: &Actor) -> Result<Whose, AppError> {
        match text.filter(|text| !text.is_empty()) {
            None => Ok(Whose::default_for(actor)),
            Some(text) => match Whose::ALL.iter().find(|(_, key, _)| *key == text) {
                Some((whose, ..)) => Ok(*whose),
                None => Err(AppError::refused(format!("whose: `{text}` is not one of mine, team, all"))),
            },
        }
    }

    async fn filter(self, connection: &mut Connection, actor: &Actor, tab: Tab) -> Result<InboxFilter, AppError> {
        // A lead that could not be placed has no owner whose it might be.
        let user = actor.user.map_or(0, |user| user.0);
        let owners = match self {
            Whose::All => None,
            _ if tab == Tab::Queue => None,
            Whose::Mine => Some(vec![user]),
            Whose::Team => Some(handoff::team_of(connection, user).await?),
        };
        Ok(InboxFilter { owners })
    }
}

pub fn tab(text: Option<&str>) -> Result<&'static TabName, AppError> {
    let text = text.filter(|text| !text.is_empty()).unwrap_or(TABS[0].key);
    TABS.iter().find(|tab| tab.key == text).ok_or_else(|| {
        let known: Vec<_> = TABS.iter().map(|tab| tab.key).collect();
        AppError::refused(format!("tab: `{text}` is not one of {}", known.join(", ")))
    })
}

pub async fn list(connection: &mut Connection, actor: &Actor, tab: Tab, whose: Whose, turn: Turn<'_>) -> Result<Page<InboxRow>, AppError> {
    let filter = whose.filter(connection, actor, tab).await?;
    Ok(inbox::list(connection, tab, &filter, turn).await?)
}

pub async fn waiting(connection: &mut Connection, actor: &Actor, tab: Tab, whose: Whose, now: Instant) -> Result<Waiting, AppError> {
    let filter = whose.filter(connection, actor, tab).await?;
    Ok(inbox::waiting(connection, tab, &filter, now.0, pressing_before(now)).await?)
}

/// How many leads are due for the one who looks, for the number beside the desk's name; `None` where nothing is.
pub async fn due_for(connection: &mut Connection, actor: &Actor, now: Instant) -> Result<Option<i64>, AppError> {
    let Some(user) = actor.user else { return Ok(None) };
    let due = inbox::due_for(connection, user.0, pressing_before(now)).await?;
    Ok((due > 0).then_some(due))
}

fn pressing_before(now: Instant) -> i64 {
    now.0 + PRESSING_MINUTES * 60_000_000
}
