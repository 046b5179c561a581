//! The desk over the API: each decision is a sub-resource of its lead; the inbox, marketing's list and appeals are lists.

use alignment::lifecycle::Stage;
use axum::{
    Json,
    body::{Body as Bytes, to_bytes},
    extract::{FromRequest, Path, Request, State},
    http::StatusCode,
    response::Response,
};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};

use super::{
    Acting, accept, appeal, attempt, bulk, confirm, deal, go_back,
    inbox::{self, Whose},
    lose, qualify, question, recycle, reject, undo,
};
use crate::{
    Actor, Office,
    api::{Asked, Body, Described, Write, ask, describe, write},
    leads::api::{LeadDetail, detail},
    web::{AppError, Server, endpoints::BODY_BYTES_MAX},
};

mod shapes;

use shapes::{Appeal, Decided, HandedOver, InboxLead, RejectedThenWon};

pub fn described() -> Vec<Described> {
    let mut all = vec![
        describe::get("/api/v1/handoff", "What waits on the hand-off desk", list)
            .words("What is due first comes first.")
            .query::<InboxQuery>()
            .lists::<InboxLead>(),
        describe::post("/api/v1/handoff/decisions", "Decide about many leads at once", decide_many)
            .words("All of them or none.")
            .takes::<bulk::BulkDecision>()
            .gives::<Decided>(),
        describe::get("/api/v1/handoffs", "What happened to the leads that were handed over", handed_over)
            .words("Newest first.")
            .query::<HandedOverQuery>()
            .lists::<HandedOver>(),
        describe::get("/api/v1/handoffs/rejected-then-won", "Leads that were rejected and then won", rejected_then_won)
            .words("The newest wins first, 200 at most.")
            .lists::<RejectedThenWon>(),
        describe::get("/api/v1/appeals", "Appeals of rejections", appeals).words("Newest first.").query::<AppealQuery>().lists::<Appeal>(),
    ];
    all.extend(decisions());
    all.extend(taken_back());
    all
}

fn decisions() -> Vec<Described> {
    vec![
        describe::post("/api/v1/leads/{id}/acceptance", "Accept a lead", accepted)
            .words("An MQL becomes a SAL; one that is accepted stays as it is.")
            .takes::<accept::Acceptance>()
            .gives::<LeadDetail>(),
        describe::post("/api/v1/leads/{id}/rejection", "Reject a lead with a reason", rejected)
            .takes::<reject::Rejection>()
            .gives::<LeadDetail>(),
        describe::post("/api/v1/leads/{id}/recycle", "Send a lead back to nurture", recycled)
            .takes::<recycle::Recycling>()
            .gives::<LeadDetail>(),
        describe::post("/api/v1/leads/{id}/loss", "Mark a lead lost", lost).takes::<reject::Rejection>().gives::<LeadDetail>(),
        describe::post("/api/v1/leads/{id}/return", "Take a lead back to an earlier stage", returned)
            .words("Not past MQL, and not while its deal is open. What it had reached stays reached.")
            .takes::<go_back::Return>()
            .gives::<LeadDetail>(),
        describe::post("/api/v1/leads/{id}/attempts", "Log a contact attempt", attempted).takes::<attempt::Attempt>().gives::<LeadDetail>(),
        describe::post("/api/v1/leads/{id}/question", "Ask marketing about a lead", asked).takes::<question::Words>().gives::<LeadDetail>(),
        describe::post("/api/v1/leads/{id}/answer", "Answer sales' question", answered).takes::<question::Words>().gives::<LeadDetail>(),
        describe::post("/api/v1/leads/{id}/confirmations", "Confirm an item of a stage's checklist", confirmed)
            .takes::<confirm::Confirmation>()
            .gives::<LeadDetail>(),
        describe::post("/api/v1/leads/{id}/qualification", "Qualify a lead", qualified)
            .words("It becomes an SQL once every item of the checklist is confirmed.")
            .gives::<LeadDetail>(),
        describe::post("/api/v1/leads/{id}/readiness", "Mark a lead sales-ready", made_ready).gives::<LeadDetail>(),
        describe::post("/api/v1/leads/{id}/deal", "Open the deal of a lead, or join one of its company", opened)
            .words("A lead has one deal: asked again, nothing is made.")
            .takes::<deal::NewLeadDeal>()
            .gives::<LeadDetail>(),
        describe::post("/api/v1/leads/{id}/appeal", "Appeal a rejection", appealed).takes::<question::Words>().gives::<LeadDetail>(),
        describe::post("/api/v1/leads/{id}/appeal/decision", "Decide an appeal", decided).takes::<appeal::Decision>().gives::<LeadDetail>(),
    ]
}

fn taken_back() -> Vec<Described> {
    let back = |one: Described| one.words("Within ten minutes, where nothing was done since.").gives::<LeadDetail>();
    vec![
        back(describe::delete("/api/v1/leads/{id}/acceptance", "Take an acceptance back", unaccept)),
        back(describe::delete("/api/v1/leads/{id}/rejection", "Take a rejection back", unreject)),
        back(describe::delete("/api/v1/leads/{id}/recycle", "Take a recycling back", unrecycle)),
        back(describe::delete("/api/v1/leads/{id}/qualification", "Take a qualification back", unqualify)),
        back(describe::delete("/api/v1/leads/{id}/return", "Let a lead stand again where it stood before it was taken back", unreturn)),
        describe::delete("/api/v1/leads/{id}/confirmations", "Take the confirmation of an item back", unconfirm)
            .takes::<confirm::Confirmation>()
            .gives::<LeadDetail>(),
    ]
}

/// A request that needs to say nothing more than its address.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct Nothing {}

/// A body that may be left out.
struct Perhaps<T>(Body<T>);

impl<T: DeserializeOwned> FromRequest<Server> for Perhaps<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, server: &Server) -> Result<Perhaps<T>, AppError> {
        let (parts, body) = request.into_parts();
        let bytes = to_bytes(body, BODY_BYTES_MAX).await.map_err(|error| AppError::refused(error.to_string()))?;
        let body = if bytes.is_empty() { Bytes::from("{}") } else { Bytes::from(bytes) };
        Body::from_request(Request::from_parts(parts, body), server).await.map(Perhaps)
    }
}

/// Tables of which open pages hear after a decision.
pub const TOLD: [&str; 3] = ["leads", "transitions", "clocks"];

macro_rules! faces {
    ($($handler:ident($body:ty) => $verb:expr;)*) => {$(
        async fn $handler(
            State(office): State<Office>,
            actor: Actor,
            Path(id): Path<i64>,
            Perhaps(body): Perhaps<$body>,
        ) -> Result<Response, AppError> {
            let acting = Acting::of(&office, &actor).await?;
            let mut write = match Write::begin(&office, &actor, &body).await? {
                Ok(write) => write,
                Err(kept) => return Ok(kept),
            };
            $verb(&mut write.tx, &acting, id, body.fields).await?;
            let lead = detail(write.tx.conn(), id).await?;
            write.answer(StatusCode::CREATED, &lead, &TOLD).await
        }
    )*};
}

faces! {
    accepted(accept::Acceptance) => accept::accept;
    rejected(reject::Rejection) => reject::reject;
    recycled(recycle::Recycling) => recycle::recycle;
    lost(reject::Rejection) => lose::lose;
    returned(go_back::Return) => go_back::go_back;
    attempted(attempt::Attempt) => attempt::log;
    asked(question::Words) => question::ask;
    answered(question::Words) => question::answer;
    confirmed(confirm::Confirmation) => confirm::confirm;
    opened(deal::NewLeadDeal) => deal::open;
    appealed(question::Words) => appeal::appeal;
    decided(appeal::Decision) => appeal::decide;
}

macro_rules! bare_faces {
    ($($handler:ident($($argument:expr)?) => $verb:expr, $status:expr;)*) => {$(
        async fn $handler(
            State(office): State<Office>,
            actor: Actor,
            Path(id): Path<i64>,
            Perhaps(body): Perhaps<Nothing>,
        ) -> Result<Response, AppError> {
            let acting = Acting::of(&office, &actor).await?;
            let mut write = match Write::begin(&office, &actor, &body).await? {
                Ok(write) => write,
                Err(kept) => return Ok(kept),
            };
            $verb(&mut write.tx, &acting, id $(, $argument)?).await?;
            let lead = detail(write.tx.conn(), id).await?;
            write.answer($status, &lead, &TOLD).await
        }
    )*};
}

bare_faces! {
    qualified() => qualify::qualify, StatusCode::CREATED;
    made_ready() => qualify::make_ready, StatusCode::CREATED;
    unaccept(Stage::Sal) => undo::take_back, StatusCode::OK;
    unreject(Stage::Rejected) => undo::take_back, StatusCode::OK;
    unrecycle(Stage::Recycled) => undo::take_back, StatusCode::OK;
    unqualify(Stage::Sql) => undo::take_back, StatusCode::OK;
    unreturn() => undo::take_return_back, StatusCode::OK;
}

async fn unconfirm(
    State(office): State<Office>,
    actor: Actor,
    Path(id): Path<i64>,
    Perhaps(body): Perhaps<confirm::Confirmation>,
) -> Result<Response, AppError> {
    let acting = Acting::of(&office, &actor).await?;
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    confirm::take_back(&mut write.tx, &acting, id, body.fields).await?;
    let lead = detail(write.tx.conn(), id).await?;
    write.answer(StatusCode::OK, &lead, &TOLD).await
}

async fn decide_many(State(office): State<Office>, actor: Actor, body: Body<bulk::BulkDecision>) -> Result<Response, AppError> {
    let acting = Acting::of(&office, &actor).await?;
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let leads = bulk::decide(&mut write.tx, &acting, body.fields).await?;
    write.answer(StatusCode::CREATED, &Decided { leads }, &TOLD).await
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct InboxQuery {
    /// `review` (the default), `contact`, `working`, `questions` or `queue`.
    pub tab: Option<String>,
    /// `mine` (a rep's default), `team` or `all`.
    pub whose: Option<String>,
    pub limit: Option<usize>,
    pub cursor: Option<String>,
}

async fn list(
    State(office): State<Office>,
    actor: Actor,
    Asked(query): Asked<InboxQuery>,
) -> Result<Json<write::ListPage<InboxLead>>, AppError> {
    let tab = inbox::tab(query.tab.as_deref())?;
    let whose = Whose::parse(query.whose.as_deref(), &actor)?;
    let turn = ask::turn(&query.cursor, query.limit)?;
    let mut record = office.facts().read().await?;
    Ok(write::page(inbox::list(record.conn(), &actor, tab.tab, whose, turn).await?))
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct HandedOverQuery {
    /// Id of the user who handed them over.
    pub by: Option<String>,
    /// Where they stand now: one or more stages, with commas.
    pub stage: Option<String>,
    pub limit: Option<usize>,
    pub cursor: Option<String>,
}

async fn handed_over(
    State(office): State<Office>,
    Asked(query): Asked<HandedOverQuery>,
) -> Result<Json<write::ListPage<HandedOver>>, AppError> {
    let filter = facts::handoff::handed_over::HandedOverFilter {
        by: ask::id("by", &query.by)?,
        stages: ask::words_of("stage", &query.stage, Stage::ALL.iter().map(|stage| stage.key()))?,
    };
    let mut record = office.facts().read().await?;
    let page = super::marketing::handed_over(&mut record, &filter, ask::turn(&query.cursor, query.limit)?).await?;
    Ok(write::page(page))
}

async fn rejected_then_won(State(office): State<Office>) -> Result<Json<write::ListPage<RejectedThenWon>>, AppError> {
    let mut record = office.facts().read().await?;
    let rows = facts::handoff::handed_over::rejected_then_won(record.conn(), 200).await?;
    Ok(Json(write::ListPage { items: rows.into_iter().map(RejectedThenWon::from).collect(), next: None }))
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct AppealQuery {
    /// `true`: only those that wait for a decision.
    pub waiting: Option<bool>,
    pub limit: Option<usize>,
    /// Id to go on from.
    pub cursor: Option<String>,
}

async fn appeals(State(office): State<Office>, Asked(query): Asked<AppealQuery>) -> Result<Json<write::ListPage<Appeal>>, AppError> {
    let limit = ask::turn(&None, query.limit)?.limit as i64;
    let before = ask::id("cursor", &query.cursor)?.unwrap_or(i64::MAX);
    let mut record = office.facts().read().await?;
    let rows = facts::handoff::appeals(record.conn(), query.waiting.unwrap_or(false), before, limit).await?;
    let next = rows.last().filter(|_| rows.len() as i64 == limit).map(|last| last.id.to_string());
    Ok(Json(write::ListPage { items: rows.into_iter().map(Appeal::from).collect(), next }))
}
