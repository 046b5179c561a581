//! The first page after signing in.

use alignment::{
    Instant,
    instant::{MICROS_PER_DAY, MICROS_PER_MINUTE},
};
use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use insight::{
    answer::Evidence,
    history::History,
    kpi,
    question::{Period, Question},
};
use tower_sessions::Session;

use super::{
    movers::{Mover, movers},
    waiting::{WaitRow, waiting},
};
use crate::{
    Office, imports,
    question::{QuestionParams, ask},
    scoreboard::{aside, default_period},
    ui::{Frame, format},
    web::{Allow, AppError, Endpoint, Page, endpoints::ADMINS, redirect},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::get("/", Allow::SignedIn, page), Endpoint::post("/sample", ADMINS, load_sample)]
}

/// Coming back within this is still the same visit.
const VISIT_MINUTES: i64 = 30;
const LISTED: usize = 8;

#[derive(Template)]
#[template(path = "today/page.html")]
struct TodayPage {
    since: String,
    waits: Vec<WaitRow>,
    mqls: List,
    won: List,
    movers: Vec<Mover>,
    imports: Vec<ImportRow>,
    frame: Frame,
}

#[derive(Template)]
#[template(path = "today/first_steps.html")]
struct FirstSteps {
    may_import: bool,
    may_load_sample: bool,
    busy: bool,
    frame: Frame,
}

/// Some of the rows behind a number.
struct List {
    total: u64,
    rows: Vec<ListRow>,
}

struct ListRow {
    name: String,
    detail: String,
    address: String,
    at: String,
    value: String,
}

struct ImportRow {
    id: i64,
    recipe: String,
    words: String,
    at: String,
}

async fn page(State(office): State<Office>, session: Session, frame: Frame) -> Result<Response, AppError> {
    let history = office.history().await?;
    let recent = imports::list(&office, None, 5).await?;
    if history.people.is_empty() && history.companies.is_empty() && history.deals.is_empty() {
        return Ok(Page(first_steps(frame, recent.iter().any(|import| import.state == "running"))).into_response());
    }
    let since = since(&session, frame.now).await?;
    let (_, question) = ask(&office, &QuestionParams::default(), default_period(&history, frame.now)).await?;
    let (found, question) = aside(move || (look(&history, &question, since), question)).await?;
    let (mqls, won, answers) = found;
    let imports = recent.iter().map(|import| import_row(import, &frame)).collect();
    Ok(Page(TodayPage {
        since: frame.date_time(since),
        waits: waiting(&office, &frame).await?,
        mqls: list(&office, &frame, &question, "leads", mqls).await?,
        won: list(&office, &frame, &question, "deals", won).await?,
        movers: movers(&answers, question.currency, &question.zone, question.as_of, 6),
        imports,
        frame,
    })
    .into_response())
}

/// New MQLs since then, deals won in the last seven days, and all numbers.
fn look(history: &History, question: &Question, since: Instant) -> (Option<Evidence>, Option<Evidence>, Vec<insight::answer::KpiAnswer>) {
    let in_period = |from: Instant| Question { period: Period { from, to: question.as_of.plus_micros(1) }, by: None, ..question.clone() };
    let week = question.as_of.plus_micros(-7 * MICROS_PER_DAY);
    (
        kpi::evidence(history, &in_period(since), "mqls", None, 0, 5000),
        kpi::evidence(history, &in_period(week), "revenue", None, 0, 5000),
        kpi::scoreboard(history, question),
    )
}

/// Newest first.
async fn list(office: &Office, frame: &Frame, question: &Question, noun: &str, found: Option<Evidence>) -> Result<List, AppError> {
    let Some(mut found) = found else { return Ok(List { total: 0, rows: Vec::new() }) };
    found.rows.retain(|row| row.fault.is_none());
    let total = found.rows.len() as u64;
    found.rows.sort_by_key(|row| std::cmp::Reverse(row.at));
    found.rows.truncate(LISTED);
    let ids: Vec<i64> = found.rows.iter().map(|row| row.id).collect();
    let names = facts::names::of(&mut *office.facts().reader().await?, noun, &ids).await?;
    let row = |row: &insight::answer::EvidenceRow| {
        let named = names.get(&row.id);
        ListRow {
            name: named.and_then(|named| named.name.clone()).unwrap_or_else(|| format!("{noun} {}", row.id)),
            detail: named.and_then(|named| named.detail.clone()).unwrap_or_default(),
            address: format!("/{noun}/{}", row.id),
            at: row.at.map(|at| frame.date_time(at)).unwrap_or_default(),
            value: match row.value {
                Some(value) if noun == "deals" => format::money_short(value, question.currency),
                _ => String::new(),
            },
        }
    };
    Ok(List { total, rows: found.rows.iter().map(row).collect() })
}

/// When the visit before this one ended; for the first visit, a week ago.
async fn since(session: &Session, now: Instant) -> Result<Instant, AppError> {
    let internal = |error: tower_sessions::session::Error| AppError::Internal(error.into());
    let seen: Option<i64> = session.get("seen_at").await.map_err(internal)?;
    let from: Option<i64> = session.get("seen_from").await.map_err(internal)?;
    let new_visit = seen.is_none_or(|seen| now.0 - seen > VISIT_MINUTES * MICROS_PER_MINUTE);
    let from = match (seen, from) {
        (Some(seen), _) if new_visit => seen,
        (_, Some(from)) => from,
        _ => now.0 - 7 * MICROS_PER_DAY,
    };
    if new_visit || seen.is_none_or(|seen| now.0 - seen > MICROS_PER_MINUTE) {
        session.insert("seen_from", from).await.map_err(internal)?;
        session.insert("seen_at", now.0).await.map_err(internal)?;
    }
    Ok(Instant(from))
}

fn import_row(import: &facts::imports::Import, frame: &Frame) -> ImportRow {
    let words = match import.state.as_str() {
        "done" => {
            let number = |count: i64| format::count(count.max(0) as u64);
            format!("{} new, {} updated, {} rejected", number(import.created), number(import.updated), number(import.rejected))
        }
        state => state.to_owned(),
    };
    ImportRow { id: import.id, recipe: import.recipe.clone(), words, at: frame.date_time(Instant(import.started_at)) }
}

fn first_steps(frame: Frame, busy: bool) -> FirstSteps {
    let may_import = frame.actor.role != crate::Role::Sales;
    FirstSteps { may_import, may_load_sample: frame.actor.role == crate::Role::Admin, busy, frame }
}

/// Loads the sample company in the background.
async fn load_sample(State(office): State<Office>, session: Session, frame: Frame) -> Result<Response, AppError> {
    let actor = frame.actor.clone();
    tokio::spawn(async move {
        let ends_at = office.clock().now();
        if let Err(error) = crate::sample_company::load(&office, &actor, SAMPLE_SEED, ends_at, 1.0, imports::no_progress()).await {
            tracing::warn!("the sample company was not loaded: {error:#}");
        }
    });
    redirect(&session, "/", "The sample company is being built; it takes some seconds.", None).await
}

const SAMPLE_SEED: u64 = 7;
