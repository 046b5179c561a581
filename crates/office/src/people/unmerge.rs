//! Taking a merge back: two people again, with what was each one's. What came since stays with the one who was kept.

use facts::{
    WriteTx, bulk,
    changes::Author,
    merges::{self, MergeRow},
    schema,
};

use super::merge::{self, Body};
use crate::{Actor, Role, agreement::Versions, clocks, web::AppError};

/// Who merged, leaders and administrators.
pub fn may_undo(actor: &Actor, merge: &MergeRow) -> bool {
    matches!(actor.role, Role::Leader | Role::Admin) || (merge.actor_id.is_some() && merge.actor_id == actor.user.map(|user| user.0))
}

/// Gives (the kept person, the one who is back). A merge that was taken back before stays so.
pub async fn undo(tx: &mut WriteTx, actor: &Actor, author: &Author, versions: &Versions, id: i64) -> Result<(i64, i64), AppError> {
    let merge = merges::one(tx.conn(), id).await?;
    if !may_undo(actor, &merge) {
        return Err(AppError::Forbidden("A merge is taken back by whoever did it, a leader or an administrator.".into()));
    }
    if merge.undone_at.is_some() {
        return Ok((merge.kept_id, merge.gone_id));
    }
    facts::changes::hold(tx, &schema::PEOPLE, "person", merge.kept_id).await?;
    let body: Body = serde_json::from_str(&merge.body).map_err(|error| AppError::Internal(error.into()))?;
    refuse_if_built_upon(tx, &merge, &body).await?;
    merges::part(tx, author, &body.trail, merge.kept_id, merge.gone_id).await?;
    merges::announce(tx, author, &body.trail.after, &body.trail.before, &body.trail);
    let mut leads = merges::ids_of(tx, &schema::LEADS, "person_id", merge.kept_id).await?;
    leads.extend(merges::ids_of(tx, &schema::LEADS, "person_id", merge.gone_id).await?);
    clocks::sync(tx, author, versions, &leads).await?;
    if let Some(column) = schema::PEOPLE_MERGES.column("undone_at") {
        bulk::update(tx.conn(), &schema::PEOPLE_MERGES, id, &[(column, bulk::Value::Int(author.now))]).await?;
    }
    merge::note(tx, author, merge.kept_id, "merge_taken_back", merge.gone_id);
    Ok((merge.kept_id, merge.gone_id))
}

async fn refuse_if_built_upon(tx: &mut WriteTx, merge: &MergeRow, body: &Body) -> Result<(), AppError> {
    let words = if let Some(later) = merges::later(tx.conn(), merge).await? {
        Some(format!("merge {later} came later and has the same person: take it back first"))
    } else if let Some(done) = merges::done_since(tx, &body.trail).await? {
        Some(format!("{done}: nobody could say whose it is"))
    } else {
        let import = merges::import_undone(tx, &body.trail).await?;
        import.map(|import| format!("import {import}, which had brought what would come back, was undone since"))
    };
    match words {
        Some(words) => Err(AppError::Conflict(format!("merge {} can't be taken back: {words}. Nothing was changed.", merge.id))),
        None => Ok(()),
    }
}
