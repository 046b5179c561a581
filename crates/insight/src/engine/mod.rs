//! How a number is computed: each row of a table is observed once, and what is observed is added up in total, by month and by segment.
//!
//! `question → context (view, months, segments, filters) → observe rows → tally → measure`. Rows are taken in chunks of a fixed size
//! and the chunks are added in order, so that the same history gives the same bytes whatever the number of threads.

mod by_kind;
mod context;
mod definition;
mod evidence;
mod measure;
mod months;
mod observation;
mod pass;
mod run;
mod segments;
mod tally;

pub use context::{Amount, Context};
pub use definition::{Aging, Beside, Clip, Kpi, Observe, Splits, Summary, no_target, nothing_beside, nothing_to_prepare};
pub use evidence::evidence;
pub use measure::{percentile, percentiles};
pub use months::Months;
pub use observation::{Observation, Part};
pub use run::{answer, answers};
pub use segments::{Label, Segments};
