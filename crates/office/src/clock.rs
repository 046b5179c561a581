//! The one place that reads a clock. Everything else takes the instant as an argument.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use alignment::Instant;

#[derive(Clone, Debug)]
pub enum Clock {
    System,
    /// A clock that a test sets and moves.
    Set(Arc<AtomicI64>),
    /// The instant that stands in a file, for a program under test whose time passes as the test writes.
    File(Arc<PathBuf>),
}

impl Clock {
    pub fn set_to(instant: Instant) -> Clock {
        Clock::Set(Arc::new(AtomicI64::new(instant.0)))
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that asks")]
    pub fn now(&self) -> Instant {
        match self {
            Clock::System => Instant::from_timestamp(jiff::Timestamp::now()),
            Clock::Set(micros) => Instant(micros.load(Ordering::SeqCst)),
            Clock::File(path) => {
                let written = std::fs::read_to_string(path.as_path()).ok().and_then(|text| text.parse().ok());
                written.unwrap_or_else(|| Instant::from_timestamp(jiff::Timestamp::now()))
            }
        }
    }

    /// Moves a set clock forward; the system's goes by itself.
    pub fn tick_micros(&self, micros: i64) {
        if let Clock::Set(now) = self {
            now.fetch_add(micros, Ordering::SeqCst);
        }
    }
}
