//! Marking a lead lost, with a reason of the Agreement. The open deal that came of it is lost with it.

use alignment::{
    agreement::ReasonFor,
    lifecycle::{DealStage, Stage},
};
use facts::WriteTx;

use super::{Acting, Step, reject::Rejection};
use crate::{api::Field, deals::NewDealTransition, web::AppError};

pub async fn lose(tx: &mut WriteTx, acting: &Acting, id: i64, loss: Rejection) -> Result<(), AppError> {
    if super::held_by_sales(tx, acting, id, Step::Lose).await?.is_none() {
        return Ok(());
    }
    let reason = super::reason_of(acting.agreement(), ReasonFor::Loss, &loss.reason)?;
    super::enter(tx, acting, id, Stage::Lost, Some(reason.clone()), loss.note).await?;
    if let Some(deal) = facts::handoff::deal_of(tx.conn(), id).await? {
        let row = facts::deals::one(tx.conn(), deal).await?;
        let is_open = DealStage::parse(&row.stage).is_some_and(|stage| !stage.is_closed());
        // A deal that the lead joined is another's and goes on.
        if row.lead_id == Some(id) && is_open {
            let new = NewDealTransition { stage: DealStage::Lost.key().into(), at: Field(None), reason: Field(Some(Some(reason.clone()))) };
            crate::deals::enter_stage(tx, &acting.author, deal, new).await?;
        }
    }
    super::conclude(tx, acting, id, "lead_lost", Some(reason)).await
}
