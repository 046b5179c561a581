//! The page on which a saved plan's spend is planned, by month and source.

use std::sync::Arc;

use alignment::Currency;
use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use insight::plan::Record;
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
    let opened = Opened::read(&office, id).await?;
    let rows = opened.body.spend.iter().map(|line| Typed::of(line, opened.currency())).collect();
    let edits = opened.edits;
    Ok(Page(opened.shown(frame, rows, &Again { status: StatusCode::OK, words: String::new(), edits, empty: lines::EMPTY })))
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
    let mut typed = lines::typed(&form)?;
    let opened = Opened::read(&office, id).await?;
    let again = if said("do") == Some("more") {
        Again { status: StatusCode::OK, words: String::new(), edits, empty: MORE }
    } else {
        match opened.kept_or_again(&office, &actor, edits, &mut typed).await? {
            Err(again) => again,
            Ok(has_changed) => {
                let undo = has_changed.then(|| format!("/plan/saved/{id}/edits/{}/return", edits + 1));
                return redirect(&session, &saving::address_of(id), "The plan's spend is saved.", undo).await;
            }
        }
    };
    // What was written is shown again, so that nobody types it twice.
    let page = opened.shown(frame, typed, &again);
    Ok((again.status, Page(page)).into_response())
}

/// The form once more, and why.
struct Again {
    status: StatusCode,
    words: String,
    edits: i64,
    empty: usize,
}

/// A saved plan, and the record whose sources its spend is of.
struct Opened {
    id: i64,
    name: String,
    edits: i64,
    body: PlanBody,
    record: Arc<Record>,
}

impl Opened {
    async fn read(office: &Office, id: i64) -> Result<Opened, AppError> {
        let plan = saved::one(office, id).await?;
        let body = saved::in_own_currency(office, &saved::body(&plan)?).await?;
        let params = QuestionParams { currency: body.currency.map(|currency| currency.to_string()), ..QuestionParams::default() };
        let (history, question) = ask(office, &params, "all").await?;
        let record = kept::record(&history, &question).await?;
        Ok(Opened { id, name: plan.name, edits: plan.edits, body, record })
    }

    fn currency(&self) -> Currency {
        self.record.currency
    }

    /// Whether anything differed from what was there. `edits`: those that were seen.
    async fn kept_or_again(
        &self,
        office: &Office,
        actor: &Actor,
        edits: i64,
        typed: &mut [Typed],
    ) -> Result<Result<bool, Again>, AppError> {
        let again = |status, words: String, edits| Ok(Err(Again { status, words, edits, empty: lines::EMPTY }));
        let Some(spend) = lines::read(typed, self.currency(), &self.record.pooled) else {
            let words = "Nothing was saved yet: something below needs another look.".into();
            return again(StatusCode::UNPROCESSABLE_ENTITY, words, edits);
        };
        let spend_minor = self.body.spend_minor.filter(|_| spend.is_empty());
        let changed = PlanBody { spend, spend_minor, ..self.body.clone() };
        match saved::keep(office, actor, &self.name, &changed, Some((self.id, edits))).await {
            Ok(kept) => Ok(Ok(kept.has_changed)),
            Err(error @ AppError::Conflict(_)) => {
                let words = format!("{error} Or save again here, and these lines take the place of the plan's.");
                again(StatusCode::CONFLICT, words, self.edits)
            }
            Err(AppError::Refused(words)) => again(StatusCode::UNPROCESSABLE_ENTITY, words, edits),
            Err(error) => Err(error),
        }
    }

    fn shown(self, frame: Frame, typed: Vec<Typed>, again: &Again) -> SpendPage {
        let (currency, choices) = (self.currency().to_string(), lines::choices(&self.record, &typed));
        let mut rows = typed;
        rows.extend((0..again.empty).map(|_| Typed::default()));
        SpendPage {
            name: self.name,
            address: address_of(self.id),
            plan: saving::address_of(self.id),
            edits: again.edits,
            currency,
            by: self.body.by.unwrap_or_default(),
            wrong: again.words.clone(),
            rows,
            choices,
            frame,
        }
    }
}
