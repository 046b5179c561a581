use axum::{Json, extract::State};
use facts::{
    changes::{self, EventFilter},
    events::Event as EventRow,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    Office,
    api::{Asked, Described, ask, describe, wire::at, write},
    web::AppError,
};

pub fn described() -> Vec<Described> {
    vec![
        describe::get("/api/v1/events", "List events", list)
            .words("Newest first; with `sort=id` oldest first, to follow the log from a cursor on.")
            .query::<EventQuery>()
            .lists::<Event>(),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct EventQuery {
    /// Name of a table, such as `leads`.
    pub table: Option<String>,
    /// `added`, `changed`, `removed`.
    pub kind: Option<String>,
    /// `-id` (default) or `id`.
    pub sort: Option<String>,
    pub limit: Option<usize>,
    pub cursor: Option<String>,
}

/// One event covers the records `first_id` to `last_id` of a table.
#[derive(Serialize, ToSchema)]
pub struct Event {
    pub id: i64,
    pub kind: String,
    pub table: String,
    pub first_id: i64,
    pub last_id: i64,
    #[schema(format = DateTime)]
    pub at: String,
    #[schema(format = DateTime)]
    pub recorded_at: String,
    pub actor_id: Option<i64>,
    pub import_id: Option<i64>,
    /// Fields that changed, with commas.
    pub body: Option<String>,
}

impl From<EventRow> for Event {
    fn from(row: EventRow) -> Event {
        Event {
            id: row.id,
            kind: row.kind,
            table: row.noun,
            first_id: row.first_id,
            last_id: row.last_id,
            at: at(row.at),
            recorded_at: at(row.recorded_at),
            actor_id: row.actor_id,
            import_id: row.import_id,
            body: row.body,
        }
    }
}

async fn list(State(office): State<Office>, Asked(query): Asked<EventQuery>) -> Result<Json<write::ListPage<Event>>, AppError> {
    let filter = EventFilter { table: ask::filled(&query.table).map(str::to_owned), kind: ask::filled(&query.kind).map(str::to_owned) };
    let newest_first = ask::sort(&query.sort, &[("id", ())], true)?.descending;
    let turn = ask::turn(&query.cursor, query.limit)?;
    let mut record = office.facts().read().await?;
    Ok(write::page(changes::events(&mut record, &filter, newest_first, turn).await?))
}
