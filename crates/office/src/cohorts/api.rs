//! Cohorts for programs: the JSON that `tandem report cohorts` prints, and the rows behind its figures.

use axum::{
    Json,
    extract::{Query, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{CohortParams, FigureParams, report, rows_of};
use crate::{
    Office,
    question::QuestionParams,
    scoreboard::number,
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

#[derive(Deserialize)]
struct Slice {
    #[serde(default)]
    offset: usize,
    limit: Option<usize>,
}

async fn rows(
    State(office): State<Office>,
    Query(params): Query<QuestionParams>,
    Query(own): Query<CohortParams>,
    Query(figure): Query<FigureParams>,
    Query(slice): Query<Slice>,
) -> Result<Json<Value>, AppError> {
    let limit = slice.limit.unwrap_or(100);
    if !(1..=1000).contains(&limit) {
        return Err(AppError::refused("limit: write a number from 1 to 1000 and go on with offset"));
    }
    let found = rows_of(&office, &params, &own, &figure, "all", (slice.offset, limit)).await?.behind;
    Ok(Json(json!({
        "table": number::table(found.table),
        "total": found.total,
        "hits": found.hits,
        "offset": slice.offset,
        "rows": found.rows,
    })))
}
