//! Attribution: how the revenue of a won deal is shared out over the touches that led to it.
//!
//! A *journey* is the touches up to a conversion (a signature), inside the lookback. Each model is one file: a kernel that weighs
//! the touches of one journey; `chain` solves what the Markov model's needs of all journeys. Everything else, from a file of paths to the whole history, runs the same kernels.

pub(crate) mod axis;
mod behind;
mod by_channel;
mod chain;
mod comparison;
mod exact;
mod first;
mod full_path;
mod labels;
mod last;
mod led;
mod linear;
mod markov;
mod marks;
mod model;
mod overview;
pub mod paths;
mod ranking;
mod revenue;
mod self_reported;
mod shapley;
mod sharer;
pub(crate) mod signed;
mod spend;
mod time_decay;
pub mod touches;
mod u;
mod uncertainty;
mod w;

pub use behind::{DealShare, DealsBehind, RowOf, deals_behind, journey};
pub use chain::{ChainFacts, Worths};
pub use comparison::{ComparedRow, Standing, compare};
pub use exact::Exact;
pub use labels::AmountError;
pub use marks::Marks;
pub use model::{Journey, Kernel, MODELS, Model, ModelError, find, select};
pub use overview::{Overview, OverviewRow, overview};
pub use ranking::{Amounts, ChannelRow, Ranking};
pub use revenue::attribute;
pub use self_reported::{SELF_REPORTED_FIELD, SelfReported, self_reported};
pub use spend::{Spent, spend};
pub use uncertainty::{RowUncertainty, Uncertainty, uncertainty};
