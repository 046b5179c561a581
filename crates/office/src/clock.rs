//! The one place that reads a clock. Everything else takes the instant as an argument.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use alignment::Instant;

#[derive(Clone, Debug)]
pub enum Clock {
    System,
    /// A clock that a test sets and moves.
    Set(Arc<AtomicI64>),
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
        }
    }

    /// Moves a set clock forward; the system's goes by itself.
    pub fn tick_micros(&self, micros: i64) {
        if let Clock::Set(now) = self {
            now.fetch_add(micros, Ordering::SeqCst);
        }
    }
}
