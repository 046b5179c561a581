//! Leads: each one pass of a person through the funnel, moved by transitions that are never overwritten.

pub mod api;
mod page;
pub mod pages;

pub use page::{StepState, amount};

use alignment::{
    Instant,
    lifecycle::{
        Stage, StageSet,
        passes::{self, Entry},
    },
};
use facts::{
    WriteTx,
    bulk::{self, Value},
    changes::{self, Author},
    judging,
    leads::{self, LeadRow},
    people, schema,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{
        Field,
        wire::{self, ExternalId, Sets, name_record},
    },
    web::AppError,
};

/// A new pass of a person. Its company is the person's.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewLead {
    pub person_id: i64,
    /// Where the lead came from, such as `organic_search`.
    #[schema(value_type = Option<String>)]
    pub source: Field<String>,
    #[schema(value_type = Option<i64>)]
    pub campaign_id: Field<i64>,
    #[schema(value_type = Option<i64>)]
    pub content_id: Field<i64>,
    /// A user.
    #[schema(value_type = Option<i64>)]
    pub owner_id: Field<i64>,
    /// When the pass began; now, where it is left out.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub opened_at: Field<String>,
    pub external_ids: Vec<ExternalId>,
}

/// What can be changed of a lead but for its stage. A field that is left out stays; `null` empties it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LeadChange {
    #[schema(value_type = Option<String>)]
    pub source: Field<String>,
    #[schema(value_type = Option<i64>)]
    pub campaign_id: Field<i64>,
    #[schema(value_type = Option<i64>)]
    pub content_id: Field<i64>,
    #[schema(value_type = Option<i64>)]
    pub owner_id: Field<i64>,
}

/// A stage that a lead enters.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewTransition {
    /// `mql`, `sal`, `sql`, `sales_ready`, `opportunity`, `customer`, `rejected`, `recycled` or `lost`.
    pub stage: String,
    /// When it happened; now, where it is left out.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Field<String>,
    /// A key of the Agreement's reasons or free text; needed for `rejected`, `recycled` and `lost`.
    #[schema(value_type = Option<String>)]
    pub reason: Field<String>,
}

pub async fn create(tx: &mut WriteTx, author: &Author, new: NewLead) -> Result<i64, AppError> {
    match changes::hold(tx, &schema::PEOPLE, "person", new.person_id).await {
        Err(facts::FactsError::NotFound { .. }) => {
            return Err(AppError::refused(format!("person_id: there is no person {}; add the person first", new.person_id)));
        }
        other => other?,
    }
    let person = people::one(tx.conn(), new.person_id).await?;
    if let Some(open) = leads::open_of_person(tx.conn(), person.id).await? {
        return Err(AppError::Conflict(format!(
            "person_id: person {} is in the funnel already as lead {open}; move that one, or recycle it before a new pass",
            person.id
        )));
    }
    let opened_at = happened("opened_at", new.opened_at, author.now)?;
    let mut sets = lead_sets(tx, new.source, new.campaign_id, new.content_id, new.owner_id).await?;
    sets.word("stage", Stage::Lead.key());
    sets.0.extend([
        ("person_id", Value::Int(person.id)),
        ("company_id", Value::int(person.company_id)),
        ("opened_at", Value::Int(opened_at)),
        ("stage_at", Value::Int(opened_at)),
        ("stages_recorded", Value::Int(i64::from(StageSet::ALL.0))),
    ]);
    let id = changes::add(tx, author, &schema::LEADS, opened_at, &sets.0).await?;
    add_transition(tx, author, id, Entry::new(Stage::Lead, Instant(opened_at)), Value::Null).await?;
    name_record(tx, alignment::intake::Noun::Lead, id, new.external_ids).await?;
    Ok(id)
}

pub async fn update(tx: &mut WriteTx, author: &Author, id: i64, change: LeadChange) -> Result<(), AppError> {
    let sets = lead_sets(tx, change.source, change.campaign_id, change.content_id, change.owner_id).await?;
    changes::set(tx, author, &schema::LEADS, "lead", id, sets.0).await?;
    Ok(())
}

/// Moves a lead to a later stage or out of the funnel. A lead that stands in the stage already stays as it is, so that a retry does no harm.
/// Gives the transition, where there was one to make.
pub async fn enter_stage(tx: &mut WriteTx, author: &Author, id: i64, new: NewTransition) -> Result<Option<i64>, AppError> {
    changes::hold(tx, &schema::LEADS, "lead", id).await?;
    let lead = leads::one(tx.conn(), id).await?;
    let Some(stage) = Stage::parse(&new.stage) else {
        let known: Vec<_> = Stage::ALL.iter().skip(1).map(|stage| stage.key()).collect();
        return Err(AppError::refused(format!("stage: `{}` is not one of {}", new.stage, known.join(", "))));
    };
    if lead.stage == stage.key() {
        return Ok(None);
    }
    may_enter(&lead, stage)?;
    let at = happened("at", new.at, author.now)?;
    if at < lead.opened_at {
        return Err(AppError::refused(format!("at: {} is before the lead was opened, {}", wire::at(at), wire::at(lead.opened_at))));
    }
    let mut sets = Sets::default();
    sets.line("reason", new.reason)?;
    if stage.is_exit() && sets.get("reason").is_null() {
        return Err(AppError::refused(format!(
            "reason: a lead is {} with a reason; give one of the Agreement's or your own words",
            stage.key()
        )));
    }
    let transition = add_transition(tx, author, id, Entry::new(stage, Instant(at)), sets.get("reason").clone()).await?;
    if settle(tx, author, id).await? != Some(stage) {
        return Err(AppError::Conflict(format!("at: {} is before lead {id} was taken back; give a later instant", wire::at(at))));
    }
    Ok(Some(transition))
}

/// Takes a lead back to an earlier stage of the funnel, not past MQL. What it had reached stays reached. One that stands in the stage
/// already stays as it is. Gives the transition, where there was one to make.
pub async fn go_back(tx: &mut WriteTx, author: &Author, id: i64, stage: Stage, reason: Field<String>) -> Result<Option<i64>, AppError> {
    changes::hold(tx, &schema::LEADS, "lead", id).await?;
    let now = Stage::parse(&leads::one(tx.conn(), id).await?.stage).unwrap_or(Stage::Lead);
    if stage == now {
        return Ok(None);
    }
    if now.is_terminal() {
        return Err(AppError::Conflict(format!("lead {id} is {} and this pass is over; open a new lead for the person", now.key())));
    }
    if stage < Stage::Mql || stage > now || stage.is_terminal() {
        let before: Vec<_> = Stage::FUNNEL.into_iter().filter(|stage| (Stage::Mql..now).contains(stage)).map(|stage| stage.key()).collect();
        let words = if before.is_empty() { "none: the hand-off starts at MQL".to_owned() } else { before.join(", ") };
        return Err(AppError::Conflict(format!("stage: lead {id} is {}; it can go back to {words}", now.key())));
    }
    let mut sets = Sets::default();
    sets.line("reason", reason)?;
    if sets.get("reason").is_null() {
        return Err(AppError::refused("reason: say in a few words why the lead goes back"));
    }
    let entry = Entry { goes_back: true, ..Entry::new(stage, Instant(author.now)) };
    let transition = add_transition(tx, author, id, entry, sets.get("reason").clone()).await?;
    settle(tx, author, id).await?;
    Ok(Some(transition))
}

/// Brings the lead's stage to where its transitions have brought it, and says which that is.
pub async fn settle(tx: &mut WriteTx, author: &Author, id: i64) -> Result<Option<Stage>, AppError> {
    let rows = judging::entries(tx.conn(), &[id]).await?;
    let entry = |row: &judging::EntryFields| {
        let stage = Stage::parse(&row.stage)?;
        Some(Entry { stage, at: row.at.map(Instant), goes_back: row.goes_back != 0 })
    };
    let entries: Vec<Entry> = rows.iter().filter_map(entry).collect();
    let Some((stage, at)) = passes::standing(&entries) else { return Ok(None) };
    let columns = ["stage", "stage_at"].map(|name| schema::LEADS.column(name));
    if let [Some(stage_column), Some(at_column)] = columns {
        let values = [(stage_column, Value::Text(stage.key().to_owned())), (at_column, Value::int(at.map(|at| at.0)))];
        bulk::update(tx.conn(), &schema::LEADS, id, &values).await?;
    }
    changes::note_changed(tx, author, &schema::LEADS, id, "stage,stage_at");
    Ok(Some(stage))
}

fn may_enter(lead: &LeadRow, stage: Stage) -> Result<(), AppError> {
    let now = Stage::parse(&lead.stage).unwrap_or(Stage::Lead);
    if now.is_terminal() {
        let words = format!("lead {} is {} and this pass is over; open a new lead for the person", lead.id, now.key());
        return Err(AppError::Conflict(words));
    }
    if stage < now {
        let words = format!(
            "stage: lead {} is {} and is past {}; take it back with POST /api/v1/leads/{}/return",
            lead.id,
            now.key(),
            stage.key(),
            lead.id
        );
        return Err(AppError::Conflict(words));
    }
    Ok(())
}

async fn add_transition(tx: &mut WriteTx, author: &Author, lead: i64, entry: Entry, reason: Value) -> Result<i64, AppError> {
    let values = [
        ("lead_id", Value::Int(lead)),
        ("stage", Value::Text(entry.stage.key().to_owned())),
        ("at", Value::int(entry.at.map(|at| at.0))),
        ("goes_back", if entry.goes_back { Value::Int(1) } else { Value::Null }),
        ("agreement_version", Value::Int(author.agreement_version.unwrap_or(1))),
        ("actor_id", Value::int(author.actor)),
        ("reason", reason),
    ];
    let at = entry.at.map_or(author.now, |at| at.0);
    Ok(changes::add(tx, author, &schema::TRANSITIONS, at, &values).await?)
}

/// An instant that a request names; what has not happened yet can't be recorded.
pub fn happened(name: &str, field: Field<String>, now: i64) -> Result<i64, AppError> {
    /// Clocks of other machines may go a little ahead.
    const AHEAD_MICROS_MAX: i64 = 5 * 60 * 1_000_000;
    let Some(text) = field.value() else { return Ok(now) };
    let at = wire::instant(name, &text)?;
    if at > now + AHEAD_MICROS_MAX {
        return Err(AppError::refused(format!("{name}: {text} has not happened yet")));
    }
    Ok(at)
}

async fn lead_sets(
    tx: &mut WriteTx,
    source: Field<String>,
    campaign: Field<i64>,
    content: Field<i64>,
    owner: Field<i64>,
) -> Result<Sets, AppError> {
    let mut sets = Sets::default();
    sets.line("source", source)?;
    sets.reference(tx, "campaign_id", &schema::CAMPAIGNS, campaign).await?;
    sets.reference(tx, "content_id", &schema::CONTENT, content).await?;
    sets.reference(tx, "owner_id", &schema::USERS, owner).await?;
    Ok(sets)
}
