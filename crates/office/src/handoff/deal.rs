//! The deal of a lead: a new one, or an open one of its company that it joins as another member of the buying committee. A lead has one:
//! asked again, by a retry or a double click, the deal that is there is given.

use alignment::lifecycle::{DealStage, Stage};
use facts::{WriteTx, bulk::Value, changes, leads::LeadRow, schema};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Acting, Step};
use crate::{
    api::{Field, wire::Money},
    deals::{self, DealFields, DealPersonFields},
    web::AppError,
};

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewLeadDeal {
    /// An open deal of the lead's company to join; a new one is opened where it is left out.
    #[schema(value_type = Option<i64>)]
    pub deal_id: Field<i64>,
    /// What the person is in the buying committee, such as `decision maker`.
    #[schema(value_type = Option<String>)]
    pub role: Field<String>,
    /// Of a new deal; the company's or the person's name, where it is left out.
    #[schema(value_type = Option<String>)]
    pub name: Field<String>,
    #[schema(value_type = Option<Money>)]
    pub amount: Field<Money>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expected_close_at: Field<String>,
}

/// Gives the deal.
pub async fn open(tx: &mut WriteTx, acting: &Acting, id: i64, new: NewLeadDeal) -> Result<i64, AppError> {
    let (lead, stage) = super::held(tx, id).await?;
    super::rights::check_reviews(acting.actor.role, acting.agreement())?;
    if let Some(known) = facts::handoff::deal_of(tx.conn(), id).await? {
        return Ok(known);
    }
    if !Step::OpenDeal.check(id, stage)? && stage != Stage::Opportunity {
        return Err(AppError::Conflict(format!("lead {id} is {} and its deal was not recorded; add the deal by itself", stage.name())));
    }
    let role = new.role.clone().value().map(|role| role.trim().to_owned()).filter(|role| !role.is_empty());
    let person = DealPersonFields { person_id: lead.person_id, role };
    match new.deal_id.clone().value() {
        Some(deal) => {
            join(tx, acting, &lead, deal, person).await?;
            Ok(deal)
        }
        None => start(tx, acting, lead, new, person).await,
    }
}

async fn start(tx: &mut WriteTx, acting: &Acting, lead: LeadRow, new: NewLeadDeal, person: DealPersonFields) -> Result<i64, AppError> {
    let name = new.name.value().filter(|name| !name.trim().is_empty());
    let name = name.or_else(|| lead.company_name.clone()).unwrap_or_else(|| super::name_of(&lead));
    let fields = DealFields {
        name: Field(Some(Some(name))),
        company_id: Field(lead.company_id.map(Some)),
        lead_id: Field(Some(Some(lead.id))),
        owner_id: Field(lead.owner_id.or(acting.author.actor).map(Some)),
        amount: new.amount,
        expected_close_at: new.expected_close_at,
        people: vec![person],
        ..DealFields::default()
    };
    let deal = deals::create(tx, &acting.author, fields).await?;
    super::conclude(tx, acting, lead.id, "deal_opened", Some(deal.to_string())).await?;
    Ok(deal)
}

async fn join(tx: &mut WriteTx, acting: &Acting, lead: &LeadRow, deal: i64, person: DealPersonFields) -> Result<(), AppError> {
    match changes::hold(tx, &schema::DEALS, "deal", deal).await {
        Err(facts::FactsError::NotFound { .. }) => {
            return Err(AppError::refused(format!("deal_id: there is no deal {deal}; open a new one for this lead")));
        }
        other => other?,
    }
    let row = facts::deals::one(tx.conn(), deal).await?;
    if DealStage::parse(&row.stage).is_some_and(DealStage::is_closed) {
        return Err(AppError::Conflict(format!("deal_id: deal {deal} is {} and closed; open a new one for this lead", row.stage)));
    }
    if row.company_id.is_none() || row.company_id != lead.company_id {
        return Err(AppError::refused(format!("deal_id: deal {deal} is another company's; a lead joins deals of its own company")));
    }
    // Somebody who is on the committee already keeps their role.
    let on_it = facts::deals::people(tx.conn(), deal).await?.iter().any(|known| known.person_id == person.person_id);
    if !on_it {
        deals::add_person(tx, &acting.author, deal, person).await?;
    }
    let values = [("lead_id", Value::Int(lead.id)), ("deal_id", Value::Int(deal))];
    changes::add(tx, &acting.author, &schema::JOINED_DEALS, acting.author.now, &values).await?;
    super::enter(tx, acting, lead.id, Stage::Opportunity, None, Field(None)).await?;
    super::conclude(tx, acting, lead.id, "deal_joined", Some(deal.to_string())).await
}
