//! The checklist over the API.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Office,
    api::{Described, describe, wire::at},
    web::AppError,
};

pub fn described() -> Vec<Described> {
    vec![
        describe::get("/api/v1/checklist", "The ten points of alignment, judged from what both teams do", one)
            .words("Most of it looks at the last 30 days. What nobody writes down can't be judged, and says so.")
            .gives::<ChecklistAnswer>(),
    ]
}

#[derive(Serialize, ToSchema)]
pub struct ChecklistAnswer {
    #[schema(format = DateTime)]
    as_of: String,
    points: Vec<ChecklistPoint>,
}

#[derive(Serialize, ToSchema)]
pub struct ChecklistPoint {
    key: &'static str,
    name: &'static str,
    /// `done`, `partly`, `not_yet` or `cant_judge`.
    standing: &'static str,
    evidence: Vec<ChecklistEvidence>,
    next_step: String,
    next_step_page: &'static str,
}

#[derive(Serialize, ToSchema)]
pub struct ChecklistEvidence {
    words: String,
    /// The page that shows its rows.
    page: Option<&'static str>,
}

async fn one(State(office): State<Office>) -> Result<Json<ChecklistAnswer>, AppError> {
    Ok(Json(answer(super::look(&office, office.clock().now()).await?)))
}

/// In the words of the API; the command line prints the same.
pub fn answer(found: super::Checklist) -> ChecklistAnswer {
    let point = |point: alignment::checklist::Point| ChecklistPoint {
        key: point.key,
        name: point.name,
        standing: point.standing.key(),
        evidence: point.evidence.into_iter().map(|one| ChecklistEvidence { words: one.words, page: one.page }).collect(),
        next_step: point.next_step.words.to_owned(),
        next_step_page: point.next_step.page,
    };
    ChecklistAnswer { as_of: at(found.as_of.0), points: found.points.into_iter().map(point).collect() }
}
