//! Today: what is new since the last visit, and what to do next where there is nothing yet.

pub mod movers;
pub mod pages;
mod waiting;
