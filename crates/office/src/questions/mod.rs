//! Saved questions: an answer kept with both its times, proven to be the same when it is asked again, and why it is another one now.

pub mod api;
pub mod change;
pub mod explain;
pub mod looks;
pub mod pages;
pub mod registry;
#[cfg(test)]
mod tests;
mod told;

use alignment::Instant;
use facts::{
    WriteTx,
    bulk::Value,
    changes::Author,
    list::{Page, Turn},
    saved_questions::{self as record, NewSaved, SavedRow},
};
use insight::question::{Period, Question};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::{Office, api::write, office::News, question::QuestionParams, web::AppError};
pub use registry::Asked;

/// Bytes of an answer that is kept, at most: a scoreboard by a dimension with thousands of values is not a question to keep.
const ANSWER_BYTES_MAX: usize = 2 << 20;
const NAME_MAX: usize = 200;

/// A question as it was kept, what it answered, and what it answers when it is asked again with the same times.
pub struct Opened {
    pub row: SavedRow,
    pub asked: Asked,
    /// As it was given, byte for byte.
    pub answer: String,
    /// Asked again with the same times; `None` where that is refused, as where too much was changed since.
    pub again: Option<String>,
    /// What differs between the two, or why it can't be asked again, in words; empty where the bytes are the same.
    pub differs: Vec<String>,
}

impl Opened {
    pub fn is_same(&self) -> bool {
        self.again.as_ref() == Some(&self.answer)
    }

    pub fn answer_json(&self) -> Json {
        serde_json::from_str(&self.answer).unwrap_or(Json::Null)
    }
}

/// A question with its answer, ready to be kept.
pub struct Prepared {
    name: String,
    report: String,
    params: String,
    answer: String,
    question: Question,
    /// The last event that the answer knows of for sure.
    last_event: i64,
}

/// Asks. What the question leaves open (its times, its period, its currency) is fixed first.
pub async fn prepare(office: &Office, name: &str, asked: &Asked) -> Result<Prepared, AppError> {
    let name = checked(name)?;
    refuse_during_import(&mut *office.facts().reader().await?).await?;
    let (fixed, question) = registry::fixed(office, asked).await?;
    let last_event = office.history().await?.last_event();
    let answer = bytes(&registry::run(office, &fixed).await?.json)?;
    if answer.len() > ANSWER_BYTES_MAX {
        let what = format!("the answer has {} bytes, more than {ANSWER_BYTES_MAX}: filter it, or leave the dimension out", answer.len());
        return Err(AppError::refused(what));
    }
    let params = serde_json::to_string(&fixed).map_err(|error| AppError::Internal(error.into()))?;
    Ok(Prepared { name, report: fixed.report, params, answer, question, last_event })
}

/// An import writes down when it began, not when it is done: until then nobody can say what will have been known.
async fn refuse_during_import(connection: &mut facts::Connection) -> Result<(), AppError> {
    match facts::imports::running(connection).await? {
        None => Ok(()),
        Some(id) => Err(AppError::Conflict(format!(
            "import {id} is running, and what it brings will count as known from its start on: save the question once it has ended (see /imports/{id})"
        ))),
    }
}

/// Asked and found too old, so often before it is said that there is too much going on.
pub const TRIES_MAX: usize = 3;

pub fn too_busy() -> AppError {
    AppError::Conflict("the record was written to each time while the question was being answered: try again in a moment".into())
}

/// Keeps the question with its answer. `None`: somebody was writing since before the question's `known_at` and has committed since the
/// answer; it is to be asked again.
pub async fn keep(tx: &mut WriteTx, author: &Author, prepared: &Prepared) -> Result<Option<SavedRow>, AppError> {
    refuse_during_import(tx.conn()).await?;
    if record::came_late(tx, prepared.last_event, prepared.question.known_at.0).await? {
        return Ok(None);
    }
    let new = NewSaved {
        name: &prepared.name,
        report: &prepared.report,
        params: &prepared.params,
        answer: &prepared.answer,
        answer_hash: &hash(&prepared.answer),
        agreement_version: i64::from(prepared.question.settings.agreement_version),
        as_of: prepared.question.as_of.0,
        known_at: prepared.question.known_at.0,
    };
    let id = record::add(tx, author, &new).await?;
    Ok(Some(record::one(tx.conn(), id).await?))
}

/// Asks, and keeps the question with its answer.
pub async fn save(office: &Office, author: &Author, name: &str, asked: &Asked) -> Result<SavedRow, AppError> {
    for _ in 0..TRIES_MAX {
        let prepared = prepare(office, name, asked).await?;
        let mut tx = office.facts().write().await?;
        let author = Author { now: office.clock().now().0, ..*author };
        if let Some(row) = keep(&mut tx, &author, &prepared).await? {
            tx.commit().await?;
            tell(office);
            return Ok(row);
        }
    }
    Err(too_busy())
}

fn tell(office: &Office) {
    office.tell(News::Record { tables: vec!["saved_questions".into()] });
}

pub async fn list(office: &Office, turn: Turn<'_>) -> Result<Page<SavedRow>, AppError> {
    Ok(record::list(&mut office.facts().read().await?, turn).await?)
}

pub async fn open(office: &Office, id: i64) -> Result<Opened, AppError> {
    let (row, answer) = {
        let mut connection = office.facts().reader().await?;
        (record::one(&mut connection, id).await?, record::answer(&mut connection, id).await?)
    };
    let asked = asked_of(&row)?;
    let (again, differs) = match registry::run(office, &asked).await {
        Ok(report) => {
            let again = bytes(&report.json)?;
            let same = again == answer;
            let differs = if same { Vec::new() } else { differences(&answer, &again, &registry::gaps(office, &asked).await?) };
            (Some(again), differs)
        }
        // The answer that was kept is still there to be read.
        Err(AppError::Refused(words)) => (None, vec![format!("it can't be asked again: {words}")]),
        Err(error) => return Err(error),
    };
    Ok(Opened { row, asked, answer, again, differs })
}

pub fn asked_of(row: &SavedRow) -> Result<Asked, AppError> {
    let asked = serde_json::from_str(&row.params);
    asked.map_err(|error| AppError::Internal(anyhow::anyhow!("saved question {} can't be read: {error}", row.id)))
}

/// Takes it off the list, or puts it back.
pub async fn set_removed(office: &Office, author: &Author, id: i64, removed: bool) -> Result<SavedRow, AppError> {
    let mut tx = office.facts().write().await?;
    let author = Author { now: office.clock().now().0, ..*author };
    record::set(&mut tx, &author, id, "removed_at", Value::int(removed.then_some(author.now))).await?;
    let row = record::one(tx.conn(), id).await?;
    tx.commit().await?;
    tell(office);
    Ok(row)
}

pub async fn rename(tx: &mut WriteTx, author: &Author, id: i64, name: &str) -> Result<SavedRow, AppError> {
    record::set(tx, author, id, "name", Value::Text(checked(name)?)).await?;
    Ok(record::one(tx.conn(), id).await?)
}

fn checked(name: &str) -> Result<String, AppError> {
    match name.trim() {
        name if !name.is_empty() && name.chars().count() <= NAME_MAX && !name.contains('\0') => Ok(name.to_owned()),
        _ => Err(AppError::refused(format!("name: say in 1 to {NAME_MAX} characters what is asked"))),
    }
}

/// Who writes from the command line.
pub async fn own_author(office: &Office) -> Result<Author, AppError> {
    write::author(office, &crate::Actor::command_line()).await
}

pub fn bytes(json: &Json) -> Result<String, AppError> {
    serde_json::to_string(json).map_err(|error| AppError::Internal(error.into()))
}

pub fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Figures that are written out; beyond it they are only counted.
const DIFFERENCES_SHOWN_MAX: usize = 8;

/// Where two answers differ, by the way to each figure; and what is known to be missing from the later one.
fn differences(kept: &str, again: &str, gaps: &[String]) -> Vec<String> {
    let read = |text: &str| serde_json::from_str::<Json>(text).unwrap_or(Json::Null);
    let mut found = Vec::new();
    walk("", &read(kept), &read(again), &mut found);
    let more = found.len().saturating_sub(DIFFERENCES_SHOWN_MAX);
    found.truncate(DIFFERENCES_SHOWN_MAX);
    if more > 0 {
        found.push(format!("{more} more figures differ"));
    }
    found.extend(gaps.iter().cloned());
    if found.is_empty() {
        found.push("the answer is written another way by this version of the program; all its figures are the same".to_owned());
    }
    found
}

fn walk(way: &str, kept: &Json, again: &Json, out: &mut Vec<String>) {
    match (kept, again) {
        (Json::Object(a), Json::Object(b)) => {
            for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                let step = if way.is_empty() { key.clone() } else { format!("{way}.{key}") };
                walk(&step, a.get(key).unwrap_or(&Json::Null), b.get(key).unwrap_or(&Json::Null), out);
            }
        }
        (Json::Array(a), Json::Array(b)) => {
            for index in 0..a.len().max(b.len()) {
                let name = [a, b].iter().find_map(|list| list.get(index)?.get("key")?.as_str().map(str::to_owned));
                let step = format!("{way}[{}]", name.unwrap_or_else(|| index.to_string()));
                walk(&step, a.get(index).unwrap_or(&Json::Null), b.get(index).unwrap_or(&Json::Null), out);
            }
        }
        (a, b) if a == b => {}
        (a, b) => out.push(format!("{way}: {a} then, {b} now")),
    }
}

/// Each figure of an answer with the way to it.
pub fn figures(answer: &Json) -> Vec<(String, String)> {
    fn gather(way: &str, json: &Json, out: &mut Vec<(String, String)>) {
        let step = |name: &str| if way.is_empty() { name.to_owned() } else { format!("{way}.{name}") };
        match json {
            Json::Object(map) => map.iter().for_each(|(key, value)| gather(&step(key), value, out)),
            Json::Array(list) => list.iter().enumerate().for_each(|(index, value)| gather(&format!("{way}[{index}]"), value, out)),
            Json::String(text) => out.push((way.to_owned(), text.clone())),
            other => out.push((way.to_owned(), other.to_string())),
        }
    }
    let mut out = Vec::new();
    gather("", answer, &mut out);
    out
}

/// The parameters with everything fixed that a question leaves open.
pub fn fix(params: &QuestionParams, question: &Question) -> QuestionParams {
    let text = |at: Instant| at.to_string();
    QuestionParams {
        as_of: Some(text(question.as_of)),
        known_at: Some(text(question.known_at)),
        period: Some(period(question)),
        currency: Some(question.currency.to_string()),
        ..params.clone()
    }
}

/// A period that means the same on any later day, as days of the Agreement's zone.
fn period(question: &Question) -> String {
    if question.period == Period::ALL {
        return "all".into();
    }
    let day = |at: Instant| at.in_zone(&question.zone).date().to_string();
    format!("{}..{}", day(question.period.from), day(question.period.to))
}
