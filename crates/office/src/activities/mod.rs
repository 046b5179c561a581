//! Activities: calls, e-mails, meetings and notes of the teams.

pub mod api;

use alignment::touch::ActivityKind;
use facts::{
    WriteTx,
    bulk::Value,
    changes::{self, Author},
    schema,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{
        Field,
        wire::{ExternalId, Sets, name_record},
    },
    leads::happened,
    web::AppError,
};

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewActivity {
    /// `call`, `email`, `meeting`, `note`, `task` or `ticket`.
    #[schema(example = "call")]
    pub kind: String,
    /// When it happened; now, where it is left out.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Field<String>,
    /// A person, a company or a deal is needed.
    #[schema(value_type = Option<i64>)]
    pub person_id: Field<i64>,
    #[schema(value_type = Option<i64>)]
    pub company_id: Field<i64>,
    #[schema(value_type = Option<i64>)]
    pub deal_id: Field<i64>,
    /// Who did it; the one who writes, where it is left out.
    #[schema(value_type = Option<i64>)]
    pub user_id: Field<i64>,
    #[schema(value_type = Option<String>)]
    pub subject: Field<String>,
    #[schema(value_type = Option<String>)]
    pub note: Field<String>,
    #[schema(value_type = Option<String>)]
    pub outcome: Field<String>,
    /// A piece that was used.
    #[schema(value_type = Option<i64>)]
    pub content_id: Field<i64>,
    pub external_ids: Vec<ExternalId>,
}

pub async fn create(tx: &mut WriteTx, author: &Author, new: NewActivity) -> Result<i64, AppError> {
    let Some(kind) = ActivityKind::parse(&new.kind) else {
        let known: Vec<_> = ActivityKind::ALL.iter().map(|kind| kind.key()).collect();
        return Err(AppError::refused(format!("kind: `{}` is not one of {}", new.kind, known.join(", "))));
    };
    let at = happened("at", new.at, author.now)?;
    let mut sets = Sets::default();
    sets.reference(tx, "person_id", &schema::PEOPLE, new.person_id).await?;
    sets.reference(tx, "company_id", &schema::COMPANIES, new.company_id).await?;
    sets.reference(tx, "deal_id", &schema::DEALS, new.deal_id).await?;
    sets.reference(tx, "content_id", &schema::CONTENT, new.content_id).await?;
    let user = if new.user_id.0.is_some() { new.user_id } else { Field(author.actor.map(Some)) };
    sets.reference(tx, "user_id", &schema::USERS, user).await?;
    sets.line("subject", new.subject)?;
    sets.note("note", new.note)?;
    sets.line("outcome", new.outcome)?;
    sets.required(&["person_id", "company_id", "deal_id"])?;
    sets.word("kind", kind.key());
    sets.0.push(("at", Value::Int(at)));
    let id = changes::add(tx, author, &schema::ACTIVITIES, at, &sets.0).await?;
    name_record(tx, alignment::intake::Noun::Activity, id, new.external_ids).await?;
    Ok(id)
}
