//! Spend: what a campaign, a channel or a team cost in a period.

pub mod api;

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
        wire::{self, ExternalId, Money, Sets, name_record},
    },
    web::AppError,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSpend {
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    pub campaign_id: Field<i64>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub channel: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub source: Field<String>,
    /// Whose cost it is: `marketing` or `sales`.
    pub side: String,
    /// Start of the period.
    #[schema(format = DateTime)]
    pub at: String,
    pub amount: Money,
    #[serde(default)]
    pub external_ids: Vec<ExternalId>,
}

pub async fn create(tx: &mut WriteTx, author: &Author, new: NewSpend) -> Result<i64, AppError> {
    if !["marketing", "sales"].contains(&new.side.as_str()) {
        return Err(AppError::refused(format!("side: `{}` is not one of marketing, sales", new.side)));
    }
    let at = wire::instant("at", &new.at)?;
    let mut sets = Sets::default();
    sets.reference(tx, "campaign_id", &schema::CAMPAIGNS, new.campaign_id).await?;
    sets.line("channel", new.channel)?;
    sets.line("source", new.source)?;
    sets.money("amount_minor", "amount_currency", "amount", Field(Some(Some(new.amount))))?;
    sets.word("side", &new.side);
    sets.0.push(("at", Value::Int(at)));
    let id = changes::add(tx, author, &schema::SPEND, at, &sets.0).await?;
    name_record(tx, alignment::intake::Noun::Spend, id, new.external_ids).await?;
    Ok(id)
}
