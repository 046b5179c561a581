//! The Agreement: which version judges, its text, and the drafts that both teams edit and sign.

pub mod api;
mod backtest_pages;
pub mod backtests;
pub mod by;
mod draft_pages;
pub mod drafts;
pub mod form;
pub mod heads;
mod heads_pages;
pub mod pages;
mod preview;
mod remind;
mod said;
mod section_pages;
mod sign_pages;
pub mod signing;
mod terms;
mod versions;

pub use by::By;
pub use draft_pages::text_of;
pub use remind::{due, remind, remind_daily};
pub use versions::{VersionKeeper, Versions};

use alignment::{Currency, Instant, agreement::Agreement, agreement::Version};
use anyhow::Context as _;
use facts::agreements::{self, AgreementRow};
use sha2::{Digest, Sha256};

use crate::Office;

/// A new company starts from version 1, the default text, in force since ever: imported history is judged by it too.
pub async fn ensure_first(office: &Office) -> anyhow::Result<()> {
    let mut read = office.facts().read().await?;
    if agreements::in_force(read.conn(), i64::MAX).await?.is_some() {
        return Ok(());
    }
    drop(read);
    replace_first(office, &Agreement::default_for(Currency::EUR, "UTC")).await
}

/// Sets the text of version 1 while it is the only one and nothing has been judged by it yet (a new company, the sample).
pub async fn replace_first(office: &Office, agreement: &Agreement) -> anyhow::Result<()> {
    let text = agreement.to_toml();
    let now = office.clock().now();
    let mut tx = office.facts().write().await?;
    agreements::replace_first(&mut tx, &text, &hash(&text), Instant::MIN.0, now.0).await?;
    tx.commit().await?;
    Ok(())
}

/// What a company that has not agreed on anything yet may start its first draft from, in the currency and zone of the text so far.
pub fn proposal(so_far: &Agreement) -> Agreement {
    so_far.propose()
}

/// Newest first.
pub async fn list(office: &Office) -> anyhow::Result<Vec<Version>> {
    Ok(office.versions().await?.iter().rev().cloned().collect())
}

fn version(row: AgreementRow) -> anyhow::Result<Version> {
    let agreement = Agreement::from_toml(&row.text).with_context(|| format!("Agreement version {}", row.number))?;
    Ok(Version { number: row.number as u32, effective_at: Instant(row.effective_at), agreement })
}

/// What the two teams sign: SHA-256 of the text, in hex.
pub fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
