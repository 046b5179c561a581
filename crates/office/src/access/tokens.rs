//! API tokens: `Authorization: Bearer tdm_...`. Shown once, kept as a hash, never worth more than their owner's role.

use facts::access::{self, ApiToken};

use crate::{
    Office,
    access::{Actor, Role, Scope, secret, sessions},
    web::AppError,
};

const PREFIX: &str = "tdm_";
/// Noting each use would be a write per request.
const USED_EVERY_MICROS: i64 = 10 * alignment::instant::MICROS_PER_MINUTE;

pub async fn actor_of(office: &Office, authorization: &str) -> Result<Actor, AppError> {
    let token =
        authorization.strip_prefix("Bearer ").map(str::trim).filter(|token| token.starts_with(PREFIX)).ok_or(AppError::SignedOut)?;
    let mut record = office.facts().read().await?;
    let found = access::token_by_hash(record.conn(), &secret::hash(token)).await?.ok_or(AppError::SignedOut)?;
    let user = access::user(record.conn(), found.user_id).await?;
    drop(record);
    let actor = sessions::actor(&user).filter(|_| user.disabled_at.is_none()).ok_or(AppError::SignedOut)?;
    note_use(office, &found);
    let scopes = scopes(&found.scopes, actor.role);
    Ok(Actor { scopes: Some(scopes), ..actor })
}

/// A new token of `actor`, and the only time it is seen.
pub async fn create(office: &Office, actor: &Actor, name: &str, wanted: &[Scope]) -> Result<String, AppError> {
    let user = actor.user.ok_or_else(|| AppError::refused("Tokens belong to a user; sign in first."))?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(AppError::refused("Name the token after what will use it, in 1 to 100 characters."));
    }
    if let Some(beyond) = wanted.iter().find(|scope| !actor.role.scopes().contains(scope)) {
        return Err(AppError::refused(format!("Your role has no right to `{}`, so no token of yours can have it.", beyond.key())));
    }
    if wanted.is_empty() {
        return Err(AppError::refused("Choose at least one scope."));
    }
    let token = format!("{PREFIX}{}", secret::new());
    let keys: Vec<_> = wanted.iter().map(|scope| scope.key()).collect();
    let mut tx = office.facts().write().await?;
    access::insert_token(&mut tx, user.0, name, &secret::hash(&token), &keys.join(" "), office.clock().now().0).await?;
    tx.commit().await?;
    Ok(token)
}

pub async fn revoke(office: &Office, actor: &Actor, id: i64) -> Result<(), AppError> {
    let mut tx = office.facts().write().await?;
    access::revoke_token(&mut tx, actor.user.map_or(0, |user| user.0), id, office.clock().now().0).await?;
    Ok(tx.commit().await?)
}

/// The role may have shrunk since the token was made.
fn scopes(keys: &str, role: Role) -> Vec<Scope> {
    keys.split(' ').filter_map(Scope::parse).filter(|scope| role.scopes().contains(scope)).collect()
}

/// In the background: an answer must not wait for the writer, which a large import may hold.
fn note_use(office: &Office, token: &ApiToken) {
    let now = office.clock().now().0;
    if token.last_used_at.is_some_and(|at| now - at < USED_EVERY_MICROS) {
        return;
    }
    let (facts, id) = (office.facts().clone(), token.id);
    tokio::spawn(async move {
        let noted = async {
            let mut tx = facts.write().await?;
            access::token_used(&mut tx, id, now).await?;
            tx.commit().await
        };
        if let Err(error) = noted.await {
            tracing::warn!("the use of a token was not noted: {error}");
        }
    });
}
