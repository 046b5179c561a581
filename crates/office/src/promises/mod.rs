//! Promises: what each team owes the other, and the ledger of how it was kept.

pub mod api;
mod carried;
pub mod feedback;
mod feedback_page;
mod lines;
mod month;
pub mod pages;
pub mod reminders;
pub mod rights;
pub mod rows;
mod rows_page;
pub mod settlement;
mod trend;
pub mod waivers;
pub mod wire;

#[cfg(test)]
mod tests;

pub use lines::known_reasons;
pub use month::MonthSeen;
pub use pages::{balance_words, lines_shown};
pub use reminders::tick;

use alignment::{
    Instant,
    promise::{Ledger, Month},
};

use crate::Office;

/// The ledger of a month as the record tells it at `as_of`.
pub async fn ledger(office: &Office, period: Month, as_of: Instant) -> anyhow::Result<Ledger> {
    let versions = office.versions().await?;
    let mut record = office.facts().read().await?;
    lines::ledger(record.conn(), &versions, period, as_of).await
}

/// A month as both sides see it: settled or not, closed by whom, changed since.
pub async fn look(office: &Office, period: Month, as_of: Instant) -> anyhow::Result<MonthSeen> {
    let versions = office.versions().await?;
    let mut record = office.facts().read().await?;
    month::look(record.conn(), &versions, period, as_of).await
}

/// The month of now, in the Agreement's zone.
pub async fn this_month(office: &Office) -> anyhow::Result<Month> {
    let version = office.agreement().await?;
    Ok(Month::of(office.clock().now(), &version.agreement.time_zone()))
}
