//! How often somebody may try to sign in: a slow-down for those who guess, by address and by e-mail.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use alignment::{Instant, instant::MICROS_PER_MINUTE};

use crate::web::AppError;

pub const FAILURES_MAX: usize = 10;
pub const WINDOW_MINUTES: i64 = 15;
/// Keys remembered at most; past that the oldest failures are forgotten.
const KEYS_MAX: usize = 10_000;

#[derive(Default)]
pub struct Attempts {
    failures: Mutex<HashMap<String, Vec<Instant>>>,
}

impl Attempts {
    /// An error that states the limit, where `key` has used it up.
    pub fn check(&self, key: &str, now: Instant) -> Result<(), AppError> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let recent: Vec<_> = failures.get(key).into_iter().flatten().filter(|at| in_window(**at, now)).collect();
        if recent.len() < FAILURES_MAX {
            return Ok(());
        }
        let free_at = recent.first().map_or(now, |at| at.plus_micros(WINDOW_MINUTES * MICROS_PER_MINUTE));
        let retry_seconds = ((free_at.0 - now.0) / 1_000_000).max(1);
        let words = format!(
            "{FAILURES_MAX} tries failed within {WINDOW_MINUTES} minutes, which is the limit. Try again in {} minutes.",
            retry_seconds / 60 + 1
        );
        Err(AppError::TooMany { words, retry_seconds })
    }

    pub fn failed(&self, key: &str, now: Instant) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= KEYS_MAX {
            failures.retain(|_, tries| tries.last().is_some_and(|at| in_window(*at, now)));
        }
        if failures.len() >= KEYS_MAX && !failures.contains_key(key) {
            failures.clear();
        }
        let tries = failures.entry(key.to_owned()).or_default();
        tries.retain(|at| in_window(*at, now));
        tries.push(now);
    }

    pub fn succeeded(&self, key: &str) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

fn in_window(at: Instant, now: Instant) -> bool {
    now.0 - at.0 < WINDOW_MINUTES * MICROS_PER_MINUTE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tenth_failure_closes_the_door_for_a_while() {
        let attempts = Attempts::default();
        let now = Instant(0);
        for _ in 0..FAILURES_MAX {
            assert!(attempts.check("ana", now).is_ok());
            attempts.failed("ana", now);
        }
        assert!(attempts.check("ana", now).unwrap_err().to_string().contains("10 tries"));
        assert!(attempts.check("rui", now).is_ok());
        assert!(attempts.check("ana", now.plus_micros(WINDOW_MINUTES * MICROS_PER_MINUTE)).is_ok());
    }
}
