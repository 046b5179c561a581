//! Who heads each team and signs for it, and whom a head has asked to sign meanwhile.

use alignment::{Instant, lifecycle::Side};
use facts::{WriteTx, access, drafts};

use super::by::{By, SIDES, side_key};
use crate::{Role, web::AppError};

/// Days that a delegation may last.
pub const DELEGATION_DAYS_MAX: i64 = 366;

/// Names the head of a side, or leaves it without one. Signatures that stand stay; delegations of the head before end.
pub async fn name_head(tx: &mut WriteTx, by: &By, side: Side, user: Option<i64>) -> Result<(), AppError> {
    if by.actor.role != Role::Admin {
        return Err(AppError::Forbidden("Administrators name the heads of the teams.".into()));
    }
    let heads = drafts::heads(tx.conn()).await?;
    if heads.iter().any(|head| head.side == side_key(side) && Some(head.user_id) == user) {
        return Ok(());
    }
    if let Some(user) = user {
        let user = signs_in(tx, user).await?;
        if let Some(other) = heads.iter().find(|head| head.user_id == user.id) {
            return Err(AppError::Conflict(format!(
                "{} heads {} already; the same person can’t sign for both teams.",
                user.name, other.side
            )));
        }
    }
    Ok(drafts::set_head(tx, &by.author, side_key(side), user).await?)
}

/// A head asks somebody to sign in their place from one instant to another.
pub async fn delegate(tx: &mut WriteTx, by: &By, side: Side, deputy: i64, from: Instant, to: Instant) -> Result<i64, AppError> {
    let heads = drafts::heads(tx.conn()).await?;
    let head = heads.iter().find(|head| head.side == side_key(side) && Some(head.user_id) == by.user());
    let head = head.ok_or_else(|| AppError::Forbidden(format!("Only the head of {} can delegate signing for it.", side_key(side))))?;
    if to <= from || to.0 <= by.author.now || to.days_since(from) > DELEGATION_DAYS_MAX as f64 {
        return Err(AppError::refused(format!("to: it must be after `from`, in the future, and at most {DELEGATION_DAYS_MAX} days later")));
    }
    let deputy = signs_in(tx, deputy).await?;
    if let Some(other) = heads.iter().find(|head| head.user_id == deputy.id) {
        return Err(AppError::Conflict(format!("{} heads {}; name somebody else as deputy.", deputy.name, other.side)));
    }
    let id = drafts::delegate(tx, &by.author, side_key(side), head.user_id, deputy.id, from.0, to.0).await?;
    drafts::note(tx, &by.author, "signing_delegated", "delegations", id, Some(format!("{} to {}", head.user_name, deputy.name)));
    Ok(id)
}

pub async fn revoke(tx: &mut WriteTx, by: &By, id: i64) -> Result<(), AppError> {
    let row = drafts::delegation(tx.conn(), id).await?;
    if row.revoked_at.is_some() {
        return Ok(());
    }
    if Some(row.head_id) != by.user() && by.actor.role != Role::Admin {
        return Err(AppError::Forbidden(format!("Only {} or an administrator can revoke this.", row.head_name)));
    }
    Ok(drafts::revoke_delegation(tx, &by.author, id).await?)
}

/// In whose place a user signs for a side: `None` for the head. Forbidden to everybody else.
pub async fn signs_for(connection: &mut facts::Connection, user: i64, side: Side, now: i64) -> Result<Option<i64>, AppError> {
    let key = side_key(side);
    let heads = drafts::heads(connection).await?;
    let Some(head) = heads.iter().find(|head| head.side == key) else {
        return Err(AppError::Forbidden(format!(
            "Nobody is named head of {key} yet. An administrator names the heads in Settings, Heads."
        )));
    };
    if head.user_id == user {
        return Ok(None);
    }
    let delegations = drafts::delegations(connection, now).await?;
    let own = |one: &&drafts::DelegationRow| {
        one.side == key && one.deputy_id == user && one.head_id == head.user_id && one.starts_at <= now && now < one.ends_at
    };
    match delegations.iter().find(own) {
        Some(one) => Ok(Some(one.head_id)),
        None => Err(AppError::Forbidden(format!("{} signs for {key}, or whom {} has named as deputy.", head.user_name, head.user_name))),
    }
}

async fn signs_in(tx: &mut WriteTx, id: i64) -> Result<access::User, AppError> {
    let user =
        access::user(tx.conn(), id).await.map_err(|_| AppError::refused(format!("user: there is no user {id}; invite them first")))?;
    match user.role.is_some() && user.disabled_at.is_none() {
        true => Ok(user),
        false => Err(AppError::refused(format!("{} can’t sign in; invite or enable the account first", user.name))),
    }
}

/// Sides that have no head yet.
pub async fn missing(connection: &mut facts::Connection) -> Result<Vec<&'static str>, AppError> {
    let heads = drafts::heads(connection).await?;
    Ok(SIDES.into_iter().map(side_key).filter(|side| !heads.iter().any(|head| head.side == *side)).collect())
}
