//! The ledger over the API.

use alignment::{
    Instant,
    promise::{self, Correction, Line, Month},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use facts::{
    changes::Author,
    ledger::{acts, rows::LedgerRow},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    MonthSeen, feedback,
    rights::{side_of, speaker},
    rows, settlement,
    waivers::{self, NewWaiver},
};
use crate::{
    Actor, Office,
    api::{
        Asked, Body, Described, Write, ask, describe,
        wire::{at, at_or_none},
        write,
    },
    leads::pages::side_key,
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
            Endpoint::post("/api/v1/feedback-reviews", super::pages::REVIEWERS, review),
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

/// A month of the ledger.
#[derive(Serialize, ToSchema)]
pub struct MonthLedger {
    period: String,
    #[schema(format = DateTime)]
    from: String,
    /// The first instant after it.
    #[schema(format = DateTime)]
    to: String,
    #[schema(format = DateTime)]
    as_of: String,
    is_over: bool,
    is_settled: bool,
    /// In force when the month began.
    agreement_version: u32,
    lines: Vec<PromiseLine>,
    credits: LeadGuarantee,
    closings: Vec<Closing>,
    changed_since: Vec<Changed>,
    /// Names the text that would be closed now.
    hash: String,
}

/// One promise in a month.
#[derive(Serialize, ToSchema)]
pub struct PromiseLine {
    key: String,
    name: &'static str,
    /// `marketing` or `sales`.
    side: &'static str,
    /// `kept`, `at_risk`, `breached`, `waived`, `not_due` or `not_recorded`.
    status: &'static str,
    /// The month is over and nothing is open.
    is_final: bool,
    /// `count` or `rate`.
    unit: &'static str,
    /// Null where there is nothing to divide by, never 0.
    value: Option<f64>,
    target: f64,
    numerator: u64,
    denominator: u64,
    open: u64,
    waived: u64,
    promised: String,
    projection: String,
    formula: &'static str,
    waived_by: Option<String>,
    waived_because: Option<String>,
    sources: Vec<SourceLine>,
}

/// Of complete data: one source of leads.
#[derive(Serialize, ToSchema)]
pub struct SourceLine {
    source: Option<String>,
    numerator: u64,
    denominator: u64,
}

/// In MQLs: what marketing owes is above zero, what it has ahead below.
#[derive(Serialize, ToSchema)]
pub struct LeadGuarantee {
    carried_in: i64,
    /// Rejected as outside the profile: marketing owes one more for each.
    outside_icp: u64,
    /// Reviewed too late: marketing owes one less for each.
    late_reviews: u64,
    carried_out: i64,
}

#[derive(Serialize, ToSchema)]
pub struct Closing {
    side: &'static str,
    who: String,
    #[schema(format = DateTime)]
    at: String,
    hash: String,
    reopen_asked: bool,
}

/// Something that the record tells differently since the month was settled.
#[derive(Serialize, ToSchema)]
pub struct Changed {
    key: String,
    was: String,
    is: String,
}

/// A row behind a promise.
#[derive(Serialize, ToSchema)]
pub struct PromiseRow {
    /// Of the clock where the promise counts clocks, else of the transition.
    id: i64,
    lead_id: i64,
    #[schema(format = DateTime)]
    at: String,
    /// What it counts by: `at`, or when the clock is due.
    #[schema(format = DateTime)]
    counted_at: String,
    verdict: String,
    /// The reason given, or the fields that are missing.
    detail: Option<String>,
    person_name: Option<String>,
    company_name: Option<String>,
    owner_name: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Waiver {
    id: i64,
    promise: String,
    period: String,
    clock_id: Option<i64>,
    lead_id: Option<i64>,
    reason: String,
    user_id: Option<i64>,
    user_name: Option<String>,
    #[schema(format = DateTime)]
    at: String,
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
}

/// Newest first, 500 at most.
#[derive(Serialize, ToSchema)]
pub struct WaiverList {
    items: Vec<Waiver>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewClosing {
    /// `marketing` or `sales`.
    side: String,
    /// The `hash` of the month as you saw it; where it is given and the record has changed, nothing is closed.
    hash: Option<String>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewReopening {
    /// `marketing` or `sales`; administrators need none.
    side: Option<String>,
    reason: String,
}

#[derive(Serialize, ToSchema)]
pub struct Review {
    id: i64,
    #[schema(format = DateTime)]
    at: String,
    note: String,
    user_id: Option<i64>,
    user_name: Option<String>,
}

/// Newest first, 500 at most.
#[derive(Serialize, ToSchema)]
pub struct ReviewList {
    items: Vec<Review>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewReview {
    /// What marketing takes from it.
    note: String,
}

impl From<MonthSeen> for MonthLedger {
    fn from(seen: MonthSeen) -> MonthLedger {
        let credits = seen.ledger.credits;
        let closing = |closing: promise::Closing| Closing {
            side: side_key(closing.side),
            who: closing.who,
            at: at(closing.at.0),
            hash: closing.hash,
            reopen_asked: closing.reopen_asked,
        };
        MonthLedger {
            period: seen.ledger.period.to_string(),
            from: at(seen.from.0),
            to: at(seen.to.0),
            as_of: at(seen.as_of.0),
            is_over: seen.is_over,
            is_settled: seen.is_settled,
            agreement_version: seen.ledger.agreement_version,
            lines: seen.ledger.lines.into_iter().filter_map(line).collect(),
            credits: LeadGuarantee {
                carried_in: credits.carried_in,
                outside_icp: credits.counts.outside_icp,
                late_reviews: credits.counts.late_reviews,
                carried_out: credits.carried_out,
            },
            closings: seen.closings.into_iter().map(closing).collect(),
            changed_since: seen.changed_since.into_iter().map(|Correction { key, was, is }| Changed { key, was, is }).collect(),
            hash: seen.hash,
        }
    }
}

fn line(line: Line) -> Option<PromiseLine> {
    let promise = promise::find(&line.key)?;
    let (waived_by, waived_because) = line.waiver.map(|waiver| (waiver.who, waiver.why)).unzip();
    let source =
        |share: promise::SourceShare| SourceLine { source: share.source, numerator: share.numerator, denominator: share.denominator };
    Some(PromiseLine {
        name: promise.name,
        side: side_key(promise.side),
        status: line.status.key(),
        is_final: line.is_final,
        unit: promise.unit.key(),
        value: line.value,
        target: line.target,
        numerator: line.numerator,
        denominator: line.denominator,
        open: line.open,
        waived: line.waived,
        promised: line.promised,
        projection: line.projection,
        formula: promise.formula,
        waived_by,
        waived_because,
        sources: line.sources.into_iter().map(source).collect(),
        key: line.key,
    })
}

impl From<LedgerRow> for PromiseRow {
    fn from(row: LedgerRow) -> PromiseRow {
        PromiseRow {
            id: row.id,
            lead_id: row.lead_id,
            at: at(row.at),
            counted_at: at(row.counted_at),
            verdict: row.verdict,
            detail: row.detail.map(|text| text.trim().to_owned()),
            person_name: row.person_name,
            company_name: row.company_name,
            owner_name: row.owner_name,
        }
    }
}

impl From<acts::WaiverRow> for Waiver {
    fn from(row: acts::WaiverRow) -> Waiver {
        Waiver {
            id: row.id,
            promise: row.promise,
            period: row.period,
            clock_id: row.clock_id,
            lead_id: row.lead_id,
            reason: row.reason,
            user_id: row.user_id,
            user_name: row.user_name,
            at: at(row.at),
            revoked_at: at_or_none(row.revoked_at),
        }
    }
}

impl From<acts::ReviewRow> for Review {
    fn from(row: acts::ReviewRow) -> Review {
        Review { id: row.id, at: at(row.at), note: row.note, user_id: row.user_id, user_name: row.user_name }
    }
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
