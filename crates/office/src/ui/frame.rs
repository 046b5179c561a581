//! What the frame around a page needs to know; handlers take it as an argument and hand it to their template as `frame`.

use alignment::{Currency, Instant, agreement::Version};
use axum::{extract::FromRequestParts, http::request::Parts};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use crate::{
    access::Actor,
    ui::{format, nav, past::Past},
    web::{AppError, Server},
};

pub struct Frame {
    pub actor: Actor,
    pub nav: Vec<nav::Group>,
    pub in_settings: bool,
    /// The data is the sample company's.
    pub sample: bool,
    pub agreement: Version,
    /// Of the Agreement: days and months on pages are of this zone.
    pub zone: TimeZone,
    pub currency: Currency,
    pub now: Instant,
    /// Notifications that this person has not read, for the bell; empty for none.
    pub unread: String,
    pub toast: Option<Toast>,
    /// The address asks for figures as of an instant that is over.
    pub past: Option<Past>,
    /// Leads at the hand-off desk that are due for the one who looks, within the hour; empty where there are none.
    pub handoff_due: String,
}

/// Says once, on the next page, what was done.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Toast {
    pub words: String,
    /// Where a `POST` takes it back.
    pub undo: Option<String>,
}

impl Frame {
    pub fn date(&self, at: Instant) -> String {
        format::date(at, &self.zone, self.now)
    }

    pub fn date_time(&self, at: Instant) -> String {
        format::date_time(at, &self.zone, self.now)
    }

    pub fn date_or_none(&self, at: Option<Instant>) -> String {
        at.map_or_else(|| format::NOT_RECORDED.to_owned(), |at| self.date(at))
    }
}

impl FromRequestParts<Server> for Frame {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Frame, AppError> {
        let actor = parts.extensions.get::<Actor>().cloned().ok_or(AppError::SignedOut)?;
        let session = parts.extensions.get::<Session>().cloned();
        let toast = match session {
            Some(session) => session.remove::<Toast>("toast").await.map_err(|error| AppError::Internal(error.into()))?,
            None => None,
        };
        let agreement = server.office.agreement().await?;
        let mut record = server.office.facts().reader().await?;
        let sample = facts::settings::get(&mut record, "sample").await?.as_deref() == Some("1");
        let unread = match actor.user {
            Some(user) => crate::notifications::unread(&mut record, user.0).await?,
            None => String::new(),
        };
        let now = server.office.clock().now();
        let handoff_due = crate::handoff::inbox::due_for(&mut record, &actor, now).await?.map(|due| due.to_string()).unwrap_or_default();
        let past = Past::of(&parts.uri, &agreement.agreement.time_zone(), now);
        let path = parts.uri.path();
        Ok(Frame {
            nav: nav::groups(path, actor.role, &server.pages),
            in_settings: path.starts_with("/settings"),
            actor,
            sample,
            zone: agreement.agreement.time_zone(),
            currency: agreement.agreement.currency,
            agreement,
            now,
            handoff_due,
            unread,
            toast,
            past,
        })
    }
}
