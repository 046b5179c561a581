//! The list of experiments, and one with what it shows.

use alignment::Instant;
use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use facts::{
    experiments::{self as record, ExperimentRow},
    list::Turn,
};
use insight::experiment::{Outcome, Standing};
use picture::Width;
use serde::Deserialize;
use tower_sessions::Session;

use super::{
    Looked,
    api::{Change, EXPERIMENTERS, changed},
    days_run,
    form::{self, Shown, Typed},
    look, pictures, report, rows_page,
};
use crate::{
    Office, Role,
    api::{Asked, write},
    office::News,
    question::QuestionParams,
    scoreboard::params::address,
    ui::{
        Exhibit, Frame, Judged,
        exhibit::{csv_file, svg_file},
        format,
    },
    web::{Allow, AppError, Endpoint, Page, redirect},
};

const PATH: &str = "/experiments";

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(PATH, Allow::SignedIn, list),
        Endpoint::post(PATH, EXPERIMENTERS, create),
        Endpoint::get("/experiments/values", Allow::SignedIn, form::suggested),
        Endpoint::get("/experiments/{id}", Allow::SignedIn, one),
        Endpoint::get("/experiments/{id}/rows", Allow::SignedIn, rows_page::page),
        Endpoint::get("/experiments/{id}/versions.svg", Allow::SignedIn, versions_svg),
        Endpoint::get("/experiments/{id}/versions.csv", Allow::SignedIn, versions_csv),
        Endpoint::post("/experiments/{id}/end", EXPERIMENTERS, end),
        Endpoint::post("/experiments/{id}/reopening", EXPERIMENTERS, reopen),
        Endpoint::post("/experiments/{id}/removal", EXPERIMENTERS, remove),
        Endpoint::post("/experiments/{id}/restoration", EXPERIMENTERS, put_back),
    ]
}

#[derive(Template)]
#[template(path = "experiments/list.html")]
struct ListPage {
    rows: Vec<RowShown>,
    next: Option<String>,
    first: Option<String>,
    shown: String,
    form: Shown,
    frame: Frame,
}

struct RowShown {
    id: i64,
    name: String,
    what: String,
    a: String,
    b: String,
    decides: &'static str,
    from: String,
    state: &'static str,
    class: &'static str,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ListQuery {
    cursor: Option<String>,
}

async fn list(State(office): State<Office>, frame: Frame, Asked(query): Asked<ListQuery>) -> Result<Page<ListPage>, AppError> {
    let typed = Typed { starts_on: format::iso_date(frame.now, &frame.zone), ..Typed::default() };
    let form = Shown::of(&office, typed, None).await?;
    Ok(Page(list_page(&office, frame, query, form).await?))
}

async fn list_page(office: &Office, frame: Frame, query: ListQuery, form: Shown) -> Result<ListPage, AppError> {
    let mut record = office.facts().read().await?;
    let turn = Turn { cursor: query.cursor.as_deref().filter(|cursor| !cursor.is_empty()), ..Turn::first() };
    let page = record::list(&mut record, turn).await?;
    Ok(ListPage {
        shown: format::plural(page.items.len() as u64, "experiment on this page", "experiments on this page"),
        rows: page.items.iter().map(|row| row_shown(row, &frame)).collect(),
        next: page.next.map(|cursor| crate::ui::url::with(PATH, [("cursor", cursor.as_str())])),
        first: query.cursor.map(|_| PATH.to_owned()),
        form,
        frame,
    })
}

fn row_shown(row: &ExperimentRow, frame: &Frame) -> RowShown {
    let (state, class) = state(row, frame.now);
    RowShown {
        id: row.id,
        name: row.name.clone(),
        what: format::spaced(&row.dimension),
        a: row.a.clone(),
        b: row.b.clone(),
        decides: Outcome::parse(&row.number).map_or("", Outcome::name),
        from: frame.date(Instant(row.starts_at)),
        state,
        class,
    }
}

fn state(row: &ExperimentRow, now: Instant) -> (&'static str, &'static str) {
    match row {
        row if row.removed_at.is_some() => ("removed", "warn"),
        row if row.ends_at.is_some_and(|ends_at| ends_at <= now.0) => ("ended", ""),
        row if row.starts_at > now.0 => ("to come", ""),
        _ => ("running", "good"),
    }
}

#[derive(Template)]
#[template(path = "experiments/one.html")]
struct OnePage {
    row: RowShown,
    note: String,
    author: String,
    until: String,
    days: String,
    worth: String,
    decided_by: String,
    advice: String,
    class: &'static str,
    step: String,
    planned: String,
    so_far: String,
    versions: Vec<VersionShown>,
    outcomes: Vec<OutcomeShown>,
    exhibit: Exhibit,
    may_change: bool,
    is_removed: bool,
    has_ended: bool,
    as_of: String,
    known_at: String,
    judged: Judged,
    frame: Frame,
}

struct VersionShown {
    letter: &'static str,
    label: String,
    leads: String,
    age: String,
    young: String,
}

struct OutcomeShown {
    name: &'static str,
    decides: bool,
    a: String,
    a_rows: (String, String),
    b: String,
    b_rows: (String, String),
    difference: String,
    interval: String,
    chance: String,
    p: String,
}

async fn one(
    State(office): State<Office>,
    frame: Frame,
    Path(id): Path<i64>,
    Query(params): Query<QuestionParams>,
) -> Result<Page<OnePage>, AppError> {
    let looked = look(&office, &params, id).await?;
    let (question, advice) = (&looked.question, &looked.comparison.advice);
    let rows = |outcome: Outcome, version: &str| {
        address(&format!("/experiments/{id}/rows"), &params, &[("number", outcome.key()), ("version", version)])
    };
    let picture = pictures::versions(&looked);
    let file = |name: &str| address(&format!("/experiments/{id}/{name}"), &params, &[]);
    let is_author = looked.row.author_id.is_none() || looked.row.author_id == frame.actor.user.map(|user| user.0);
    Ok(Page(OnePage {
        row: row_shown(&looked.row, &frame),
        note: looked.row.note.clone().unwrap_or_default(),
        author: looked.row.author_name.clone().unwrap_or_else(|| "the command line".into()),
        // The last day that counts: an end at midnight is that of the day before.
        until: looked.row.ends_at.map(|at| frame.date(Instant(at).plus_micros(-1))).unwrap_or_default(),
        days: format::fixed(days_run(&looked.row, frame.now), 0),
        worth: format!("{}%", looked.row.worth_finding_percent),
        decided_by: report::inline(looked.design.decides),
        advice: report::advice_words(advice, question),
        class: match advice.standing {
            Standing::BIsBetter | Standing::AIsBetter | Standing::NoChangeWorthFinding => "good",
            Standing::EndedOpen => "warn",
            _ => "",
        },
        step: advice.step.map(|step| report::step(step, advice.outcome, question)).unwrap_or_default(),
        planned: advice.leads_planned.map(format::count).unwrap_or_default(),
        so_far: format::count(advice.leads_so_far),
        versions: versions(&looked),
        outcomes: outcomes(&looked, &rows),
        exhibit: Exhibit::new(&picture, Width::Wide, &report::outcomes(&looked), file("versions.svg"), file("versions.csv")),
        may_change: is_author || matches!(frame.actor.role, Role::Leader | Role::Admin),
        is_removed: looked.row.removed_at.is_some(),
        has_ended: looked.row.ends_at.is_some_and(|at| at <= frame.now.0),
        as_of: frame.date_time(question.as_of),
        known_at: frame.date_time(question.known_at),
        judged: Judged::of(question),
        frame,
    }))
}

fn versions(looked: &Looked) -> Vec<VersionShown> {
    let version = |letter, seen: &insight::experiment::VersionSeen| VersionShown {
        letter,
        label: seen.label.clone(),
        leads: format::plural(seen.leads, "lead", "leads"),
        age: seen.age_days.map(|days| format!("opened {} days ago on average", format::fixed(days, 0))).unwrap_or_default(),
        young: if seen.young > 0 { format!("{} still too young to count", format::count(seen.young)) } else { String::new() },
    };
    vec![version("A", &looked.comparison.a), version("B", &looked.comparison.b)]
}

fn outcomes(looked: &Looked, rows: &impl Fn(Outcome, &str) -> String) -> Vec<OutcomeShown> {
    let question = &looked.question;
    let shown = |found: &insight::experiment::Compared| {
        let of = |value| report::step(value, found.outcome, question);
        OutcomeShown {
            name: found.name,
            decides: found.outcome == looked.design.decides,
            a: report::seen(&found.a, found.outcome, question),
            a_rows: (report::sample(&found.a, question), rows(found.outcome, "a")),
            b: report::seen(&found.b, found.outcome, question),
            b_rows: (report::sample(&found.b, question), rows(found.outcome, "b")),
            difference: found.difference.map(|difference| of(difference.value)).unwrap_or_default(),
            interval: found
                .difference
                .map(|difference| format!("{} to {}", of(difference.interval.0), of(difference.interval.1)))
                .unwrap_or_default(),
            chance: found.chance_b_is_better.map(format::rate).unwrap_or_default(),
            p: found.difference.and_then(|difference| difference.p_value).map(|p| format!("{p:.3}")).unwrap_or_default(),
        }
    };
    looked.comparison.outcomes.iter().map(shown).collect()
}

async fn create(State(office): State<Office>, session: Session, frame: Frame, Form(typed): Form<Typed>) -> Result<Response, AppError> {
    match written(&office, &frame, typed.clone()).await {
        Ok(id) => {
            redirect(&session, &format!("/experiments/{id}"), "The experiment is written down.", Some(format!("/experiments/{id}/removal")))
                .await
        }
        Err(AppError::Refused(words)) => {
            let form = Shown::of(&office, typed, Some(&words)).await?;
            let page = list_page(&office, frame, ListQuery::default(), form).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
        }
        Err(other) => Err(other),
    }
}

async fn written(office: &Office, frame: &Frame, typed: Typed) -> Result<i64, AppError> {
    let new = super::checked(office, typed.fields()?).await?;
    let author = write::author(office, &frame.actor).await?;
    let mut tx = office.facts().write().await?;
    let id = record::add(&mut tx, &author, &new).await?;
    tx.commit().await?;
    office.tell(News::Record { tables: vec!["experiments".into()] });
    Ok(id)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EndQuery {
    /// The end that is put back; now, unless said.
    ends_at: Option<Instant>,
}

async fn end(
    State(office): State<Office>,
    session: Session,
    frame: Frame,
    Path(id): Path<i64>,
    Asked(query): Asked<EndQuery>,
) -> Result<Response, AppError> {
    let is_set = changed(&office, &frame.actor, id, Change::End(query.ends_at)).await?.is_end_set;
    let words = match query.ends_at.filter(|at| *at > frame.now) {
        _ if !is_set => "Its end was set before; nothing is changed.".to_owned(),
        // The last day that counts, as the page says it.
        Some(at) => format!("The experiment runs until {}.", frame.date(at.plus_micros(-1))),
        None => "The experiment has ended.".to_owned(),
    };
    let undo = is_set.then(|| format!("/experiments/{id}/reopening"));
    redirect(&session, &format!("/experiments/{id}"), &words, undo).await
}

async fn reopen(State(office): State<Office>, session: Session, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let ended_at = changed(&office, &frame.actor, id, Change::Reopen).await?.ended_at;
    // Taken back, it ends when it had ended, not now.
    let undo = ended_at.map(|at| crate::ui::url::with(&format!("/experiments/{id}/end"), [("ends_at", at.to_string().as_str())]));
    redirect(&session, &format!("/experiments/{id}"), "It goes on; leads since then count too.", undo).await
}

async fn remove(State(office): State<Office>, session: Session, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    changed(&office, &frame.actor, id, Change::Remove).await?;
    redirect(&session, PATH, "The experiment is removed.", Some(format!("/experiments/{id}/restoration"))).await
}

async fn put_back(State(office): State<Office>, session: Session, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    changed(&office, &frame.actor, id, Change::PutBack).await?;
    redirect(&session, &format!("/experiments/{id}"), "The experiment is back.", Some(format!("/experiments/{id}/removal"))).await
}

async fn versions_svg(
    State(office): State<Office>,
    Path(id): Path<i64>,
    Query(params): Query<QuestionParams>,
) -> Result<Response, AppError> {
    Ok(svg_file(&pictures::versions(&look(&office, &params, id).await?), "versions"))
}

async fn versions_csv(
    State(office): State<Office>,
    Path(id): Path<i64>,
    Query(params): Query<QuestionParams>,
) -> Result<Response, AppError> {
    Ok(csv_file(&report::csv(&look(&office, &params, id).await?), "versions"))
}
