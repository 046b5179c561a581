//! One-time links: the first administrator's, and invitations. Only the hash of the token is kept.

use alignment::{Instant, instant::MICROS_PER_HOUR};
use facts::access::{self, NewUser, SignInLink, User};

use crate::{
    Office,
    access::{Actor, Role, password, secret, users},
    web::AppError,
};

pub const FIRST_HOURS: i64 = 24;
pub const INVITATION_HOURS: i64 = 7 * 24;
const FIRST: &str = "first_admin";
const INVITATION: &str = "invitation";

/// Where nobody can sign in yet: the path (`/welcome?token=...`) that makes the first administrator, for 24 hours. Each call makes a new
/// link and ends the one before.
pub async fn first_link(office: &Office) -> anyhow::Result<Option<String>> {
    let now = office.clock().now();
    let mut tx = office.facts().write().await?;
    if access::any_user_with_role(tx.conn()).await? {
        return Ok(None);
    }
    let token = secret::new();
    access::insert_link(&mut tx, &secret::hash(&token), None, FIRST, now.plus_micros(FIRST_HOURS * MICROS_PER_HOUR).0).await?;
    tx.commit().await?;
    Ok(Some(path(&token)))
}

/// Invites somebody: the account, and the path of the link that sets its password.
pub async fn invite(office: &Office, actor: &Actor, name: &str, email: &str, role: Role) -> Result<String, AppError> {
    let (name, email) = (users::checked_name(name)?, users::checked_email(email)?);
    let now = office.clock().now();
    let actor_id = actor.user.map(|user| user.0);
    let mut tx = office.facts().write().await?;
    let new = NewUser { name: &name, email: &email, side: role.side(), role: role.key(), password_hash: None };
    let id = access::invite_user(&mut tx, &new, actor_id, now.0).await?;
    let token = secret::new();
    access::insert_link(&mut tx, &secret::hash(&token), Some(id), INVITATION, now.plus_micros(INVITATION_HOURS * MICROS_PER_HOUR).0)
        .await?;
    tx.commit().await?;
    office.tell(crate::office::News::Record { tables: vec!["users".into()] });
    Ok(path(&token))
}

/// A new link for somebody who has an account: their password is set afresh by it.
pub async fn invite_again(office: &Office, user: i64) -> Result<String, AppError> {
    let now = office.clock().now();
    let mut tx = office.facts().write().await?;
    access::user(tx.conn(), user).await?;
    let token = secret::new();
    access::insert_link(&mut tx, &secret::hash(&token), Some(user), INVITATION, now.plus_micros(INVITATION_HOURS * MICROS_PER_HOUR).0)
        .await?;
    tx.commit().await?;
    Ok(path(&token))
}

/// The link, and whom it is for (nobody yet, if it is the first administrator's).
pub async fn open(office: &Office, token: &str) -> Result<(SignInLink, Option<User>), AppError> {
    let mut record = office.facts().read().await?;
    let link = access::open_link(record.conn(), &secret::hash(token), office.clock().now().0).await?.ok_or_else(ended)?;
    let user = match link.user_id {
        Some(id) => Some(access::user(record.conn(), id).await?),
        None => None,
    };
    Ok((link, user))
}

/// Uses the link: makes the administrator or gives the invited user their password.
pub async fn accept(office: &Office, token: &str, name: &str, email: &str, new_password: String) -> Result<User, AppError> {
    let (link, user) = open(office, token).await?;
    let (name, email) = (users::checked_name(name)?, users::checked_email(email)?);
    if let Some(fault) = password::fault(&new_password) {
        return Err(AppError::Refused(fault));
    }
    let hash = password::hash(new_password).await?;
    let now: Instant = office.clock().now();
    let mut tx = office.facts().write().await?;
    if !access::use_link(&mut tx, &link.token_hash, now.0).await? {
        return Err(ended());
    }
    let id = match user {
        Some(user) => {
            access::set_profile(&mut tx, user.id, &name, &email, now.0).await?;
            access::set_password(&mut tx, user.id, &hash, now.0).await?;
            user.id
        }
        None if access::any_user_with_role(tx.conn()).await? => return Err(ended()),
        None => {
            let role = Role::Admin;
            let new = NewUser { name: &name, email: &email, side: role.side(), role: role.key(), password_hash: Some(&hash) };
            access::invite_user(&mut tx, &new, None, now.0).await?
        }
    };
    let user = access::user(tx.conn(), id).await?;
    tx.commit().await?;
    Ok(user)
}

fn path(token: &str) -> String {
    format!("/welcome?token={token}")
}

fn ended() -> AppError {
    AppError::NotFound(
        "This link was used already or is too old. Ask an administrator for a new one; for the first sign-in, start the server again."
            .into(),
    )
}
