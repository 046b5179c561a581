//! Back to nurture: this pass is over, with a reason and, if it is known, a date to look again.

use alignment::{agreement::ReasonFor, lifecycle::Stage};
use facts::{WriteTx, bulk::Value, changes, schema};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Acting, Step};
use crate::{
    api::{Field, wire},
    notifications::NoticeKind,
    web::AppError,
};

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Recycling {
    /// Key of one of the Agreement's reasons for recycling.
    #[schema(example = "timing")]
    pub reason: String,
    #[schema(value_type = Option<String>)]
    pub note: Field<String>,
    /// When to look at it again.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub return_at: Field<String>,
}

/// The furthest that a date to come back may lie ahead.
const AHEAD_DAYS_MAX: i64 = 5 * 366;
const DAY_MICROS: i64 = 86_400_000_000;

pub async fn recycle(tx: &mut WriteTx, acting: &Acting, id: i64, recycling: Recycling) -> Result<(), AppError> {
    let Some((lead, _)) = super::held_by_sales(tx, acting, id, Step::Recycle).await? else { return Ok(()) };
    let reason = super::reason_of(acting.agreement(), ReasonFor::Recycle, &recycling.reason)?;
    let return_at = recycling.return_at.value().map(|text| wire::instant("return_at", &text)).transpose()?;
    if let Some(at) = return_at {
        let now = acting.author.now;
        if at <= now || at > now + AHEAD_DAYS_MAX * DAY_MICROS {
            return Err(AppError::refused(format!("return_at: {} is not within the five years to come", wire::at(at))));
        }
        let values = [("lead_id", Value::Int(id)), ("return_at", Value::Int(at))];
        changes::add(tx, &acting.author, &schema::RECYCLE_DATES, now, &values).await?;
    }
    changes::set(tx, &acting.author, &schema::LEADS, "lead", id, vec![("queue", Value::Null)]).await?;
    super::enter(tx, acting, id, Stage::Recycled, Some(reason.clone()), recycling.note).await?;
    let name = acting.agreement().reason_name(&reason).unwrap_or(&reason).to_owned();
    let title = format!("{} went back to nurture: {name}", super::name_of(&lead));
    super::tell_marketing(tx, acting, &lead, NoticeKind::LeadDecided, title, format!("By {}.", acting.name())).await?;
    super::conclude(tx, acting, id, "lead_recycled", Some(reason)).await
}
