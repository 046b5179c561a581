use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use facts::{
    content::{self, ContentFilter, ContentRow, ContentSort},
    list::Sort,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ContentFields;
use crate::{
    Actor, Office,
    api::{
        Asked, Body, Described, Write, ask, describe,
        wire::{at, at_or_none},
        write,
    },
    web::AppError,
};

pub fn described() -> Vec<Described> {
    vec![
        describe::get("/api/v1/content", "List content", list).query::<ContentQuery>().lists::<Content>(),
        describe::post("/api/v1/content", "Add a piece of content", create).takes::<ContentFields>().gives::<Content>(),
        describe::get("/api/v1/content/{id}", "One piece of content", one).gives::<Content>(),
        describe::patch("/api/v1/content/{id}", "Change a piece of content", update).takes::<ContentFields>().gives::<Content>(),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct ContentQuery {
    /// Part of the title.
    pub q: Option<String>,
    /// `not_recorded` finds those without one.
    pub kind: Option<String>,
    /// `title` (default), `recorded`; with `-` in front descending.
    pub sort: Option<String>,
    pub limit: Option<usize>,
    pub cursor: Option<String>,
}

impl ContentQuery {
    pub fn filter(&self) -> ContentFilter {
        ContentFilter { kind: ask::wanted_text(&self.kind), text: ask::filled(&self.q).map(str::to_owned) }
    }

    pub fn order(&self) -> Result<Sort<ContentSort>, AppError> {
        ask::sort(&self.sort, &[("title", ContentSort::Title), ("recorded", ContentSort::Recorded)], false)
    }
}

#[derive(Serialize, ToSchema)]
pub struct Content {
    pub id: i64,
    pub title: String,
    pub kind: Option<String>,
    pub url: Option<String>,
    #[schema(format = DateTime)]
    pub published_at: Option<String>,
    #[schema(format = DateTime)]
    pub recorded_at: String,
}

impl From<ContentRow> for Content {
    fn from(row: ContentRow) -> Content {
        Content {
            id: row.id,
            title: row.title,
            kind: row.kind,
            url: row.url,
            published_at: at_or_none(row.published_at),
            recorded_at: at(row.recorded_at),
        }
    }
}

async fn list(State(office): State<Office>, Asked(query): Asked<ContentQuery>) -> Result<Json<write::ListPage<Content>>, AppError> {
    let turn = ask::turn(&query.cursor, query.limit)?;
    let mut record = office.facts().read().await?;
    Ok(write::page(content::list(&mut record, &query.filter(), query.order()?, turn).await?))
}

async fn one(State(office): State<Office>, Path(id): Path<i64>) -> Result<Json<Content>, AppError> {
    let mut record = office.facts().read().await?;
    Ok(Json(content::one(record.conn(), id).await?.into()))
}

async fn create(State(office): State<Office>, actor: Actor, body: Body<ContentFields>) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let id = super::create(&mut write.tx, &write.author, body.fields).await?;
    let piece = Content::from(content::one(write.tx.conn(), id).await?);
    write.answer(StatusCode::CREATED, &piece, &["content"]).await
}

async fn update(State(office): State<Office>, actor: Actor, Path(id): Path<i64>, body: Body<ContentFields>) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    super::update(&mut write.tx, &write.author, id, body.fields).await?;
    let piece = Content::from(content::one(write.tx.conn(), id).await?);
    write.answer(StatusCode::OK, &piece, &["content"]).await
}
