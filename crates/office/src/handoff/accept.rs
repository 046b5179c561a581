//! Accepting a lead for outreach: the official hand-off. It becomes a SAL, and the one who accepted owns it unless it has an owner.

use alignment::lifecycle::Stage;
use facts::{WriteTx, bulk::Value, changes, schema};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Acting, Step};
use crate::{api::Field, notifications::NoticeKind, routing, web::AppError};

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Acceptance {
    #[schema(value_type = Option<String>)]
    pub note: Field<String>,
}

pub async fn accept(tx: &mut WriteTx, acting: &Acting, id: i64, acceptance: Acceptance) -> Result<(), AppError> {
    let Some((lead, _)) = super::held_by_sales(tx, acting, id, Step::Accept).await? else { return Ok(()) };
    match (lead.owner_id, acting.author.actor) {
        (None, Some(user)) => routing::assign(tx, &acting.author, id, user, Some("accepted it")).await?,
        (None, None) => return Err(AppError::refused("Nobody owns this lead yet: say who accepts it, or assign it first.")),
        _ => {}
    }
    changes::set(tx, &acting.author, &schema::LEADS, "lead", id, vec![("queue", Value::Null)]).await?;
    super::enter(tx, acting, id, Stage::Sal, None, acceptance.note).await?;
    let title = format!("{} was accepted", super::name_of(&lead));
    super::tell_marketing(tx, acting, &lead, NoticeKind::LeadDecided, title, format!("By {}.", acting.name())).await?;
    super::conclude(tx, acting, id, "lead_accepted", None).await
}
