//! The checklist of a stage: what a person confirmed before the lead enters it.

use alignment::{agreement::Agreement, lifecycle::Stage};
use facts::{
    WriteTx,
    bulk::Value,
    changes,
    handoff::{self, ConfirmationRow},
    schema,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Acting, Step};
use crate::web::AppError;

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Confirmation {
    /// `sql` or `sales_ready`.
    #[schema(example = "sql")]
    pub stage: String,
    /// An item of the stage's checklist, as the Agreement writes it.
    #[schema(example = "Budget")]
    pub item: String,
}

pub async fn confirm(tx: &mut WriteTx, acting: &Acting, id: i64, confirmation: Confirmation) -> Result<(), AppError> {
    let (stage, item) = checked(tx, acting, id, &confirmation).await?;
    let known = handoff::confirmations(tx.conn(), id).await?;
    if known.iter().any(|row| row.stage == stage.key() && row.item == item) {
        return Ok(());
    }
    let values = [
        ("lead_id", Value::Int(id)),
        ("stage", Value::Text(stage.key().into())),
        ("item", Value::Text(item.clone())),
        ("user_id", Value::int(acting.author.actor)),
        ("at", Value::Int(acting.author.now)),
    ];
    changes::add(tx, &acting.author, &schema::CONFIRMATIONS, acting.author.now, &values).await?;
    super::conclude(tx, acting, id, "item_confirmed", Some(format!("{}: {item}", stage.key()))).await
}

pub async fn take_back(tx: &mut WriteTx, acting: &Acting, id: i64, confirmation: Confirmation) -> Result<(), AppError> {
    let (stage, item) = checked(tx, acting, id, &confirmation).await?;
    let known = handoff::confirmations(tx.conn(), id).await?;
    let Some(row) = known.iter().find(|row| row.stage == stage.key() && row.item == item) else { return Ok(()) };
    handoff::remove_confirmation(tx, row.id).await?;
    super::conclude(tx, acting, id, "item_taken_back", Some(format!("{}: {item}", stage.key()))).await
}

/// Items of the stage's checklist that nobody has confirmed.
pub fn missing(agreement: &Agreement, stage: Stage, confirmed: &[ConfirmationRow]) -> Vec<String> {
    let items = agreement.clause(stage).map(|clause| clause.checklist.as_slice()).unwrap_or_default();
    let is_open = |item: &&String| !confirmed.iter().any(|row| row.stage == stage.key() && row.item == **item);
    items.iter().filter(is_open).cloned().collect()
}

async fn checked(tx: &mut WriteTx, acting: &Acting, id: i64, confirmation: &Confirmation) -> Result<(Stage, String), AppError> {
    let (_, stands) = super::held(tx, id).await?;
    super::rights::check_reviews(acting.actor.role, acting.agreement())?;
    Step::Confirm.check(id, stands)?;
    let stage = Stage::parse(&confirmation.stage).filter(|stage| matches!(stage, Stage::Sql | Stage::SalesReady));
    let stage = stage.ok_or_else(|| AppError::refused(format!("stage: `{}` is not one of sql, sales_ready", confirmation.stage)))?;
    let items = acting.agreement().clause(stage).map(|clause| clause.checklist.clone()).unwrap_or_default();
    match items.iter().find(|item| item.as_str() == confirmation.item.trim()) {
        Some(item) => Ok((stage, item.clone())),
        None => Err(AppError::refused(format!("item: `{}` is not one of {}", confirmation.item, items.join(", ")))),
    }
}
