//! Saved questions for programs.

use alignment::Instant;
use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use facts::saved_questions::{self as record, SavedRow};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::{Asked as What, asked_of, explain};
use crate::{
    Actor, Office,
    api::{Asked, Body, Described, Write, ask, describe, wire::at, write},
    question::QuestionParams,
    web::AppError,
};

pub fn described() -> Vec<Described> {
    vec![
        describe::get("/api/v1/questions", "List saved questions", list)
            .words("Newest first.")
            .query::<QuestionsQuery>()
            .lists::<SavedQuestion>(),
        describe::post("/api/v1/questions", "Save a question with its answer", create)
            .words("Its times, its period and its currency are fixed, so that it can be asked again.")
            .takes::<NewQuestion>()
            .gives::<SavedQuestion>(),
        describe::get("/api/v1/questions/{id}", "One saved question with its answer", one)
            .words("`same` says whether asking again with the same times gave the same bytes; `differs` says where not, and why, or why it can't be asked again.")
            .gives::<SavedAnswer>(),
        describe::patch("/api/v1/questions/{id}", "Give a saved question another name", rename)
            .takes::<QuestionName>()
            .gives::<SavedQuestion>(),
        describe::delete("/api/v1/questions/{id}", "Take a saved question off the list", remove)
            .words("It stays to be opened by its id; `DELETE /api/v1/questions/{id}/removal` puts it back.")
            .gives::<SavedQuestion>(),
        describe::delete("/api/v1/questions/{id}/removal", "Put a saved question back", put_back).gives::<SavedQuestion>(),
        describe::get("/api/v1/questions/{id}/explanation", "Why its number is another one now", explanation)
            .words("Parts by cause, each in the number's unit with its rows; they sum to the change.")
            .query::<ExplanationQuery>(),
        describe::get("/api/v1/reports/scoreboard/{key}/changes", "Why a number has changed since an instant", changes)
            .words("As the explanation of a saved question, for any instant.")
            .query::<QuestionParams>()
            .query::<ChangesQuery>(),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct QuestionsQuery {
    pub limit: Option<usize>,
    pub cursor: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQuestion {
    pub name: String,
    /// `scoreboard`, `number`, `funnel` or `attribution`.
    pub report: String,
    /// Key of a number, for the report `number`.
    #[serde(default)]
    pub number: Option<String>,
    /// The parameters of the report, as its address has them.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub question: QuestionParams,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionName {
    pub name: String,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct ExplanationQuery {
    /// Key of one number of a saved scoreboard.
    pub number: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct ChangesQuery {
    /// An instant. The other parameters are those of the scoreboard, without `as_of` and `known_at`.
    pub since: String,
}

#[derive(Serialize, ToSchema)]
pub struct SavedQuestion {
    pub id: i64,
    pub name: String,
    pub report: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    #[schema(value_type = Object)]
    pub question: Value,
    #[schema(format = DateTime)]
    pub as_of: String,
    #[schema(format = DateTime)]
    pub known_at: String,
    pub agreement_version: i64,
    /// SHA-256 of the answer's bytes.
    pub answer_hash: String,
    pub saved_by: Option<String>,
    #[schema(format = DateTime)]
    pub saved_at: String,
    pub removed: bool,
}

#[derive(Serialize, ToSchema)]
pub struct SavedAnswer {
    #[serde(flatten)]
    pub saved: SavedQuestion,
    /// As it was given.
    #[schema(value_type = Object)]
    pub answer: Value,
    pub same: bool,
    pub differs: Vec<String>,
}

impl From<SavedRow> for SavedQuestion {
    fn from(row: SavedRow) -> SavedQuestion {
        let asked = asked_of(&row).unwrap_or_default();
        SavedQuestion {
            number: asked.number,
            question: json!(asked.question),
            id: row.id,
            name: row.name,
            report: row.report,
            as_of: at(row.as_of),
            known_at: at(row.known_at),
            agreement_version: row.agreement_version,
            answer_hash: row.answer_hash,
            saved_by: row.user_name,
            saved_at: at(row.recorded_at),
            removed: row.removed_at.is_some(),
        }
    }
}

type Saved = Json<write::ListPage<SavedQuestion>>;

async fn list(State(office): State<Office>, Asked(query): Asked<QuestionsQuery>) -> Result<Saved, AppError> {
    Ok(write::page(super::list(&office, ask::turn(&query.cursor, query.limit)?).await?))
}

async fn one(State(office): State<Office>, Path(id): Path<i64>) -> Result<Json<SavedAnswer>, AppError> {
    let opened = super::open(&office, id).await?;
    Ok(Json(SavedAnswer { answer: opened.answer_json(), same: opened.is_same(), differs: opened.differs, saved: opened.row.into() }))
}

async fn create(State(office): State<Office>, actor: Actor, body: Body<NewQuestion>) -> Result<Response, AppError> {
    let NewQuestion { name, report, number, question } = &body.fields;
    let asked = What { report: report.clone(), number: number.clone(), question: question.clone() };
    // Asked before the write begins: others must not wait for the answer.
    for _ in 0..super::TRIES_MAX {
        let prepared = super::prepare(&office, name, &asked).await?;
        let mut write = match Write::begin(&office, &actor, &body).await? {
            Ok(write) => write,
            Err(answer) => return Ok(answer),
        };
        if let Some(saved) = super::keep(&mut write.tx, &write.author, &prepared).await? {
            return write.answer(StatusCode::CREATED, &SavedQuestion::from(saved), &["saved_questions"]).await;
        }
    }
    Err(super::too_busy())
}

async fn rename(State(office): State<Office>, actor: Actor, Path(id): Path<i64>, body: Body<QuestionName>) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(answer) => return Ok(answer),
    };
    let saved = super::rename(&mut write.tx, &write.author, id, &body.fields.name).await?;
    write.answer(StatusCode::OK, &SavedQuestion::from(saved), &["saved_questions"]).await
}

async fn remove(State(office): State<Office>, actor: Actor, Path(id): Path<i64>) -> Result<Json<SavedQuestion>, AppError> {
    set_removed(&office, &actor, id, true).await
}

async fn put_back(State(office): State<Office>, actor: Actor, Path(id): Path<i64>) -> Result<Json<SavedQuestion>, AppError> {
    set_removed(&office, &actor, id, false).await
}

async fn set_removed(office: &Office, actor: &Actor, id: i64, removed: bool) -> Result<Json<SavedQuestion>, AppError> {
    let author = write::author(office, actor).await?;
    Ok(Json(super::set_removed(office, &author, id, removed).await?.into()))
}

async fn explanation(
    State(office): State<Office>,
    Path(id): Path<i64>,
    Asked(query): Asked<ExplanationQuery>,
) -> Result<Json<Value>, AppError> {
    let (row, answer) = {
        let mut connection = office.facts().reader().await?;
        (record::one(&mut connection, id).await?, record::answer(&mut connection, id).await?)
    };
    Ok(Json(explain::of_saved(&office, &row, query.number.as_deref(), &answer).await?.json()))
}

async fn changes(
    State(office): State<Office>,
    Path(key): Path<String>,
    Query(params): Query<QuestionParams>,
    Query(query): Query<ChangesQuery>,
) -> Result<Json<Value>, AppError> {
    let since: Instant = query.since.parse().map_err(|_| AppError::refused("since: write an instant such as 2026-03-01T09:00:00Z"))?;
    Ok(Json(explain::since(&office, &params, &key, since).await?.json()))
}
