//! What a draft would have done over the last twelve months, saved with it so that signers see it.

use alignment::{Instant, agreement::Agreement};
use facts::{WriteTx, drafts::BacktestRow};
use insight::{
    backtest::{self, Backtest},
    drift::{self, Drift},
    question::Period,
};

use super::{By, drafts::Draft};
use crate::{Office, web::AppError};

/// Days back from now in which MQLs count.
pub const DAYS: i64 = 365;

/// A backtest with what it was made of.
pub struct Saved {
    pub result: Backtest,
    /// Of the text that it was made of: another than the draft's, once that was edited.
    pub hash: String,
    pub at: Instant,
}

/// Replays the text over history beside the Agreement in force; changes nothing.
pub async fn replay(office: &Office, text: &Agreement) -> Result<Backtest, AppError> {
    let history = office.history().await?;
    let (in_force, text, now) = (office.agreement().await?.agreement, text.clone(), office.clock().now());
    let period = Period { from: now.plus_days(-DAYS), to: now };
    let run = move || backtest::run(&history, &in_force, &text, period, now);
    crate::aside::aside(run).await
}

/// Saves what was replayed of the draft as it was then.
pub async fn save(tx: &mut WriteTx, by: &By, draft: &Draft, result: &Backtest) -> Result<i64, AppError> {
    let body = serde_json::to_string(result).map_err(|error| AppError::Internal(error.into()))?;
    let id = facts::drafts::save_backtest(tx, &by.author, draft.row.id, &draft.row.hash, &body).await?;
    facts::drafts::note(tx, &by.author, "draft_backtested", "backtests", id, Some(draft.row.id.to_string()));
    Ok(id)
}

/// The last one that was saved of a draft.
pub async fn saved(office: &Office, draft: i64) -> Result<Option<Saved>, AppError> {
    let row = facts::drafts::backtest(&mut *office.facts().reader().await?, draft).await?;
    row.map(read_back).transpose()
}

fn read_back(row: BacktestRow) -> Result<Saved, AppError> {
    let result = serde_json::from_str(&row.body).map_err(|error| AppError::Internal(anyhow::anyhow!("backtest {}: {error}", row.id)))?;
    Ok(Saved { result, hash: row.hash, at: Instant(row.recorded_at) })
}

/// The written ideal customer against the customers won in the last twelve months.
pub async fn drift(office: &Office) -> Result<Drift, AppError> {
    let history = office.history().await?;
    let (ideal, now) = (office.agreement().await?.agreement.ideal_customer, office.clock().now());
    let run = move || drift::drift(&history, &ideal, now);
    crate::aside::aside(run).await
}
