use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use facts::{
    custom,
    list::Sort,
    people::{self, PersonFilter, PersonRow, PersonSort},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::PersonFields;
use crate::{
    Actor, Office,
    api::{
        Asked, Body, Described, Write, ask, describe,
        wire::{CustomValue, ExternalId, at, at_or_none},
        write,
    },
    web::AppError,
};

pub fn described() -> Vec<Described> {
    let mut all = vec![
        describe::get("/api/v1/people", "List people", list).query::<PersonQuery>().lists::<Person>(),
        describe::post("/api/v1/people", "Add a person", create).takes::<PersonFields>().gives::<Person>(),
        describe::get("/api/v1/people/{id}", "One person", one).gives::<PersonDetail>(),
        describe::patch("/api/v1/people/{id}", "Change a person", update).takes::<PersonFields>().gives::<Person>(),
    ];
    all.extend(super::merge_api::described());
    all
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct PersonQuery {
    /// Part of the name or e-mail address.
    pub q: Option<String>,
    /// The whole e-mail address.
    pub email: Option<String>,
    /// Id of a company.
    pub company: Option<String>,
    /// `not_recorded` finds those without one.
    pub country: Option<String>,
    /// `name` (default), `recorded`; with `-` in front descending.
    pub sort: Option<String>,
    pub limit: Option<usize>,
    pub cursor: Option<String>,
}

impl PersonQuery {
    pub fn filter(&self) -> Result<PersonFilter, AppError> {
        Ok(PersonFilter {
            company: ask::id("company", &self.company)?,
            country: ask::wanted_text(&self.country),
            email: ask::filled(&self.email).map(str::to_owned),
            text: ask::filled(&self.q).map(str::to_owned),
        })
    }

    pub fn order(&self) -> Result<Sort<PersonSort>, AppError> {
        ask::sort(&self.sort, &[("name", PersonSort::Name), ("recorded", PersonSort::Recorded)], false)
    }
}

#[derive(Serialize, ToSchema)]
pub struct Person {
    pub id: i64,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub job_title: Option<String>,
    pub country: Option<String>,
    pub company_id: Option<i64>,
    pub company_name: Option<String>,
    #[schema(format = DateTime)]
    pub created_at: Option<String>,
    #[schema(format = DateTime)]
    pub recorded_at: String,
    pub leads: i64,
    /// Stage of the newest lead.
    pub stage: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct PersonDetail {
    #[serde(flatten)]
    pub person: Person,
    pub external_ids: Vec<ExternalId>,
    pub custom: Vec<CustomValue>,
}

impl From<PersonRow> for Person {
    fn from(row: PersonRow) -> Person {
        Person {
            id: row.id,
            name: row.name,
            email: row.email,
            phone: row.phone,
            job_title: row.job_title,
            country: row.country,
            company_id: row.company_id,
            company_name: row.company_name,
            created_at: at_or_none(row.created_at),
            recorded_at: at(row.recorded_at),
            leads: row.leads,
            stage: row.stage,
        }
    }
}

async fn list(State(office): State<Office>, Asked(query): Asked<PersonQuery>) -> Result<Json<write::ListPage<Person>>, AppError> {
    let turn = ask::turn(&query.cursor, query.limit)?;
    let mut record = office.facts().read().await?;
    Ok(write::page(people::list(&mut record, &query.filter()?, query.order()?, turn).await?))
}

async fn one(State(office): State<Office>, Path(id): Path<i64>) -> Result<Json<PersonDetail>, AppError> {
    let mut record = office.facts().read().await?;
    let noun = alignment::intake::Noun::Person;
    let person = people::one(record.conn(), id).await?.into();
    let external_ids = custom::external_ids(record.conn(), noun, id).await?.into_iter().map(ExternalId::from).collect();
    let custom = custom::values(record.conn(), noun, id).await?.into_iter().map(CustomValue::from).collect();
    Ok(Json(PersonDetail { person, external_ids, custom }))
}

async fn create(State(office): State<Office>, actor: Actor, body: Body<PersonFields>) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let id = super::create(&mut write.tx, &write.author, body.fields).await?;
    let person = Person::from(people::one(write.tx.conn(), id).await?);
    write.answer(StatusCode::CREATED, &person, &["people"]).await
}

async fn update(State(office): State<Office>, actor: Actor, Path(id): Path<i64>, body: Body<PersonFields>) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    super::update(&mut write.tx, &write.author, id, body.fields).await?;
    let person = Person::from(people::one(write.tx.conn(), id).await?);
    write.answer(StatusCode::OK, &person, &["people"]).await
}
