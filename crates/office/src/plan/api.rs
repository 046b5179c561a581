//! Plans for programs: the report, and the plans that are saved.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use facts::plans::{self, PlanRow};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{PlanParams, body::PlanBody, report, saved};
use crate::{
    Actor, Office, Role,
    api::{
        Asked, Body, Described, Write, ask, describe,
        wire::{at, at_or_none},
        write,
    },
    question::QuestionParams,
    web::{Allow, AppError, Endpoint},
};

/// Both teams plan; everybody reads.
pub const PLANNERS: Allow = Allow::Roles(&[Role::Marketing, Role::Sales, Role::Leader, Role::Admin]);

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/api/v1/reports/plan", Allow::SignedIn, plan_report),
        Endpoint::get("/api/v1/reports/plan/backtest", Allow::SignedIn, backtest_report),
    ]
}

pub fn described() -> Vec<Described> {
    vec![
        describe::get("/api/v1/plans", "List the saved plans", list).words("Newest first.").query::<PlansQuery>().lists::<Plan>(),
        describe::get("/api/v1/plans/{id}", "One saved plan", one).gives::<Plan>(),
        Described::of(Endpoint::post("/api/v1/plans", PLANNERS, create), "Save a plan")
            .words("What is left out of its body is as the record has it, each time the plan is looked at.")
            .takes::<NewPlan>()
            .gives::<Plan>(),
        Described::of(Endpoint::put("/api/v1/plans/{id}", PLANNERS, edit), "Save a plan anew")
            .words("Whole. `edits` is that of the plan you saw; if somebody saved it since, the answer is 409 and nothing changes.")
            .takes::<EditedPlan>()
            .gives::<Plan>(),
        Described::of(Endpoint::delete("/api/v1/plans/{id}", PLANNERS, remove), "Remove a plan")
            .words("`DELETE /api/v1/plans/{id}/removal` puts it back.")
            .gives::<Plan>(),
        Described::of(Endpoint::delete("/api/v1/plans/{id}/removal", PLANNERS, put_back), "Put a removed plan back").gives::<Plan>(),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct PlansQuery {
    pub limit: Option<usize>,
    pub cursor: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlan {
    pub name: String,
    #[serde(default)]
    pub body: PlanBody,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditedPlan {
    pub name: String,
    pub edits: i64,
    #[serde(default)]
    pub body: PlanBody,
}

#[derive(Serialize, ToSchema)]
pub struct Plan {
    pub id: i64,
    pub name: String,
    pub body: PlanBody,
    /// How often it was saved.
    pub edits: i64,
    pub author_id: Option<i64>,
    pub author_name: Option<String>,
    #[schema(format = DateTime)]
    pub recorded_at: String,
    #[schema(format = DateTime)]
    pub edited_at: String,
    pub removed_at: Option<String>,
}

impl TryFrom<PlanRow> for Plan {
    type Error = AppError;

    fn try_from(row: PlanRow) -> Result<Plan, AppError> {
        Ok(Plan {
            body: saved::body(&row)?,
            id: row.id,
            name: row.name,
            edits: row.edits,
            author_id: row.author_id,
            author_name: row.author_name,
            recorded_at: at(row.recorded_at),
            edited_at: at(row.edited_at),
            removed_at: at_or_none(row.removed_at),
        })
    }
}

async fn plan_report(
    State(office): State<Office>,
    Query(params): Query<QuestionParams>,
    Query(own): Query<PlanParams>,
) -> Result<Json<Value>, AppError> {
    Ok(Json(report::report(&office, &params, &own).await?.json))
}

async fn backtest_report(State(office): State<Office>, Query(params): Query<QuestionParams>) -> Result<Json<Value>, AppError> {
    Ok(Json(report::past_report(&office, &params).await?.json))
}

async fn list(State(office): State<Office>, Asked(query): Asked<PlansQuery>) -> Result<Json<write::ListPage<Plan>>, AppError> {
    let turn = ask::turn(&query.cursor, query.limit)?;
    let mut record = office.facts().read().await?;
    let page = plans::list(&mut record, turn).await?;
    let items = page.items.into_iter().map(Plan::try_from).collect::<Result<_, _>>()?;
    Ok(Json(write::ListPage { items, next: page.next }))
}

async fn one(State(office): State<Office>, Path(id): Path<i64>) -> Result<Json<Plan>, AppError> {
    Ok(Json(saved::one(&office, id).await?.try_into()?))
}

async fn create(State(office): State<Office>, actor: Actor, body: Body<NewPlan>) -> Result<Response, AppError> {
    let kept = saved::in_own_currency(&office, &body.fields.body).await?;
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let id = saved::create(&mut write.tx, &write.author, &body.fields.name, &kept).await?;
    let plan = Plan::try_from(plans::one(write.tx.conn(), id).await?)?;
    write.answer(StatusCode::CREATED, &plan, &["plans"]).await
}

async fn edit(State(office): State<Office>, actor: Actor, Path(id): Path<i64>, body: Body<EditedPlan>) -> Result<Response, AppError> {
    let kept = saved::in_own_currency(&office, &body.fields.body).await?;
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let EditedPlan { name, edits, .. } = &body.fields;
    saved::edit(&mut write.tx, &write.author, id, *edits, name, &kept).await?;
    let plan = Plan::try_from(plans::one(write.tx.conn(), id).await?)?;
    write.answer(StatusCode::OK, &plan, &["plans"]).await
}

async fn remove(State(office): State<Office>, actor: Actor, Path(id): Path<i64>) -> Result<Json<Plan>, AppError> {
    Ok(Json(saved::remove(&office, &actor, id).await?.try_into()?))
}

async fn put_back(State(office): State<Office>, actor: Actor, Path(id): Path<i64>) -> Result<Json<Plan>, AppError> {
    Ok(Json(saved::put_back(&office, &actor, id).await?.try_into()?))
}
