use alignment::lifecycle::DealStage;
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use facts::{
    changes, custom,
    deals::{self, DealFilter, DealLineRow, DealPersonRow, DealRow, DealSort, DealTransitionRow},
    list::Sort,
    schema,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{DealFields, DealPersonFields, NewDealTransition};
use crate::{
    Actor, Office,
    api::{
        Asked, Body, Described, Write, ask, describe,
        wire::{CustomValue, ExternalId, FieldChange, Money, at, at_or_none, money},
        write,
    },
    web::AppError,
};

pub fn described() -> Vec<Described> {
    vec![
        describe::get("/api/v1/deals", "List deals", list).words("Last moved first.").query::<DealQuery>().lists::<Deal>(),
        describe::post("/api/v1/deals", "Open a deal", create).takes::<DealFields>().gives::<DealDetail>(),
        describe::get("/api/v1/deals/{id}", "One deal with its people, lines and transitions", one).gives::<DealDetail>(),
        describe::patch("/api/v1/deals/{id}", "Change a deal", update).takes::<DealFields>().gives::<DealDetail>(),
        describe::post("/api/v1/deals/{id}/people", "Put a person on a deal", add_person).takes::<DealPersonFields>().gives::<DealDetail>(),
        describe::post("/api/v1/deals/{id}/transitions", "Move a deal to a stage", transition)
            .words("A closed deal stays closed. Entering the stage it stands in changes nothing.")
            .takes::<NewDealTransition>()
            .gives::<DealDetail>(),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct DealQuery {
    /// Part of the deal's or company's name.
    pub q: Option<String>,
    /// One or more stages, with commas.
    #[param(example = "proposal,negotiation")]
    pub stage: Option<String>,
    /// Id of a user, or `not_recorded`.
    pub owner: Option<String>,
    /// Id of a company.
    pub company: Option<String>,
    /// Id of a person on the deal.
    pub person: Option<String>,
    /// Id of the lead that became the deal.
    pub lead: Option<String>,
    /// In minor units.
    pub amount_min: Option<String>,
    pub amount_max: Option<String>,
    /// Entered the stage it stands in at this instant or later.
    #[param(format = DateTime)]
    pub moved_from: Option<String>,
    /// `stage_at`, `amount`, `recorded`; with `-` in front descending. Default: `-stage_at`.
    pub sort: Option<String>,
    pub limit: Option<usize>,
    pub cursor: Option<String>,
    /// `board` shows the page by stage; the API ignores it.
    pub view: Option<String>,
}

impl DealQuery {
    pub fn filter(&self) -> Result<DealFilter, AppError> {
        Ok(DealFilter {
            stages: ask::words_of("stage", &self.stage, DealStage::ALL.iter().map(|stage| stage.key()))?,
            owner: ask::wanted_id("owner", &self.owner)?,
            company: ask::id("company", &self.company)?,
            person: ask::id("person", &self.person)?,
            lead: ask::id("lead", &self.lead)?,
            amount_minor_min: ask::id("amount_min", &self.amount_min)?,
            amount_minor_max: ask::id("amount_max", &self.amount_max)?,
            moved_from: ask::instant("moved_from", &self.moved_from)?,
            text: ask::filled(&self.q).map(str::to_owned),
        })
    }

    pub fn order(&self) -> Result<Sort<DealSort>, AppError> {
        ask::sort(&self.sort, &[("stage_at", DealSort::StageAt), ("amount", DealSort::Amount), ("recorded", DealSort::Recorded)], true)
    }
}

#[derive(Serialize, ToSchema)]
pub struct Deal {
    pub id: i64,
    pub name: Option<String>,
    pub company_id: Option<i64>,
    pub company_name: Option<String>,
    pub lead_id: Option<i64>,
    pub owner_id: Option<i64>,
    pub owner_name: Option<String>,
    pub stage: String,
    #[schema(format = DateTime)]
    pub stage_at: Option<String>,
    pub amount: Option<Money>,
    #[schema(format = DateTime)]
    pub opened_at: Option<String>,
    #[schema(format = DateTime)]
    pub expected_close_at: Option<String>,
    /// Why it was lost.
    pub reason: Option<String>,
    #[schema(format = DateTime)]
    pub recorded_at: String,
}

#[derive(Serialize, ToSchema)]
pub struct DealPerson {
    pub person_id: i64,
    pub name: Option<String>,
    pub email: Option<String>,
    pub job_title: Option<String>,
    pub role: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct DealLine {
    pub id: i64,
    pub product: Option<String>,
    pub quantity: i64,
    pub amount: Money,
}

#[derive(Serialize, ToSchema)]
pub struct DealTransition {
    pub stage: String,
    /// Null where nobody wrote down when.
    #[schema(format = DateTime)]
    pub at: Option<String>,
    #[schema(format = DateTime)]
    pub recorded_at: String,
}

#[derive(Serialize, ToSchema)]
pub struct DealDetail {
    #[serde(flatten)]
    pub deal: Deal,
    /// The buying committee.
    pub people: Vec<DealPerson>,
    pub lines: Vec<DealLine>,
    pub transitions: Vec<DealTransition>,
    pub external_ids: Vec<ExternalId>,
    pub custom: Vec<CustomValue>,
    /// Field history, newest first, up to 100.
    pub changes: Vec<FieldChange>,
}

impl From<DealRow> for Deal {
    fn from(row: DealRow) -> Deal {
        Deal {
            id: row.id,
            name: row.name,
            company_id: row.company_id,
            company_name: row.company_name,
            lead_id: row.lead_id,
            owner_id: row.owner_id,
            owner_name: row.owner_name,
            stage: row.stage,
            stage_at: at_or_none(row.stage_at),
            amount: money(row.amount_minor, row.amount_currency),
            opened_at: at_or_none(row.opened_at),
            expected_close_at: at_or_none(row.expected_close_at),
            reason: row.reason,
            recorded_at: at(row.recorded_at),
        }
    }
}

impl From<DealPersonRow> for DealPerson {
    fn from(row: DealPersonRow) -> DealPerson {
        DealPerson { person_id: row.person_id, name: row.name, email: row.email, job_title: row.job_title, role: row.role }
    }
}

impl From<DealLineRow> for DealLine {
    fn from(row: DealLineRow) -> DealLine {
        let amount = Money { minor: row.amount_minor, currency: row.amount_currency };
        DealLine { id: row.id, product: row.product, quantity: row.quantity, amount }
    }
}

impl From<DealTransitionRow> for DealTransition {
    fn from(row: DealTransitionRow) -> DealTransition {
        DealTransition { stage: row.stage, at: at_or_none(row.at), recorded_at: at(row.recorded_at) }
    }
}

async fn list(State(office): State<Office>, Asked(query): Asked<DealQuery>) -> Result<Json<write::ListPage<Deal>>, AppError> {
    let turn = ask::turn(&query.cursor, query.limit)?;
    let mut record = office.facts().read().await?;
    Ok(write::page(deals::list(&mut record, &query.filter()?, query.order()?, turn).await?))
}

async fn one(State(office): State<Office>, Path(id): Path<i64>) -> Result<Json<DealDetail>, AppError> {
    let mut record = office.facts().read().await?;
    Ok(Json(detail(record.conn(), id).await?))
}

async fn detail(connection: &mut facts::Connection, id: i64) -> Result<DealDetail, AppError> {
    let noun = alignment::intake::Noun::Deal;
    Ok(DealDetail {
        deal: deals::one(connection, id).await?.into(),
        people: deals::people(connection, id).await?.into_iter().map(DealPerson::from).collect(),
        lines: deals::lines(connection, id).await?.into_iter().map(DealLine::from).collect(),
        transitions: deals::transitions(connection, id).await?.into_iter().map(DealTransition::from).collect(),
        external_ids: custom::external_ids(connection, noun, id).await?.into_iter().map(ExternalId::from).collect(),
        custom: custom::values(connection, noun, id).await?.into_iter().map(CustomValue::from).collect(),
        changes: changes::of(connection, &schema::DEALS, id, 100).await?.into_iter().map(FieldChange::from).collect(),
    })
}

async fn create(State(office): State<Office>, actor: Actor, body: Body<DealFields>) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let id = super::create(&mut write.tx, &write.author, body.fields).await?;
    sync_clocks(&office, &mut write, id, &actor).await?;
    let deal = detail(write.tx.conn(), id).await?;
    write.answer(StatusCode::CREATED, &deal, &["deals", "deal_transitions", "deal_people"]).await
}

async fn update(State(office): State<Office>, actor: Actor, Path(id): Path<i64>, body: Body<DealFields>) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    super::update(&mut write.tx, &write.author, id, body.fields).await?;
    let deal = detail(write.tx.conn(), id).await?;
    write.answer(StatusCode::OK, &deal, &["deals"]).await
}

async fn add_person(
    State(office): State<Office>,
    actor: Actor,
    Path(id): Path<i64>,
    body: Body<DealPersonFields>,
) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    super::add_person(&mut write.tx, &write.author, id, body.fields).await?;
    let deal = detail(write.tx.conn(), id).await?;
    write.answer(StatusCode::CREATED, &deal, &["deal_people"]).await
}

async fn transition(
    State(office): State<Office>,
    actor: Actor,
    Path(id): Path<i64>,
    body: Body<NewDealTransition>,
) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    super::enter_stage(&mut write.tx, &write.author, id, body.fields).await?;
    sync_clocks(&office, &mut write, id, &actor).await?;
    let deal = detail(write.tx.conn(), id).await?;
    write.answer(StatusCode::CREATED, &deal, &["deals", "deal_transitions"]).await
}

/// A deal moves its leads, which is sales' to do, and that ends their clocks.
async fn sync_clocks(office: &Office, write: &mut Write, deal: i64, actor: &Actor) -> Result<(), AppError> {
    let lead = deals::one(write.tx.conn(), deal).await?.lead_id;
    let mut leads = facts::handoff::leads_that_joined(write.tx.conn(), deal).await?;
    leads.extend(lead);
    let versions = office.versions().await?;
    if !leads.is_empty() {
        crate::handoff::rights::check_reviews(actor.role, &versions.at(alignment::Instant(write.author.now)).agreement)?;
    }
    Ok(crate::clocks::sync(&mut write.tx, &write.author, &versions, &leads).await?)
}
