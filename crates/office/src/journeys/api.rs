//! Journeys for programs: the JSON that `tandem report journeys` prints, and the journeys behind its rows.

use axum::{
    Json,
    extract::{Query, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{JourneyParams, report, rows_of};
use crate::{
    Office,
    question::QuestionParams,
    web::{Allow, AppError, Endpoint},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/api/v1/reports/journeys", Allow::SignedIn, journeys),
        Endpoint::get("/api/v1/reports/journeys/rows", Allow::SignedIn, rows),
    ]
}

async fn journeys(
    State(office): State<Office>,
    Query(params): Query<QuestionParams>,
    Query(own): Query<JourneyParams>,
) -> Result<Json<Value>, AppError> {
    Ok(Json(report::report(&office, &params, &own).await?.json))
}

#[derive(Deserialize)]
struct Slice {
    #[serde(default)]
    row: String,
    #[serde(default)]
    offset: usize,
    limit: Option<usize>,
}

async fn rows(
    State(office): State<Office>,
    Query(params): Query<QuestionParams>,
    Query(own): Query<JourneyParams>,
    Query(slice): Query<Slice>,
) -> Result<Json<Value>, AppError> {
    let limit = slice.limit.unwrap_or(100);
    if !(1..=1000).contains(&limit) {
        return Err(AppError::refused("limit: write a number from 1 to 1000 and go on with offset"));
    }
    let row = if slice.row.is_empty() { "total" } else { &slice.row };
    let found = rows_of(&office, &params, &own, row, "all", (slice.offset, limit)).await?.behind;
    Ok(Json(json!({
        "total": found.total,
        "conversions": found.conversions,
        "revenue": found.revenue,
        "offset": slice.offset,
        "rows": found.rows,
    })))
}
