use alignment::lifecycle::{Stage, StageSet};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use facts::{
    ReadTx, changes, custom,
    leads::{self, LeadFilter, LeadRow, LeadSort, TransitionRow},
    list::Sort,
    schema,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{LeadChange, NewLead, NewTransition};
use crate::{
    Actor, Office, Role,
    api::{
        Asked, Body, Described, Write, ask, describe,
        wire::{CustomValue, ExternalId, FieldChange, at, at_or_none},
        write,
    },
    clocks, handoff, routing,
    web::AppError,
};

pub fn described() -> Vec<Described> {
    vec![
        describe::get("/api/v1/leads", "List leads", list)
            .words(
                "Newest first. Filters add up; conditions that no index serves look through 20,000 leads a page, so a page may be short.",
            )
            .query::<LeadQuery>()
            .lists::<Lead>(),
        describe::post("/api/v1/leads", "Open a lead", create)
            .words("A person has one open lead at a time.")
            .takes::<NewLead>()
            .gives::<Lead>(),
        describe::get("/api/v1/leads/{id}", "One lead with its transitions and field history", one).gives::<LeadDetail>(),
        describe::patch("/api/v1/leads/{id}", "Change a lead's source, campaign, content or owner", update)
            .takes::<LeadChange>()
            .gives::<Lead>(),
        describe::post("/api/v1/leads/{id}/transitions", "Move a lead to a stage", transition)
            .words("Only forward in the funnel or out of it; back is `/return`. Entering the stage it stands in changes nothing. For decisions at the hand-off desk see its own addresses, such as `/acceptance`.")
            .takes::<NewTransition>()
            .gives::<LeadDetail>(),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct LeadQuery {
    /// Part of the person's name or e-mail address, or of the company's name or domain.
    pub q: Option<String>,
    /// One or more stages, with commas.
    #[param(example = "mql,sal")]
    pub stage: Option<String>,
    /// `not_recorded` finds leads without one; so in `owner`, `campaign`, `country` and `industry`.
    pub source: Option<String>,
    /// Id of a user.
    pub owner: Option<String>,
    /// Id of a campaign.
    pub campaign: Option<String>,
    /// Id of a piece of content.
    pub content: Option<String>,
    /// Id of a company.
    pub company: Option<String>,
    /// Id of a person.
    pub person: Option<String>,
    pub country: Option<String>,
    pub industry: Option<String>,
    /// Opened at this instant or later.
    pub opened_from: Option<String>,
    /// Opened before this instant.
    pub opened_to: Option<String>,
    /// `opened_at`, `stage_at`, `name`; with `-` in front descending. Default: `-opened_at`.
    pub sort: Option<String>,
    pub limit: Option<usize>,
    pub cursor: Option<String>,
}

impl LeadQuery {
    pub fn filter(&self) -> Result<LeadFilter, AppError> {
        Ok(LeadFilter {
            stages: ask::words_of("stage", &self.stage, Stage::ALL.iter().map(|stage| stage.key()))?,
            source: ask::wanted_text(&self.source),
            owner: ask::wanted_id("owner", &self.owner)?,
            campaign: ask::wanted_id("campaign", &self.campaign)?,
            content: ask::id("content", &self.content)?,
            person: ask::id("person", &self.person)?,
            company: ask::id("company", &self.company)?,
            country: ask::wanted_text(&self.country),
            industry: ask::wanted_text(&self.industry),
            opened_from: ask::instant("opened_from", &self.opened_from)?,
            opened_to: ask::instant("opened_to", &self.opened_to)?,
            text: ask::filled(&self.q).map(str::to_owned),
        })
    }

    pub fn order(&self) -> Result<Sort<LeadSort>, AppError> {
        ask::sort(&self.sort, &[("opened_at", LeadSort::OpenedAt), ("stage_at", LeadSort::StageAt), ("name", LeadSort::Name)], true)
    }
}

#[derive(Serialize, ToSchema)]
pub struct Lead {
    pub id: i64,
    pub person_id: i64,
    pub person_name: Option<String>,
    pub person_email: Option<String>,
    pub job_title: Option<String>,
    pub company_id: Option<i64>,
    pub company_name: Option<String>,
    pub industry: Option<String>,
    pub country: Option<String>,
    pub source: Option<String>,
    pub campaign_id: Option<i64>,
    pub campaign_name: Option<String>,
    pub content_id: Option<i64>,
    pub content_title: Option<String>,
    pub owner_id: Option<i64>,
    pub owner_name: Option<String>,
    /// The team that owns the customer now: `marketing`, `sales` or `success`.
    pub side: String,
    pub stage: String,
    #[schema(format = DateTime)]
    pub stage_at: Option<String>,
    #[schema(format = DateTime)]
    pub opened_at: String,
    #[schema(format = DateTime)]
    pub recorded_at: String,
    /// Stages that where the lead comes from writes down at all; others are not recorded, which is neither 0% nor 100%.
    pub stages_recorded: Vec<String>,
}

/// A stage that was entered.
#[derive(Serialize, ToSchema)]
pub struct Transition {
    pub id: i64,
    pub stage: String,
    /// Null where nobody wrote down when.
    #[schema(format = DateTime)]
    pub at: Option<String>,
    #[schema(format = DateTime)]
    pub recorded_at: String,
    /// Version of the Agreement that judged it.
    pub agreement_version: i64,
    pub actor: Option<String>,
    pub reason: Option<String>,
    /// A person took the lead back to this stage; what it had reached stays reached.
    pub goes_back: bool,
}

#[derive(Serialize, ToSchema)]
pub struct LeadDetail {
    #[serde(flatten)]
    pub lead: Lead,
    pub transitions: Vec<Transition>,
    pub external_ids: Vec<ExternalId>,
    pub custom: Vec<CustomValue>,
    /// Field history, newest first, up to 100.
    pub changes: Vec<FieldChange>,
}

impl From<LeadRow> for Lead {
    fn from(row: LeadRow) -> Lead {
        let side = Stage::parse(&row.stage).unwrap_or(Stage::Lead).definition().owner;
        Lead {
            id: row.id,
            person_id: row.person_id,
            person_name: row.person_name,
            person_email: row.person_email,
            job_title: row.job_title,
            company_id: row.company_id,
            company_name: row.company_name,
            industry: row.industry,
            country: row.country,
            source: row.source,
            campaign_id: row.campaign_id,
            campaign_name: row.campaign_name,
            content_id: row.content_id,
            content_title: row.content_title,
            owner_id: row.owner_id,
            owner_name: row.owner_name,
            side: super::pages::side_key(side).to_owned(),
            stage: row.stage,
            stage_at: at_or_none(row.stage_at),
            opened_at: at(row.opened_at),
            recorded_at: at(row.recorded_at),
            stages_recorded: StageSet(row.stages_recorded as u16).iter().map(|stage| stage.key().to_owned()).collect(),
        }
    }
}

impl From<TransitionRow> for Transition {
    fn from(row: TransitionRow) -> Transition {
        Transition {
            id: row.id,
            stage: row.stage,
            at: at_or_none(row.at),
            recorded_at: at(row.recorded_at),
            agreement_version: row.agreement_version,
            actor: row.actor_name,
            reason: row.reason,
            goes_back: row.goes_back != 0,
        }
    }
}

async fn list(State(office): State<Office>, Asked(query): Asked<LeadQuery>) -> Result<Json<write::ListPage<Lead>>, AppError> {
    let turn = ask::turn(&query.cursor, query.limit)?;
    let mut record = office.facts().read().await?;
    Ok(write::page(leads::list(&mut record, &query.filter()?, query.order()?, turn).await?))
}

async fn one(State(office): State<Office>, Path(id): Path<i64>) -> Result<Json<LeadDetail>, AppError> {
    let mut record: ReadTx = office.facts().read().await?;
    Ok(Json(detail(record.conn(), id).await?))
}

pub async fn detail(connection: &mut facts::Connection, id: i64) -> Result<LeadDetail, AppError> {
    let noun = alignment::intake::Noun::Lead;
    Ok(LeadDetail {
        lead: leads::one(connection, id).await?.into(),
        transitions: leads::transitions(connection, id).await?.into_iter().map(Transition::from).collect(),
        external_ids: custom::external_ids(connection, noun, id).await?.into_iter().map(ExternalId::from).collect(),
        custom: custom::values(connection, noun, id).await?.into_iter().map(CustomValue::from).collect(),
        changes: changes::of(connection, &schema::LEADS, id, 100).await?.into_iter().map(FieldChange::from).collect(),
    })
}

async fn create(State(office): State<Office>, actor: Actor, body: Body<NewLead>) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let id = super::create(&mut write.tx, &write.author, body.fields).await?;
    let lead = Lead::from(leads::one(write.tx.conn(), id).await?);
    write.answer(StatusCode::CREATED, &lead, &["leads", "transitions"]).await
}

async fn update(State(office): State<Office>, actor: Actor, Path(id): Path<i64>, body: Body<LeadChange>) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let mut fields = body.fields;
    if let Some(Some(owner)) = fields.owner_id.0
        && stage_of(&mut write, id).await? >= Stage::Mql
    {
        // Who has a lead that was handed over is routing's to say, and it writes down why.
        if actor.role == Role::Marketing {
            return Err(AppError::Forbidden("owner_id: from MQL on, sales, a leader or an administrator says who has a lead.".into()));
        }
        routing::assign(&mut write.tx, &write.author, id, owner, Some("changed over the API")).await?;
        fields.owner_id = crate::api::Field(None);
    }
    super::update(&mut write.tx, &write.author, id, fields).await?;
    clocks::sync(&mut write.tx, &write.author, &*office.versions().await?, &[id]).await?;
    let lead = Lead::from(leads::one(write.tx.conn(), id).await?);
    write.answer(StatusCode::OK, &lead, &["leads"]).await
}

async fn transition(
    State(office): State<Office>,
    actor: Actor,
    Path(id): Path<i64>,
    body: Body<NewTransition>,
) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let stage = Stage::parse(&body.fields.stage);
    let stood = stage_of(&mut write, id).await?;
    let made = super::enter_stage(&mut write.tx, &write.author, id, body.fields).await?;
    let versions = office.versions().await?;
    let agreement = &versions.at(alignment::Instant(write.author.now)).agreement;
    if stage.is_some_and(|stage| handoff::rights::is_sales_word(stood, stage)) {
        handoff::rights::check_reviews(actor.role, agreement)?;
    }
    if stage == Some(Stage::Mql) && made.is_some() {
        let at = leads::one(write.tx.conn(), id).await?.stage_at.unwrap_or(write.author.now);
        routing::route(&mut write.tx, &write.author, &versions, &[(id, alignment::Instant(at))]).await?;
    }
    clocks::sync(&mut write.tx, &write.author, &versions, &[id]).await?;
    let lead = detail(write.tx.conn(), id).await?;
    write.answer(StatusCode::CREATED, &lead, &["leads", "transitions"]).await
}

async fn stage_of(write: &mut Write, id: i64) -> Result<Stage, AppError> {
    Ok(Stage::parse(&leads::one(write.tx.conn(), id).await?.stage).unwrap_or(Stage::Lead))
}
