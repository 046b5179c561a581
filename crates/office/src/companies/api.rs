use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use facts::{
    companies::{self, CompanyFilter, CompanyRow, CompanySort},
    custom,
    list::Sort,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::CompanyFields;
use crate::{
    Actor, Office,
    api::{
        Asked, Body, Described, Write, ask, describe,
        wire::{CustomValue, ExternalId, Money, at, at_or_none, money},
        write,
    },
    web::AppError,
};

pub fn described() -> Vec<Described> {
    vec![
        describe::get("/api/v1/companies", "List companies", list).query::<CompanyQuery>().lists::<Company>(),
        describe::post("/api/v1/companies", "Add a company", create).takes::<CompanyFields>().gives::<Company>(),
        describe::get("/api/v1/companies/{id}", "One company", one).gives::<CompanyDetail>(),
        describe::patch("/api/v1/companies/{id}", "Change a company", update).takes::<CompanyFields>().gives::<Company>(),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct CompanyQuery {
    /// Part of the name or domain.
    pub q: Option<String>,
    /// `not_recorded` finds those without one.
    pub industry: Option<String>,
    pub country: Option<String>,
    /// Id of a user, or `not_recorded`.
    pub owner: Option<String>,
    pub employees_min: Option<String>,
    pub employees_max: Option<String>,
    /// `name` (default), `recorded`; with `-` in front descending.
    pub sort: Option<String>,
    pub limit: Option<usize>,
    pub cursor: Option<String>,
}

impl CompanyQuery {
    pub fn filter(&self) -> Result<CompanyFilter, AppError> {
        Ok(CompanyFilter {
            industry: ask::wanted_text(&self.industry),
            country: ask::wanted_text(&self.country),
            owner: ask::wanted_id("owner", &self.owner)?,
            employees_min: ask::id("employees_min", &self.employees_min)?,
            employees_max: ask::id("employees_max", &self.employees_max)?,
            text: ask::filled(&self.q).map(str::to_owned),
        })
    }

    pub fn order(&self) -> Result<Sort<CompanySort>, AppError> {
        ask::sort(&self.sort, &[("name", CompanySort::Name), ("recorded", CompanySort::Recorded)], false)
    }
}

#[derive(Serialize, ToSchema)]
pub struct Company {
    pub id: i64,
    pub name: Option<String>,
    pub domain: Option<String>,
    pub industry: Option<String>,
    pub country: Option<String>,
    pub region: Option<String>,
    pub employees: Option<i64>,
    pub annual_revenue: Option<Money>,
    /// When it stopped being a customer.
    #[schema(format = DateTime)]
    pub churned_at: Option<String>,
    pub owner_id: Option<i64>,
    pub owner_name: Option<String>,
    #[schema(format = DateTime)]
    pub created_at: Option<String>,
    #[schema(format = DateTime)]
    pub recorded_at: String,
    pub people: i64,
    pub leads: i64,
    pub deals: i64,
}

#[derive(Serialize, ToSchema)]
pub struct CompanyDetail {
    #[serde(flatten)]
    pub company: Company,
    pub external_ids: Vec<ExternalId>,
    pub custom: Vec<CustomValue>,
}

impl From<CompanyRow> for Company {
    fn from(row: CompanyRow) -> Company {
        Company {
            id: row.id,
            name: row.name,
            domain: row.domain,
            industry: row.industry,
            country: row.country,
            region: row.region,
            employees: row.employees,
            annual_revenue: money(row.annual_revenue_minor, row.annual_revenue_currency),
            churned_at: at_or_none(row.churned_at),
            owner_id: row.owner_id,
            owner_name: row.owner_name,
            created_at: at_or_none(row.created_at),
            recorded_at: at(row.recorded_at),
            people: row.people,
            leads: row.leads,
            deals: row.deals,
        }
    }
}

async fn list(State(office): State<Office>, Asked(query): Asked<CompanyQuery>) -> Result<Json<write::ListPage<Company>>, AppError> {
    let turn = ask::turn(&query.cursor, query.limit)?;
    let mut record = office.facts().read().await?;
    Ok(write::page(companies::list(&mut record, &query.filter()?, query.order()?, turn).await?))
}

async fn one(State(office): State<Office>, Path(id): Path<i64>) -> Result<Json<CompanyDetail>, AppError> {
    let mut record = office.facts().read().await?;
    let noun = alignment::intake::Noun::Company;
    let company = companies::one(record.conn(), id).await?.into();
    let external_ids = custom::external_ids(record.conn(), noun, id).await?.into_iter().map(ExternalId::from).collect();
    let custom = custom::values(record.conn(), noun, id).await?.into_iter().map(CustomValue::from).collect();
    Ok(Json(CompanyDetail { company, external_ids, custom }))
}

async fn create(State(office): State<Office>, actor: Actor, body: Body<CompanyFields>) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let id = super::create(&mut write.tx, &write.author, body.fields).await?;
    let company = Company::from(companies::one(write.tx.conn(), id).await?);
    write.answer(StatusCode::CREATED, &company, &["companies"]).await
}

async fn update(State(office): State<Office>, actor: Actor, Path(id): Path<i64>, body: Body<CompanyFields>) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    super::update(&mut write.tx, &write.author, id, body.fields).await?;
    let company = Company::from(companies::one(write.tx.conn(), id).await?);
    write.answer(StatusCode::OK, &company, &["companies"]).await
}
