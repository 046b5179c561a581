//! Why it moved: a change of a number between two periods, taken apart into what each segment's own rate, its share and the time it has
//! had explain, and what stands out among all numbers, found by tests that are adjusted over everything looked at.
//!
//! Nothing here says that one thing causes another: a segment *goes with* a change.

mod finding;
mod looks;
mod material;
mod parts;
mod periods;
mod rows;
mod shuffle;
pub(crate) mod significance;
#[cfg(test)]
mod significance_tests;
mod split;
mod survey;
#[cfg(test)]
mod tests;
mod unused;
mod why;
mod worth;

pub use finding::{Finding, Found, LEVEL, Named, Side};
pub use looks::{Comparison, What};
pub use material::{Shape, shape};
pub use parts::Parts;
pub use periods::{before, last_whole, same_age, year_ago};
pub use rows::{RowsOf, Side as RowsSide, rows};
pub use shuffle::Shuffle;
pub use split::{Split, dimensions};
pub use survey::{Digest, FINDINGS_MAX, Prepared, digest, prepare};
pub use why::{PARTS_MAX, PartOf, SplitParts, Total, Why, splits_of, why};
pub use worth::Worth;
