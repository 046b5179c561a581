//! Why it moved, for programs: the JSON that `tandem explain` prints, and the rows behind its figures.

use axum::{
    Json,
    extract::{Query, State},
};
use serde_json::{Value, json};

use super::{OfSide, WhyParams, report, rows as rows_of};
use crate::{
    Office,
    api::Slice,
    question::QuestionParams,
    ui::named::noun,
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

async fn rows(
    State(office): State<Office>,
    Query(params): Query<QuestionParams>,
    Query(own): Query<WhyParams>,
    Query(of): Query<OfSide>,
    slice: Slice,
) -> Result<Json<Value>, AppError> {
    let found = rows_of(&office, &params, &own, &of, slice).await?;
    Ok(Json(json!({
        "number": found.kpi.key,
        "table": noun(found.evidence.table),
        "period": {"from": found.period.from, "to": found.period.to},
        "total": found.evidence.total,
        "offset": slice.offset,
        "rows": found.evidence.rows,
    })))
}
