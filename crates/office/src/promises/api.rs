//! The ledger over the API.

use alignment::{Instant, promise::Month};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use facts::{changes::Author, ledger::acts};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    feedback,
    rights::{side_of, speaker},
    rows, settlement,
    waivers::{self, NewWaiver},
    wire::{MonthLedger, NewClosing, NewReopening, NewReview, PromiseRow, Review, ReviewList, Waiver, WaiverList},
};
use crate::{
    Actor, Office,
    api::{Asked, Body, Described, Write, ask, describe, write},
    web::{AppError, Endpoint},
};

pub fn described() -> Vec<Described> {
    vec![
        describe::get("/api/v1/promises", "The ledger of promises of a month", one)
            .words("A settled month is shown as it was settled, with what has changed since.")
            .query::<LedgerQuery>()
            .gives::<MonthLedger>(),
        describe::get("/api/v1/promises/{period}/{key}/rows", "The rows behind a promise", behind)
            .words("`key` is a promise's, or `outside_icp` for the leads that marketing owes anew.")
            .query::<RowsQuery>()
            .lists::<PromiseRow>(),
        describe::get("/api/v1/promises/{period}/waivers", "What was waived in a month", list_waivers).gives::<WaiverList>(),
        describe::post("/api/v1/promises/waivers", "Waive a promise for a month, or one clock of it", waive)
            .words("By a leader, an administrator or the head of the other side. Waiving what is waived changes nothing.")
            .takes::<NewWaiver>()
            .gives::<Waiver>(),
        Described::of(Endpoint::delete("/api/v1/promises/waivers/{id}", crate::web::Allow::SignedIn, revoke), "Take a waiver back")
            .gives::<Waiver>(),
        describe::post("/api/v1/promises/{period}/closings", "Close a month for a side", close)
            .words("By the head of the side, a deputy or a leader; when both sides have closed the same text, the month is settled.")
            .takes::<NewClosing>()
            .gives::<MonthLedger>(),
        describe::post("/api/v1/promises/{period}/reopenings", "Ask for a month to be opened again", reopen)
            .words("A settled month is opened again when both sides have asked, or when an administrator does.")
            .takes::<NewReopening>()
            .gives::<MonthLedger>(),
        describe::get("/api/v1/feedback-reviews", "Marketing's reviews of feedback in the last 90 days", reviews).gives::<ReviewList>(),
        Described::of(
            Endpoint::post("/api/v1/feedback-reviews", super::feedback_page::REVIEWERS, review),
            "Write down that marketing looked through sales' feedback",
        )
        .takes::<NewReview>()
        .gives::<Review>(),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
struct LedgerQuery {
    /// The month; this one, where it is left out.
    #[param(example = "2026-11")]
    period: Option<String>,
    /// Count nothing that happened later.
    as_of: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
struct RowsQuery {
    /// `kept`, `broken`, `open`, `pressing`, `waived`, `waived_open`, `gone` or `not_recorded`.
    verdict: Option<String>,
    as_of: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
}

async fn one(State(office): State<Office>, Asked(query): Asked<LedgerQuery>) -> Result<Json<MonthLedger>, AppError> {
    let period = match ask::filled(&query.period) {
        Some(text) => waivers::month(text)?,
        None => super::this_month(&office).await?,
    };
    let as_of = as_of(&office, &query.as_of)?;
    Ok(Json(super::look(&office, period, as_of).await?.into()))
}

fn as_of(office: &Office, text: &Option<String>) -> Result<Instant, AppError> {
    let now = office.clock().now();
    Ok(ask::instant("as_of", text)?.map_or(now, Instant).min(now))
}

async fn behind(
    State(office): State<Office>,
    Path((period, key)): Path<(String, String)>,
    Asked(query): Asked<RowsQuery>,
) -> Result<Json<write::ListPage<PromiseRow>>, AppError> {
    let (period, as_of) = (waivers::month(&period)?, as_of(&office, &query.as_of)?);
    let turn = ask::turn(&query.cursor, query.limit)?;
    Ok(write::page(rows::page(&office, period, &key, as_of, ask::filled(&query.verdict), turn).await?))
}

async fn list_waivers(State(office): State<Office>, Path(period): Path<String>) -> Result<Json<WaiverList>, AppError> {
    let period = waivers::month(&period)?;
    let rows = acts::waivers(&mut *office.facts().reader().await?, &period.to_string()).await?;
    Ok(Json(WaiverList { items: rows.into_iter().map(Waiver::from).collect() }))
}

async fn waive(State(office): State<Office>, actor: Actor, body: Body<NewWaiver>) -> Result<Response, AppError> {
    let versions = office.versions().await?;
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let who = speaker(write.tx.conn(), &actor, write.author).await?;
    let id = waivers::waive(&mut write.tx, &who, &versions, body.fields).await?;
    let waiver: Waiver = acts::waiver(write.tx.conn(), id).await?.into();
    write.answer(StatusCode::CREATED, &waiver, &["waivers"]).await
}

async fn revoke(State(office): State<Office>, actor: Actor, Path(id): Path<i64>) -> Result<Json<Waiver>, AppError> {
    let author: Author = write::author(&office, &actor).await?;
    let mut tx = office.facts().write().await?;
    let who = speaker(tx.conn(), &actor, author).await?;
    let waiver = waivers::revoke(&mut tx, &who, id).await?;
    tx.commit().await?;
    Ok(Json(waiver.into()))
}

async fn close(
    State(office): State<Office>,
    actor: Actor,
    Path(period): Path<String>,
    body: Body<NewClosing>,
) -> Result<Response, AppError> {
    let period = waivers::month(&period)?;
    let side = side_of(&body.fields.side).ok_or_else(|| AppError::refused("side: write marketing or sales"))?;
    let versions = office.versions().await?;
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let who = speaker(write.tx.conn(), &actor, write.author).await?;
    settlement::close(&mut write.tx, &who, &versions, period, side, body.fields.hash.as_deref()).await?;
    answer(write, &versions, period, StatusCode::CREATED).await
}

async fn reopen(
    State(office): State<Office>,
    actor: Actor,
    Path(period): Path<String>,
    body: Body<NewReopening>,
) -> Result<Response, AppError> {
    let period: Month = waivers::month(&period)?;
    let versions = office.versions().await?;
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let who = speaker(write.tx.conn(), &actor, write.author).await?;
    let side = body.fields.side.as_deref().and_then(side_of);
    settlement::reopen(&mut write.tx, &who, period, side, &body.fields.reason).await?;
    answer(write, &versions, period, StatusCode::CREATED).await
}

async fn answer(mut write: Write, versions: &crate::agreement::Versions, period: Month, status: StatusCode) -> Result<Response, AppError> {
    let now = Instant(write.author.now);
    let seen: MonthLedger = super::month::look(write.tx.conn(), versions, period, now).await?.into();
    write.answer(status, &seen, &["settlements"]).await
}

async fn reviews(State(office): State<Office>) -> Result<Json<ReviewList>, AppError> {
    let now = office.clock().now();
    let rows = acts::reviews(&mut *office.facts().reader().await?, now.plus_days(-90).0, now.0 + 1).await?;
    Ok(Json(ReviewList { items: rows.into_iter().map(Review::from).collect() }))
}

async fn review(State(office): State<Office>, actor: Actor, body: Body<NewReview>) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let who = speaker(write.tx.conn(), &actor, write.author).await?;
    let id = feedback::review(&mut write.tx, &who, &body.fields.note).await?;
    let now = write.author.now;
    let rows = acts::reviews(write.tx.conn(), now, now + 1).await?;
    let review = rows.into_iter().find(|row| row.id == id).map(Review::from);
    write.answer(StatusCode::CREATED, &review, &["feedback_reviews"]).await
}
