//! Users and teams as records: who owns what. Inviting and roles are `access`'s.

pub mod api;
