//! What belongs to a record beside its own fields: the customer's fields, and its names in other systems.

use alignment::intake::Noun;
use sqlx::AnyConnection;

use crate::Result;

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CustomValue {
    pub field: String,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ExternalId {
    pub system: String,
    pub external_id: String,
}

pub async fn values(connection: &mut AnyConnection, noun: Noun, id: i64) -> Result<Vec<CustomValue>> {
    Ok(sqlx::query_as("SELECT field, value FROM custom_values WHERE noun = $1 AND record_id = $2 ORDER BY field LIMIT 500")
        .bind(crate::keys::table_of(noun).name)
        .bind(id)
        .fetch_all(connection)
        .await?)
}

pub async fn external_ids(connection: &mut AnyConnection, noun: Noun, id: i64) -> Result<Vec<ExternalId>> {
    Ok(sqlx::query_as(
        "SELECT system, external_id FROM external_ids WHERE noun = $1 AND record_id = $2 ORDER BY system, external_id LIMIT 100",
    )
    .bind(noun.key())
    .bind(id)
    .fetch_all(connection)
    .await?)
}

/// The record that `system` calls so.
pub async fn by_external_id(connection: &mut AnyConnection, noun: Noun, system: &str, external_id: &str) -> Result<Option<i64>> {
    let found: Option<(i64,)> = sqlx::query_as("SELECT record_id FROM external_ids WHERE noun = $1 AND system = $2 AND external_id = $3")
        .bind(noun.key())
        .bind(system.to_owned())
        .bind(external_id.to_owned())
        .fetch_optional(connection)
        .await?;
    Ok(found.map(|(id,)| id))
}

/// Gives a record a name in another system. The database refuses a name that another record has.
pub async fn name(connection: &mut AnyConnection, noun: Noun, id: i64, name: &ExternalId) -> Result<()> {
    sqlx::query("INSERT INTO external_ids (noun, system, external_id, record_id) VALUES ($1, $2, $3, $4)")
        .bind(noun.key())
        .bind(name.system.clone())
        .bind(name.external_id.clone())
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}
