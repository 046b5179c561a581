//! Cost and quarrels for programs: the JSON that `tandem report misalignment` and `tandem report quarrels` print, and their rows.

use axum::{
    Json,
    extract::{Path, Query, State},
};
use serde_json::{Value, json};

use super::{Assumed, asked, cost_of, point_rows, report};
use crate::{
    Office,
    api::Slice,
    question::QuestionParams,
    ui::named::noun,
    web::{Allow, AppError, Endpoint},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/api/v1/reports/misalignment", Allow::SignedIn, misalignment),
        Endpoint::get("/api/v1/reports/misalignment/{key}/rows", Allow::SignedIn, part),
        Endpoint::get("/api/v1/reports/quarrels", Allow::SignedIn, quarrels),
        Endpoint::get("/api/v1/reports/quarrels/{key}/rows", Allow::SignedIn, point),
    ]
}

async fn misalignment(
    State(office): State<Office>,
    Query(params): Query<QuestionParams>,
    Query(own): Query<Assumed>,
) -> Result<Json<Value>, AppError> {
    Ok(Json(report::misalignment(&office, &params, &own).await?.json))
}

async fn quarrels(
    State(office): State<Office>,
    Query(params): Query<QuestionParams>,
    Query(own): Query<Assumed>,
) -> Result<Json<Value>, AppError> {
    Ok(Json(report::quarrels(&office, &params, &own).await?.json))
}

async fn part(
    State(office): State<Office>,
    Path(key): Path<String>,
    Query(params): Query<QuestionParams>,
    Query(own): Query<Assumed>,
    slice: Slice,
) -> Result<Json<Value>, AppError> {
    let cost = cost_of(&asked(&office, &params, &own).await?).await?;
    let part = cost.parts.into_iter().find(|part| part.key == key).ok_or_else(|| AppError::not_found("part", &key))?;
    let rows = part.rows.iter().skip(slice.offset).take(slice.limit);
    let rows: Vec<_> = rows.map(|row| json!({"id": row.id, "amount_minor": row.amount_minor, "minutes": row.quantity})).collect();
    Ok(Json(json!({
        "key": part.key,
        "table": noun(part.table),
        "total": part.n,
        "amount_minor": part.amount_minor,
        "offset": slice.offset,
        "rows": rows,
    })))
}

async fn point(
    State(office): State<Office>,
    Path(key): Path<String>,
    Query(params): Query<QuestionParams>,
    Query(own): Query<Assumed>,
    slice: Slice,
) -> Result<Json<Value>, AppError> {
    let found = point_rows(&asked(&office, &params, &own).await?, &key, slice).await?;
    Ok(Json(json!({"key": key, "table": "leads", "total": found.total, "offset": slice.offset, "rows": found.rows})))
}
