//! Qualifying: a lead becomes an SQL, and later sales-ready, once every item of the stage's checklist is confirmed.

use alignment::lifecycle::Stage;
use facts::WriteTx;

use super::{Acting, Step, confirm};
use crate::{api::Field, web::AppError};

pub async fn qualify(tx: &mut WriteTx, acting: &Acting, id: i64) -> Result<(), AppError> {
    pass_checklist(tx, acting, id, Step::Qualify, Stage::Sql, "lead_qualified").await
}

pub async fn make_ready(tx: &mut WriteTx, acting: &Acting, id: i64) -> Result<(), AppError> {
    pass_checklist(tx, acting, id, Step::MakeReady, Stage::SalesReady, "lead_sales_ready").await
}

async fn pass_checklist(tx: &mut WriteTx, acting: &Acting, id: i64, step: Step, stage: Stage, event: &'static str) -> Result<(), AppError> {
    if super::held_by_sales(tx, acting, id, step).await?.is_none() {
        return Ok(());
    }
    let confirmed = facts::handoff::confirmations(tx.conn(), id).await?;
    let missing = confirm::missing(acting.agreement(), stage, &confirmed);
    if !missing.is_empty() {
        let words = format!("lead {id} is not {} yet: confirm {} first", stage.name(), missing.join(", "));
        return Err(AppError::Conflict(words));
    }
    super::enter(tx, acting, id, stage, None, Field(None)).await?;
    super::conclude(tx, acting, id, event, None).await
}
