//! For those who run the server: is it alive, can it work, what has it done.

use axum::{extract::State, http::header, response::IntoResponse};

use crate::{
    Office,
    web::{Allow, AppError, Endpoint, measure},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/healthz", Allow::Anyone, || async { "ok\n" }),
        Endpoint::get("/readyz", Allow::Anyone, ready),
        Endpoint::get("/metrics", Allow::Anyone, metrics),
    ]
}

/// The database answers and the history is open.
async fn ready(State(office): State<Office>) -> Result<&'static str, AppError> {
    let mut record = office.facts().read().await?;
    facts::events::last_id(record.conn()).await?;
    office.history().await?;
    Ok("ready\n")
}

async fn metrics(State(office): State<Office>) -> Result<impl IntoResponse, AppError> {
    let mut record = office.facts().read().await?;
    measure::events(facts::events::last_id(record.conn()).await?);
    drop(record);
    let rows = office.history().await?.counts();
    for (table, rows) in
        [("companies", rows.companies), ("people", rows.people), ("leads", rows.leads), ("touches", rows.touches), ("deals", rows.deals)]
    {
        measure::history_rows(table, rows as u64);
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], measure::text()))
}
