//! What a message says, made of what it carries.

use exchange::message::{Item, Message};
use facts::notifications::{NewNotification, deliveries::Carried};
use serde::{Deserialize, Serialize};

/// One thing in a message to a team's channel, as it is kept in the delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Said {
    pub title: String,
    pub body: String,
    pub url: Option<String>,
}

/// Things in one message; the rest is counted. A chat shows fewer, by its own limits.
pub const ITEMS_MAX: usize = 50;

impl Said {
    pub fn of(new: &NewNotification) -> Said {
        Said { title: new.title.clone(), body: new.body.clone(), url: new.url.clone() }
    }
}

impl From<Carried> for Said {
    fn from(row: Carried) -> Said {
        Said { title: row.title, body: row.body, url: row.url }
    }
}

/// The message that a delivery carries. `count` things are in it, of which these are the first.
pub fn message(said: Vec<Said>, count: usize, digest: bool, public_url: Option<&str>) -> Message {
    let whole = |path: &str| public_url.map(|base| format!("{}{path}", base.trim_end_matches('/')));
    let heading = match (said.as_slice(), digest) {
        ([only], false) if count == 1 => only.title.clone(),
        (_, true) if count == 1 => "1 notification".to_owned(),
        _ => format!("{count} notifications"),
    };
    let more = count.saturating_sub(said.len());
    let items = said
        .into_iter()
        .map(|said| Item {
            title: said.title,
            body: said.body,
            url: said.url.as_deref().filter(|path| path.starts_with('/')).and_then(whole),
        })
        .collect();
    Message { heading, items, more, all_url: whole("/notifications"), settings_url: whole("/settings/notifications") }
}

pub fn to_body(said: impl IntoIterator<Item = Said>) -> String {
    serde_json::to_string(&said.into_iter().collect::<Vec<_>>()).unwrap_or_default()
}

/// Nothing where the delivery carries notifications instead.
pub fn of_body(body: &str) -> Vec<Said> {
    serde_json::from_str(body).unwrap_or_default()
}

pub fn shortened(text: &str, characters_max: usize) -> String {
    match text.char_indices().nth(characters_max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
