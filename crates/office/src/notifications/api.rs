use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use facts::notifications::{
    self as told, NotificationRow,
    deliveries::{self, Delivery as DeliveryRow},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    deliveries_page::{STATES, place, title},
    pages::me,
};
use crate::{
    Actor, Office,
    access::Scope,
    api::{
        Asked, Body, Described, Write, ask, describe,
        wire::{at, at_or_none},
        write,
    },
    web::{AppError, Endpoint, endpoints::ADMINS},
};

pub fn described() -> Vec<Described> {
    let admin = |endpoint: Endpoint, summary| Described::of(endpoint.scope(Scope::Admin), summary);
    vec![
        describe::get("/api/v1/notifications", "List my notifications", list)
            .words("Newest first.")
            .query::<NotificationQuery>()
            .lists::<Notification>(),
        describe::post("/api/v1/notifications/reading", "Mark all my notifications as read", read_all).takes::<Nothing>().gives::<Count>(),
        describe::post("/api/v1/notifications/{id}/reading", "Mark a notification as read", read)
            .takes::<Nothing>()
            .gives::<Notification>(),
        admin(Endpoint::get("/api/v1/deliveries", ADMINS, list_deliveries), "List deliveries")
            .words("Messages by e-mail and chat, newest first. For administrators.")
            .query::<DeliveryQuery>()
            .lists::<Delivery>(),
        admin(Endpoint::get("/api/v1/deliveries/{id}", ADMINS, one_delivery), "One delivery").gives::<Delivery>(),
        admin(Endpoint::post("/api/v1/deliveries/replay", ADMINS, replay_all), "Send all again that were given up")
            .takes::<Nothing>()
            .gives::<Count>(),
        admin(Endpoint::post("/api/v1/deliveries/{id}/replay", ADMINS, replay), "Send again what was given up")
            .takes::<Nothing>()
            .gives::<Delivery>(),
        admin(Endpoint::delete("/api/v1/deliveries/{id}", ADMINS, drop_one), "Drop what was given up")
            .words("It is kept as dropped, and can be sent again all the same."),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct NotificationQuery {
    /// `1` for those that are not read yet.
    pub unread: Option<String>,
    pub limit: Option<usize>,
    pub cursor: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct DeliveryQuery {
    /// `waiting`, `sending`, `sent`, `dead` or `dropped`.
    pub state: Option<String>,
    pub limit: Option<usize>,
    pub cursor: Option<String>,
}

/// An empty object.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Nothing {}

#[derive(Serialize, ToSchema)]
pub struct Count {
    pub count: u64,
}

#[derive(Serialize, ToSchema)]
pub struct Notification {
    pub id: i64,
    /// Such as `clock_breached`.
    pub kind: String,
    pub title: String,
    pub body: String,
    /// The page that it is about, without the host.
    pub url: Option<String>,
    #[schema(format = DateTime)]
    pub at: String,
    #[schema(format = DateTime)]
    pub read_at: Option<String>,
}

/// One message on its way. The address of a webhook is a secret and is not shown.
#[derive(Serialize, ToSchema)]
pub struct Delivery {
    pub id: i64,
    /// `email`, `slack` or `teams`.
    pub medium: String,
    pub to: String,
    /// Null for a channel of the teams.
    pub user_id: Option<i64>,
    pub title: String,
    pub digest: bool,
    pub state: String,
    pub tries: i64,
    #[schema(format = DateTime)]
    pub next_try_at: Option<String>,
    pub last_error: Option<String>,
    #[schema(format = DateTime)]
    pub sent_at: Option<String>,
    #[schema(format = DateTime)]
    pub recorded_at: String,
}

impl From<NotificationRow> for Notification {
    fn from(row: NotificationRow) -> Notification {
        Notification {
            id: row.id,
            kind: row.kind,
            title: row.title,
            body: row.body,
            url: row.url,
            at: at(row.at),
            read_at: at_or_none(row.read_at),
        }
    }
}

impl From<DeliveryRow> for Delivery {
    fn from(row: DeliveryRow) -> Delivery {
        Delivery {
            id: row.id,
            to: place(&row),
            title: title(&row),
            user_id: row.user_id,
            digest: row.digest == 1,
            tries: row.tries,
            next_try_at: (row.state == "waiting").then(|| at(row.next_try_at)),
            medium: row.medium,
            state: row.state,
            last_error: row.last_error,
            sent_at: at_or_none(row.sent_at),
            recorded_at: at(row.recorded_at),
        }
    }
}

async fn list(
    State(office): State<Office>,
    actor: Actor,
    Asked(query): Asked<NotificationQuery>,
) -> Result<Json<write::ListPage<Notification>>, AppError> {
    let turn = ask::turn(&query.cursor, query.limit)?;
    let unread = match ask::filled(&query.unread) {
        None | Some("0") => false,
        Some("1") => true,
        Some(other) => return Err(AppError::refused(format!("unread: `{other}` is neither 0 nor 1"))),
    };
    let mut record = office.facts().read().await?;
    Ok(write::page(told::list(&mut record, Some(me(&actor)?), unread, turn).await?))
}

async fn read(State(office): State<Office>, actor: Actor, Path(id): Path<i64>, body: Body<Nothing>) -> Result<Response, AppError> {
    let user = me(&actor)?;
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    told::mark_read(&mut write.tx, &write.author, user, id).await?;
    let notification = Notification::from(told::one(write.tx.conn(), user, id).await?);
    write.answer(StatusCode::CREATED, &notification, &["notifications"]).await
}

async fn read_all(State(office): State<Office>, actor: Actor, body: Body<Nothing>) -> Result<Response, AppError> {
    let user = me(&actor)?;
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let count = told::mark_all_read(&mut write.tx, &write.author, user).await?;
    write.answer(StatusCode::CREATED, &Count { count }, &["notifications"]).await
}

async fn list_deliveries(
    State(office): State<Office>,
    Asked(query): Asked<DeliveryQuery>,
) -> Result<Json<write::ListPage<Delivery>>, AppError> {
    let turn = ask::turn(&query.cursor, query.limit)?;
    let state = ask::words_of("state", &query.state, STATES.iter().map(|(key, _)| *key))?;
    if state.len() > 1 {
        return Err(AppError::refused("state: name one, or none for all"));
    }
    let mut record = office.facts().read().await?;
    Ok(write::page(deliveries::list(&mut record, state.first().map(String::as_str), turn).await?))
}

async fn one_delivery(State(office): State<Office>, Path(id): Path<i64>) -> Result<Json<Delivery>, AppError> {
    let mut record = office.facts().read().await?;
    Ok(Json(deliveries::one(record.conn(), id).await?.into()))
}

async fn replay(State(office): State<Office>, actor: Actor, Path(id): Path<i64>, body: Body<Nothing>) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    deliveries::replay(&mut write.tx, &write.author, id).await?;
    let delivery = Delivery::from(deliveries::one(write.tx.conn(), id).await?);
    write.answer(StatusCode::CREATED, &delivery, &["deliveries"]).await
}

async fn replay_all(State(office): State<Office>, actor: Actor, body: Body<Nothing>) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let count = deliveries::replay_all(&mut write.tx, &write.author).await?;
    write.answer(StatusCode::CREATED, &Count { count }, &["deliveries"]).await
}

async fn drop_one(State(office): State<Office>, actor: Actor, Path(id): Path<i64>) -> Result<StatusCode, AppError> {
    let author = write::author(&office, &actor).await?;
    let mut tx = office.facts().write().await?;
    deliveries::drop_dead(&mut tx, &author, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
