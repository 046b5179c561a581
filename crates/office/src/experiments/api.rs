use alignment::Instant;
use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use facts::experiments::{self as record, ExperimentRow};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::{ExperimentFields, OfFigure, fields::instant, look, report, rows_of};
use crate::{
    Actor, Office, Role,
    api::{
        Asked, Body, Described, Slice, Write,
        ask::{self, filled},
        describe,
        wire::{at, at_or_none},
        write,
    },
    office::News,
    question::QuestionParams,
    web::{Allow, AppError, Endpoint},
};

/// Those who may write experiments down.
pub const EXPERIMENTERS: Allow = Allow::Roles(&[Role::Marketing, Role::Sales, Role::Leader, Role::Admin]);

pub fn described() -> Vec<Described> {
    vec![
        describe::get("/api/v1/experiments", "List experiments", list).words("Newest first.").query::<ListQuery>().lists::<Experiment>(),
        Described::of(Endpoint::post("/api/v1/experiments", EXPERIMENTERS, create), "Write an experiment down")
            .words("What decides can't be changed later. Both versions are looked up in the record.")
            .takes::<ExperimentFields>()
            .gives::<Experiment>(),
        describe::get("/api/v1/experiments/{id}", "One experiment with what it shows", one)
            .query::<QuestionParams>()
            .words("Takes `as_of`, `known_at`, `filter` and `currency` as the reports do. Both versions down to MQLs, SQLs, customers and revenue per lead, with intervals and advice."),
        Described::of(Endpoint::post("/api/v1/experiments/{id}/end", EXPERIMENTERS, end), "End an experiment")
            .words("Now, or at `ends_at`. Ending what has ended changes nothing.")
            .takes::<End>()
            .gives::<Experiment>(),
        Described::of(Endpoint::delete("/api/v1/experiments/{id}/end", EXPERIMENTERS, reopen), "Take the end of an experiment back")
            .gives::<Experiment>(),
        Described::of(Endpoint::delete("/api/v1/experiments/{id}", EXPERIMENTERS, remove), "Remove an experiment")
            .words("Its row stays; `POST .../restoration` puts it back.")
            .gives::<Experiment>(),
        Described::of(Endpoint::post("/api/v1/experiments/{id}/restoration", EXPERIMENTERS, put_back), "Put a removed experiment back")
            .gives::<Experiment>(),
        describe::get("/api/v1/experiments/{id}/rows", "The leads behind one figure of an experiment", rows)
            .query::<QuestionParams>()
            .query::<OfFigure>()
            .query::<Slice>()
            .words("`version` is `a` or `b`; `number` as of the experiment. They add up to the figure."),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
struct ListQuery {
    limit: Option<usize>,
    cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Experiment {
    pub id: i64,
    pub name: String,
    pub dimension: String,
    pub a: String,
    pub b: String,
    pub number: String,
    pub worth_finding_percent: i64,
    pub within_days: Option<i64>,
    #[schema(format = DateTime)]
    pub starts_at: String,
    #[schema(format = DateTime)]
    pub ends_at: Option<String>,
    pub note: Option<String>,
    pub author_id: Option<i64>,
    pub author_name: Option<String>,
    #[schema(format = DateTime)]
    pub recorded_at: String,
    #[schema(format = DateTime)]
    pub removed_at: Option<String>,
}

impl From<ExperimentRow> for Experiment {
    fn from(row: ExperimentRow) -> Experiment {
        Experiment {
            id: row.id,
            name: row.name,
            dimension: row.dimension,
            a: row.a,
            b: row.b,
            number: row.number,
            worth_finding_percent: row.worth_finding_percent,
            within_days: row.within_days,
            starts_at: at(row.starts_at),
            ends_at: at_or_none(row.ends_at),
            note: row.note,
            author_id: row.author_id,
            author_name: row.author_name,
            recorded_at: at(row.recorded_at),
            removed_at: at_or_none(row.removed_at),
        }
    }
}

/// When an experiment ends.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct End {
    /// 2026-03-01T09:00:00Z, or a date for its first instant in the Agreement's time zone; now, unless said.
    pub ends_at: Option<String>,
}

async fn list(State(office): State<Office>, Asked(query): Asked<ListQuery>) -> Result<Json<write::ListPage<Experiment>>, AppError> {
    let turn = ask::turn(&query.cursor, query.limit)?;
    let mut record = office.facts().read().await?;
    Ok(write::page(record::list(&mut record, turn).await?))
}

async fn one(State(office): State<Office>, Path(id): Path<i64>, Query(params): Query<QuestionParams>) -> Result<Json<Value>, AppError> {
    Ok(Json(report::experiment_json(&look(&office, &params, id).await?)))
}

async fn rows(
    State(office): State<Office>,
    Path(id): Path<i64>,
    Query(params): Query<QuestionParams>,
    Query(figure): Query<OfFigure>,
    slice: Slice,
) -> Result<Json<Value>, AppError> {
    let (version, number) = figure.read()?;
    let (_, _, evidence) = rows_of(&office, &params, id, version, number, slice).await?;
    Ok(Json(json!({"number": number.key(), "table": "leads", "total": evidence.total, "offset": slice.offset, "rows": evidence.rows})))
}

async fn create(State(office): State<Office>, actor: Actor, body: Body<ExperimentFields>) -> Result<Response, AppError> {
    let new = super::checked(&office, body.fields.clone()).await?;
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let id = record::add(&mut write.tx, &write.author, &new).await?;
    let made = Experiment::from(record::one(write.tx.conn(), id).await?);
    write.answer(StatusCode::CREATED, &made, &["experiments"]).await
}

async fn end(State(office): State<Office>, actor: Actor, Path(id): Path<i64>, body: Body<End>) -> Result<Response, AppError> {
    let zone = super::zone(&office).await?;
    let ends_at = filled(&body.fields.ends_at).map(|text| instant("ends_at", text, &zone)).transpose()?;
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    super::end(&mut write.tx, &write.author, &actor, id, ends_at).await?;
    let ended = Experiment::from(record::one(write.tx.conn(), id).await?);
    write.answer(StatusCode::CREATED, &ended, &["experiments"]).await
}

async fn reopen(State(office): State<Office>, actor: Actor, Path(id): Path<i64>) -> Result<Json<Experiment>, AppError> {
    Ok(Json(changed(&office, &actor, id, Change::Reopen).await?.experiment))
}

async fn remove(State(office): State<Office>, actor: Actor, Path(id): Path<i64>) -> Result<Json<Experiment>, AppError> {
    Ok(Json(changed(&office, &actor, id, Change::Remove).await?.experiment))
}

async fn put_back(State(office): State<Office>, actor: Actor, Path(id): Path<i64>) -> Result<(StatusCode, Json<Experiment>), AppError> {
    Ok((StatusCode::CREATED, Json(changed(&office, &actor, id, Change::PutBack).await?.experiment)))
}

/// What can be done to an experiment without a body.
#[derive(Clone, Copy)]
pub(super) enum Change {
    /// Now, or at an instant that was its end before.
    End(Option<Instant>),
    Reopen,
    Remove,
    PutBack,
}

pub(super) struct Changed {
    pub experiment: Experiment,
    /// The end that was taken back.
    pub ended_at: Option<Instant>,
    /// Its end is another than before.
    pub is_end_set: bool,
}

pub(super) async fn changed(office: &Office, actor: &Actor, id: i64, change: Change) -> Result<Changed, AppError> {
    let author = write::author(office, actor).await?;
    let mut tx = office.facts().write().await?;
    let (mut ended_at, mut is_end_set) = (None, false);
    match change {
        Change::End(at) => is_end_set = super::end(&mut tx, &author, actor, id, at.map(|at| at.0)).await?,
        Change::Reopen => ended_at = super::reopen(&mut tx, &author, actor, id).await?.map(Instant),
        Change::Remove => super::remove(&mut tx, &author, actor, id).await?,
        Change::PutBack => super::put_back(&mut tx, &author, actor, id).await?,
    }
    let experiment = Experiment::from(record::one(tx.conn(), id).await?);
    tx.commit().await?;
    office.tell(News::Record { tables: vec!["experiments".into()] });
    Ok(Changed { experiment, ended_at, is_end_set })
}
