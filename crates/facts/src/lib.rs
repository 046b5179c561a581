//! The operational record, on SQLite or PostgreSQL. The only crate with SQL.
//!
//! One SQL text serves both engines; the few true differences are named functions in [`dialect`]. [`schema`] lists every table once, for
//! all that treats tables alike: bulk writing, field history and undo, backup.

pub mod access;
pub mod activities;
pub mod agreements;
pub mod backup;
pub mod bulk;
pub mod campaigns;
pub mod changes;
pub mod clocks;
pub mod companies;
pub mod content;
mod cursor;
pub mod custom;
pub mod deals;
pub mod dialect;
pub mod drafts;
pub mod error;
pub mod events;
pub mod experiments;
pub mod feed;
pub mod handoff;
pub mod idempotency;
pub mod ids;
pub mod imports;
pub mod judging;
pub mod keys;
pub mod leads;
pub mod ledger;
pub mod list;
pub mod merges;
pub mod names;
pub mod notifications;
pub mod people;
pub mod plans;
pub mod routing;
pub mod saved_questions;
pub mod schema;
pub mod scores;
pub mod search;
pub mod settings;
pub mod spend;
pub mod store;
pub mod talk;
pub mod teams;
pub mod timeline;
pub mod touches;
pub mod users;

pub use error::{FactsError, Result};
pub use sqlx::AnyConnection as Connection;
pub use store::{Facts, ReadTx, WriteTx};
