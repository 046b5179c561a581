use std::collections::BTreeMap;

use alignment::touch::TouchKind;
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use facts::touches::{self, TouchFilter, TouchRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{BATCH_MAX, NewTouch};
use crate::{
    Actor, Office,
    api::{Asked, Body, Described, Write, ask, describe, wire::at, write},
    web::AppError,
};

pub fn described() -> Vec<Described> {
    vec![
        describe::get("/api/v1/touches", "List touches", list)
            .words("Of a person, company, campaign or piece of content: latest first. Of all: last recorded first.")
            .query::<TouchQuery>()
            .lists::<Touch>(),
        describe::post("/api/v1/touches", "Record touches", create)
            .words("Up to 1,000 in one request, whole or not at all. A touch that is known already is not taken again.")
            .takes::<NewTouches>()
            .gives::<TouchesTaken>(),
        describe::get("/api/v1/touches/{id}", "One touch", one).gives::<Touch>(),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct TouchQuery {
    /// Id of a person.
    pub person: Option<String>,
    pub company: Option<String>,
    pub campaign: Option<String>,
    pub content: Option<String>,
    /// One or more kinds, with commas.
    pub kind: Option<String>,
    pub channel: Option<String>,
    /// At this instant or later.
    pub from: Option<String>,
    /// Before this instant.
    pub to: Option<String>,
    pub limit: Option<usize>,
    pub cursor: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTouches {
    /// 1 to 1,000.
    pub touches: Vec<NewTouch>,
}

#[derive(Serialize, ToSchema)]
pub struct TouchesTaken {
    pub created: usize,
    pub known: usize,
    /// In the order of the request.
    pub ids: Vec<i64>,
}

#[derive(Serialize, ToSchema)]
pub struct Touch {
    pub id: i64,
    pub person_id: Option<i64>,
    pub person_name: Option<String>,
    pub company_id: Option<i64>,
    pub company_name: Option<String>,
    pub kind: String,
    #[schema(format = DateTime)]
    pub at: String,
    #[schema(format = DateTime)]
    pub recorded_at: String,
    pub channel: Option<String>,
    pub source: Option<String>,
    pub campaign_id: Option<i64>,
    pub campaign_name: Option<String>,
    pub content_id: Option<i64>,
    pub content_title: Option<String>,
    pub tags: BTreeMap<String, String>,
}

impl From<TouchRow> for Touch {
    fn from(row: TouchRow) -> Touch {
        Touch {
            id: row.id,
            person_id: row.person_id,
            person_name: row.person_name,
            company_id: row.company_id,
            company_name: row.company_name,
            kind: row.kind,
            at: at(row.at),
            recorded_at: at(row.recorded_at),
            channel: row.channel,
            source: row.source,
            campaign_id: row.campaign_id,
            campaign_name: row.campaign_name,
            content_id: row.content_id,
            content_title: row.content_title,
            tags: BTreeMap::new(),
        }
    }
}

async fn list(State(office): State<Office>, Asked(query): Asked<TouchQuery>) -> Result<Json<write::ListPage<Touch>>, AppError> {
    let filter = TouchFilter {
        person: ask::id("person", &query.person)?,
        company: ask::id("company", &query.company)?,
        campaign: ask::id("campaign", &query.campaign)?,
        content: ask::id("content", &query.content)?,
        kinds: ask::words_of("kind", &query.kind, TouchKind::ALL.iter().map(|kind| kind.key()))?,
        channel: ask::filled(&query.channel).map(str::to_owned),
        at_from: ask::instant("from", &query.from)?,
        at_to: ask::instant("to", &query.to)?,
    };
    let turn = ask::turn(&query.cursor, query.limit)?;
    let mut record = office.facts().read().await?;
    let Json(mut page) = write::page::<_, Touch>(touches::list(&mut record, &filter, turn).await?);
    add_tags(&mut record, &mut page.items).await?;
    Ok(Json(page))
}

async fn one(State(office): State<Office>, Path(id): Path<i64>) -> Result<Json<Touch>, AppError> {
    let mut record = office.facts().read().await?;
    let mut touch = [touches::one(record.conn(), id).await?.into()];
    add_tags(&mut record, &mut touch).await?;
    let [touch] = touch;
    Ok(Json(touch))
}

async fn add_tags(record: &mut facts::ReadTx, touches: &mut [Touch]) -> Result<(), AppError> {
    let ids: Vec<i64> = touches.iter().map(|touch| touch.id).collect();
    let engine = record.engine;
    for (id, key, value) in facts::keys::custom_values_of(record.conn(), engine, "touches", &ids).await? {
        if let Some(touch) = touches.iter_mut().find(|touch| touch.id == id) {
            touch.tags.insert(key, value);
        }
    }
    Ok(())
}

async fn create(State(office): State<Office>, actor: Actor, body: Body<NewTouches>) -> Result<Response, AppError> {
    let count = body.fields.touches.len();
    if count == 0 || count > BATCH_MAX {
        return Err(AppError::refused(format!("touches: {count} in one request; send 1 to {BATCH_MAX}")));
    }
    let now = office.clock().now().0;
    if body.key.is_none() {
        let touches = super::read(body.fields.touches, now)?;
        let taken: TouchesTaken = office.gatherer().take(&office, &actor, touches).await?.into();
        return Ok((StatusCode::CREATED, Json(taken)).into_response());
    }
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let touches = super::read(body.fields.touches, now)?;
    let versions = office.versions().await?;
    let mut taken = super::take(&mut write.tx, &versions, &write.author, &[(write.author.actor, touches)]).await?;
    let taken: TouchesTaken = taken.remove(0)?.into();
    write.answer(StatusCode::CREATED, &taken, &["touches", "leads"]).await
}

impl From<super::Taken> for TouchesTaken {
    fn from(taken: super::Taken) -> TouchesTaken {
        TouchesTaken { created: taken.created, known: taken.ids.len() - taken.created, ids: taken.ids }
    }
}
