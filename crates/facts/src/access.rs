//! Who signs in: users with a role, one-time links, sessions and API tokens. Secrets are kept as hashes alone.

use sqlx::AnyConnection;

use crate::{FactsError, Result, WriteTx, events::NewEvent};

/// Somebody who may sign in. Those without a role only stand as owners in imported data.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct User {
    pub id: i64,
    pub name: String,
    pub email: Option<String>,
    pub side: String,
    pub role: Option<String>,
    pub password_hash: Option<String>,
    pub disabled_at: Option<i64>,
}

const USER: &str = "SELECT id, name, email, side, role, password_hash, disabled_at FROM users";

pub async fn user(connection: &mut AnyConnection, id: i64) -> Result<User> {
    let found = sqlx::query_as(sqlx::AssertSqlSafe(format!("{USER} WHERE id = $1"))).bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| FactsError::not_found("user", id))
}

/// By e-mail address, which is kept in small letters.
pub async fn user_by_email(connection: &mut AnyConnection, email: &str) -> Result<Option<User>> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!("{USER} WHERE email = $1"))).bind(email).fetch_optional(connection).await?)
}

/// Everybody with a role, by name.
pub async fn users_with_role(connection: &mut AnyConnection) -> Result<Vec<User>> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!("{USER} WHERE role IS NOT NULL ORDER BY name, id"))).fetch_all(connection).await?)
}

pub async fn any_user_with_role(connection: &mut AnyConnection) -> Result<bool> {
    let found: Option<(i64,)> = sqlx::query_as("SELECT id FROM users WHERE role IS NOT NULL LIMIT 1").fetch_optional(connection).await?;
    Ok(found.is_some())
}

/// Active administrators: there must always be one.
pub async fn admins(connection: &mut AnyConnection) -> Result<i64> {
    let (count,): (i64,) =
        sqlx::query_as("SELECT COUNT(*) FROM users WHERE role = 'admin' AND disabled_at IS NULL AND password_hash IS NOT NULL")
            .fetch_one(connection)
            .await?;
    Ok(count)
}

pub struct NewUser<'a> {
    pub name: &'a str,
    pub email: &'a str,
    pub side: &'a str,
    pub role: &'a str,
    pub password_hash: Option<&'a str>,
}

/// A new user; somebody of that address who only stands as an owner so far gets the role instead.
pub async fn invite_user(tx: &mut WriteTx, new: &NewUser<'_>, actor: Option<i64>, now: i64) -> Result<i64> {
    if let Some(known) = user_by_email(tx.conn(), new.email).await? {
        if known.role.is_some() {
            return Err(FactsError::Refused(format!("{} has an account already", new.email)));
        }
        sqlx::query("UPDATE users SET name = $2, side = $3, role = $4, password_hash = $5, disabled_at = NULL WHERE id = $1")
            .bind(known.id)
            .bind(new.name)
            .bind(new.side)
            .bind(new.role)
            .bind(new.password_hash)
            .execute(tx.conn())
            .await?;
        tx.note(user_event("changed", known.id, actor, now));
        return Ok(known.id);
    }
    let id = tx.allocate("users", 1).await?;
    sqlx::query("INSERT INTO users (id, name, email, side, role, password_hash, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(id)
        .bind(new.name)
        .bind(new.email)
        .bind(new.side)
        .bind(new.role)
        .bind(new.password_hash)
        .bind(now)
        .execute(tx.conn())
        .await?;
    tx.note(user_event("added", id, actor, now));
    Ok(id)
}

pub async fn set_profile(tx: &mut WriteTx, id: i64, name: &str, email: &str, now: i64) -> Result<()> {
    sqlx::query("UPDATE users SET name = $2, email = $3 WHERE id = $1")
        .bind(id)
        .bind(name)
        .bind(email)
        .execute(tx.conn())
        .await
        .map_err(|error| FactsError::from(error).on_constraint("email", || format!("{email} belongs to another account")))?;
    tx.note(user_event("changed", id, Some(id), now));
    Ok(())
}

pub async fn set_password(tx: &mut WriteTx, id: i64, password_hash: &str, now: i64) -> Result<()> {
    sqlx::query("UPDATE users SET password_hash = $2 WHERE id = $1").bind(id).bind(password_hash).execute(tx.conn()).await?;
    tx.note(user_event("password_set", id, Some(id), now));
    Ok(())
}

pub async fn set_role(tx: &mut WriteTx, id: i64, role: &str, side: &str, actor: Option<i64>, now: i64) -> Result<()> {
    sqlx::query("UPDATE users SET role = $2, side = $3 WHERE id = $1").bind(id).bind(role).bind(side).execute(tx.conn()).await?;
    tx.note(user_event("changed", id, actor, now));
    Ok(())
}

/// `disabled_at` of `None` lets the user in again.
pub async fn set_disabled(tx: &mut WriteTx, id: i64, disabled_at: Option<i64>, actor: Option<i64>, now: i64) -> Result<()> {
    sqlx::query("UPDATE users SET disabled_at = $2 WHERE id = $1").bind(id).bind(disabled_at).execute(tx.conn()).await?;
    tx.note(user_event("changed", id, actor, now));
    Ok(())
}

fn user_event(kind: &'static str, id: i64, actor_id: Option<i64>, now: i64) -> NewEvent {
    NewEvent {
        kind,
        table: "users",
        first_id: id,
        last_id: id,
        at: now,
        recorded_at: now,
        actor_id,
        import_id: None,
        agreement_version: None,
        body: None,
    }
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct SignInLink {
    pub token_hash: String,
    pub user_id: Option<i64>,
    pub purpose: String,
    pub expires_at: i64,
    pub used_at: Option<i64>,
}

/// A new link; older unused ones of the same purpose and user end.
pub async fn insert_link(tx: &mut WriteTx, token_hash: &str, user: Option<i64>, purpose: &str, expires_at: i64) -> Result<()> {
    sqlx::query("DELETE FROM sign_in_links WHERE purpose = $1 AND used_at IS NULL AND COALESCE(user_id, 0) = $2")
        .bind(purpose)
        .bind(user.unwrap_or(0))
        .execute(tx.conn())
        .await?;
    sqlx::query("INSERT INTO sign_in_links (token_hash, user_id, purpose, expires_at) VALUES ($1, $2, $3, $4)")
        .bind(token_hash)
        .bind(user)
        .bind(purpose)
        .bind(expires_at)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The link if it can still be used.
pub async fn open_link(connection: &mut AnyConnection, token_hash: &str, now: i64) -> Result<Option<SignInLink>> {
    Ok(sqlx::query_as(
        "SELECT token_hash, user_id, purpose, expires_at, used_at FROM sign_in_links WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(connection)
    .await?)
}

/// Uses the link up; false where somebody was quicker.
pub async fn use_link(tx: &mut WriteTx, token_hash: &str, now: i64) -> Result<bool> {
    let done = sqlx::query("UPDATE sign_in_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2")
        .bind(token_hash)
        .bind(now)
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct ApiToken {
    pub id: i64,
    pub user_id: i64,
    pub name: String,
    /// Scope keys, separated by blanks.
    pub scopes: String,
    pub recorded_at: i64,
    pub last_used_at: Option<i64>,
    pub revoked_at: Option<i64>,
}

const TOKEN: &str = "SELECT id, user_id, name, scopes, recorded_at, last_used_at, revoked_at FROM api_tokens";

pub async fn insert_token(tx: &mut WriteTx, user: i64, name: &str, token_hash: &str, scopes: &str, now: i64) -> Result<i64> {
    let id = tx.allocate("api_tokens", 1).await?;
    sqlx::query("INSERT INTO api_tokens (id, user_id, name, token_hash, scopes, recorded_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(id)
        .bind(user)
        .bind(name)
        .bind(token_hash)
        .bind(scopes)
        .bind(now)
        .execute(tx.conn())
        .await?;
    Ok(id)
}

pub async fn tokens_of(connection: &mut AnyConnection, user: i64) -> Result<Vec<ApiToken>> {
    let text = format!("{TOKEN} WHERE user_id = $1 AND revoked_at IS NULL ORDER BY id");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(text)).bind(user).fetch_all(connection).await?)
}

pub async fn token_by_hash(connection: &mut AnyConnection, token_hash: &str) -> Result<Option<ApiToken>> {
    let text = format!("{TOKEN} WHERE token_hash = $1 AND revoked_at IS NULL");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(text)).bind(token_hash).fetch_optional(connection).await?)
}

/// Revokes a token of that user.
pub async fn revoke_token(tx: &mut WriteTx, user: i64, id: i64, now: i64) -> Result<()> {
    let done = sqlx::query("UPDATE api_tokens SET revoked_at = $3 WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL")
        .bind(id)
        .bind(user)
        .bind(now)
        .execute(tx.conn())
        .await?;
    if done.rows_affected() == 0 { Err(FactsError::not_found("token", id)) } else { Ok(()) }
}

pub async fn token_used(tx: &mut WriteTx, id: i64, now: i64) -> Result<()> {
    sqlx::query("UPDATE api_tokens SET last_used_at = $2 WHERE id = $1").bind(id).bind(now).execute(tx.conn()).await?;
    Ok(())
}

pub async fn save_session(tx: &mut WriteTx, id: &str, data: &str, expires_at: i64) -> Result<()> {
    sqlx::query(
        "INSERT INTO sessions (id, data, expires_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET data = $2, expires_at = $3",
    )
    .bind(id)
    .bind(data)
    .bind(expires_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The session's data and its expiry, if it has not expired.
pub async fn session(connection: &mut AnyConnection, id: &str, now: i64) -> Result<Option<(String, i64)>> {
    Ok(sqlx::query_as("SELECT data, expires_at FROM sessions WHERE id = $1 AND expires_at > $2")
        .bind(id)
        .bind(now)
        .fetch_optional(connection)
        .await?)
}

pub async fn delete_session(tx: &mut WriteTx, id: &str) -> Result<()> {
    sqlx::query("DELETE FROM sessions WHERE id = $1").bind(id).execute(tx.conn()).await?;
    Ok(())
}

pub async fn delete_expired_sessions(tx: &mut WriteTx, now: i64) -> Result<u64> {
    Ok(sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(now).execute(tx.conn()).await?.rows_affected())
}
