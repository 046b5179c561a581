//! The list of saved questions, one of them, and what has changed since somebody last looked at a number.

use alignment::{Currency, Instant};
use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
};
use facts::{
    changes::Correction,
    list::{LIMIT_DEFAULT, Turn},
    saved_questions::SavedRow,
};
use insight::{
    answer::{KpiAnswer, Unit},
    kpi,
};
use serde::Deserialize;
use tower_sessions::Session;

use super::{
    Asked as What, Opened, asked_of,
    change::{Cause, Counted, Part, RowChange},
    explain::{self, Explained, is_same, signed},
    registry,
    told::told,
};
use crate::{
    Office,
    api::{Asked, write},
    question::QuestionParams,
    scoreboard::params::{address, text},
    ui::{
        Frame, Named, format,
        named::{names, noun, one_of},
    },
    web::{Allow, AppError, Endpoint, Page, redirect},
};

const PATH: &str = "/questions";

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(PATH, Allow::SignedIn, list),
        Endpoint::post(PATH, Allow::SignedIn, save),
        Endpoint::get("/questions/{id}", Allow::SignedIn, one),
        Endpoint::post("/questions/{id}/removal", Allow::SignedIn, remove),
        Endpoint::post("/questions/{id}/return", Allow::SignedIn, put_back),
        Endpoint::get("/questions/since/{key}", Allow::SignedIn, since),
    ]
}

#[derive(Template)]
#[template(path = "questions/list.html")]
struct ListPage {
    rows: Vec<Listed>,
    first: Option<String>,
    next: Option<String>,
    frame: Frame,
}

struct Listed {
    id: i64,
    name: String,
    report: String,
    as_of: String,
    version: i64,
    by: String,
    saved_at: String,
}

#[derive(Deserialize)]
struct ListQuery {
    cursor: Option<String>,
}

async fn list(State(office): State<Office>, frame: Frame, Asked(query): Asked<ListQuery>) -> Result<Page<ListPage>, AppError> {
    let page = super::list(&office, Turn { cursor: query.cursor.as_deref(), limit: LIMIT_DEFAULT }).await?;
    let rows = page.items.into_iter().map(|row| listed(row, &frame)).collect();
    let next = page.next.map(|cursor| crate::ui::url::with(PATH, [("cursor", cursor.as_str())]));
    Ok(Page(ListPage { rows, first: query.cursor.map(|_| PATH.to_owned()), next, frame }))
}

fn listed(row: SavedRow, frame: &Frame) -> Listed {
    Listed {
        report: report_name(&row),
        as_of: frame.date_time(Instant(row.as_of)),
        saved_at: frame.date_time(Instant(row.recorded_at)),
        by: row.user_name.unwrap_or_else(|| "the command line".into()),
        id: row.id,
        name: row.name,
        version: row.agreement_version,
    }
}

fn report_name(row: &SavedRow) -> String {
    let number = asked_of(row).ok().and_then(|asked| asked.number).and_then(|key| kpi::find(&key));
    let kind = registry::find(&row.report).map_or(row.report.as_str(), |kind| kind.name);
    number.map_or_else(|| kind.to_owned(), |kpi| kpi.name.to_owned())
}

/// What a page's button to save its question needs.
pub struct Saving {
    pub report: &'static str,
    pub number: &'static str,
    pub name: &'static str,
    pub query: String,
}

impl Saving {
    pub fn of(report: &'static str, name: &'static str, params: &QuestionParams) -> Saving {
        Saving { report, number: "", name, query: address("", params, &[]).trim_start_matches('?').to_owned() }
    }

    pub fn of_number(answer: &KpiAnswer, params: &QuestionParams) -> Saving {
        Saving { number: answer.key, ..Saving::of("number", answer.name, params) }
    }
}

/// A report with its question; the question's parts are named as in the address of its page.
#[derive(Deserialize)]
struct SaveForm {
    name: String,
    report: String,
    #[serde(default)]
    number: String,
    /// The query of the page, as it stands in the address.
    #[serde(default)]
    query: String,
}

async fn save(State(office): State<Office>, session: Session, frame: Frame, Form(form): Form<SaveForm>) -> Result<Response, AppError> {
    let address = format!("http://here/?{}", form.query).parse().map_err(|_| AppError::refused("query: it is no query of an address"))?;
    let Query(question) = Query::<QuestionParams>::try_from_uri(&address).map_err(|error| AppError::refused(error.body_text()))?;
    let number = Some(form.number).filter(|key| !key.is_empty());
    let author = write::author(&office, &frame.actor).await?;
    let row = super::save(&office, &author, &form.name, &What { report: form.report, number, question }).await?;
    let undo = Some(format!("{PATH}/{}/removal", row.id));
    redirect(&session, &format!("{PATH}/{}", row.id), &format!("“{}” is saved with its answer.", row.name), undo).await
}

async fn remove(State(office): State<Office>, session: Session, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let row = set_removed(&office, &frame, id, true).await?;
    redirect(&session, PATH, &format!("“{}” is off the list.", row.name), Some(format!("{PATH}/{id}/return"))).await
}

async fn put_back(State(office): State<Office>, session: Session, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let row = set_removed(&office, &frame, id, false).await?;
    redirect(&session, &format!("{PATH}/{id}"), &format!("“{}” is on the list again.", row.name), None).await
}

async fn set_removed(office: &Office, frame: &Frame, id: i64, removed: bool) -> Result<SavedRow, AppError> {
    let author = write::author(office, &frame.actor).await?;
    super::set_removed(office, &author, id, removed).await
}

#[derive(Template)]
#[template(path = "questions/question.html")]
struct QuestionPage {
    id: i64,
    name: String,
    report: String,
    as_of: String,
    known_at: String,
    saved: String,
    version: i64,
    hash: String,
    same: bool,
    /// Whether it can still be asked again.
    asked_again: bool,
    differs: Vec<String>,
    removed: bool,
    /// The page of the report with this question.
    address: String,
    /// Numbers of the answer: name, then, now, change, and the address of the explanation.
    numbers: Vec<NumberRow>,
    /// Tables of a report that has no numbers of its own.
    tables: Vec<(String, Vec<String>, Vec<Vec<String>>)>,
    explanation: Option<Shown>,
    frame: Frame,
}

struct NumberRow {
    name: &'static str,
    then: String,
    now: String,
    change: String,
    address: String,
    here: bool,
}

#[derive(Deserialize)]
struct OneQuery {
    /// The number to explain.
    number: Option<String>,
}

async fn one(
    State(office): State<Office>,
    frame: Frame,
    Path(id): Path<i64>,
    Asked(query): Asked<OneQuery>,
) -> Result<Page<QuestionPage>, AppError> {
    let opened = super::open(&office, id).await?;
    let number = query.number.or_else(|| opened.asked.number.clone());
    let explanation = match &number {
        // What can't be asked again can't be explained: both go back to what was known then.
        Some(key) if opened.again.is_some() => {
            let explained = explain::of_saved(&office, &opened.row, Some(key), &opened.answer).await?;
            Some(shown(&office, &frame, &explained).await?)
        }
        _ => None,
    };
    let numbers = numbers(&office, &opened, number.as_deref()).await?;
    let tables = if numbers.is_empty() { tables(&office, &opened).await? } else { Vec::new() };
    let row = &opened.row;
    Ok(Page(QuestionPage {
        id,
        report: report_name(row),
        as_of: frame.date_time(Instant(row.as_of)),
        known_at: frame.date_time(Instant(row.known_at)),
        saved: format!("{} by {}", frame.date_time(Instant(row.recorded_at)), row.user_name.as_deref().unwrap_or("the command line")),
        version: row.agreement_version,
        hash: row.answer_hash.chars().take(12).collect(),
        same: opened.is_same(),
        asked_again: opened.again.is_some(),
        differs: opened.differs.clone(),
        removed: row.removed_at.is_some(),
        address: page_of(&opened.asked),
        name: row.name.clone(),
        numbers,
        tables,
        explanation,
        frame,
    }))
}

fn page_of(asked: &What) -> String {
    let path = registry::find(&asked.report).map_or("/scoreboard", |kind| kind.path);
    match &asked.number {
        Some(key) => address(&format!("{path}/{key}"), &asked.question, &[]),
        None => address(path, &asked.question, &[]),
    }
}

/// The numbers of the answer beside what they are now.
async fn numbers(office: &Office, opened: &Opened, explained: Option<&str>) -> Result<Vec<NumberRow>, AppError> {
    let answer = opened.answer_json();
    let kept: Vec<_> = match (answer.get("kpis").and_then(|list| list.as_array()), answer.get("number")) {
        (Some(list), _) => list.clone(),
        (None, Some(number)) => vec![number.clone()],
        _ => return Ok(Vec::new()),
    };
    let follows_time = opened.row.as_of == opened.row.known_at;
    let as_of = opened.asked.question.as_of.clone().filter(|_| !follows_time);
    let params = QuestionParams { known_at: None, as_of, ..opened.asked.question.clone() };
    let (history, question) = crate::question::ask(office, &params, "all").await?;
    let currency = question.currency;
    let keys: Vec<&'static kpi::Kpi> = kept.iter().filter_map(|number| kpi::find(number.get("key")?.as_str()?)).collect();
    let now: Vec<KpiAnswer> = crate::scoreboard::aside(move || {
        let all = kpi::scoreboard(&history, &question);
        all.into_iter().filter(|answer| keys.iter().any(|kpi| kpi.key == answer.key)).collect()
    })
    .await?;
    let row = |answer: &KpiAnswer| {
        let then = kept.iter().find(|number| number.get("key").and_then(|key| key.as_str()) == Some(answer.key))?;
        let then = then.get("value").and_then(|value| value.as_f64());
        let now = answer.measure.value;
        let said = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| crate::ui::kpi::in_words(answer, value, currency));
        Some(NumberRow {
            name: answer.name,
            then: said(then),
            now: said(now),
            change: change_in_words(then, now, answer.unit, currency),
            address: format!("{PATH}/{}?number={}#why", opened.row.id, answer.key),
            here: explained == Some(answer.key),
        })
    };
    Ok(now.iter().filter_map(row).collect())
}

fn change_in_words(then: Option<f64>, now: Option<f64>, unit: Unit, currency: Currency) -> String {
    match (then, now) {
        (then, now) if is_same(then, now) => "unchanged".into(),
        (Some(then), Some(now)) => signed(now - then, unit, currency),
        (None, _) => "no value then".into(),
        (_, None) => "no value now".into(),
    }
}

/// Rows of a table that are shown.
const ROWS_MAX: usize = 50;

/// The answer's own tables, asked again with the same times; its figures as they were kept where that is refused.
async fn tables(office: &Office, opened: &Opened) -> Result<Vec<(String, Vec<String>, Vec<Vec<String>>)>, AppError> {
    if opened.again.is_none() {
        let rows = super::figures(&opened.answer_json()).into_iter().take(ROWS_MAX).map(|(way, figure)| vec![way, figure]).collect();
        return Ok(vec![("As it was given".into(), vec!["Figure".into(), "Then".into()], rows)]);
    }
    let report = registry::run(office, &opened.asked).await?;
    let cut =
        |sheet: &crate::report::Sheet| (sheet.title.clone(), sheet.header.clone(), sheet.rows.iter().take(ROWS_MAX).cloned().collect());
    Ok(registry::sheets(&report).into_iter().map(cut).collect())
}

/// An explanation as a page shows it.
pub struct Shown {
    pub name: &'static str,
    pub then: String,
    pub then_at: String,
    pub now: String,
    pub now_at: String,
    pub change: String,
    pub parts: Vec<PartShown>,
}

pub struct PartShown {
    pub name: &'static str,
    pub delta: String,
    pub words: String,
    pub rows: Vec<RowShown>,
    pub more: String,
    pub notes: Vec<(String, Option<String>)>,
}

pub struct RowShown {
    pub named: Named,
    pub before: String,
    pub after: String,
}

pub async fn shown(office: &Office, frame: &Frame, explained: &Explained) -> Result<Shown, AppError> {
    let (unit, currency) = (explained.change.unit, explained.now.currency);
    let said = |value: Option<f64>| value.map_or_else(|| "no value".to_owned(), |value| format::value(value, unit, currency));
    let noun = noun(explained.change.table);
    let mut parts = Vec::new();
    for part in explained.told() {
        let names = names(office, noun, part.rows.iter().map(|row| row.id).collect()).await?;
        let row = |row: &RowChange| RowShown {
            named: names.of(row.id),
            before: counted(row.before.as_ref(), unit, explained),
            after: counted(row.after.as_ref(), unit, explained),
        };
        let notes = notes(office, part, explained, frame).await?;
        let listed = part.rows.len() as u64;
        parts.push(PartShown {
            name: part.cause.name(),
            delta: part.delta.map_or_else(|| "–".to_owned(), |delta| signed(delta, unit, currency)),
            words: words(part.cause, part.rows_total, noun),
            rows: part.rows.iter().map(row).collect(),
            more: if part.rows_total > listed { format!("and {} more", format::count(part.rows_total - listed)) } else { String::new() },
            notes,
        });
    }
    Ok(Shown {
        name: explained.name,
        then: said(explained.change.value_then),
        then_at: frame.date_time(explained.then.known_at),
        now: said(explained.change.value_now),
        now_at: frame.date_time(explained.now.as_of),
        change: change_in_words(explained.change.value_then, explained.change.value_now, unit, currency),
        parts,
    })
}

fn words(cause: Cause, rows: u64, noun: &str) -> String {
    let rows = if rows == 1 { format!("1 {} counts", one_of(noun)) } else { format!("{} {noun} count", format::count(rows)) };
    match cause {
        Cause::Missing => "what was known then was taken out since and can’t be computed again".into(),
        Cause::Arrived => format!("{rows} otherwise by what had happened then and was learned later"),
        Cause::Corrected => format!("{rows} otherwise by fields that were corrected"),
        Cause::TakenOut => format!("{rows} otherwise by what was taken back"),
        Cause::Definition => format!("{rows} otherwise by the Agreement in force now"),
        Cause::Time => format!("{rows} otherwise by what has happened since"),
    }
}

async fn notes(office: &Office, part: &Part, explained: &Explained, frame: &Frame) -> Result<Vec<(String, Option<String>)>, AppError> {
    let noun = noun(explained.change.table);
    // Of the records behind the number only those that count otherwise by it.
    let moved = |row: &&Correction| {
        row.noun != noun || part.rows_total > part.rows.len() as u64 || part.rows.iter().any(|moved| moved.id == row.record_id)
    };
    Ok(match part.cause {
        Cause::Corrected => {
            let corrections: Vec<&Correction> = explained.corrections.iter().filter(moved).collect();
            told(office, frame, &corrections).await?
        }
        Cause::Definition => {
            let (from, to) = (explained.then.settings.agreement_version, explained.now.settings.agreement_version);
            let compare = Some(format!("/agreement/compare?from=v{from}&to=v{to}"));
            explained.clauses.iter().map(|clause| (clause.words.clone(), compare.clone())).collect()
        }
        Cause::Missing => explained.gaps.iter().map(|gap| (gap.clone(), None)).collect(),
        _ => Vec::new(),
    })
}

fn counted(row: Option<&Counted>, unit: Unit, explained: &Explained) -> String {
    match row {
        None => "–".into(),
        Some(Counted { fault: Some(words), .. }) => format!("left out: {words}"),
        Some(Counted { value: Some(value), .. }) if matches!(unit, Unit::Money | Unit::Days | Unit::Hours) => {
            format::value(*value, unit, explained.now.currency)
        }
        Some(Counted { hit: true, .. }) => "counted".into(),
        Some(_) => "in the denominator".into(),
    }
}

#[derive(Template)]
#[template(path = "questions/since.html")]
struct SincePage {
    explanation: Option<Shown>,
    number: String,
    frame: Frame,
}

#[derive(Deserialize)]
struct SinceQuery {
    /// An instant; left out, the time before this visit.
    since: Option<String>,
}

async fn since(
    State(office): State<Office>,
    frame: Frame,
    Path(key): Path<String>,
    Query(params): Query<QuestionParams>,
    Query(query): Query<SinceQuery>,
) -> Result<Response, AppError> {
    let Some(text) = text(&query.since) else {
        return Ok(Redirect::to(&address(&format!("/scoreboard/{key}"), &params, &[])).into_response());
    };
    let then: Instant = text.parse().map_err(|_| AppError::refused("since: write an instant such as 2026-03-01T09:00:00Z"))?;
    let explained = explain::since(&office, &params, &key, then).await?;
    let number = address(&format!("/scoreboard/{key}"), &params, &[]);
    Ok(Page(SincePage { explanation: Some(shown(&office, &frame, &explained).await?), number, frame }).into_response())
}
