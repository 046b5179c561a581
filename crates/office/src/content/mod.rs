//! Content: guides, case studies, landing pages and all else that buyers read.

pub mod api;
pub mod pages;

use facts::{
    WriteTx,
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
    web::AppError,
};

/// Fields of a piece of content. In a change, a field that is left out stays; `null` empties it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ContentFields {
    /// Needed for a new piece.
    #[schema(value_type = Option<String>)]
    pub title: Field<String>,
    /// Such as `guide`, `case_study`, `battle_card` or `landing_page`.
    #[schema(value_type = Option<String>)]
    pub kind: Field<String>,
    #[schema(value_type = Option<String>)]
    pub url: Field<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub published_at: Field<String>,
    /// Only for a new piece.
    pub external_ids: Vec<ExternalId>,
}

pub async fn create(tx: &mut WriteTx, author: &Author, mut fields: ContentFields) -> Result<i64, AppError> {
    let names = std::mem::take(&mut fields.external_ids);
    let sets = sets(fields)?;
    sets.required(&["title"])?;
    let id = changes::add(tx, author, &schema::CONTENT, author.now, &sets.0).await?;
    name_record(tx, alignment::intake::Noun::Content, id, names).await?;
    Ok(id)
}

pub async fn update(tx: &mut WriteTx, author: &Author, id: i64, fields: ContentFields) -> Result<(), AppError> {
    if !fields.external_ids.is_empty() {
        return Err(AppError::refused("external_ids: they are given when the piece is made"));
    }
    let sets = sets(fields)?;
    sets.kept("title")?;
    changes::set(tx, author, &schema::CONTENT, "content", id, sets.0).await?;
    Ok(())
}

fn sets(fields: ContentFields) -> Result<Sets, AppError> {
    let mut sets = Sets::default();
    sets.line("title", fields.title)?;
    sets.line("kind", fields.kind)?;
    sets.line("url", fields.url)?;
    sets.instant("published_at", fields.published_at)?;
    Ok(sets)
}
