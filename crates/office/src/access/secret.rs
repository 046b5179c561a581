//! Secrets that we hand out: links and API tokens. They are random, shown once, and kept as hashes.

use sha2::{Digest, Sha256};
use tower_sessions::session::Id;

/// 256 random bits, safe in a URL: two session ids, each 128 bits from the system-seeded generator.
pub fn new() -> String {
    format!("{}{}", Id::default(), Id::default())
}

/// They are as random as a hash is long, so a plain hash can't be guessed back.
pub fn hash(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
