//! The learned score: how likely a lead is to become an SQL, learned from what became of the company's own leads.
//!
//! A logistic regression over slots, so that every weight can be read. It sees only what was known at the instant that it judges at; what
//! this means for each column, and what is left out, stands in `docs/learned-score.md`.

mod calibration;
mod encode;
mod enough;
mod features;
mod field_log;
mod guard;
mod landmark;
mod learn;
mod logistic;
mod measure;
mod model;
mod naive_bayes;
mod now;
mod points;
mod sparse;
mod split;
mod table;
#[cfg(test)]
mod tests;
mod title;
mod verdict;

pub use calibration::Platt;
pub use encode::{Encoder, Feature, SLOT_ROWS_MIN, Slots};
pub use enough::TooLittle;
pub use features::{OUTCOMES, company_at};
pub use field_log::{FieldChange, FieldLog};
pub use guard::{FILLED_GAP_MAX, LeftOut, SINGLE_AUC_MAX, screen};
pub(crate) use landmark::LIVE_DAYS;
pub use landmark::Landmark;
pub use learn::{Ask, LANDMARKS_MAX, Learned, Part, Report, learn};
pub use logistic::{Logistic, logit, sigmoid};
pub use measure::{
    CalibrationBin, Estimate, Figures, Judged, Scored, auc, brier, calibration_bins, calibration_error, compare, log_loss, roc,
};
pub use model::{Contribution, Explained, Model, Weight};
pub use naive_bayes::NaiveBayes;
pub use now::{LeadScore, Since, score_of, since};
pub use sparse::Sparse;
pub use split::{CALIBRATE_SHARE, JUDGE_SHARE, Purged};
pub use table::{Cell, CellKind, Column, Table};
pub use verdict::AUC_MARGIN_MIN;
