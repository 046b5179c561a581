//! Settings, Deliveries: what went out, what waits, and what was given up, for administrators.

use alignment::Instant;
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use facts::{
    list::{LIMIT_DEFAULT, Turn},
    notifications::deliveries::{self, Delivery},
};
use serde::Deserialize;
use tower_sessions::Session;

use super::{Medium, words};
use crate::{
    Office,
    api::write,
    ui::{Frame, url},
    web::{AppError, Endpoint, Page, endpoints::ADMINS, redirect},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/settings/deliveries", ADMINS, page),
        Endpoint::post("/settings/deliveries/replay", ADMINS, replay_all),
        Endpoint::post("/settings/deliveries/{id}/replay", ADMINS, replay),
        Endpoint::post("/settings/deliveries/{id}/dropping", ADMINS, drop_one),
        Endpoint::post("/settings/deliveries/{id}/restoring", ADMINS, restore),
    ]
}

/// Where a message can stand; the first is shown first.
pub const STATES: [(&str, &str); 5] =
    [("dead", "Given up"), ("waiting", "Waiting"), ("sending", "On their way"), ("sent", "Sent"), ("dropped", "Dropped")];

#[derive(Template)]
#[template(path = "notifications/deliveries.html")]
struct DeliveriesPage {
    frame: Frame,
    states: [(&'static str, &'static str); 5],
    state: &'static str,
    rows: Vec<Row>,
    back: Option<String>,
    forward: Option<String>,
}

struct Row {
    id: i64,
    to: String,
    medium: &'static str,
    what: String,
    at: String,
    tries: i64,
    error: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct DeliveriesQuery {
    state: Option<String>,
    cursor: Option<String>,
}

async fn page(State(office): State<Office>, frame: Frame, Query(query): Query<DeliveriesQuery>) -> Result<Page<DeliveriesPage>, AppError> {
    let wanted = query.state.as_deref().unwrap_or("dead");
    let known = STATES.iter().find(|(key, _)| *key == wanted);
    let (state, _) = *known.ok_or_else(|| AppError::refused(format!("state: `{wanted}` is not one that a message can be in")))?;
    let cursor = query.cursor.as_deref().filter(|text| !text.is_empty());
    let mut record = office.facts().read().await?;
    let found = deliveries::list(&mut record, Some(state), Turn { cursor, limit: LIMIT_DEFAULT }).await?;
    let base = format!("/settings/deliveries?state={state}");
    Ok(Page(DeliveriesPage {
        states: STATES,
        state,
        rows: found.items.into_iter().map(|row| shown(&frame, row)).collect(),
        back: cursor.map(|_| base.clone()),
        forward: found.next.map(|next| format!("{base}&cursor={}", url::encode(&next))),
        frame,
    }))
}

fn shown(frame: &Frame, row: Delivery) -> Row {
    let at = match row.state.as_str() {
        "sent" => row.sent_at.unwrap_or(row.recorded_at),
        "waiting" | "sending" => row.next_try_at,
        _ => row.recorded_at,
    };
    Row {
        id: row.id,
        to: place(&row),
        medium: Medium::parse(&row.medium).map_or("", Medium::name),
        what: title(&row),
        at: frame.date_time(Instant(at)),
        tries: row.tries,
        error: row.last_error.unwrap_or_default(),
    }
}

/// Who gets it. The address of a webhook is a secret, so it is not shown.
pub fn place(row: &Delivery) -> String {
    match (&row.user_name, row.medium.as_str()) {
        (Some(name), "email") => format!("{name}, {}", row.address),
        (Some(name), _) => name.clone(),
        (None, _) => "The teams’ channel".to_owned(),
    }
}

/// The first thing that it says.
pub fn title(row: &Delivery) -> String {
    row.title.clone().or_else(|| words::of_body(&row.body).into_iter().next().map(|said| said.title)).unwrap_or_default()
}

async fn replay(State(office): State<Office>, session: Session, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let author = write::author(&office, &frame.actor).await?;
    let mut tx = office.facts().write().await?;
    deliveries::replay(&mut tx, &author, id).await?;
    tx.commit().await?;
    redirect(&session, "/settings/deliveries", "It is sent again within seconds.", None).await
}

async fn replay_all(State(office): State<Office>, session: Session, frame: Frame) -> Result<Response, AppError> {
    let author = write::author(&office, &frame.actor).await?;
    let mut tx = office.facts().write().await?;
    let count = deliveries::replay_all(&mut tx, &author).await?;
    tx.commit().await?;
    redirect(&session, "/settings/deliveries", &format!("{count} are sent again within seconds."), None).await
}

async fn drop_one(State(office): State<Office>, session: Session, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let author = write::author(&office, &frame.actor).await?;
    let mut tx = office.facts().write().await?;
    deliveries::drop_dead(&mut tx, &author, id).await?;
    tx.commit().await?;
    let undo = Some(format!("/settings/deliveries/{id}/restoring"));
    redirect(&session, "/settings/deliveries", "It is dropped and will not be sent.", undo).await
}

async fn restore(State(office): State<Office>, session: Session, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let author = write::author(&office, &frame.actor).await?;
    let mut tx = office.facts().write().await?;
    deliveries::restore(&mut tx, &author, id).await?;
    tx.commit().await?;
    redirect(&session, "/settings/deliveries", "It stands among those given up again.", None).await
}
