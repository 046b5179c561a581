//! Accounts: signing in with a password, and what a user or an administrator changes.

use facts::access::{self, User};

use crate::{
    Office,
    access::{Actor, Role, attempts::Attempts, password},
    web::AppError,
};

/// The user of that address and password. `address` is where the request came from.
pub async fn sign_in(office: &Office, attempts: &Attempts, address: &str, email: &str, given: String) -> Result<User, AppError> {
    let email = email.trim().to_lowercase();
    let (by_address, by_email) = (format!("address {address}"), format!("email {email}"));
    let now = office.clock().now();
    attempts.check(&by_address, now)?;
    attempts.check(&by_email, now)?;
    let mut record = office.facts().read().await?;
    let user = access::user_by_email(record.conn(), &email).await?.filter(|user| user.disabled_at.is_none() && user.role.is_some());
    drop(record);
    let right = password::verify(given, user.as_ref().and_then(|user| user.password_hash.clone())).await?;
    match user {
        Some(user) if right => {
            attempts.succeeded(&by_email);
            Ok(user)
        }
        _ => {
            attempts.failed(&by_address, now);
            attempts.failed(&by_email, now);
            Err(AppError::Refused("The e-mail address and the password don’t belong together.".into()))
        }
    }
}

pub async fn change_profile(office: &Office, id: i64, name: &str, email: &str) -> Result<(), AppError> {
    let (name, email) = (checked_name(name)?, checked_email(email)?);
    let mut tx = office.facts().write().await?;
    access::set_profile(&mut tx, id, &name, &email, office.clock().now().0).await?;
    tx.commit().await?;
    office.known_tokens().forget();
    Ok(())
}

/// Returns the user as they are now, for the session that stays.
pub async fn change_password(office: &Office, id: i64, old: String, new: String) -> Result<User, AppError> {
    let mut record = office.facts().read().await?;
    let user = access::user(record.conn(), id).await?;
    drop(record);
    if !password::verify(old, user.password_hash).await? {
        return Err(AppError::Refused("The present password is another one.".into()));
    }
    if let Some(fault) = password::fault(&new) {
        return Err(AppError::Refused(fault));
    }
    let hash = password::hash(new).await?;
    let mut tx = office.facts().write().await?;
    access::set_password(&mut tx, id, &hash, office.clock().now().0).await?;
    let user = access::user(tx.conn(), id).await?;
    tx.commit().await?;
    Ok(user)
}

pub async fn change_role(office: &Office, actor: &Actor, id: i64, role: Role) -> Result<(), AppError> {
    let mut tx = office.facts().write().await?;
    let user = access::user(tx.conn(), id).await?;
    if user.role.is_none() {
        return Err(AppError::refused("Invite this person first; so far they only stand as an owner of records."));
    }
    access::set_role(&mut tx, id, role.key(), role.side(), actor.user.map(|user| user.0), office.clock().now().0).await?;
    keep_an_admin(&mut tx).await?;
    tx.commit().await?;
    office.known_tokens().forget();
    Ok(())
}

pub async fn disable(office: &Office, actor: &Actor, id: i64, disabled: bool) -> Result<(), AppError> {
    let now = office.clock().now().0;
    let mut tx = office.facts().write().await?;
    access::user(tx.conn(), id).await?;
    access::set_disabled(&mut tx, id, disabled.then_some(now), actor.user.map(|user| user.0), now).await?;
    keep_an_admin(&mut tx).await?;
    tx.commit().await?;
    office.known_tokens().forget();
    Ok(())
}

async fn keep_an_admin(tx: &mut facts::WriteTx) -> Result<(), AppError> {
    if access::admins(tx.conn()).await? == 0 {
        return Err(AppError::Conflict("This is the last active administrator. Make somebody else one first.".into()));
    }
    Ok(())
}

pub fn checked_name(name: &str) -> Result<String, AppError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 200 {
        return Err(AppError::refused("Write a name of 1 to 200 characters."));
    }
    Ok(name.to_owned())
}

/// In small letters, as it is kept.
pub fn checked_email(email: &str) -> Result<String, AppError> {
    let email = email.trim().to_lowercase();
    let fine = email.len() <= 254
        && !email.contains(char::is_whitespace)
        && email.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty() && !domain.contains('@'));
    if fine { Ok(email) } else { Err(AppError::refused(format!("`{email}` is no e-mail address: write name@company.com."))) }
}
