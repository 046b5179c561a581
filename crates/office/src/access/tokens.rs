//! API tokens: `Authorization: Bearer tdm_...`. Shown once, kept as a hash, never worth more than their owner's role.

use std::sync::atomic::Ordering;

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
    let (hash, now) = (secret::hash(token), office.clock().now().0);
    if let Some(actor) = office.known_tokens().get(&hash, now) {
        return Ok(actor);
    }
    let forgotten = office.known_tokens().forgotten.load(Ordering::SeqCst);
    let mut record = office.facts().read().await?;
    let found = access::token_by_hash(record.conn(), &hash).await?.ok_or(AppError::SignedOut)?;
    let user = access::user(record.conn(), found.user_id).await?;
    drop(record);
    let actor = sessions::actor(&user).filter(|_| user.disabled_at.is_none()).ok_or(AppError::SignedOut)?;
    note_use(office, &found);
    let scopes = scopes(&found.scopes, actor.role);
    let actor = Actor { scopes: Some(scopes), ..actor };
    office.known_tokens().keep(hash, actor.clone(), now, forgotten);
    Ok(actor)
}

/// Tokens that were looked up a moment ago, so that a program that sends thousands of requests a second costs one look-up and not
/// thousands. What changes on this node is forgotten at once; what changes on another is noticed within [`KNOWN_FOR_MICROS`].
#[derive(Default)]
pub struct KnownTokens {
    kept: std::sync::Mutex<rustc_hash::FxHashMap<String, (Actor, i64)>>,
    /// Counts what was forgotten: what was looked up before is not kept after.
    forgotten: std::sync::atomic::AtomicU64,
}

const KNOWN_FOR_MICROS: i64 = 2 * alignment::instant::MICROS_PER_SECOND;
const KNOWN_MAX: usize = 1_000;

impl KnownTokens {
    fn get(&self, hash: &str, now: i64) -> Option<Actor> {
        let kept = self.kept.lock().ok()?;
        kept.get(hash).filter(|(_, since)| (0..KNOWN_FOR_MICROS).contains(&(now - since))).map(|(actor, _)| actor.clone())
    }

    fn keep(&self, hash: String, actor: Actor, now: i64, forgotten: u64) {
        let Ok(mut kept) = self.kept.lock() else { return };
        if self.forgotten.load(Ordering::SeqCst) != forgotten {
            return;
        }
        if kept.len() >= KNOWN_MAX {
            kept.clear();
        }
        kept.insert(hash, (actor, now));
    }

    /// After any change of tokens or users.
    pub fn forget(&self) {
        if let Ok(mut kept) = self.kept.lock() {
            self.forgotten.fetch_add(1, Ordering::SeqCst);
            kept.clear();
        }
    }
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
    tx.commit().await?;
    office.known_tokens().forget();
    Ok(())
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
