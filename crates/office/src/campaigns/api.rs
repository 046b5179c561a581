use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use facts::{
    campaigns::{self, CampaignFilter, CampaignRow, CampaignSort},
    list::Sort,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::CampaignFields;
use crate::{
    Actor, Office,
    api::{
        Asked, Body, Described, Write, ask, describe,
        wire::{Money, at, at_or_none, money},
        write,
    },
    web::AppError,
};

pub fn described() -> Vec<Described> {
    vec![
        describe::get("/api/v1/campaigns", "List campaigns", list).query::<CampaignQuery>().lists::<Campaign>(),
        describe::post("/api/v1/campaigns", "Add a campaign", create).takes::<CampaignFields>().gives::<Campaign>(),
        describe::get("/api/v1/campaigns/{id}", "One campaign with what was spent on it", one).gives::<CampaignDetail>(),
        describe::patch("/api/v1/campaigns/{id}", "Change a campaign", update).takes::<CampaignFields>().gives::<Campaign>(),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct CampaignQuery {
    /// Part of the name.
    pub q: Option<String>,
    /// `not_recorded` finds those without one.
    pub channel: Option<String>,
    /// `name` (default), `recorded`; with `-` in front descending.
    pub sort: Option<String>,
    pub limit: Option<usize>,
    pub cursor: Option<String>,
}

impl CampaignQuery {
    pub fn filter(&self) -> CampaignFilter {
        CampaignFilter { channel: ask::wanted_text(&self.channel), text: ask::filled(&self.q).map(str::to_owned) }
    }

    pub fn order(&self) -> Result<Sort<CampaignSort>, AppError> {
        ask::sort(&self.sort, &[("name", CampaignSort::Name), ("recorded", CampaignSort::Recorded)], false)
    }
}

#[derive(Serialize, ToSchema)]
pub struct Campaign {
    pub id: i64,
    pub name: String,
    pub channel: Option<String>,
    #[schema(format = DateTime)]
    pub starts_at: Option<String>,
    #[schema(format = DateTime)]
    pub ends_at: Option<String>,
    pub budget: Option<Money>,
    #[schema(format = DateTime)]
    pub recorded_at: String,
}

#[derive(Serialize, ToSchema)]
pub struct CampaignDetail {
    #[serde(flatten)]
    pub campaign: Campaign,
    /// One sum for each currency.
    pub spent: Vec<Money>,
}

impl From<CampaignRow> for Campaign {
    fn from(row: CampaignRow) -> Campaign {
        Campaign {
            id: row.id,
            name: row.name,
            channel: row.channel,
            starts_at: at_or_none(row.starts_at),
            ends_at: at_or_none(row.ends_at),
            budget: money(row.budget_minor, row.budget_currency),
            recorded_at: at(row.recorded_at),
        }
    }
}

async fn list(State(office): State<Office>, Asked(query): Asked<CampaignQuery>) -> Result<Json<write::ListPage<Campaign>>, AppError> {
    let turn = ask::turn(&query.cursor, query.limit)?;
    let mut record = office.facts().read().await?;
    Ok(write::page(campaigns::list(&mut record, &query.filter(), query.order()?, turn).await?))
}

async fn one(State(office): State<Office>, Path(id): Path<i64>) -> Result<Json<CampaignDetail>, AppError> {
    let mut record = office.facts().read().await?;
    let campaign = campaigns::one(record.conn(), id).await?.into();
    let spent = campaigns::spend(record.conn(), &[id]).await?;
    let spent = spent.into_iter().map(|sum| Money { minor: sum.amount_minor, currency: sum.amount_currency }).collect();
    Ok(Json(CampaignDetail { campaign, spent }))
}

async fn create(State(office): State<Office>, actor: Actor, body: Body<CampaignFields>) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let id = super::create(&mut write.tx, &write.author, body.fields).await?;
    let campaign = Campaign::from(campaigns::one(write.tx.conn(), id).await?);
    write.answer(StatusCode::CREATED, &campaign, &["campaigns"]).await
}

async fn update(State(office): State<Office>, actor: Actor, Path(id): Path<i64>, body: Body<CampaignFields>) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    super::update(&mut write.tx, &write.author, id, body.fields).await?;
    let campaign = Campaign::from(campaigns::one(write.tx.conn(), id).await?);
    write.answer(StatusCode::OK, &campaign, &["campaigns"]).await
}
