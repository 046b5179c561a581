//! Reports for programs: the same JSON that `tandem report` prints.

use axum::{
    Json,
    extract::{Path, Query, State},
};
use serde_json::{Value, json};

use super::{OfSegment, number, params::text};
use crate::{
    Office,
    api::Slice,
    question::QuestionParams,
    report,
    ui::named::noun,
    web::{Allow, AppError, Endpoint},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/api/v1/reports/funnel", Allow::SignedIn, funnel),
        Endpoint::get("/api/v1/reports/scoreboard", Allow::SignedIn, scoreboard),
        Endpoint::get("/api/v1/reports/scoreboard/{key}/rows", Allow::SignedIn, rows),
        Endpoint::get("/api/v1/reports/attribution", Allow::SignedIn, attribution),
    ]
}

async fn funnel(State(office): State<Office>, Query(params): Query<QuestionParams>) -> Result<Json<Value>, AppError> {
    Ok(Json(report::funnel(&office, &params).await?.json))
}

async fn scoreboard(State(office): State<Office>, Query(params): Query<QuestionParams>) -> Result<Json<Value>, AppError> {
    Ok(Json(report::scoreboard(&office, &params).await?.json))
}

async fn attribution(State(office): State<Office>, Query(params): Query<QuestionParams>) -> Result<Json<Value>, AppError> {
    let model = text(&params.model).unwrap_or("all").to_owned();
    Ok(Json(report::attribution(&office, &params, &model).await?.json))
}

async fn rows(
    State(office): State<Office>,
    Path(key): Path<String>,
    Query(params): Query<QuestionParams>,
    Query(of): Query<OfSegment>,
    slice: Slice,
) -> Result<Json<Value>, AppError> {
    let params = QuestionParams { period: params.period.clone().or_else(|| Some("all".into())), ..params };
    let number = number(&office, &params, &key, &of, slice).await?;
    Ok(Json(json!({
        "key": number.answer.key,
        "table": noun(number.evidence.table),
        "total": number.evidence.total,
        "offset": slice.offset,
        "rows": number.evidence.rows,
    })))
}
