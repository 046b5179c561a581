//! What I was told: the list, the count in the frame, and marking as read.

use alignment::Instant;
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use facts::{
    Connection,
    list::{LIMIT_DEFAULT, Turn},
    notifications::{self as told, NotificationRow},
};
use serde::Deserialize;
use tower_sessions::Session;

use super::NoticeKind;
use crate::{
    Actor, Office,
    api::write,
    ui::{Frame, url},
    web::{Allow, AppError, Endpoint, Page, redirect},
};

/// The bell counts up to here, and then says so.
const COUNTED_MAX: i64 = 99;

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/notifications", Allow::SignedIn, page),
        Endpoint::get("/notifications/unread", Allow::SignedIn, bell),
        Endpoint::post("/notifications/reading", Allow::SignedIn, read_all),
        Endpoint::post("/notifications/reading/{at}/undoing", Allow::SignedIn, unread_all),
        Endpoint::post("/notifications/{id}/reading", Allow::SignedIn, open),
    ]
}

#[derive(Template)]
#[template(path = "notifications/list.html")]
struct ListPage {
    frame: Frame,
    rows: Vec<Row>,
    only_unread: bool,
    any_unread: bool,
    back: Option<String>,
    forward: Option<String>,
}

struct Row {
    id: i64,
    kind: &'static str,
    title: String,
    body: String,
    at: String,
    unread: bool,
    opens: bool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ListQuery {
    unread: Option<String>,
    cursor: Option<String>,
}

async fn page(State(office): State<Office>, frame: Frame, Query(query): Query<ListQuery>) -> Result<Page<ListPage>, AppError> {
    let user = me(&frame.actor)?;
    let only_unread = query.unread.as_deref() == Some("1");
    let cursor = query.cursor.as_deref().filter(|text| !text.is_empty());
    let mut record = office.facts().read().await?;
    let any_unread = told::unread(record.conn(), user, 1).await? > 0;
    let found = told::list(&mut record, Some(user), only_unread, Turn { cursor, limit: LIMIT_DEFAULT }).await?;
    let base = if only_unread { "/notifications?unread=1" } else { "/notifications" };
    let joint = if only_unread { '&' } else { '?' };
    Ok(Page(ListPage {
        rows: found.items.into_iter().map(|row| shown(&frame, row)).collect(),
        only_unread,
        any_unread,
        back: cursor.map(|_| base.to_owned()),
        forward: found.next.map(|next| format!("{base}{joint}cursor={}", url::encode(&next))),
        frame,
    }))
}

fn shown(frame: &Frame, row: NotificationRow) -> Row {
    Row {
        id: row.id,
        kind: NoticeKind::parse(&row.kind).map_or("", NoticeKind::name),
        title: row.title,
        body: row.body,
        at: frame.date_time(Instant(row.at)),
        unread: row.read_at.is_none(),
        opens: row.url.is_some(),
    }
}

/// The bell of every page; it asks again when there is news.
#[derive(Template)]
#[template(path = "notifications/bell.html")]
struct Bell {
    unread: String,
}

async fn bell(State(office): State<Office>, actor: Actor) -> Result<Page<Bell>, AppError> {
    let mut record = office.facts().read().await?;
    Ok(Page(Bell { unread: unread(record.conn(), me(&actor)?).await? }))
}

/// How many that person has not read, as the bell shows it; empty for none.
pub async fn unread(record: &mut Connection, user: i64) -> Result<String, AppError> {
    Ok(match told::unread(record, user, COUNTED_MAX + 1).await? {
        0 => String::new(),
        count @ 1..=COUNTED_MAX => count.to_string(),
        _ => format!("{COUNTED_MAX}+"),
    })
}

/// Marks it as read and goes to what it is about.
async fn open(State(office): State<Office>, actor: Actor, Path(id): Path<i64>) -> Result<Response, AppError> {
    let user = me(&actor)?;
    let author = write::author(&office, &actor).await?;
    let mut tx = office.facts().write().await?;
    told::mark_read(&mut tx, &author, user, id).await?;
    let row = told::one(tx.conn(), user, id).await?;
    tx.commit().await?;
    // Notices name pages of Tandem alone; anything else is not gone to.
    let address = row.url.filter(|path| path.starts_with('/') && !path.starts_with("//")).unwrap_or_else(|| "/notifications".into());
    Ok(axum::response::IntoResponse::into_response(axum::response::Redirect::to(&address)))
}

async fn read_all(State(office): State<Office>, session: Session, actor: Actor) -> Result<Response, AppError> {
    let author = write::author(&office, &actor).await?;
    let mut tx = office.facts().write().await?;
    let rows = told::mark_all_read(&mut tx, &author, me(&actor)?).await?;
    tx.commit().await?;
    let (words, undo) = match rows {
        0 => ("There was nothing unread.".to_owned(), None),
        1 => ("1 notification is marked as read.".to_owned(), Some(author.now)),
        rows => (format!("{rows} notifications are marked as read."), Some(author.now)),
    };
    redirect(&session, "/notifications", &words, undo.map(|at| format!("/notifications/reading/{at}/undoing"))).await
}

async fn unread_all(State(office): State<Office>, session: Session, actor: Actor, Path(at): Path<String>) -> Result<Response, AppError> {
    let at = at.parse().map_err(|_| AppError::not_found("reading", &at))?;
    let author = write::author(&office, &actor).await?;
    let mut tx = office.facts().write().await?;
    told::mark_unread(&mut tx, &author, me(&actor)?, at).await?;
    tx.commit().await?;
    redirect(&session, "/notifications", "They are unread again.", None).await
}

pub fn me(actor: &Actor) -> Result<i64, AppError> {
    actor.user.map(|user| user.0).ok_or(AppError::SignedOut)
}
