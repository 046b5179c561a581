//! The columnar history of the two teams' work and all that is computed from it. No SQL, no HTTP, no clock.

pub mod answer;
pub mod attribution;
pub mod backtest;
pub mod chance;
pub mod cohort;
pub mod diagnosis;
pub mod drift;
pub mod effect;
pub mod engine;
pub mod experiment;
pub mod forecast;
pub mod funnel;
pub mod history;
pub mod journeys;
pub mod kpi;
pub mod misalignment;
mod once;
pub mod plan;
pub mod question;
pub mod rows;
pub mod score;
#[cfg(test)]
pub(crate) mod testing;
pub mod view;
