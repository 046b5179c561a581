//! Declining a lead, with a reason of the Agreement and a note.

use alignment::{agreement::ReasonFor, lifecycle::Stage};
use facts::{WriteTx, bulk::Value, changes, schema};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Acting, Step};
use crate::{api::Field, notifications::NoticeKind, web::AppError};

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Rejection {
    /// Key of one of the Agreement's reasons for rejecting.
    #[schema(example = "wrong_industry")]
    pub reason: String,
    /// In your own words, for marketing.
    #[schema(value_type = Option<String>)]
    pub note: Field<String>,
}

pub async fn reject(tx: &mut WriteTx, acting: &Acting, id: i64, rejection: Rejection) -> Result<(), AppError> {
    let Some((lead, _)) = super::held_by_sales(tx, acting, id, Step::Reject).await? else { return Ok(()) };
    let reason = super::reason_of(acting.agreement(), ReasonFor::Rejection, &rejection.reason)?;
    let note = rejection.note.clone().value().unwrap_or_default();
    changes::set(tx, &acting.author, &schema::LEADS, "lead", id, vec![("queue", Value::Null)]).await?;
    super::enter(tx, acting, id, Stage::Rejected, Some(reason.clone()), rejection.note).await?;
    let name = acting.agreement().reason_name(&reason).unwrap_or(&reason).to_owned();
    let title = format!("{} was rejected: {name}", super::name_of(&lead));
    let body = format!("By {}. {note} You can appeal on the lead's page.", acting.name());
    super::tell_marketing(tx, acting, &lead, NoticeKind::LeadDecided, title, body).await?;
    super::conclude(tx, acting, id, "lead_rejected", Some(reason)).await
}
