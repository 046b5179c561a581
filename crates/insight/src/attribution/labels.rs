//! What the two kinds of files share: channels by code, and amounts within bounds.

use rustc_hash::FxHashMap;

use super::Exact;

/// Gives each text a code, counted from 0 in the order of first appearance.
#[derive(Clone, Debug, Default)]
pub(super) struct Labels {
    codes: FxHashMap<String, u32>,
    names: Vec<String>,
}

impl Labels {
    pub fn code(&mut self, name: &str) -> u32 {
        if let Some(code) = self.codes.get(name) {
            return *code;
        }
        let code = self.names.len() as u32;
        self.codes.insert(name.to_owned(), code);
        self.names.push(name.to_owned());
        code
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }
}

#[derive(Debug, thiserror::Error, PartialEq)]
#[error("{what} is {amount}: write a number from {least:e} to {most:e}", most = Exact::AMOUNT_MAX)]
pub struct AmountError {
    pub what: &'static str,
    pub amount: f64,
    pub least: f64,
}

/// A number of conversions: whole or not, never below zero.
pub(super) fn count(what: &'static str, amount: f64) -> Result<f64, AmountError> {
    within(what, amount, 0.0)
}

/// A value, in whatever unit the file has.
pub(super) fn amount(what: &'static str, amount: f64) -> Result<f64, AmountError> {
    within(what, amount, -Exact::AMOUNT_MAX)
}

fn within(what: &'static str, amount: f64, least: f64) -> Result<f64, AmountError> {
    let sound = amount >= least && amount <= Exact::AMOUNT_MAX;
    if sound { Ok(amount) } else { Err(AmountError { what, amount, least }) }
}
