//! The operational record, on SQLite or PostgreSQL. The only crate with SQL.
//!
//! One SQL text serves both engines; the few true differences are named functions in [`dialect`]. [`schema`] lists every table once, for
//! all that treats tables alike: bulk writing, field history and undo, backup.

pub mod bulk;
pub mod dialect;
pub mod error;
pub mod events;
pub mod feed;
pub mod ids;
pub mod schema;
pub mod store;

pub use error::{FactsError, Result};
pub use store::{Facts, ReadTx, WriteTx};
