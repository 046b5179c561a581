//! The Agreement as forms: one per section. A form is made from the section's fields, and read back into the same Agreement.
//!
//! What stands in a form is a [`Typed`] tree of texts, as typed: it can be wrong and is kept all the same, so that a page can show it again
//! with what is wrong beside it, or with a row more or less.

mod act;
mod conditions;
mod fields;
mod inputs;
mod read;
#[cfg(test)]
mod tests;
mod typed;
mod write;

pub use act::act;
pub use fields::{Field, Kind, SECTIONS, Section, section};
pub use inputs::{Choices, Item, Shape, items};
pub use read::{Wrong, read};
pub use typed::Typed;
pub use write::write;
