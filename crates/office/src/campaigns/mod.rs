//! Campaigns: what marketing runs, with what was spent on it.

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
        wire::{ExternalId, Money, Sets, name_record},
    },
    web::AppError,
};

/// Fields of a campaign. In a change, a field that is left out stays; `null` empties it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CampaignFields {
    /// Needed for a new campaign.
    #[schema(value_type = Option<String>)]
    pub name: Field<String>,
    #[schema(value_type = Option<String>)]
    pub channel: Field<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub starts_at: Field<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ends_at: Field<String>,
    #[schema(value_type = Option<Money>)]
    pub budget: Field<Money>,
    /// Only for a new campaign.
    pub external_ids: Vec<ExternalId>,
}

pub async fn create(tx: &mut WriteTx, author: &Author, mut fields: CampaignFields) -> Result<i64, AppError> {
    let names = std::mem::take(&mut fields.external_ids);
    let sets = sets(fields)?;
    sets.required(&["name"])?;
    let id = changes::add(tx, author, &schema::CAMPAIGNS, author.now, &sets.0).await?;
    name_record(tx, alignment::intake::Noun::Campaign, id, names).await?;
    Ok(id)
}

pub async fn update(tx: &mut WriteTx, author: &Author, id: i64, fields: CampaignFields) -> Result<(), AppError> {
    if !fields.external_ids.is_empty() {
        return Err(AppError::refused("external_ids: they are given when the campaign is made"));
    }
    let sets = sets(fields)?;
    sets.kept("name")?;
    changes::set(tx, author, &schema::CAMPAIGNS, "campaign", id, sets.0).await?;
    Ok(())
}

fn sets(fields: CampaignFields) -> Result<Sets, AppError> {
    let mut sets = Sets::default();
    sets.line("name", fields.name)?;
    sets.line("channel", fields.channel)?;
    sets.instant("starts_at", fields.starts_at)?;
    sets.instant("ends_at", fields.ends_at)?;
    sets.money("budget_minor", "budget_currency", "budget", fields.budget)?;
    Ok(sets)
}
