//! Whoever speaks to others does so with one implementation of TLS, chosen once.

/// Chooses it for this process. To be called before the first connection; a second call changes nothing.
pub fn ready() {
    // An error says that one is chosen already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
