//! The page on which a saved plan's spend is planned, by month and source.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use tower_sessions::Session;

use super::{
    api::PLANNERS,
    body::PlanBody,
    kept,
    lines::{self, Typed},
    saved, saving,
};
use crate::{
    Actor, Office,
    question::{QuestionParams, ask},
    ui::Frame,
    web::{AppError, Endpoint, Page, redirect},
};

/// Empty lines that are added when more are asked for.
const MORE: usize = 12;

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::get("/plan/saved/{id}/spend", PLANNERS, page), Endpoint::post("/plan/saved/{id}/spend", PLANNERS, save)]
}

pub fn address_of(id: i64) -> String {
    format!("/plan/saved/{id}/spend")
}

#[derive(Template)]
#[template(path = "plan/spend.html")]
struct SpendPage {
    name: String,
    address: String,
    plan: String,
    edits: i64,
    currency: String,
    by: String,
    wrong: String,
    rows: Vec<Typed>,
    choices: Vec<(String, String)>,
    frame: Frame,
}

async fn page(State(office): State<Office>, frame: Frame, Path(id): Path<i64>) -> Result<Page<SpendPage>, AppError> {
    let (plan, body) = opened(&office, id).await?;
    let currency = currency_of(&body);
    let rows = body.spend.iter().map(|line| Typed::of(line, currency)).collect();
    Ok(Page(shown(&office, frame, id, plan, &body, rows, lines::EMPTY, String::new()).await?))
}

/// All lines at once: those that are removed or empty are gone, and where one is wrong, nothing is saved.
async fn save(
    State(office): State<Office>,
    session: Session,
    frame: Frame,
    actor: Actor,
    Path(id): Path<i64>,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let said = |name: &str| form.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
    let edits = said("edits").and_then(|edits| edits.parse().ok()).unwrap_or(0);
    let mut typed = lines::typed(&form);
    let ((name, now), body) = opened(&office, id).await?;
    let again = if said("do") == Some("more") {
        Again { status: StatusCode::OK, words: String::new(), edits, empty: MORE }
    } else {
        match kept_or_again(&office, &actor, id, (name.as_str(), edits, now), &body, &mut typed).await? {
            Err(again) => again,
            Ok(has_changed) => {
                let undo = has_changed.then(|| format!("/plan/saved/{id}/edits/{}/return", edits + 1));
                return redirect(&session, &saving::address_of(id), "The plan's spend is saved.", undo).await;
            }
        }
    };
    // What was written is shown again, so that nobody types it twice.
    let page = shown(&office, frame, id, (name, again.edits), &body, typed, again.empty, again.words).await?;
    Ok((again.status, Page(page)).into_response())
}

/// The form once more, and why.
struct Again {
    status: StatusCode,
    words: String,
    edits: i64,
    empty: usize,
}

/// Whether anything differed from what was there. `now`: the edits of the plan, where `edits` were seen.
async fn kept_or_again(
    office: &Office,
    actor: &Actor,
    id: i64,
    (name, edits, now): (&str, i64, i64),
    body: &PlanBody,
    typed: &mut [Typed],
) -> Result<Result<bool, Again>, AppError> {
    let again = |status, words: String, edits| Ok(Err(Again { status, words, edits, empty: lines::EMPTY }));
    let Some(spend) = lines::read(typed, currency_of(body)) else {
        let words = "Nothing was saved yet: something below needs another look.".into();
        return again(StatusCode::UNPROCESSABLE_ENTITY, words, edits);
    };
    let spend_minor = body.spend_minor.filter(|_| spend.is_empty());
    let changed = PlanBody { spend, spend_minor, ..body.clone() };
    match saved::keep(office, actor, name, &changed, Some((id, edits))).await {
        Ok(kept) => Ok(Ok(kept.has_changed)),
        Err(error @ AppError::Conflict(_)) => {
            again(StatusCode::CONFLICT, format!("{error} Or save again here, and these lines take the place of the plan's."), now)
        }
        Err(AppError::Refused(words)) => again(StatusCode::UNPROCESSABLE_ENTITY, words, edits),
        Err(error) => Err(error),
    }
}

/// Name and edits of a plan, and what it says.
async fn opened(office: &Office, id: i64) -> Result<((String, i64), PlanBody), AppError> {
    let plan = saved::one(office, id).await?;
    let body = saved::in_own_currency(office, &saved::body(&plan)?).await?;
    Ok(((plan.name, plan.edits), body))
}

/// A body from [`opened`] names it.
fn currency_of(body: &PlanBody) -> alignment::Currency {
    body.currency.unwrap_or(alignment::Currency::EUR)
}

#[expect(clippy::too_many_arguments, reason = "each is a part of the page")]
async fn shown(
    office: &Office,
    frame: Frame,
    id: i64,
    (name, edits): (String, i64),
    body: &PlanBody,
    typed: Vec<Typed>,
    empty: usize,
    wrong: String,
) -> Result<SpendPage, AppError> {
    let currency = currency_of(body);
    let params = QuestionParams { currency: Some(currency.to_string()), ..QuestionParams::default() };
    let (history, question) = ask(office, &params, "all").await?;
    let choices = lines::choices(&*kept::record(&history, &question).await?, &typed);
    let mut rows = typed;
    rows.extend((0..empty).map(|_| Typed::default()));
    Ok(SpendPage {
        name,
        address: address_of(id),
        plan: saving::address_of(id),
        edits,
        currency: currency.to_string(),
        by: body.by.clone().unwrap_or_default(),
        wrong,
        rows,
        choices,
        frame,
    })
}
