//! Journeys for programs: the JSON that `tandem report journeys` prints, and the journeys behind its rows.

use axum::{
    Json,
    extract::{Query, State},
};
use serde_json::{Value, json};

use super::{JourneyParams, OfRow, report, rows_of};
use crate::{
    Office,
    api::Slice,
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

async fn rows(
    State(office): State<Office>,
    Query(params): Query<QuestionParams>,
    Query(own): Query<JourneyParams>,
    Query(of): Query<OfRow>,
    slice: Slice,
) -> Result<Json<Value>, AppError> {
    let found = rows_of(&office, &params, &own, of.key(), "all", slice).await?.behind;
    Ok(Json(json!({
        "total": found.total,
        "conversions": found.conversions,
        "revenue": found.revenue,
        "offset": slice.offset,
        "rows": found.rows,
    })))
}
