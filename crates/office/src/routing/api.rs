use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use facts::routing::{self as record, AbsenceRow, AssignmentRow, QueueRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    AbsenceFields,
    log::LogQuery,
    replay::{self, Replay, Which},
};
use crate::{
    Actor, Office, Role,
    api::{
        Asked, Body, Described, Write, ask, describe,
        wire::{at, at_or_none},
        write,
    },
    office::News,
    web::{Allow, AppError, Endpoint},
};

/// Those who may give leads to people.
pub const ASSIGNERS: Allow = Allow::Roles(&[Role::Sales, Role::Leader, Role::Admin]);

pub fn described() -> Vec<Described> {
    vec![
        describe::get("/api/v1/assignments", "List where leads went, and why", list)
            .words("Newest first. Each carries the rule and the reason in words.")
            .query::<LogQuery>()
            .lists::<Assignment>(),
        Described::of(Endpoint::post("/api/v1/leads/{id}/assignment", ASSIGNERS, assign), "Give a lead to somebody")
            .words("Takes it out of the queue where it waits in one. Giving it to its owner changes nothing.")
            .takes::<NewAssignment>()
            .gives::<Placed>(),
        describe::get("/api/v1/queue", "List the leads that no rule could place", queue)
            .words("The oldest of each queue first.")
            .query::<PageQuery>()
            .lists::<Queued>(),
        describe::get("/api/v1/absences", "List absences that are not over", absences).query::<AbsenceQuery>().lists::<Absence>(),
        Described::of(Endpoint::post("/api/v1/absences", ASSIGNERS, add_absence), "Add an absence")
            .words("Nothing is routed to the user meanwhile. Your own; a leader or an administrator adds anybody's.")
            .takes::<AbsenceFields>()
            .gives::<Absence>(),
        Described::of(Endpoint::delete("/api/v1/absences/{id}", ASSIGNERS, revoke_absence), "Take an absence back").gives::<Absence>(),
        describe::get("/api/v1/routing/replay", "Replay a month under another Agreement", replay_month)
            .words("Where the leads of the month would have gone under a version or a draft, beside where they went. 20,000 decisions at most.")
            .query::<ReplayQuery>()
            .gives::<ReplayAnswer>(),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct PageQuery {
    pub limit: Option<usize>,
    pub cursor: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct AbsenceQuery {
    /// Id of a user.
    pub user: Option<String>,
    pub limit: Option<usize>,
    pub cursor: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct ReplayQuery {
    /// Such as `2026-10`; the last whole month, where it is left out.
    pub month: Option<String>,
    /// Number of a version of the Agreement; the one in force, where neither this nor `draft` is given.
    pub version: Option<String>,
    /// Id of a draft.
    pub draft: Option<String>,
}

/// Whom the lead is given to.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewAssignment {
    /// A user.
    pub owner_id: i64,
    pub note: Option<String>,
}

/// Where a lead went, and why.
#[derive(Serialize, ToSchema)]
pub struct Assignment {
    pub id: i64,
    pub lead_id: i64,
    pub person_name: Option<String>,
    pub company_name: Option<String>,
    /// Null where it went to a queue.
    pub owner_id: Option<i64>,
    pub owner_name: Option<String>,
    pub queue: Option<String>,
    pub rule: Option<String>,
    pub pool: Option<String>,
    pub reason: String,
    #[schema(format = DateTime)]
    pub at: String,
    /// Version of the Agreement that decided.
    pub agreement_version: i64,
    /// Who gave it, where a person did.
    pub actor_name: Option<String>,
    #[schema(format = DateTime)]
    pub recorded_at: String,
}

/// Who has the lead now.
#[derive(Serialize, ToSchema)]
pub struct Placed {
    pub lead_id: i64,
    pub owner_id: Option<i64>,
    pub owner_name: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Queued {
    pub lead_id: i64,
    pub queue: String,
    pub person_name: Option<String>,
    pub person_email: Option<String>,
    pub company_name: Option<String>,
    pub country: Option<String>,
    pub source: Option<String>,
    pub stage: String,
    #[schema(format = DateTime)]
    pub stage_at: Option<String>,
    #[schema(format = DateTime)]
    pub due_at: Option<String>,
    pub reason: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Absence {
    pub id: i64,
    pub user_id: i64,
    pub user_name: Option<String>,
    /// `absence`, or `off_rota` where a breach took the user off.
    pub kind: String,
    #[schema(format = DateTime)]
    pub starts_at: String,
    #[schema(format = DateTime)]
    pub ends_at: String,
    pub note: Option<String>,
    #[schema(format = DateTime)]
    pub revoked_at: Option<String>,
}

/// What a replay found.
#[derive(Serialize, ToSchema)]
pub struct ReplayAnswer {
    /// `version 2` or `draft 7`.
    pub agreement: String,
    #[schema(format = DateTime)]
    pub from: String,
    #[schema(format = DateTime)]
    pub to: String,
    pub decisions: usize,
    /// The month has more decisions than one replay makes.
    pub is_cut: bool,
    pub reps: Vec<ReplayRep>,
    pub queued_then: usize,
    pub queued_now: usize,
    pub elsewhere_count: usize,
    /// The first 200 of them.
    pub elsewhere: Vec<ReplayLead>,
}

#[derive(Serialize, ToSchema)]
pub struct ReplayRep {
    pub user_id: i64,
    pub name: String,
    pub leads_then: usize,
    pub leads_now: usize,
}

#[derive(Serialize, ToSchema)]
pub struct ReplayLead {
    pub lead_id: i64,
    pub name: String,
    #[schema(format = DateTime)]
    pub at: String,
    pub then: String,
    pub then_reason: String,
    pub now: String,
    pub now_reason: String,
}

impl From<AssignmentRow> for Assignment {
    fn from(row: AssignmentRow) -> Assignment {
        Assignment {
            id: row.id,
            lead_id: row.lead_id,
            person_name: row.person_name.or(row.person_email),
            company_name: row.company_name,
            owner_id: row.owner_id,
            owner_name: row.owner_name,
            queue: row.queue,
            rule: row.rule,
            pool: row.pool,
            reason: row.reason,
            at: at(row.at),
            agreement_version: row.agreement_version,
            actor_name: row.actor_name,
            recorded_at: at(row.recorded_at),
        }
    }
}

impl From<QueueRow> for Queued {
    fn from(row: QueueRow) -> Queued {
        Queued {
            lead_id: row.id,
            queue: row.queue,
            person_name: row.person_name,
            person_email: row.person_email,
            company_name: row.company_name,
            country: row.country,
            source: row.source,
            stage: row.stage,
            stage_at: at_or_none(row.stage_at),
            due_at: at_or_none(row.due_at),
            reason: row.reason,
        }
    }
}

impl From<AbsenceRow> for Absence {
    fn from(row: AbsenceRow) -> Absence {
        Absence {
            id: row.id,
            user_id: row.user_id,
            user_name: row.user_name,
            kind: row.kind,
            starts_at: at(row.starts_at),
            ends_at: at(row.ends_at),
            note: row.note,
            revoked_at: at_or_none(row.revoked_at),
        }
    }
}

impl ReplayAnswer {
    pub fn of(replay: Replay, agreement: String) -> ReplayAnswer {
        let lead = |lead: replay::Elsewhere| ReplayLead {
            lead_id: lead.lead,
            name: lead.name,
            at: at(lead.at.0),
            then: lead.then,
            then_reason: lead.then_reason,
            now: lead.now,
            now_reason: lead.now_reason,
        };
        let rep =
            |rep: replay::RepShare| ReplayRep { user_id: rep.user, name: rep.name, leads_then: rep.leads_then, leads_now: rep.leads_now };
        ReplayAnswer {
            agreement,
            from: at(replay.from.0),
            to: at(replay.to.0),
            decisions: replay.decisions,
            is_cut: replay.is_cut,
            reps: replay.reps.into_iter().map(rep).collect(),
            queued_then: replay.queued_then,
            queued_now: replay.queued_now,
            elsewhere_count: replay.elsewhere_count,
            elsewhere: replay.elsewhere.into_iter().map(lead).collect(),
        }
    }
}

async fn list(State(office): State<Office>, Asked(query): Asked<LogQuery>) -> Result<Json<write::ListPage<Assignment>>, AppError> {
    let turn = ask::turn(&query.cursor, query.limit)?;
    let mut read = office.facts().read().await?;
    Ok(write::page(record::log(&mut read, &query.filter()?, turn).await?))
}

async fn queue(State(office): State<Office>, Asked(query): Asked<PageQuery>) -> Result<Json<write::ListPage<Queued>>, AppError> {
    let turn = ask::turn(&query.cursor, query.limit)?;
    let mut read = office.facts().read().await?;
    Ok(write::page(record::queue(&mut read, turn).await?))
}

async fn absences(State(office): State<Office>, Asked(query): Asked<AbsenceQuery>) -> Result<Json<write::ListPage<Absence>>, AppError> {
    let turn = ask::turn(&query.cursor, query.limit)?;
    let mut read = office.facts().read().await?;
    let now = office.clock().now().0;
    Ok(write::page(record::absences(&mut read, ask::id("user", &query.user)?, now, turn).await?))
}

async fn assign(State(office): State<Office>, actor: Actor, Path(id): Path<i64>, body: Body<NewAssignment>) -> Result<Response, AppError> {
    let versions = office.versions().await?;
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let NewAssignment { owner_id, note } = body.fields;
    super::assign_and_sync(&mut write.tx, &write.author, &versions, id, owner_id, note.as_deref()).await?;
    let lead = facts::leads::one(write.tx.conn(), id).await?;
    let placed = Placed { lead_id: id, owner_id: lead.owner_id, owner_name: lead.owner_name };
    write.answer(StatusCode::CREATED, &placed, &["leads", "assignments"]).await
}

async fn add_absence(State(office): State<Office>, actor: Actor, body: Body<AbsenceFields>) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let id = super::add_absence(&mut write.tx, &write.author, &actor, body.fields).await?;
    let absence = Absence::from(record::absence(write.tx.conn(), id).await?);
    write.answer(StatusCode::CREATED, &absence, &["absences"]).await
}

async fn revoke_absence(State(office): State<Office>, actor: Actor, Path(id): Path<i64>) -> Result<Json<Absence>, AppError> {
    let author = write::author(&office, &actor).await?;
    let mut tx = office.facts().write().await?;
    super::revoke_absence(&mut tx, &author, &actor, id).await?;
    let absence = Absence::from(record::absence(tx.conn(), id).await?);
    tx.commit().await?;
    office.tell(News::Record { tables: vec!["absences".into()] });
    Ok(Json(absence))
}

async fn replay_month(State(office): State<Office>, Asked(query): Asked<ReplayQuery>) -> Result<Json<ReplayAnswer>, AppError> {
    Ok(Json(replayed(&office, &query).await?))
}

/// The replay that a query asks for; pages and the command line ask the same.
pub async fn replayed(office: &Office, query: &ReplayQuery) -> Result<ReplayAnswer, AppError> {
    let versions = office.versions().await?;
    let now = office.clock().now();
    let which = match (ask::id("version", &query.version)?, ask::id("draft", &query.draft)?) {
        (Some(_), Some(_)) => return Err(AppError::refused("draft: give either a version or a draft")),
        (_, Some(draft)) => Which::Draft(draft),
        (Some(version), None) => {
            let unknown = |_| AppError::NotFound(format!("There is no version {version} of the Agreement."));
            Which::Version(u32::try_from(version).map_err(unknown)?)
        }
        (None, None) => Which::Version(versions.at(now).number),
    };
    let (agreement, name) = replay::agreement_of(office, &versions, &which).await?;
    let (from, to) = match ask::filled(&query.month) {
        Some(month) => replay::month_span(month, &agreement)?,
        None => replay::month_span(&replay::last_month(now, &agreement), &agreement)?,
    };
    let replay = super::replay(office, &agreement, from, to).await?;
    Ok(ReplayAnswer::of(replay, name))
}
