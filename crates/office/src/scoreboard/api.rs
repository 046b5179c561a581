//! Reports for programs: the same JSON that `tandem report` prints.

use axum::{
    Json,
    extract::{Path, Query, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Office,
    question::QuestionParams,
    report,
    scoreboard::{number, params::text},
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

#[derive(Deserialize)]
struct RowsQuery {
    #[serde(default)]
    offset: usize,
    limit: Option<usize>,
    /// A segment's label; empty is what is not recorded.
    segment: Option<String>,
}

async fn rows(
    State(office): State<Office>,
    Path(key): Path<String>,
    Query(params): Query<QuestionParams>,
    Query(page): Query<RowsQuery>,
) -> Result<Json<Value>, AppError> {
    let limit = page.limit.unwrap_or(100);
    if !(1..=1000).contains(&limit) {
        return Err(AppError::refused("limit: write a number from 1 to 1000 and go on with offset"));
    }
    let segment = page.segment.map(|label| Some(label).filter(|label| !label.is_empty()));
    let params = QuestionParams { period: params.period.clone().or_else(|| Some("all".into())), ..params };
    let number = number(&office, &params, &key, segment, page.offset, limit).await?;
    Ok(Json(json!({
        "key": number.answer.key,
        "table": number::table(number.evidence.table),
        "total": number.evidence.total,
        "offset": page.offset,
        "rows": number.evidence.rows,
    })))
}
