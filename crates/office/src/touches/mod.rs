//! Touches: every interaction with us, each taken once and never overwritten.

pub mod api;

use alignment::touch::TouchKind;
use facts::{
    WriteTx,
    bulk::Value,
    changes::{self, Author},
    schema, touches,
};
use serde::Deserialize;
use utoipa::ToSchema;
use xxhash_rust::xxh3::Xxh3Default;

use crate::{
    api::{
        Field,
        wire::{ExternalId, Sets},
    },
    leads::happened,
    web::AppError,
};

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
    /// `outreach`, `reply`, `meeting`, `impression` or `other`.
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
    /// Makes the touch known by this id: another with the same one is the same touch. Without, touches that agree in all fields are one.
    pub external_id: Option<ExternalId>,
}

/// The touch, and whether this request made it.
pub struct Taken {
    pub id: i64,
    pub is_new: bool,
}

pub async fn create(tx: &mut WriteTx, author: &Author, new: NewTouch) -> Result<Taken, AppError> {
    let Some(kind) = TouchKind::parse(&new.kind) else {
        let known: Vec<_> = TouchKind::ALL.iter().map(|kind| kind.key()).collect();
        return Err(AppError::refused(format!("kind: `{}` is not one of {}", new.kind, known.join(", "))));
    };
    let at = happened("at", new.at, author.now)?;
    let mut sets = Sets::default();
    sets.reference(tx, "person_id", &schema::PEOPLE, new.person_id).await?;
    sets.reference(tx, "company_id", &schema::COMPANIES, new.company_id).await?;
    sets.reference(tx, "campaign_id", &schema::CAMPAIGNS, new.campaign_id).await?;
    sets.reference(tx, "content_id", &schema::CONTENT, new.content_id).await?;
    sets.line("channel", new.channel)?;
    sets.line("source", new.source)?;
    sets.required(&["person_id", "company_id"])?;
    sets.word("kind", kind.key());
    sets.0.push(("at", Value::Int(at)));
    let (high, low) = fingerprint(&sets, new.external_id.as_ref());
    if let Some(id) = touches::by_fingerprint(tx.conn(), high, low).await? {
        return Ok(Taken { id, is_new: false });
    }
    sets.0.extend([("fingerprint_high", Value::Int(high)), ("fingerprint_low", Value::Int(low))]);
    let id = changes::add(tx, author, &schema::TOUCHES, at, &sets.0).await?;
    Ok(Taken { id, is_new: true })
}

/// 128 bits over the external id (as an import of the same touch would have it) or, without one, over all that makes it this touch.
fn fingerprint(sets: &Sets, external_id: Option<&ExternalId>) -> (i64, i64) {
    let mut hash = Xxh3Default::new();
    let mut part = |text: &str| {
        hash.update(text.as_bytes());
        hash.update(&[0xff]);
    };
    match external_id {
        Some(name) => ["external", &name.system, &name.id].into_iter().for_each(part),
        None => {
            part("api");
            for column in ["person_id", "company_id", "campaign_id", "content_id", "kind", "channel", "source", "at"] {
                part(sets.get(column).to_history().as_deref().unwrap_or("\u{1}"));
            }
        }
    }
    let digest = hash.digest128();
    ((digest >> 64) as i64, digest as i64)
}
