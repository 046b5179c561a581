use alignment::touch::ActivityKind;
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use facts::activities::{self, ActivityFilter, ActivityRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::NewActivity;
use crate::{
    Actor, Office,
    api::{Asked, Body, Described, Write, ask, describe, wire::at, write},
    web::AppError,
};

pub fn described() -> Vec<Described> {
    vec![
        describe::get("/api/v1/activities", "List activities", list)
            .words("Of a person, company or deal: latest first. Of all: last recorded first.")
            .query::<ActivityQuery>()
            .lists::<Activity>(),
        describe::post("/api/v1/activities", "Log an activity", create).takes::<NewActivity>().gives::<Activity>(),
        describe::get("/api/v1/activities/{id}", "One activity", one).gives::<Activity>(),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct ActivityQuery {
    /// Id of a person.
    pub person: Option<String>,
    pub company: Option<String>,
    pub deal: Option<String>,
    /// Id of the user who did it.
    pub user: Option<String>,
    /// One or more kinds, with commas.
    pub kind: Option<String>,
    /// At this instant or later.
    pub from: Option<String>,
    /// Before this instant.
    pub to: Option<String>,
    pub limit: Option<usize>,
    pub cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Activity {
    pub id: i64,
    pub kind: String,
    #[schema(format = DateTime)]
    pub at: String,
    #[schema(format = DateTime)]
    pub recorded_at: String,
    pub person_id: Option<i64>,
    pub person_name: Option<String>,
    pub company_id: Option<i64>,
    pub company_name: Option<String>,
    pub deal_id: Option<i64>,
    pub user_id: Option<i64>,
    pub user_name: Option<String>,
    pub subject: Option<String>,
    pub note: Option<String>,
    pub outcome: Option<String>,
    pub content_id: Option<i64>,
}

impl From<ActivityRow> for Activity {
    fn from(row: ActivityRow) -> Activity {
        Activity {
            id: row.id,
            kind: row.kind,
            at: at(row.at),
            recorded_at: at(row.recorded_at),
            person_id: row.person_id,
            person_name: row.person_name,
            company_id: row.company_id,
            company_name: row.company_name,
            deal_id: row.deal_id,
            user_id: row.user_id,
            user_name: row.user_name,
            subject: row.subject,
            note: row.note,
            outcome: row.outcome,
            content_id: row.content_id,
        }
    }
}

async fn list(State(office): State<Office>, Asked(query): Asked<ActivityQuery>) -> Result<Json<write::ListPage<Activity>>, AppError> {
    let filter = ActivityFilter {
        person: ask::id("person", &query.person)?,
        company: ask::id("company", &query.company)?,
        deal: ask::id("deal", &query.deal)?,
        user: ask::id("user", &query.user)?,
        kinds: ask::words_of("kind", &query.kind, ActivityKind::ALL.iter().map(|kind| kind.key()))?,
        at_from: ask::instant("from", &query.from)?,
        at_to: ask::instant("to", &query.to)?,
    };
    let turn = ask::turn(&query.cursor, query.limit)?;
    let mut record = office.facts().read().await?;
    Ok(write::page(activities::list(&mut record, &filter, turn).await?))
}

async fn one(State(office): State<Office>, Path(id): Path<i64>) -> Result<Json<Activity>, AppError> {
    let mut record = office.facts().read().await?;
    Ok(Json(activities::one(record.conn(), id).await?.into()))
}

async fn create(State(office): State<Office>, actor: Actor, body: Body<NewActivity>) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let id = super::create(&mut write.tx, &write.author, body.fields).await?;
    let activity = Activity::from(activities::one(write.tx.conn(), id).await?);
    write.answer(StatusCode::CREATED, &activity, &["activities"]).await
}
