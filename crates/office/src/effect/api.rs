//! The effect of the Agreement for programs: the JSON that `tandem report effect` prints.

use axum::{
    Json,
    extract::{Query, State},
};
use serde_json::{Value, json};

use super::{EffectParams, OfFigure, report, rows_of};
use crate::{
    Office,
    api::Slice,
    question::QuestionParams,
    ui::named::noun,
    web::{Allow, AppError, Endpoint},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/api/v1/reports/effect", Allow::SignedIn, effect),
        Endpoint::get("/api/v1/reports/effect/rows", Allow::SignedIn, rows),
    ]
}

async fn effect(
    State(office): State<Office>,
    Query(params): Query<QuestionParams>,
    Query(own): Query<EffectParams>,
) -> Result<Json<Value>, AppError> {
    Ok(Json(report::effect(&office, &params, &own).await?.json))
}

async fn rows(
    State(office): State<Office>,
    Query(params): Query<QuestionParams>,
    Query(own): Query<EffectParams>,
    Query(figure): Query<OfFigure>,
    slice: Slice,
) -> Result<Json<Value>, AppError> {
    let (_, figure, evidence) = rows_of(&office, &params, &own, &figure, slice).await?;
    Ok(Json(json!({
        "number": figure.number.key,
        "version": figure.change.version,
        "at": figure.change.at,
        "table": noun(evidence.table),
        "total": evidence.total,
        "offset": slice.offset,
        "rows": evidence.rows,
    })))
}
