//! Routing: who gets a lead, and why.
//!
//! The rule is [`alignment::routing`]; here it gets what the record knows, and what it decides is written down with its reason and with
//! all that was looked at, so that it can be replayed.

mod absences;
pub mod api;
mod by_hand;
mod known;
pub mod log;
pub mod pages;
mod placing;
pub mod replay;
#[cfg(test)]
mod tests;

pub use absences::{AbsenceFields, add_absence, revoke_absence};
pub use by_hand::{assign, assign_and_sync};
pub use replay::{Replay, Which, replay};

use alignment::{
    Instant,
    routing::{Inputs, Place, Router},
};
use anyhow::Context as _;
use facts::{WriteTx, changes::Author, routing as record};

use crate::agreement::Versions;

/// Gives each of these leads, at its instant, an owner by the Agreement in force then, or puts it into the fallback queue; writes the
/// reason down. Those that are routed already stay where they are, and so do those whose pass is over.
pub async fn route(tx: &mut WriteTx, author: &Author, versions: &Versions, leads: &[(i64, Instant)]) -> anyhow::Result<()> {
    placing::place(tx, author, versions, leads, None).await
}

/// As [`route`], for leads that an import brought: undoing it takes the assignments back too.
pub async fn route_imported(
    tx: &mut WriteTx,
    author: &Author,
    versions: &Versions,
    leads: &[(i64, Instant)],
    import_id: Option<i64>,
) -> anyhow::Result<()> {
    placing::place(tx, author, versions, leads, import_id).await
}

/// Routes a lead anew, past its owner, who let it lie, and past those who did so before. Gives the new owner; `None` where it went to
/// the fallback queue.
pub async fn reassign(tx: &mut WriteTx, author: &Author, versions: &Versions, lead: i64, reason: &str) -> anyhow::Result<Option<i64>> {
    record::take_turn(tx).await?;
    let at = Instant(author.now);
    let version = versions.at(at);
    let agreement = &version.agreement;
    let fields = record::leads(tx.conn(), &[lead]).await?.pop().with_context(|| format!("there is no lead {lead}"))?;
    let owner_before = fields.owner_id;
    let last_body = record::assignment_of(tx.conn(), lead).await?.and_then(|last| last.body);
    let last: Option<Inputs> = last_body.and_then(|body| serde_json::from_str(&body).ok());
    let mut state = known::state(tx.conn(), at, at).await?;
    let mut placed = placing::Placed::default();
    let engine = tx.engine;
    for mut to_place in known::leads_to_place(tx.conn(), engine, agreement, vec![(fields.clone(), at)]).await? {
        to_place.past = last.as_ref().map(|last| last.lead.past.clone()).unwrap_or_default();
        to_place.past.extend(owner_before.filter(|owner| !to_place.past.contains(owner)));
        let mut decision = Router::new(agreement).route(&to_place, &state);
        state.carry_out(&decision);
        decision.reason = format!("{} {}", as_sentence(reason), decision.reason);
        placed.take(&fields, decision, at, version.number);
    }
    let place = placed.first_place();
    placed.write(tx, author, None).await?;
    Ok(match place {
        Some(Place::Owner(owner)) => Some(owner),
        _ => None,
    })
}

fn as_sentence(reason: &str) -> String {
    match reason.trim().trim_end_matches('.') {
        "" => "Given to somebody else.".to_owned(),
        reason if reason.ends_with(['!', '?']) => reason.to_owned(),
        reason => format!("{reason}."),
    }
}
