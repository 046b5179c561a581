//! The effect of the Agreement for programs: the JSON that `tandem report effect` prints.

use axum::{
    Json,
    extract::{Query, State},
};
use serde_json::Value;

use super::{EffectParams, report};
use crate::{
    Office,
    question::QuestionParams,
    web::{Allow, AppError, Endpoint},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::get("/api/v1/reports/effect", Allow::SignedIn, effect)]
}

async fn effect(
    State(office): State<Office>,
    Query(params): Query<QuestionParams>,
    Query(own): Query<EffectParams>,
) -> Result<Json<Value>, AppError> {
    Ok(Json(report::effect(&office, &params, &own).await?.json))
}
