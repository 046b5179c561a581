//! The HTTP server: one table of endpoints, one guard made from it, one way to show errors.

pub mod assets;
pub mod endpoints;
pub mod error;
pub mod guard;
pub mod health;
pub mod live;
pub mod measure;
pub mod page;
pub mod server;
pub mod showing;

#[cfg(test)]
mod endpoints_tests;

pub use endpoints::{Allow, Endpoint};
pub use error::AppError;
pub use page::{Page, redirect};
pub use server::{Server, serve};
