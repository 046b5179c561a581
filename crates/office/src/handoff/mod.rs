//! The hand-off desk: what sales does with the leads that marketing hands over, and what marketing sees of it.
//!
//! Each verb is a file: it holds the lead, asks [`standing`] whether the stage allows it, writes its rows with an event in the product's
//! words, and brings the clocks along, all in the caller's transaction. A retry finds it done and changes nothing.

pub mod accept;
mod actions;
pub mod api;
pub mod appeal;
pub mod assign;
pub mod attempt;
pub mod bulk;
pub mod confirm;
pub mod deal;
mod due;
pub mod go_back;
pub mod inbox;
pub mod lose;
mod marketing;
mod marketing_page;
pub mod pages;
pub mod qualify;
pub mod question;
pub mod recycle;
pub mod reject;
pub mod rights;
pub mod standing;
pub mod story;
pub mod undo;
mod why;

#[cfg(test)]
mod tests;

use alignment::{
    Instant,
    agreement::{Agreement, ReasonFor},
    lifecycle::Stage,
};
use facts::{
    WriteTx,
    bulk::Value,
    changes::{self, Author},
    events::NewEvent,
    leads::{self, LeadRow},
    schema,
};

use crate::{
    Actor, Office,
    agreement::Versions,
    api::{Field, wire::Sets, write},
    clocks,
    leads::NewTransition,
    notifications::{self, Notice, NoticeKind},
    web::AppError,
};

pub use due::{ClockView, view as clock_view};
pub use pages::tag;
pub use standing::{Standing, Step};
pub use why::{Points, points};

/// Who acts at the desk, when, and by which Agreement.
pub struct Acting {
    pub actor: Actor,
    pub author: Author,
    pub versions: std::sync::Arc<Versions>,
}

impl Acting {
    pub async fn of(office: &Office, actor: &Actor) -> Result<Acting, AppError> {
        Ok(Acting { actor: actor.clone(), author: write::author(office, actor).await?, versions: office.versions().await? })
    }

    pub fn agreement(&self) -> &Agreement {
        &self.versions.at(Instant(self.author.now)).agreement
    }

    fn name(&self) -> &str {
        &self.actor.name
    }
}

/// Holds the lead until the end of the transaction and says where it stands.
async fn held(tx: &mut WriteTx, id: i64) -> Result<(LeadRow, Stage), AppError> {
    changes::hold(tx, &schema::LEADS, "lead", id).await?;
    let lead = leads::one(tx.conn(), id).await?;
    let stage = Stage::parse(&lead.stage).unwrap_or(Stage::Lead);
    Ok((lead, stage))
}

/// The same for sales' side of the desk. `None`: it was done before.
async fn held_by_sales(tx: &mut WriteTx, acting: &Acting, id: i64, step: Step) -> Result<Option<(LeadRow, Stage)>, AppError> {
    let (lead, stage) = held(tx, id).await?;
    rights::check_reviews(acting.actor.role, acting.agreement())?;
    Ok(step.check(id, stage)?.then_some((lead, stage)))
}

/// Moves the lead and keeps what was said with it.
async fn enter(
    tx: &mut WriteTx,
    acting: &Acting,
    lead: i64,
    stage: Stage,
    reason: Option<String>,
    note: Field<String>,
) -> Result<(), AppError> {
    let new = NewTransition { stage: stage.key().to_owned(), at: Field(None), reason: Field(Some(reason)) };
    let mut sets = Sets::default();
    sets.note("note", note)?;
    let transition = crate::leads::enter_stage(tx, &acting.author, lead, new).await?;
    if let (Some(transition), false) = (transition, sets.get("note").is_null()) {
        sets.0.push(("transition_id", Value::Int(transition)));
        changes::add(tx, &acting.author, &schema::TRANSITION_NOTES, acting.author.now, &sets.0).await?;
    }
    Ok(())
}

/// Ends a verb: the event in the product's words, and the clocks.
async fn conclude(tx: &mut WriteTx, acting: &Acting, lead: i64, kind: &'static str, body: Option<String>) -> Result<(), AppError> {
    tx.note(NewEvent {
        kind,
        table: schema::LEADS.name,
        first_id: lead,
        last_id: lead,
        at: acting.author.now,
        recorded_at: acting.author.now,
        actor_id: acting.author.actor,
        import_id: None,
        agreement_version: acting.author.agreement_version,
        body,
    });
    Ok(clocks::sync(tx, &acting.author, &acting.versions, &[lead]).await?)
}

/// The key of a reason that the Agreement gives for this; an unknown one is refused with those that are known.
fn reason_of(agreement: &Agreement, reason_for: ReasonFor, key: &str) -> Result<String, AppError> {
    let known: Vec<_> = agreement.reasons.iter().filter(|reason| reason.reason_for == reason_for).collect();
    if known.iter().any(|reason| reason.key == key) {
        return Ok(key.to_owned());
    }
    let keys: Vec<_> = known.iter().map(|reason| reason.key.as_str()).collect();
    let keys = if keys.is_empty() { "none: add one to the Agreement".to_owned() } else { keys.join(", ") };
    let words = if key.trim().is_empty() { "choose one".to_owned() } else { format!("`{key}` is none of the Agreement's") };
    Err(AppError::refused(format!("reason: {words}; its reasons for this are {keys}")))
}

fn name_of(lead: &LeadRow) -> String {
    let person = lead.person_name.clone().or_else(|| lead.person_email.clone()).unwrap_or_else(|| format!("Lead {}", lead.id));
    match &lead.company_name {
        Some(company) => format!("{person}, {company}"),
        None => person,
    }
}

/// Tells whoever handed the lead over, or marketing's head where the Agreement did.
async fn tell_marketing(
    tx: &mut WriteTx,
    acting: &Acting,
    lead: &LeadRow,
    kind: NoticeKind,
    title: String,
    body: String,
) -> Result<(), AppError> {
    let to = match facts::handoff::handed_over_by(tx.conn(), lead.id).await? {
        Some(user) => Some(user),
        None => facts::handoff::head_of(tx.conn(), "marketing").await?,
    };
    tell(tx, acting, lead.id, kind, to.into_iter().collect(), title, body).await
}

async fn tell(
    tx: &mut WriteTx,
    acting: &Acting,
    lead: i64,
    kind: NoticeKind,
    mut to: Vec<i64>,
    title: String,
    body: String,
) -> Result<(), AppError> {
    // Nobody needs to be told what they did themselves.
    to.retain(|user| Some(*user) != acting.author.actor);
    if to.is_empty() {
        return Ok(());
    }
    let once = format!("lead {lead} {kind:?} {}", acting.author.now);
    let notice = Notice { kind, once, to, title, body, url: Some(format!("/handoff/{lead}")) };
    Ok(notifications::tell(tx, &acting.author, notice).await?)
}
