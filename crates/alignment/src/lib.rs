//! What the two teams agree on and know: pure rules and the words they are written in.
//!
//! Nothing here reads a clock, a file, a database or the network. A function takes the instant it judges at as an argument, so
//! the same call gives the same answer for ever, and every rule can be replayed over history.

pub mod agreement;
pub mod calendar;
pub mod checklist;
pub mod fields;
pub mod handoff;
pub mod ids;
pub mod instant;
pub mod intake;
pub mod judging;
pub mod lifecycle;
pub mod money;
pub mod notice;
pub mod promise;
pub mod rate;
pub mod routing;
pub mod touch;

pub use instant::Instant;
pub use money::{Currency, Money};
