//! Taking a lead back to an earlier stage of the funnel, not past MQL: what it had reached stays reached, and from where it stands now it
//! goes on again.

use alignment::lifecycle::{DealStage, Stage};
use facts::WriteTx;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Acting, Step};
use crate::{api::Field, notifications::NoticeKind, web::AppError};

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Return {
    /// `mql`, `sal`, `sql` or `sales_ready`: an earlier one than that in which the lead stands.
    #[schema(example = "sal")]
    pub stage: String,
    /// Why, in your own words.
    #[schema(example = "The budget was withdrawn")]
    pub reason: String,
}

/// Stages that a lead which stands in this one can be taken back to, the nearest first.
pub fn earlier_stages(stage: Stage) -> Vec<Stage> {
    Stage::FUNNEL.into_iter().rev().filter(|earlier| (Stage::Mql..stage).contains(earlier) && !stage.is_terminal()).collect()
}

pub async fn go_back(tx: &mut WriteTx, acting: &Acting, id: i64, back: Return) -> Result<(), AppError> {
    let Some(stage) = Stage::parse(&back.stage) else {
        return Err(AppError::refused(format!("stage: `{}` is not one of mql, sal, sql, sales_ready", back.stage)));
    };
    let (lead, now) = super::held(tx, id).await?;
    super::rights::check_reviews(acting.actor.role, acting.agreement())?;
    if now == stage && !now.is_terminal() {
        return Ok(());
    }
    Step::Return.check(id, now)?;
    if let Some(deal) = facts::handoff::deal_of(tx.conn(), id).await? {
        let row = facts::deals::one(tx.conn(), deal).await?;
        if DealStage::parse(&row.stage).is_some_and(|stage| !stage.is_closed()) {
            return Err(AppError::Conflict(format!("lead {id} has deal {deal}, which is open: close it as lost first")));
        }
    }
    let reason = back.reason.trim().to_owned();
    crate::leads::go_back(tx, &acting.author, id, stage, Field(Some(Some(reason.clone())))).await?;
    let title = format!("{} was taken back to {}", super::name_of(&lead), stage.name());
    super::tell_marketing(tx, acting, &lead, NoticeKind::LeadDecided, title, format!("By {}: {reason}", acting.name())).await?;
    super::conclude(tx, acting, id, "lead_taken_back", Some(stage.key().to_owned())).await
}
