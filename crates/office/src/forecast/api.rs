//! The forecast for programs: the JSON that `tandem report forecast` prints.

use axum::{
    Json,
    extract::{Query, State},
};
use serde_json::Value;

use super::{ForecastParams, report};
use crate::{
    Office,
    question::QuestionParams,
    web::{Allow, AppError, Endpoint},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::get("/api/v1/reports/forecast", Allow::SignedIn, forecast)]
}

async fn forecast(
    State(office): State<Office>,
    Query(params): Query<QuestionParams>,
    Query(own): Query<ForecastParams>,
) -> Result<Json<Value>, AppError> {
    Ok(Json(report::report(&office, &params, &own).await?.json))
}
