//! Giving a lead to somebody from the desk.

use facts::WriteTx;

use super::{Acting, Step};
use crate::{clocks, routing, web::AppError};

pub async fn assign(tx: &mut WriteTx, acting: &Acting, id: i64, owner: i64, note: Option<&str>) -> Result<(), AppError> {
    let (lead, stage) = super::held(tx, id).await?;
    super::rights::check_reviews(acting.actor.role, acting.agreement())?;
    Step::Assign.check(id, stage)?;
    if lead.owner_id == Some(owner) {
        return Ok(());
    }
    routing::assign(tx, &acting.author, id, owner, note).await?;
    Ok(clocks::sync(tx, &acting.author, &acting.versions, &[id]).await?)
}
