use alignment::handoff::ClockKind;
use axum::{
    Json,
    extract::{Path, State},
};
use facts::{
    clocks::{self as record, ClockFilter, ClockState, ListedClock},
    leads,
    list::{LIMIT_MAX, Sort, Turn},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    Office,
    api::{
        Asked, Described, ask, describe,
        wire::{at, at_or_none},
        write,
    },
    web::AppError,
};

pub fn described() -> Vec<Described> {
    vec![
        describe::get("/api/v1/clocks", "List clocks", list)
            .words("What each lead was promised and by when, in the order in which they are due.")
            .query::<ClockQuery>()
            .lists::<Clock>(),
        describe::get("/api/v1/leads/{id}/clocks", "The clocks of a lead", of_lead)
            .words("One of a kind at most, in the order in which they are due.")
            .lists::<Clock>(),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct ClockQuery {
    /// `review`, `first_attempt`, `attempts` or `qualification`.
    pub kind: Option<String>,
    /// `running` (neither over nor late), `breached` (late, over or not), `kept`, or `void` (the pass was over for another cause).
    pub state: Option<String>,
    /// Id of a user.
    pub owner: Option<String>,
    /// Id of a lead.
    pub lead: Option<String>,
    /// `due_at`, or `-due_at` for the latest first.
    pub sort: Option<String>,
    pub limit: Option<usize>,
    pub cursor: Option<String>,
}

impl ClockQuery {
    pub fn filter(&self) -> Result<ClockFilter, AppError> {
        const STATES: [(&str, ClockState); 4] =
            [("running", ClockState::Running), ("breached", ClockState::Breached), ("kept", ClockState::Kept), ("void", ClockState::Void)];
        let one_of = |name: &str, text: &Option<String>, known: &[&'static str]| match ask::filled(text) {
            Some(text) if !known.contains(&text) => Err(AppError::refused(format!("{name}: `{text}` is not one of {}", known.join(", ")))),
            text => Ok(text.map(str::to_owned)),
        };
        let kind = one_of("kind", &self.kind, &ClockKind::ALL.map(ClockKind::key))?;
        let state = one_of("state", &self.state, &STATES.map(|(name, _)| name))?;
        Ok(ClockFilter {
            kind,
            state: state.and_then(|text| STATES.into_iter().find(|(name, _)| *name == text)).map(|(_, state)| state),
            owner: ask::id("owner", &self.owner)?,
            lead: ask::id("lead", &self.lead)?,
        })
    }

    pub fn order(&self) -> Result<Sort<()>, AppError> {
        ask::sort(&self.sort, &[("due_at", ())], false)
    }
}

/// A promise about one lead.
#[derive(Serialize, ToSchema)]
pub struct Clock {
    pub id: i64,
    pub lead_id: i64,
    pub person_id: Option<i64>,
    pub person_name: Option<String>,
    pub company_name: Option<String>,
    /// `review`, `first_attempt`, `attempts` or `qualification`.
    pub kind: String,
    pub owner_id: Option<i64>,
    pub owner_name: Option<String>,
    #[schema(format = DateTime)]
    pub started_at: String,
    /// When its owner is warned.
    #[schema(format = DateTime)]
    pub warn_at: String,
    /// While the clock stands still: when it would run out if it had gone on.
    #[schema(format = DateTime)]
    pub due_at: String,
    #[schema(format = DateTime)]
    pub ended_at: Option<String>,
    /// `kept`, `breached` or `void`; null while it runs.
    pub outcome: Option<String>,
    /// The due instant, once it has passed; also while the clock still runs.
    #[schema(format = DateTime)]
    pub breached_at: Option<String>,
    /// Since when it stands still, because a question is open.
    #[schema(format = DateTime)]
    pub paused_at: Option<String>,
    /// Attempts made so far, for `first_attempt` and `attempts`.
    pub attempts_made: Option<i64>,
    /// Steps of escalation that were taken.
    pub steps_taken: i64,
    /// Version of the Agreement that was in force when it started, and decides its length.
    pub agreement_version: i64,
    /// Key of the regional calendar that it runs by; null is the company's.
    pub calendar: Option<String>,
}

impl From<ListedClock> for Clock {
    fn from(listed: ListedClock) -> Clock {
        let row = listed.clock;
        let counts = ["first_attempt", "attempts"].contains(&row.kind.as_str());
        Clock {
            id: row.id,
            lead_id: row.lead_id,
            person_id: listed.person_id,
            person_name: listed.person_name.or(listed.person_email),
            company_name: listed.company_name,
            kind: row.kind,
            owner_id: row.owner_id,
            owner_name: listed.owner_name,
            started_at: at(row.started_at),
            warn_at: at(row.warn_at),
            due_at: at(row.due_at),
            ended_at: at_or_none(row.ended_at),
            outcome: row.outcome,
            breached_at: at_or_none(row.breached_at),
            paused_at: at_or_none(row.paused_at),
            attempts_made: counts.then_some(row.done),
            steps_taken: row.steps_taken,
            agreement_version: row.agreement_version,
            calendar: row.calendar,
        }
    }
}

async fn list(State(office): State<Office>, Asked(query): Asked<ClockQuery>) -> Result<Json<write::ListPage<Clock>>, AppError> {
    Ok(Json(page(&office, &query).await?))
}

/// A page of clocks, for the API and the command line.
pub async fn page(office: &Office, query: &ClockQuery) -> Result<write::ListPage<Clock>, AppError> {
    let turn = ask::turn(&query.cursor, query.limit)?;
    let mut tx = office.facts().read().await?;
    let Json(page) = write::page(record::list(&mut tx, &query.filter()?, query.order()?, turn).await?);
    Ok(page)
}

async fn of_lead(State(office): State<Office>, Path(id): Path<i64>) -> Result<Json<write::ListPage<Clock>>, AppError> {
    let mut tx = office.facts().read().await?;
    leads::one(tx.conn(), id).await?;
    let filter = ClockFilter { lead: Some(id), ..ClockFilter::default() };
    let turn = Turn { cursor: None, limit: LIMIT_MAX };
    Ok(write::page(record::list(&mut tx, &filter, Sort { key: (), descending: false }, turn).await?))
}
