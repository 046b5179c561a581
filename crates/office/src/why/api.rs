//! Why it moved, for programs: the JSON that `tandem explain` prints, and the rows behind its figures.

use axum::{
    Json,
    extract::{Query, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{RowsParams, WhyParams, report, rows as rows_of};
use crate::{
    Office,
    question::QuestionParams,
    scoreboard::number,
    web::{Allow, AppError, Endpoint},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/api/v1/reports/why", Allow::SignedIn, why),
        Endpoint::get("/api/v1/reports/why/findings", Allow::SignedIn, findings),
        Endpoint::get("/api/v1/reports/why/rows", Allow::SignedIn, rows),
    ]
}

async fn why(
    State(office): State<Office>,
    Query(params): Query<QuestionParams>,
    Query(own): Query<WhyParams>,
) -> Result<Json<Value>, AppError> {
    Ok(Json(report::of_number(&office, &params, &own).await?.json))
}

async fn findings(State(office): State<Office>, Query(params): Query<QuestionParams>) -> Result<Json<Value>, AppError> {
    Ok(Json(report::of_all(&office, &params).await?.json))
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
    Query(own): Query<WhyParams>,
    Query(of): Query<RowsParams>,
    Query(slice): Query<Slice>,
) -> Result<Json<Value>, AppError> {
    let limit = slice.limit.unwrap_or(100);
    if !(1..=1000).contains(&limit) {
        return Err(AppError::refused("limit: write a number from 1 to 1000 and go on with offset"));
    }
    let found = rows_of(&office, &params, &own, &of, (slice.offset, limit)).await?;
    Ok(Json(json!({
        "number": found.kpi.key,
        "table": number::table(found.evidence.table),
        "period": {"from": found.period.from, "to": found.period.to},
        "total": found.evidence.total,
        "offset": slice.offset,
        "rows": found.evidence.rows,
    })))
}
