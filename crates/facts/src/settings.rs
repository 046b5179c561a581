//! Settings of this office: a key and its value.

use sqlx::AnyConnection;

use crate::Result;

pub async fn get(connection: &mut AnyConnection, key: &str) -> Result<Option<String>> {
    let row: Option<(String,)> = sqlx::query_as("SELECT value FROM settings WHERE key = $1").bind(key).fetch_optional(connection).await?;
    Ok(row.map(|(value,)| value))
}

pub async fn set(connection: &mut AnyConnection, key: &str, value: &str) -> Result<()> {
    sqlx::query("INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2")
        .bind(key)
        .bind(value)
        .execute(connection)
        .await?;
    Ok(())
}
