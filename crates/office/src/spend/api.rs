use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use facts::spend::{self, SpendFilter, SpendRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::NewSpend;
use crate::{
    Actor, Office,
    api::{
        Asked, Body, Described, Write, ask, describe,
        wire::{Money, at},
        write,
    },
    web::AppError,
};

pub fn described() -> Vec<Described> {
    vec![
        describe::get("/api/v1/spend", "List spend", list)
            .words("Of a campaign: latest period first. Of all: last recorded first.")
            .query::<SpendQuery>()
            .lists::<Spend>(),
        describe::post("/api/v1/spend", "Record spend", create).takes::<NewSpend>().gives::<Spend>(),
        describe::get("/api/v1/spend/{id}", "One entry of spend", one).gives::<Spend>(),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct SpendQuery {
    /// Id of a campaign.
    pub campaign: Option<String>,
    pub channel: Option<String>,
    /// `marketing` or `sales`.
    pub side: Option<String>,
    /// Of periods that start at this instant or later.
    pub from: Option<String>,
    /// Of periods that start before this instant.
    pub to: Option<String>,
    pub limit: Option<usize>,
    pub cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Spend {
    pub id: i64,
    pub campaign_id: Option<i64>,
    pub campaign_name: Option<String>,
    pub channel: Option<String>,
    pub source: Option<String>,
    pub side: String,
    #[schema(format = DateTime)]
    pub at: String,
    pub amount: Money,
    #[schema(format = DateTime)]
    pub recorded_at: String,
}

impl From<SpendRow> for Spend {
    fn from(row: SpendRow) -> Spend {
        Spend {
            id: row.id,
            campaign_id: row.campaign_id,
            campaign_name: row.campaign_name,
            channel: row.channel,
            source: row.source,
            side: row.side,
            at: at(row.at),
            amount: Money { minor: row.amount_minor, currency: row.amount_currency },
            recorded_at: at(row.recorded_at),
        }
    }
}

async fn list(State(office): State<Office>, Asked(query): Asked<SpendQuery>) -> Result<Json<write::ListPage<Spend>>, AppError> {
    let filter = SpendFilter {
        campaign: ask::id("campaign", &query.campaign)?,
        channel: ask::filled(&query.channel).map(str::to_owned),
        side: ask::filled(&query.side).map(str::to_owned),
        at_from: ask::instant("from", &query.from)?,
        at_to: ask::instant("to", &query.to)?,
    };
    let turn = ask::turn(&query.cursor, query.limit)?;
    let mut record = office.facts().read().await?;
    Ok(write::page(spend::list(&mut record, &filter, turn).await?))
}

async fn one(State(office): State<Office>, Path(id): Path<i64>) -> Result<Json<Spend>, AppError> {
    let mut record = office.facts().read().await?;
    Ok(Json(spend::one(record.conn(), id).await?.into()))
}

async fn create(State(office): State<Office>, actor: Actor, body: Body<NewSpend>) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let id = super::create(&mut write.tx, &write.author, body.fields).await?;
    let entry = Spend::from(spend::one(write.tx.conn(), id).await?);
    write.answer(StatusCode::CREATED, &entry, &["spend"]).await
}
