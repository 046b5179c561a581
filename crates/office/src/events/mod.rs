//! The event log: what was added and changed, in the order of commits.

pub mod api;
