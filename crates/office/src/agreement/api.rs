//! The Agreement over the API: versions, drafts, signatures, heads.

use alignment::{
    Instant,
    agreement::{Agreement, Difference, Version, diff},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use facts::drafts::{DelegationRow, SignatureRow};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::{
    By, Versions, backtests,
    by::signing_side,
    draft_pages::text_of,
    drafts::{self, Draft, Start},
    heads, signing,
};
use crate::{
    Actor, Office,
    api::{
        Asked, Body, Described, Write, describe,
        wire::{self, at, at_or_none},
    },
    web::{Allow, AppError, Endpoint, endpoints::ADMINS},
};

pub fn described() -> Vec<Described> {
    vec![
        describe::get("/api/v1/agreement", "The Agreement in force", in_force).gives::<AgreementVersion>(),
        describe::get("/api/v1/agreements", "List the versions of the Agreement", versions).lists::<AgreementVersion>(),
        describe::get("/api/v1/agreements/{id}", "One version of the Agreement", version)
            .words("`id` is the version's number.")
            .gives::<AgreementVersion>(),
        describe::get("/api/v1/agreement-differences", "What differs between two texts", differences)
            .words("In words, clause by clause; `v2` is version 2, `d7` draft 7.")
            .query::<DifferenceQuery>()
            .lists::<DifferenceShown>(),
        describe::get("/api/v1/agreement-drafts", "List drafts of the Agreement", list).lists::<AgreementDraft>(),
        describe::post("/api/v1/agreement-drafts", "Start a draft", start)
            .words("From the newest version, or from a proposal. Five drafts can be open.")
            .takes::<NewAgreementDraft>()
            .gives::<AgreementDraft>(),
        describe::get("/api/v1/agreement-drafts/{id}", "One draft with its text and signatures", one).gives::<AgreementDraft>(),
        Described::of(Endpoint::put("/api/v1/agreement-drafts/{id}", Allow::SignedIn, edit), "Set the text of a draft")
            .words("As `text` (TOML) or as `agreement`. `edits` is the count that you saw: where somebody edited meanwhile, nothing is changed. An edit voids signatures.")
            .takes::<AgreementEdit>()
            .gives::<AgreementDraft>(),
        Described::of(Endpoint::delete("/api/v1/agreement-drafts/{id}", Allow::SignedIn, withdraw), "Withdraw a draft").gives::<AgreementDraft>(),
        describe::post("/api/v1/agreement-drafts/{id}/signature", "Sign a draft", sign)
            .words("For a side, as its head or as a deputy, under the hash that you read. The second signature makes the next version.")
            .takes::<NewSignature>()
            .gives::<AgreementDraft>(),
        Described::of(
            Endpoint::delete("/api/v1/agreement-drafts/{id}/signature", Allow::SignedIn, take_back),
            "Take back a signature before the other side has signed",
        )
        .takes::<SignatureSide>()
        .gives::<AgreementDraft>(),
        describe::get("/api/v1/agreement-drafts/{id}/backtest", "The last backtest that was saved of a draft", backtest).gives::<AgreementBacktest>(),
        describe::post("/api/v1/agreement-drafts/{id}/backtest", "Replay a draft over the last twelve months and save what it did", run_backtest)
            .gives::<AgreementBacktest>(),
        describe::get("/api/v1/heads", "Who signs for each team", list_heads).lists::<Head>(),
        Described::of(Endpoint::put("/api/v1/heads", ADMINS, name_head), "Name the head of a team")
            .words("For administrators.")
            .takes::<NewHead>()
            .lists::<Head>(),
        describe::get("/api/v1/delegations", "Who signs in whose place", list_delegations).lists::<Delegation>(),
        describe::post("/api/v1/delegations", "Let somebody sign in your place", delegate)
            .words("For the head of the side, up to 366 days.")
            .takes::<NewDelegation>()
            .gives::<Delegation>(),
        Described::of(Endpoint::delete("/api/v1/delegations/{id}", Allow::SignedIn, revoke), "Revoke a delegation").gives::<Delegation>(),
    ]
}

#[derive(Serialize, ToSchema)]
pub struct AgreementVersion {
    pub version: u32,
    #[schema(format = DateTime)]
    pub effective_at: String,
    /// SHA-256 of the TOML text, which both heads signed.
    pub hash: String,
    pub agreement: Value,
}

#[derive(Serialize, ToSchema)]
pub struct Signature {
    pub side: String,
    pub user_id: i64,
    pub name: String,
    /// The head in whose place a deputy signed.
    pub deputy_of: Option<String>,
    #[schema(format = DateTime)]
    pub at: String,
}

#[derive(Serialize, ToSchema)]
pub struct AgreementDraft {
    pub id: i64,
    /// The version that it was started from.
    pub base: i64,
    /// `open`, `withdrawn` or `signed`.
    pub state: String,
    pub edits: i64,
    pub hash: String,
    pub note: Option<String>,
    pub author: Option<String>,
    #[schema(format = DateTime)]
    pub edited_at: String,
    /// Null: at the second signature.
    #[schema(format = DateTime)]
    pub effective_at: Option<String>,
    /// The version that it became.
    pub version: Option<i64>,
    pub signatures: Vec<Signature>,
    /// What keeps it from being signed, as `clause: words`.
    pub faults: Vec<String>,
    /// TOML.
    pub text: String,
    pub agreement: Value,
}

#[derive(Serialize, ToSchema)]
pub struct DifferenceShown {
    pub clause: String,
    /// `marketing`, `sales` or `both`.
    pub part: String,
    pub words: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct DifferenceQuery {
    #[param(example = "v1")]
    pub from: String,
    #[param(example = "d3")]
    pub to: String,
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewAgreementDraft {
    /// Start from a proposal instead of the newest version.
    pub proposal: bool,
    pub note: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementEdit {
    pub edits: i64,
    /// TOML.
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub agreement: Option<Value>,
    /// When it is to take effect; null is at the second signature. Left out, it stays.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub effective_at: crate::api::Field<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSignature {
    /// `marketing` or `sales`.
    pub side: String,
    /// Of the text that you read.
    pub hash: String,
    /// Of the draft that you read: an edit of its instant of effect counts too.
    pub edits: i64,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignatureSide {
    pub side: String,
}

#[derive(Serialize, ToSchema)]
pub struct AgreementBacktest {
    /// Of the text that it was made of.
    pub hash: String,
    /// The draft was edited since.
    pub stale: bool,
    #[schema(format = DateTime)]
    pub made_at: String,
    pub result: Value,
}

#[derive(Serialize, ToSchema)]
pub struct Head {
    pub side: String,
    pub user_id: i64,
    pub name: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHead {
    pub side: String,
    /// Null leaves the side without a head.
    pub user_id: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub struct Delegation {
    pub id: i64,
    pub side: String,
    pub head: String,
    pub deputy: String,
    #[schema(format = DateTime)]
    pub from: String,
    #[schema(format = DateTime)]
    pub to: String,
    pub revoked: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDelegation {
    pub side: String,
    pub deputy_id: i64,
    #[schema(format = DateTime)]
    pub from: String,
    #[schema(format = DateTime)]
    pub to: String,
}

impl From<SignatureRow> for Signature {
    fn from(row: SignatureRow) -> Signature {
        Signature { side: row.side, user_id: row.user_id, name: row.user_name, deputy_of: row.deputy_of_name, at: at(row.at) }
    }
}

impl From<DelegationRow> for Delegation {
    fn from(row: DelegationRow) -> Delegation {
        Delegation {
            id: row.id,
            side: row.side,
            head: row.head_name,
            deputy: row.deputy_name,
            from: at(row.starts_at),
            to: at(row.ends_at),
            revoked: row.revoked_at.is_some(),
        }
    }
}

impl From<Difference> for DifferenceShown {
    fn from(difference: Difference) -> DifferenceShown {
        DifferenceShown { clause: difference.clause, part: difference.part.key().to_owned(), words: difference.words }
    }
}

impl From<Draft> for AgreementDraft {
    fn from(draft: Draft) -> AgreementDraft {
        let faults = signing::faults(&draft).into_iter().map(|fault| format!("{}: {}", fault.clause, fault.words)).collect();
        let row = draft.row;
        AgreementDraft {
            id: row.id,
            base: row.base,
            state: row.state,
            edits: row.edits,
            hash: row.hash,
            note: row.note,
            author: row.author_name,
            edited_at: at(row.edited_at),
            effective_at: at_or_none(row.effective_at),
            version: row.number,
            signatures: draft.signatures.into_iter().map(Signature::from).collect(),
            faults,
            agreement: json!(draft.agreement),
            text: row.text,
        }
    }
}

fn wire_version(versions: &Versions, version: &Version) -> AgreementVersion {
    AgreementVersion {
        version: version.number,
        effective_at: version.effective_at.to_string(),
        hash: versions.hash(version.number).unwrap_or_default().to_owned(),
        agreement: json!(version.agreement),
    }
}

/// A list that is short by nature: one page.
fn whole<T: Serialize>(items: Vec<T>) -> Json<Value> {
    Json(json!({ "items": items, "next": null }))
}

async fn in_force(State(office): State<Office>) -> Result<Json<AgreementVersion>, AppError> {
    let versions = office.versions().await?;
    Ok(Json(wire_version(&versions, versions.at(office.clock().now()))))
}

async fn versions(State(office): State<Office>) -> Result<Json<Value>, AppError> {
    let versions = office.versions().await?;
    Ok(whole(versions.iter().rev().map(|version| wire_version(&versions, version)).collect()))
}

async fn version(State(office): State<Office>, Path(number): Path<u32>) -> Result<Json<AgreementVersion>, AppError> {
    let versions = office.versions().await?;
    let found = versions.number(number).map(|version| Json(wire_version(&versions, version)));
    found.ok_or_else(|| AppError::not_found("version of the Agreement", number))
}

async fn differences(State(office): State<Office>, Asked(query): Asked<DifferenceQuery>) -> Result<Json<Value>, AppError> {
    let (from, to) = (text_of(&office, &query.from).await?, text_of(&office, &query.to).await?);
    Ok(whole(diff(&from, &to).into_iter().map(DifferenceShown::from).collect()))
}

async fn list(State(office): State<Office>) -> Result<Json<Value>, AppError> {
    Ok(whole(drafts::list(&office, false).await?.into_iter().map(AgreementDraft::from).collect()))
}

async fn one(State(office): State<Office>, Path(id): Path<i64>) -> Result<Json<AgreementDraft>, AppError> {
    Ok(Json(drafts::one(&office, id).await?.into()))
}

const TABLES: [&str; 3] = ["agreement_drafts", "agreement_signatures", "agreements"];

async fn answer(mut write: Write, id: i64, status: StatusCode) -> Result<Response, AppError> {
    let row = facts::drafts::one(write.tx.conn(), id).await?;
    let draft = AgreementDraft::from(drafts::with_signatures(write.tx.conn(), row).await?);
    write.answer(status, &draft, &TABLES).await
}

/// Begins a write, or answers as it was answered before.
macro_rules! begin {
    ($office:expr, $actor:expr, $body:expr) => {
        match Write::begin(&$office, &$actor, &$body).await? {
            Ok(write) => (write, By::now(&$office, &$actor).await?),
            Err(kept) => return Ok(kept),
        }
    };
}

async fn start(State(office): State<Office>, actor: Actor, body: Body<NewAgreementDraft>) -> Result<Response, AppError> {
    let (mut write, by) = begin!(office, actor, body);
    let from = if body.fields.proposal { Start::Proposal } else { Start::InForce };
    let id = drafts::start(&mut write.tx, &by, from, &body.fields.note).await?;
    answer(write, id, StatusCode::CREATED).await
}

async fn edit(State(office): State<Office>, actor: Actor, Path(id): Path<i64>, body: Body<AgreementEdit>) -> Result<Response, AppError> {
    let (mut write, by) = begin!(office, actor, body);
    let edit = body.fields;
    let mut seen = edit.edits;
    let agreement: Option<Agreement> = match (edit.text, edit.agreement) {
        (Some(text), None) => Some(drafts::read(&text)?),
        (None, Some(value)) => Some(serde_json::from_value(value).map_err(|error| AppError::refused(format!("agreement: {error}")))?),
        (None, None) => None,
        _ => return Err(AppError::refused("Give the text as `text` or as `agreement`, not as both.")),
    };
    if let Some(agreement) = agreement
        && !drafts::edit(&mut write.tx, &by, id, seen, &agreement).await?.is_empty()
    {
        seen += 1;
    }
    if let Some(at) = edit.effective_at.0 {
        let at = at.map(|text| wire::instant("effective_at", &text)).transpose()?.map(Instant);
        drafts::set_effective(&mut write.tx, &by, id, seen, at).await?;
    }
    answer(write, id, StatusCode::OK).await
}

async fn withdraw(State(office): State<Office>, actor: Actor, Path(id): Path<i64>) -> Result<Json<AgreementDraft>, AppError> {
    let by = By::now(&office, &actor).await?;
    let mut tx = office.facts().write().await?;
    drafts::withdraw(&mut tx, &by, id).await?;
    tx.commit().await?;
    Ok(Json(drafts::one(&office, id).await?.into()))
}

async fn sign(State(office): State<Office>, actor: Actor, Path(id): Path<i64>, body: Body<NewSignature>) -> Result<Response, AppError> {
    let (mut write, by) = begin!(office, actor, body);
    let seen = signing::Seen { hash: &body.fields.hash, edits: body.fields.edits };
    signing::sign(&mut write.tx, &by, id, signing_side(&body.fields.side)?, seen).await?;
    answer(write, id, StatusCode::CREATED).await
}

async fn take_back(
    State(office): State<Office>,
    actor: Actor,
    Path(id): Path<i64>,
    body: Body<SignatureSide>,
) -> Result<Response, AppError> {
    let (mut write, by) = begin!(office, actor, body);
    signing::take_back(&mut write.tx, &by, id, signing_side(&body.fields.side)?).await?;
    answer(write, id, StatusCode::OK).await
}

async fn backtest(State(office): State<Office>, Path(id): Path<i64>) -> Result<Json<AgreementBacktest>, AppError> {
    let draft = drafts::one(&office, id).await?;
    let saved = backtests::saved(&office, id).await?;
    let saved =
        saved.ok_or_else(|| AppError::NotFound(format!("No backtest was made of draft {id} yet: POST to this address makes one.")))?;
    let stale = saved.hash != draft.row.hash;
    Ok(Json(AgreementBacktest { hash: saved.hash, stale, made_at: saved.at.to_string(), result: json!(saved.result) }))
}

async fn run_backtest(
    State(office): State<Office>,
    actor: Actor,
    Path(id): Path<i64>,
) -> Result<(StatusCode, Json<AgreementBacktest>), AppError> {
    let draft = drafts::one(&office, id).await?;
    let result = backtests::replay(&office, &draft.agreement).await?;
    let by = By::now(&office, &actor).await?;
    let mut tx = office.facts().write().await?;
    backtests::save(&mut tx, &by, &draft, &result).await?;
    tx.commit().await?;
    let made = AgreementBacktest { hash: draft.row.hash, stale: false, made_at: at(by.author.now), result: json!(result) };
    Ok((StatusCode::CREATED, Json(made)))
}

async fn heads_now(connection: &mut facts::Connection) -> Result<Value, AppError> {
    let heads = facts::drafts::heads(connection).await?;
    let head = |row: facts::drafts::HeadRow| Head { side: row.side, user_id: row.user_id, name: row.user_name };
    Ok(json!({ "items": heads.into_iter().map(head).collect::<Vec<_>>(), "next": null }))
}

async fn list_heads(State(office): State<Office>) -> Result<Json<Value>, AppError> {
    Ok(Json(heads_now(&mut *office.facts().reader().await?).await?))
}

async fn name_head(State(office): State<Office>, actor: Actor, body: Body<NewHead>) -> Result<Response, AppError> {
    let (mut write, by) = begin!(office, actor, body);
    heads::name_head(&mut write.tx, &by, signing_side(&body.fields.side)?, body.fields.user_id).await?;
    let heads = heads_now(write.tx.conn()).await?;
    write.answer(StatusCode::OK, &heads, &["heads"]).await
}

async fn list_delegations(State(office): State<Office>) -> Result<Json<Value>, AppError> {
    let now = office.clock().now().0;
    let rows = facts::drafts::delegations(&mut *office.facts().reader().await?, now).await?;
    Ok(whole(rows.into_iter().map(Delegation::from).collect()))
}

async fn delegate(State(office): State<Office>, actor: Actor, body: Body<NewDelegation>) -> Result<Response, AppError> {
    let (mut write, by) = begin!(office, actor, body);
    let new = body.fields;
    let (from, to) = (Instant(wire::instant("from", &new.from)?), Instant(wire::instant("to", &new.to)?));
    let id = heads::delegate(&mut write.tx, &by, signing_side(&new.side)?, new.deputy_id, from, to).await?;
    let made = Delegation::from(facts::drafts::delegation(write.tx.conn(), id).await?);
    write.answer(StatusCode::CREATED, &made, &["delegations"]).await
}

async fn revoke(State(office): State<Office>, actor: Actor, Path(id): Path<i64>) -> Result<Json<Delegation>, AppError> {
    let by = By::now(&office, &actor).await?;
    let mut tx = office.facts().write().await?;
    heads::revoke(&mut tx, &by, id).await?;
    tx.commit().await?;
    let row = facts::drafts::delegation(&mut *office.facts().reader().await?, id).await?;
    Ok(Json(row.into()))
}
