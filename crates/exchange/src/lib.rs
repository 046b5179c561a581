//! What crosses the border: files of other systems come in here and become the records of `alignment::intake`.
//!
//! The way of a file: [`table`] reads rows of text from CSV or XLSX, a [`recipe`] says what the columns mean and turns each row
//! into records, [`guess`] writes such a recipe from the header of an unknown file, and [`rejected`] hands back the rows that
//! could not be taken, with the reason. Nothing here knows the database.
//!
//! The way out: a [`message`] goes by [`mail`] or [`chat`], over [`tls`].

pub mod cells;
pub mod chat;
pub mod fields;
pub mod guess;
pub mod mail;
pub mod message;
pub mod recipe;
pub mod rejected;
pub mod table;
pub mod tls;
pub mod value;

pub use cells::Cells;
pub use recipe::{FileImport, ImportPlan, Outcome, ReadRow, Recipe, RecipeError};
pub use table::{FileError, Row, Table};
