//! Cohorts for programs: the JSON that `tandem report cohorts` prints, and the rows behind its figures.

use axum::{
    Json,
    extract::{Query, State},
};
use serde_json::{Value, json};

use super::{CohortParams, OfFigure, report, rows_of};
use crate::{
    Office,
    api::Slice,
    question::QuestionParams,
    ui::named::noun,
    web::{Allow, AppError, Endpoint},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/api/v1/reports/cohorts", Allow::SignedIn, cohorts),
        Endpoint::get("/api/v1/reports/cohorts/rows", Allow::SignedIn, rows),
    ]
}

async fn cohorts(
    State(office): State<Office>,
    Query(params): Query<QuestionParams>,
    Query(own): Query<CohortParams>,
) -> Result<Json<Value>, AppError> {
    Ok(Json(report::report(&office, &params, &own).await?.json))
}

async fn rows(
    State(office): State<Office>,
    Query(params): Query<QuestionParams>,
    Query(own): Query<CohortParams>,
    Query(figure): Query<OfFigure>,
    slice: Slice,
) -> Result<Json<Value>, AppError> {
    let found = rows_of(&office, &params, &own, &figure, "all", slice).await?.behind;
    Ok(Json(json!({
        "table": noun(found.table),
        "total": found.total,
        "hits": found.hits,
        "offset": slice.offset,
        "rows": found.rows,
    })))
}
