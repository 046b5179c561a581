//! Taking back, within ten minutes, what was decided about leads, unless something was done since.

use alignment::{Instant, lifecycle::Stage};
use facts::{
    Connection, FactsError, WriteTx,
    bulk::{self, Value},
    changes::{self, ChangeRow},
    handoff::retraction,
    leads::{self, TransitionRow},
    schema,
};

use super::Acting;
use crate::web::AppError;

pub const MINUTES_MAX: i64 = 10;
const MINUTE: i64 = 60_000_000;
/// More is not changed about a lead by one decision.
const CHANGES_LOOKED_AT: i64 = 20;

/// Takes back the newest entry of a lead into this stage, with all that was written about the lead in the same moment. One that is not
/// there was taken back before.
pub async fn take_back(tx: &mut WriteTx, acting: &Acting, id: i64, stage: Stage) -> Result<(), AppError> {
    super::held(tx, id).await?;
    super::rights::check_reviews(acting.actor.role, acting.agreement())?;
    let transitions = leads::transitions(tx.conn(), id).await?;
    let entered = |transition: &&TransitionRow| transition.stage == stage.key() && transition.goes_back == 0;
    let Some(last) = transitions.iter().rev().find(entered) else { return Ok(()) };
    take_back_of(tx, acting, id, last.recorded_at, last.actor_id).await
}

/// Takes back that the lead was last taken back to an earlier stage: it stands again where it stood.
pub async fn take_return_back(tx: &mut WriteTx, acting: &Acting, id: i64) -> Result<(), AppError> {
    super::held(tx, id).await?;
    super::rights::check_reviews(acting.actor.role, acting.agreement())?;
    let transitions = leads::transitions(tx.conn(), id).await?;
    let Some(last) = transitions.iter().rev().find(|transition| transition.goes_back != 0) else { return Ok(()) };
    take_back_of(tx, acting, id, last.recorded_at, last.actor_id).await
}

/// Takes back what the one who asks wrote about these leads at an instant: the undo of a bulk action, whole or not at all.
pub async fn take_back_at(tx: &mut WriteTx, acting: &Acting, ids: &[i64], recorded_at: i64) -> Result<(), AppError> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        super::held(tx, id).await?;
        super::rights::check_reviews(acting.actor.role, acting.agreement())?;
        take_back_of(tx, acting, id, recorded_at, acting.author.actor).await?;
    }
    Ok(())
}

/// Whether what was just decided about these leads could be taken back: a lead that had a deal or an appeal before stays as it is.
pub async fn is_open(tx: &mut WriteTx, ids: &[i64], recorded_at: i64) -> Result<bool, AppError> {
    for id in ids {
        let lead = leads::one(tx.conn(), *id).await?;
        if retraction::done_since(tx.conn(), *id, lead.person_id, recorded_at).await?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The undo that a record offers for as long as it would be done.
pub struct Offer {
    /// Of the form's target.
    pub address: String,
    pub until: Instant,
}

/// What the one who looks decided last about the lead, where it can still be taken back.
pub async fn offered(connection: &mut Connection, acting: &Acting, id: i64) -> Result<Option<Offer>, AppError> {
    let (now, actor) = (acting.author.now, acting.author.actor);
    if actor.is_none() || !super::rights::reviews(acting.actor.role, acting.agreement()) {
        return Ok(None);
    }
    let is_recent = |recorded_at: i64, by: Option<i64>| by == actor && now - recorded_at <= MINUTES_MAX * MINUTE;
    let is_decision = |row: &TransitionRow| row.goes_back != 0 || Stage::parse(&row.stage).is_some_and(|stage| stage > Stage::Mql);
    let entered = leads::transitions(connection, id).await?;
    let entered = entered.iter().filter(|row| is_decision(row) && is_recent(row.recorded_at, row.actor_id)).map(|row| row.recorded_at);
    let changed = changes::of(connection, &schema::LEADS, id, CHANGES_LOOKED_AT).await?;
    let owners: Vec<&ChangeRow> = changed.iter().filter(|row| row.field == "owner_id" && row.import_id.is_none()).collect();
    // That an owner was put back is itself an undo.
    let is_put_back = matches!(owners[..], [last, before, ..] if last.new_value == before.old_value && last.old_value == before.new_value);
    let given = owners.first().filter(|row| !is_put_back && is_recent(row.recorded_at, row.actor_id)).map(|row| row.recorded_at);
    let Some(at) = entered.chain(given).max() else { return Ok(None) };
    let lead = leads::one(connection, id).await?;
    if retraction::done_since(connection, id, lead.person_id, at).await?.is_some() {
        return Ok(None);
    }
    Ok(Some(Offer { address: format!("/handoff/undo?at={at}&leads={id}"), until: Instant(at + MINUTES_MAX * MINUTE) }))
}

async fn take_back_of(tx: &mut WriteTx, acting: &Acting, id: i64, recorded_at: i64, by: Option<i64>) -> Result<(), AppError> {
    let lead = leads::one(tx.conn(), id).await?;
    if acting.author.now - recorded_at > MINUTES_MAX * MINUTE {
        return Err(AppError::Conflict(format!("lead {id}: {MINUTES_MAX} minutes have passed; what was decided stands")));
    }
    if let Some(done) = retraction::done_since(tx.conn(), id, lead.person_id, recorded_at).await? {
        return Err(AppError::Conflict(format!("lead {id}: {done} since; what was decided stands")));
    }
    let written = retraction::written_at(tx.conn(), id, recorded_at, by).await?;
    let entered: Vec<&TransitionRow> = written.iter().filter(|transition| transition.stage != Stage::Lead.key()).collect();
    for transition in &entered {
        retraction::retract(tx, &acting.author, id, transition).await?;
    }
    if !entered.is_empty() && crate::leads::settle(tx, &acting.author, id).await?.is_none() {
        return Err(FactsError::not_found("transition of lead", id).into());
    }
    let fields = fields_before(tx, id, recorded_at).await?;
    if !fields.is_empty() {
        changes::set(tx, &acting.author, &schema::LEADS, "lead", id, fields).await?;
    }
    super::conclude(tx, acting, id, "decision_taken_back", entered.first().map(|transition| transition.stage.clone())).await
}

/// Owner and queue as they were, where they still are as they were set in that moment.
async fn fields_before(tx: &mut WriteTx, id: i64, recorded_at: i64) -> Result<Vec<(&'static str, Value)>, AppError> {
    let mut fields = Vec::new();
    for name in ["owner_id", "queue"] {
        let Some(column) = schema::LEADS.column(name) else { continue };
        let Some((before, set)) = retraction::field_set_at(tx.conn(), id, name, recorded_at).await? else { continue };
        let engine = tx.engine;
        let now = bulk::load_by_ids(tx.conn(), engine, &schema::LEADS, &[column], &[id]).await?.remove(&id).unwrap_or_default();
        if now.first().and_then(Value::to_history) == set {
            fields.push((column.name, Value::from_history(column.kind, before)));
        }
    }
    Ok(fields)
}
