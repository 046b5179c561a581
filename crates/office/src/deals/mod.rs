//! Deals: what is being sold, to whom, and how far it is.

pub mod api;
mod board;
mod page;
pub mod pages;

use alignment::lifecycle::{DealStage, Stage};
use facts::{
    WriteTx,
    bulk::{self, Value},
    changes::{self, Author},
    deals, schema,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{
        Field,
        wire::{self, ExternalId, Money, Sets, name_record},
    },
    leads::{NewTransition, happened},
    web::AppError,
};

/// Fields of a deal. In a change, a field that is left out stays; `null` empties it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DealFields {
    /// A name or a company is needed.
    #[schema(value_type = Option<String>)]
    pub name: Field<String>,
    #[schema(value_type = Option<i64>)]
    pub company_id: Field<i64>,
    /// The lead that became this deal.
    #[schema(value_type = Option<i64>)]
    pub lead_id: Field<i64>,
    /// A user.
    #[schema(value_type = Option<i64>)]
    pub owner_id: Field<i64>,
    #[schema(value_type = Option<Money>)]
    pub amount: Field<Money>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expected_close_at: Field<String>,
    /// Only for a new deal: when it began; now, where it is left out.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub opened_at: Field<String>,
    /// Only for a new deal: the buying committee.
    pub people: Vec<DealPersonFields>,
    /// Only for a new deal.
    pub external_ids: Vec<ExternalId>,
}

/// A person on a deal.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DealPersonFields {
    pub person_id: i64,
    /// Such as `decision maker`.
    pub role: Option<String>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewDealTransition {
    /// `discovery`, `proposal`, `negotiation`, `won` or `lost`.
    pub stage: String,
    /// When it happened; now, where it is left out.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Field<String>,
    /// Needed for `lost`: a key of the Agreement's reasons or free text.
    #[schema(value_type = Option<String>)]
    pub reason: Field<String>,
}

pub async fn create(tx: &mut WriteTx, author: &Author, mut fields: DealFields) -> Result<i64, AppError> {
    let names = std::mem::take(&mut fields.external_ids);
    let people = std::mem::take(&mut fields.people);
    let opened_at = happened("opened_at", std::mem::take(&mut fields.opened_at), author.now)?;
    let mut sets = sets(tx, fields).await?;
    sets.required(&["name", "company_id"])?;
    sets.word("stage", DealStage::Discovery.key());
    sets.0.extend([("stage_at", Value::Int(opened_at)), ("opened_at", Value::Int(opened_at))]);
    let id = changes::add(tx, author, &schema::DEALS, opened_at, &sets.0).await?;
    add_transition(tx, author, id, DealStage::Discovery, opened_at).await?;
    for person in people {
        add_person(tx, author, id, person).await?;
    }
    name_record(tx, alignment::intake::Noun::Deal, id, names).await?;
    if let Some(lead) = facts::deals::one(tx.conn(), id).await?.lead_id {
        lead_follows(tx, author, lead, Stage::Opportunity, opened_at).await?;
    }
    Ok(id)
}

pub async fn update(tx: &mut WriteTx, author: &Author, id: i64, fields: DealFields) -> Result<(), AppError> {
    for (name, given) in [
        ("external_ids", !fields.external_ids.is_empty()),
        ("people", !fields.people.is_empty()),
        ("opened_at", fields.opened_at.0.is_some()),
    ] {
        if given {
            return Err(AppError::refused(format!("{name}: it is given when the deal is made")));
        }
    }
    let sets = sets(tx, fields).await?;
    changes::set(tx, author, &schema::DEALS, "deal", id, sets.0).await?;
    Ok(())
}

/// Adds a person to the committee; one who is on it already stays as they are.
pub async fn add_person(tx: &mut WriteTx, author: &Author, deal: i64, person: DealPersonFields) -> Result<(), AppError> {
    changes::hold(tx, &schema::DEALS, "deal", deal).await?;
    if let Some(known) = deals::people(tx.conn(), deal).await?.iter().find(|known| known.person_id == person.person_id) {
        if known.role != person.role && person.role.is_some() {
            let words =
                format!("person_id: person {} is on the deal as `{}`", person.person_id, known.role.as_deref().unwrap_or("no role"));
            return Err(AppError::Conflict(words));
        }
        return Ok(());
    }
    let mut sets = Sets::default();
    sets.reference(tx, "person_id", &schema::PEOPLE, Field(Some(Some(person.person_id)))).await?;
    sets.line("role", Field(Some(person.role)))?;
    sets.0.push(("deal_id", Value::Int(deal)));
    changes::add(tx, author, &schema::DEAL_PEOPLE, author.now, &sets.0).await?;
    changes::note_changed(tx, author, &schema::DEALS, deal, "people");
    Ok(())
}

/// Moves a deal to a stage. A deal that stands there already stays as it is; a closed one stays closed.
pub async fn enter_stage(tx: &mut WriteTx, author: &Author, id: i64, new: NewDealTransition) -> Result<(), AppError> {
    changes::hold(tx, &schema::DEALS, "deal", id).await?;
    let deal = deals::one(tx.conn(), id).await?;
    let Some(stage) = DealStage::parse(&new.stage) else {
        let known: Vec<_> = DealStage::ALL.iter().map(|stage| stage.key()).collect();
        return Err(AppError::refused(format!("stage: `{}` is not one of {}", new.stage, known.join(", "))));
    };
    if deal.stage == stage.key() {
        return Ok(());
    }
    if DealStage::parse(&deal.stage).is_some_and(DealStage::is_closed) {
        return Err(AppError::Conflict(format!("stage: deal {id} is {} and closed; make a new deal", deal.stage)));
    }
    let at = happened("at", new.at, author.now)?;
    let mut sets = Sets::default();
    sets.line("reason", new.reason)?;
    if stage == DealStage::Lost && sets.get("reason").is_null() {
        return Err(AppError::refused("reason: a deal is lost with a reason; give one of the Agreement's or your own words"));
    }
    add_transition(tx, author, id, stage, at).await?;
    sets.word("stage", stage.key());
    sets.0.push(("stage_at", Value::Int(at)));
    let pairs: Vec<_> = sets.0.into_iter().filter_map(|(name, value)| schema::DEALS.column(name).map(|column| (column, value))).collect();
    bulk::update(tx.conn(), &schema::DEALS, id, &pairs).await?;
    changes::note_changed(tx, author, &schema::DEALS, id, "stage,stage_at");
    if stage == DealStage::Won {
        // The leads that joined the deal of another signed with it.
        let joined = facts::handoff::leads_that_joined(tx.conn(), id).await?;
        for lead in deal.lead_id.into_iter().chain(joined) {
            lead_follows(tx, author, lead, Stage::Customer, at).await?;
        }
    }
    Ok(())
}

/// An opened deal makes its lead an opportunity, a won one makes it a customer, as an import does; a lead that is further on, or whose
/// pass is over, stays where it is.
async fn lead_follows(tx: &mut WriteTx, author: &Author, lead: i64, stage: Stage, at: i64) -> Result<(), AppError> {
    let known = facts::leads::one(tx.conn(), lead).await?;
    let stands = Stage::parse(&known.stage).unwrap_or(Stage::Lead);
    if stands.is_terminal() || stands >= stage || at < known.opened_at {
        return Ok(());
    }
    let new = NewTransition { stage: stage.key().to_owned(), at: Field(Some(Some(wire::at(at)))), reason: Field(None) };
    crate::leads::enter_stage(tx, author, lead, new).await?;
    Ok(())
}

async fn add_transition(tx: &mut WriteTx, author: &Author, deal: i64, stage: DealStage, at: i64) -> Result<(), AppError> {
    let values = [("deal_id", Value::Int(deal)), ("stage", Value::Text(stage.key().to_owned())), ("at", Value::Int(at))];
    changes::add(tx, author, &schema::DEAL_TRANSITIONS, at, &values).await?;
    Ok(())
}

async fn sets(tx: &mut WriteTx, fields: DealFields) -> Result<Sets, AppError> {
    let mut sets = Sets::default();
    sets.line("name", fields.name)?;
    sets.reference(tx, "company_id", &schema::COMPANIES, fields.company_id).await?;
    sets.reference(tx, "lead_id", &schema::LEADS, fields.lead_id).await?;
    sets.reference(tx, "owner_id", &schema::USERS, fields.owner_id).await?;
    sets.money("amount_minor", "amount_currency", "amount", fields.amount)?;
    sets.instant("expected_close_at", fields.expected_close_at)?;
    Ok(sets)
}
