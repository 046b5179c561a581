//! How people want to be told: their choices per kind and medium, their day, their addresses.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{
    Result, WriteTx,
    bulk::{self, Value},
    changes::Author,
    list::id_list,
    schema,
};

/// Somebody who can be told: who may sign in and is not let out.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Recipient {
    pub id: i64,
    pub name: String,
    pub email: Option<String>,
    /// `None` for all of these where the person never said.
    pub time_zone: Option<String>,
    pub quiet_from: Option<String>,
    pub quiet_to: Option<String>,
    pub digest_at: Option<String>,
    pub slack_url: Option<String>,
    pub teams_url: Option<String>,
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct ChoiceRow {
    pub user_id: i64,
    pub kind: String,
    pub medium: String,
    pub choice: String,
}

/// Those of these users who can be told.
pub async fn recipients(connection: &mut AnyConnection, users: &[i64]) -> Result<Vec<Recipient>> {
    let sql = format!(
        "SELECT u.id, u.name, u.email, s.time_zone, s.quiet_from, s.quiet_to, s.digest_at, s.slack_url, s.teams_url \
         FROM users u LEFT JOIN notification_settings s ON s.user_id = u.id \
         WHERE u.id IN ({}) AND u.role IS NOT NULL AND u.disabled_at IS NULL ORDER BY u.id",
        id_list(users)
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql)).fetch_all(connection).await?)
}

/// What these users chose; what is not there stands as the product has it.
pub async fn choices(connection: &mut AnyConnection, users: &[i64]) -> Result<Vec<ChoiceRow>> {
    let sql = format!("SELECT user_id, kind, medium, choice FROM notification_choices WHERE user_id IN ({})", id_list(users));
    Ok(sqlx::query_as(AssertSqlSafe(sql)).fetch_all(connection).await?)
}

/// A person's own settings, whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub time_zone: String,
    /// HH:MM to HH:MM.
    pub quiet: Option<(String, String)>,
    pub digest_at: String,
    pub slack_url: Option<String>,
    pub teams_url: Option<String>,
    /// Kind, medium and choice; in place of all that were chosen before.
    pub choices: Vec<(String, String, String)>,
}

pub async fn save(tx: &mut WriteTx, author: &Author, user: i64, settings: &Settings) -> Result<()> {
    let engine = tx.engine;
    let (quiet_from, quiet_to) = settings.quiet.clone().unzip();
    let row = vec![
        Value::Int(user),
        Value::Text(settings.time_zone.clone()),
        Value::text(quiet_from.as_deref()),
        Value::text(quiet_to.as_deref()),
        Value::Text(settings.digest_at.clone()),
        Value::text(settings.slack_url.as_deref()),
        Value::text(settings.teams_url.as_deref()),
    ];
    bulk::overwrite(tx.conn(), engine, &schema::NOTIFICATION_SETTINGS, row).await?;
    sqlx::query("DELETE FROM notification_choices WHERE user_id = $1").bind(user).execute(tx.conn()).await?;
    let rows = settings.choices.iter().flat_map(|(kind, medium, choice)| {
        [Value::Int(user), Value::Text(kind.clone()), Value::Text(medium.clone()), Value::Text(choice.clone())]
    });
    bulk::insert(tx.conn(), engine, &schema::NOTIFICATION_CHOICES, rows.collect()).await?;
    super::note(tx, author, "changed", schema::NOTIFICATION_SETTINGS.name, user, user);
    Ok(())
}
