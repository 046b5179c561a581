//! Making one person of two, by page: who might be the same, what would move, and the way back.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};
use facts::merges;
use serde::Deserialize;
use tower_sessions::Session;

use super::{
    merge::{self, MergePreview},
    merge_api::TOLD,
    unmerge,
};
use crate::{
    Actor, Office,
    api::{Asked, ask, write},
    office::News,
    ui::Frame,
    web::{Allow, AppError, Endpoint, Page, redirect},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/people/{id}/merge", Allow::SignedIn, page),
        Endpoint::post("/people/{id}/merge", Allow::SignedIn, merged),
        Endpoint::post("/people-merges/{id}/removal", Allow::SignedIn, parted),
    ]
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct With {
    with: Option<String>,
}

#[derive(Template)]
#[template(path = "people/merge.html")]
struct MergePage {
    frame: Frame,
    id: i64,
    name: String,
    /// Same address, or same name at the same company; the one that was asked for first.
    doubles: Vec<MergePreview>,
    /// Why the one that was asked for can't be shown.
    refusal: Option<String>,
    undoable: Vec<(i64, String)>,
}

async fn page(
    State(office): State<Office>,
    frame: Frame,
    Path(id): Path<i64>,
    Asked(with): Asked<With>,
) -> Result<Page<MergePage>, AppError> {
    let mut record = office.facts().read().await?;
    let person = facts::people::one(record.conn(), id).await?;
    let mut wanted = merges::likely_doubles(record.conn(), id).await?;
    let asked = ask::id("with", &with.with)?;
    if let Some(other) = asked {
        wanted.retain(|double| *double != other);
        wanted.insert(0, other);
    }
    let (mut doubles, mut refusal) = (Vec::new(), None);
    for other in wanted {
        match merge::preview(record.conn(), id, other).await {
            Ok(preview) => doubles.push(preview),
            Err(error) if asked == Some(other) => refusal = Some(error.to_string()),
            Err(_) => {}
        }
    }
    let standing = merges::into_person(record.conn(), id).await?;
    let undoable = standing
        .into_iter()
        .filter(|row| unmerge::may_undo(&frame.actor, row))
        .map(|row| (row.id, frame.date_time(alignment::Instant(row.at))));
    Ok(Page(MergePage {
        id,
        name: person.name.or(person.email).unwrap_or_else(|| format!("Person {id}")),
        doubles,
        refusal,
        undoable: undoable.collect(),
        frame,
    }))
}

#[derive(Deserialize)]
struct MergeForm {
    person_id: i64,
}

async fn merged(
    State(office): State<Office>,
    session: Session,
    actor: Actor,
    Path(id): Path<i64>,
    Form(form): Form<MergeForm>,
) -> Result<Response, AppError> {
    let (author, versions) = (write::author(&office, &actor).await?, office.versions().await?);
    let mut tx = office.facts().write().await?;
    let merge_id = merge::merge(&mut tx, &author, &versions, id, form.person_id).await?;
    tx.commit().await?;
    tell(&office);
    redirect(&session, &format!("/people/{id}"), "Two people are one now.", Some(format!("/people-merges/{merge_id}/removal"))).await
}

async fn parted(State(office): State<Office>, session: Session, actor: Actor, Path(id): Path<i64>) -> Result<Response, AppError> {
    let (author, versions) = (write::author(&office, &actor).await?, office.versions().await?);
    let mut tx = office.facts().write().await?;
    let (kept, _) = unmerge::undo(&mut tx, &actor, &author, &versions, id).await?;
    tx.commit().await?;
    tell(&office);
    redirect(&session, &format!("/people/{kept}"), "They are two people again.", None).await
}

fn tell(office: &Office) {
    office.tell(News::Record { tables: TOLD.iter().map(|table| (*table).to_owned()).collect() });
}
