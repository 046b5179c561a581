//! Settings of this office: a key and its value.

use sqlx::AnyConnection;

use crate::Result;

pub async fn get(connection: &mut AnyConnection, key: &str) -> Result<Option<String>> {
    let row: Option<(String,)> = sqlx::query_as("SELECT value FROM settings WHERE key = $1").bind(key).fetch_optional(connection).await?;
    Ok(row.map(|(value,)| value))
}

/// Holds a setting until the end of the transaction, so that what is read of it now is what is written over. SQLite has one writer at a
/// time; on PostgreSQL others who want the setting wait here. One that was not there is there and empty.
pub async fn hold(connection: &mut AnyConnection, key: &str) -> Result<()> {
    sqlx::query("INSERT INTO settings (key, value) VALUES ($1, '') ON CONFLICT (key) DO UPDATE SET value = settings.value")
        .bind(key)
        .execute(connection)
        .await?;
    Ok(())
}

pub async fn set(connection: &mut AnyConnection, key: &str, value: &str) -> Result<()> {
    sqlx::query("INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2")
        .bind(key)
        .bind(value)
        .execute(connection)
        .await?;
    Ok(())
}
