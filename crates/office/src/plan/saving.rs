//! Saving a plan from its page: where something is wrong, the form comes again with what was written.

use std::collections::HashMap;

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use tower_sessions::Session;

use super::{
    Planned,
    api::PLANNERS,
    body::{PlanBody, Territory},
    pages, saved,
};
use crate::{
    Actor, Office,
    ui::{Frame, format, url},
    web::{AppError, Endpoint, Page, redirect},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::post("/plan/saved", PLANNERS, save),
        Endpoint::post("/plan/saved/{id}/removal", PLANNERS, remove),
        Endpoint::post("/plan/saved/{id}/return", PLANNERS, put_back),
        Endpoint::post("/plan/saved/{id}/edits/{edits}/return", PLANNERS, take_back),
    ]
}

/// The form once more, with the names that it has in the plan's page.
#[derive(Template)]
#[template(path = "plan/save.html")]
struct SavePage {
    fields: Vec<(&'static str, String)>,
    plan_id: String,
    plan_edits: String,
    plan_name: String,
    plan_territories: String,
    plan_note: String,
    as_new: bool,
    wrong: Wrong,
    back: String,
    frame: Frame,
}

/// What can't be saved as it is, and beside which field it is said; nothing in the plan's page.
#[derive(Default)]
pub struct Wrong {
    pub field: &'static str,
    pub words: String,
}

impl Wrong {
    fn of(words: &str) -> Wrong {
        let field = ["name", "territories", "note"].into_iter().find(|field| words.starts_with(field)).unwrap_or_default();
        let words = words.strip_prefix(field).and_then(|rest| rest.split_once(": ")).map_or(words, |(_, rest)| rest);
        Wrong { field, words: super::shown::sentence(words.trim_end_matches('.')) }
    }
}

/// A line for each region: `Iberia 40%`.
pub fn territories_text(found: &Planned) -> String {
    let line = |territory: &Territory| format!("{} {}%", territory.region, format::decimal(territory.share * 100.0));
    found.body.territories.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn territories_read(text: &str) -> Result<Vec<Territory>, AppError> {
    let read = |line: &str| {
        let (region, share) = line.trim().rsplit_once([' ', '\t']).unwrap_or((line, ""));
        let share = share.trim_end_matches('%').parse::<f64>().ok();
        let share =
            share.ok_or_else(|| AppError::refused(format!("territories: `{line}`; write a region and its share, such as Iberia 40%")))?;
        Ok(Territory { region: region.trim().to_owned(), share: share / 100.0 })
    };
    text.lines().filter(|line| !line.trim().is_empty()).map(read).collect()
}

async fn save(
    State(office): State<Office>,
    session: Session,
    frame: Frame,
    actor: Actor,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Response, AppError> {
    match kept(&office, &actor, &form).await {
        Ok((id, undo)) => redirect(&session, &address_of(id), "The plan is saved.", undo).await,
        Err(AppError::Conflict(words)) => {
            // Whoever read that it was saved since may save theirs over it.
            let Some(id) = said(&form, "plan").and_then(|id| id.parse().ok()) else { return Err(AppError::Conflict(words)) };
            let edits = saved::one(&office, id).await?.edits.to_string();
            let words = format!("{words} Or save again here, and yours takes the place of what was saved since.");
            Ok(again(&form, frame, edits, AppError::Conflict(words)))
        }
        Err(error @ AppError::Refused(_)) => {
            let edits = said(&form, "edits").unwrap_or_default().to_owned();
            Ok(again(&form, frame, edits, error))
        }
        Err(error) => Err(error),
    }
}

fn said<'a>(form: &'a HashMap<String, String>, name: &str) -> Option<&'a str> {
    form.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// The plan's id, and where what was done is taken back.
async fn kept(office: &Office, actor: &Actor, form: &HashMap<String, String>) -> Result<(i64, Option<String>), AppError> {
    let said = |name: &str| said(form, name);
    let mut body: PlanBody =
        serde_json::from_str(said("body").unwrap_or("{}")).map_err(|error| AppError::refused(format!("body: {error}")))?;
    body.territories = territories_read(said("territories").unwrap_or_default())?;
    body.note = said("note").map(str::to_owned);
    let name = said("name").unwrap_or_default();
    let body = saved::in_own_currency(office, &body).await?;
    let over = crate::api::ask::id("plan", &said("plan").map(str::to_owned))?.filter(|_| said("as_new").is_none());
    let edits = said("edits").and_then(|edits| edits.parse().ok()).unwrap_or(0);
    let kept = saved::keep(office, actor, name, &body, over.map(|id| (id, edits))).await?;
    let id = kept.plan.id;
    let undo = match over {
        Some(_) => kept.has_changed.then(|| format!("/plan/saved/{id}/edits/{}/return", edits + 1)),
        None => Some(format!("/plan/saved/{id}/removal")),
    };
    Ok((id, undo))
}

/// `edits`: of the plan that the next save takes the place of.
fn again(form: &HashMap<String, String>, frame: Frame, edits: String, error: AppError) -> Response {
    let text = |name: &str| said(form, name).unwrap_or_default().to_owned();
    let plan_id = text("plan");
    let page = SavePage {
        fields: vec![("body", text("body"))],
        back: plan_id.parse().map_or_else(|_| pages::PATH.into(), address_of),
        plan_id,
        plan_edits: edits,
        plan_name: text("name"),
        plan_territories: text("territories"),
        plan_note: text("note"),
        as_new: said(form, "as_new").is_some(),
        wrong: Wrong::of(&error.to_string()),
        frame,
    };
    (error.problem().status, Page(page)).into_response()
}

/// The plan as it was before the save that made these edits of it.
async fn take_back(
    State(office): State<Office>,
    session: Session,
    actor: Actor,
    Path((id, edits)): Path<(i64, i64)>,
) -> Result<Response, AppError> {
    saved::take_back(&office, &actor, id, edits).await?;
    let undo = format!("/plan/saved/{id}/edits/{}/return", edits + 1);
    redirect(&session, &address_of(id), "The plan is as it was before.", Some(undo)).await
}

pub fn address_of(id: i64) -> String {
    url::with(pages::PATH, [("plan", id.to_string().as_str())])
}

async fn remove(State(office): State<Office>, session: Session, actor: Actor, Path(id): Path<i64>) -> Result<Response, AppError> {
    saved::remove(&office, &actor, id).await?;
    redirect(&session, pages::PATH, "The plan is removed.", Some(format!("/plan/saved/{id}/return"))).await
}

async fn put_back(State(office): State<Office>, session: Session, actor: Actor, Path(id): Path<i64>) -> Result<Response, AppError> {
    saved::put_back(&office, &actor, id).await?;
    redirect(&session, &address_of(id), "The plan is back.", Some(format!("/plan/saved/{id}/removal"))).await
}
