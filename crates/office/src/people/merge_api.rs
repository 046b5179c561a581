//! Merging people over the API.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    merge::{self, MergePreview},
    unmerge,
};
use crate::{
    Actor, Office,
    api::{Body, Described, Write, describe},
    web::AppError,
};

pub fn described() -> Vec<Described> {
    vec![
        describe::post("/api/v1/people/{id}/merge", "Merge another person into this one", merged)
            .words("All that the other has goes over; leads of both that were in the funnel at one time become one. `dry_run` says what would happen and changes nothing.")
            .takes::<NewMerge>()
            .gives::<Merged>(),
        describe::delete("/api/v1/people-merges/{id}", "Take a merge back", parted)
            .words("By whoever did it, a leader or an administrator; refused where something was done since that could be either one's.")
            .gives::<Parted>(),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewMerge {
    /// The other, who goes.
    pub person_id: i64,
    pub dry_run: bool,
}

#[derive(Serialize, ToSchema)]
pub struct Merged {
    /// Takes it back; null for a dry run.
    pub merge_id: Option<i64>,
    #[serde(flatten)]
    pub preview: MergePreview,
}

#[derive(Serialize, ToSchema)]
pub struct Parted {
    pub kept_id: i64,
    /// Who is back.
    pub person_id: i64,
}

/// Tables of which open pages hear after a merge.
pub const TOLD: [&str; 5] = ["people", "leads", "transitions", "deals", "clocks"];

async fn merged(State(office): State<Office>, actor: Actor, Path(id): Path<i64>, body: Body<NewMerge>) -> Result<Response, AppError> {
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let other = body.fields.person_id;
    let preview = merge::preview(write.tx.conn(), id, other).await?;
    if body.fields.dry_run {
        return write.answer(StatusCode::CREATED, &Merged { merge_id: None, preview }, &[]).await;
    }
    let merge_id = Some(merge::merge(&mut write.tx, &write.author, &*office.versions().await?, id, other).await?);
    write.answer(StatusCode::CREATED, &Merged { merge_id, preview }, &TOLD).await
}

async fn parted(State(office): State<Office>, actor: Actor, Path(id): Path<i64>) -> Result<Response, AppError> {
    let body = Body { fields: (), key: None, hash: String::new() };
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let (kept_id, person_id) = unmerge::undo(&mut write.tx, &actor, &write.author, &*office.versions().await?, id).await?;
    write.answer(StatusCode::OK, &Parted { kept_id, person_id }, &TOLD).await
}
