//! Cost and quarrels for programs: the JSON that `tandem report misalignment` and `tandem report quarrels` print, and their rows.

use axum::{
    Json,
    extract::{Path, Query, State},
};

use insight::{misalignment::CostRow, rows::Table};
use serde_json::{Value, json};

use super::{Assumed, asked, behind::behind, cost_of, point_rows, report};
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
    Query(of): Query<OfSegment>,
    slice: Slice,
) -> Result<Json<Value>, AppError> {
    let found = behind(cost_of(&asked(&office, &params, &own).await?).await?, &key, of.segment.as_deref())?;
    let rows = found.rows.iter().skip(slice.offset).take(slice.limit);
    let row = |(table, part, row): &(Table, &str, CostRow)| match part.is_empty() {
        true => json!({"id": row.id, "amount_minor": row.amount_minor, "minutes": row.quantity}),
        false => json!({"table": noun(*table), "part": part, "id": row.id, "amount_minor": row.amount_minor, "minutes": row.quantity}),
    };
    let table = found.rows.first().filter(|(_, part, _)| part.is_empty()).map(|(table, ..)| noun(*table));
    Ok(Json(json!({
        "key": key,
        "table": table,
        "total": found.rows.len(),
        "amount_minor": found.amount_minor,
        "already_counted_minor": found.already_counted_minor,
        "offset": slice.offset,
        "rows": rows.map(row).collect::<Vec<_>>(),
    })))
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct OfSegment {
    segment: Option<String>,
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
