//! People: those who buy, with or without a company.

pub mod api;
pub mod merge;
mod merge_api;
pub mod merge_page;
pub mod pages;
pub mod unmerge;

#[cfg(test)]
mod merge_tests;

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
    web::AppError,
};

/// Fields of a person. In a change, a field that is left out stays; `null` empties it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PersonFields {
    /// A name or an e-mail address is needed.
    #[schema(value_type = Option<String>)]
    pub name: Field<String>,
    /// Kept in small letters. Two people may share one: external ids are what tells records apart.
    #[schema(value_type = Option<String>, example = "ana@acme.com")]
    pub email: Field<String>,
    #[schema(value_type = Option<String>)]
    pub phone: Field<String>,
    #[schema(value_type = Option<String>)]
    pub job_title: Field<String>,
    #[schema(value_type = Option<String>)]
    pub country: Field<String>,
    #[schema(value_type = Option<i64>)]
    pub company_id: Field<i64>,
    /// Only for a new person.
    pub external_ids: Vec<ExternalId>,
}

pub async fn create(tx: &mut WriteTx, author: &Author, mut fields: PersonFields) -> Result<i64, AppError> {
    let names = std::mem::take(&mut fields.external_ids);
    let sets = sets(tx, fields).await?;
    sets.required(&["name", "email"])?;
    let id = changes::add(tx, author, &schema::PEOPLE, author.now, &sets.0).await?;
    name_record(tx, alignment::intake::Noun::Person, id, names).await?;
    Ok(id)
}

pub async fn update(tx: &mut WriteTx, author: &Author, id: i64, fields: PersonFields) -> Result<(), AppError> {
    if !fields.external_ids.is_empty() {
        return Err(AppError::refused("external_ids: they are given when the person is made"));
    }
    let sets = sets(tx, fields).await?;
    changes::set(tx, author, &schema::PEOPLE, "person", id, sets.0).await?;
    Ok(())
}

async fn sets(tx: &mut WriteTx, fields: PersonFields) -> Result<Sets, AppError> {
    let mut sets = Sets::default();
    sets.line("name", fields.name)?;
    sets.line("phone", fields.phone)?;
    sets.line("job_title", fields.job_title)?;
    sets.line("country", fields.country)?;
    sets.reference(tx, "company_id", &schema::COMPANIES, fields.company_id).await?;
    match fields.email.0 {
        Some(Some(text)) => {
            let email = exchange::value::email(&text).map_err(|reason| AppError::refused(format!("email: {reason}")))?;
            sets.0.push(("email", Value::Text(email)));
        }
        Some(None) => sets.0.push(("email", Value::Null)),
        None => {}
    }
    Ok(sets)
}
