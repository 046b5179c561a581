//! The application: one folder per noun, each with its verbs, pages, API and command-line faces.
//!
//! A verb (`imports::run(&office, &actor, ..)`) is one function; page, API and command line are thin callers of it.

pub mod access;
pub mod activities;
pub mod agreement;
pub mod api;
mod aside;
pub mod campaigns;
pub mod checklist;
pub mod clock;
pub mod clocks;
pub mod closed_loop;
pub mod cohorts;
pub mod companies;
pub mod content;
pub mod deals;
pub mod effect;
pub mod events;
pub mod experiments;
pub mod forecast;
pub mod handoff;
pub mod history;
pub mod imports;
pub mod journeys;
pub mod judging;
mod kept;
pub mod leads;
pub mod lists;
pub mod misalignment;
pub mod notifications;
pub mod office;
mod own_dates;
pub mod people;
pub mod plan;
pub mod promises;
pub mod question;
pub mod questions;
pub mod report;
pub mod routing;
pub mod sample_company;
pub mod score;
pub mod scoreboard;
pub mod search;
pub mod settings;
pub mod spend;
pub mod today;
pub mod touches;
pub mod ui;
pub mod users;
pub mod web;
pub mod why;

pub use access::{Actor, Role};
pub use clock::Clock;
pub use office::Office;
