//! Companies: the organisations that people work for and deals are made with.

pub mod api;
pub mod pages;

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
        wire::{ExternalId, Money, Sets, name_record},
    },
    web::AppError,
};

/// Fields of a company. In a change, a field that is left out stays; `null` empties it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CompanyFields {
    #[schema(value_type = Option<String>)]
    pub name: Field<String>,
    /// Kept in small letters, without `www.`. A name or a domain is needed.
    #[schema(value_type = Option<String>, example = "acme.com")]
    pub domain: Field<String>,
    #[schema(value_type = Option<String>)]
    pub industry: Field<String>,
    #[schema(value_type = Option<String>)]
    pub country: Field<String>,
    #[schema(value_type = Option<String>)]
    pub region: Field<String>,
    #[schema(value_type = Option<i64>)]
    pub employees: Field<i64>,
    #[schema(value_type = Option<Money>)]
    pub annual_revenue: Field<Money>,
    /// When it stopped being a customer.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub churned_at: Field<String>,
    /// A user.
    #[schema(value_type = Option<i64>)]
    pub owner_id: Field<i64>,
    /// Only for a new company.
    pub external_ids: Vec<ExternalId>,
}

pub async fn create(tx: &mut WriteTx, author: &Author, mut fields: CompanyFields) -> Result<i64, AppError> {
    let names = std::mem::take(&mut fields.external_ids);
    let sets = sets(tx, fields).await?;
    sets.required(&["name", "domain"])?;
    let id = changes::add(tx, author, &schema::COMPANIES, author.now, &sets.0).await?;
    name_record(tx, alignment::intake::Noun::Company, id, names).await?;
    Ok(id)
}

pub async fn update(tx: &mut WriteTx, author: &Author, id: i64, fields: CompanyFields) -> Result<(), AppError> {
    if !fields.external_ids.is_empty() {
        return Err(AppError::refused("external_ids: they are given when the company is made"));
    }
    let sets = sets(tx, fields).await?;
    changes::set(tx, author, &schema::COMPANIES, "company", id, sets.0).await?;
    Ok(())
}

async fn sets(tx: &mut WriteTx, fields: CompanyFields) -> Result<Sets, AppError> {
    let mut sets = Sets::default();
    sets.line("name", fields.name)?;
    sets.line("industry", fields.industry)?;
    sets.line("country", fields.country)?;
    sets.line("region", fields.region)?;
    sets.number("employees", fields.employees, 0)?;
    sets.money("annual_revenue_minor", "annual_revenue_currency", "annual_revenue", fields.annual_revenue)?;
    sets.instant("churned_at", fields.churned_at)?;
    sets.reference(tx, "owner_id", &schema::USERS, fields.owner_id).await?;
    match fields.domain.0 {
        Some(Some(text)) => {
            let domain = exchange::value::domain(&text).map_err(|reason| AppError::refused(format!("domain: {reason}")))?;
            sets.0.push(("domain", Value::Text(domain)));
        }
        Some(None) => sets.0.push(("domain", Value::Null)),
        None => {}
    }
    Ok(sets)
}
