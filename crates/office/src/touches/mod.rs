//! Touches: every interaction with us, each taken once and never overwritten, and judged by the Agreement as it comes.

pub mod api;
mod gather;
mod read;
mod tags;
mod take;
#[cfg(test)]
mod tests;

pub use gather::Gatherer;
pub use read::{ReadTouch, read};
pub use tags::TagKeys;
pub use take::{Taken, take};

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::{Field, wire::ExternalId};

/// Touches in one request, at most.
pub const BATCH_MAX: usize = 1_000;

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewTouch {
    /// A person or a company is needed.
    #[schema(value_type = Option<i64>)]
    pub person_id: Field<i64>,
    /// Without one, the person's.
    #[schema(value_type = Option<i64>)]
    pub company_id: Field<i64>,
    /// `page_view`, `form`, `download`, `ad_click`, `email_open`, `email_click`, `webinar`, `event`, `social`, `chat`, `product`, `referral`,
    /// `outreach`, `reply`, `meeting`, `impression`, `email_bounce`, `unsubscribe` or `other`.
    #[schema(example = "form")]
    pub kind: String,
    /// When it happened; now, where it is left out.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Field<String>,
    #[schema(value_type = Option<String>)]
    pub channel: Field<String>,
    #[schema(value_type = Option<String>)]
    pub source: Field<String>,
    #[schema(value_type = Option<i64>)]
    pub campaign_id: Field<i64>,
    #[schema(value_type = Option<i64>)]
    pub content_id: Field<i64>,
    /// Its own fields, up to 16, for `by=tag:<key>`: `{"utm_term": "crm"}`. They don't make a touch another one.
    pub tags: BTreeMap<String, String>,
    /// Makes the touch known by this id: another with the same one is the same touch. Without, touches that agree in all fields are one.
    pub external_id: Option<ExternalId>,
}
