//! The application: one folder per noun, each with its verbs, pages, API and command-line faces.
//!
//! A verb (`imports::run(&office, &actor, ..)`) is one function; page, API and command line are thin callers of it.

pub mod access;
pub mod agreement;
pub mod clock;
pub mod history;
pub mod imports;
pub mod office;
pub mod question;
pub mod report;
pub mod sample_company;
pub mod settings;
pub mod ui;
pub mod web;

pub use access::{Actor, Role};
pub use clock::Clock;
pub use office::Office;
