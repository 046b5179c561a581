//! Passwords, by Argon2id. Hashing takes tens of milliseconds on purpose, so it never runs on a thread that serves requests.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

use crate::web::AppError;

pub const CHARS_MIN: usize = 12;
const CHARS_MAX: usize = 256;
/// Of a password that nobody knows, at the cost of a real one.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$2cQkb2M8AeXEVcSaYhuRWbyMFOVzAkbzLzWzbIjK7Yw";

/// What is wrong with a new password, in words.
pub fn fault(password: &str) -> Option<String> {
    match password.chars().count() {
        0..CHARS_MIN => Some(format!("Write at least {CHARS_MIN} characters. A few words in a row are good and easy to remember.")),
        count if count > CHARS_MAX => Some(format!("Write at most {CHARS_MAX} characters.")),
        _ => None,
    }
}

pub async fn hash(password: String) -> Result<String, AppError> {
    aside(move || {
        let hash = Argon2::default().hash_password(password.as_bytes());
        hash.map(|hash| hash.to_string()).map_err(|error| anyhow::anyhow!("hashing a password: {error}"))
    })
    .await?
    .map_err(AppError::Internal)
}

/// Whether `password` belongs to `hash`. Without a hash (nobody of that name) it takes the same time and says no.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool, AppError> {
    aside(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.into());
        let Ok(parsed) = PasswordHash::new(&hash) else { return false };
        Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && known
    })
    .await
}

async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| AppError::Internal(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_opens_its_own_hash_alone() {
        let kept = hash("correct horse battery".into()).await.unwrap();
        assert!(kept.starts_with("$argon2id$"));
        assert!(verify("correct horse battery".into(), Some(kept.clone())).await.unwrap());
        assert!(!verify("correct horse".into(), Some(kept)).await.unwrap());
        assert!(!verify("correct horse battery".into(), None).await.unwrap());
    }

    #[test]
    fn nobodys_hash_costs_as_much_as_a_real_one() {
        assert!(PasswordHash::new(NOBODY).is_ok());
        let real = Argon2::default().hash_password(b"correct horse battery").unwrap().to_string();
        let cost = |hash: &str| hash.split('$').nth(3).map(str::to_owned);
        assert_eq!(cost(&real), Some("m=19456,t=2,p=1".into()));
    }

    #[test]
    fn short_passwords_are_refused_in_words() {
        assert!(fault("short").unwrap().contains("12"));
        assert_eq!(fault("twelve chars"), None);
    }
}
