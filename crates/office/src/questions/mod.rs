//! Saved questions: an answer kept with both its times, proven to be the same when it is asked again, and why it is another one now.

pub mod api;
pub mod change;
pub mod explain;
pub mod looks;
pub mod pages;
pub mod registry;
#[cfg(test)]
mod tests;

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

use crate::{Office, api::write, question::QuestionParams, web::AppError};
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
    /// Asked again with the same times.
    pub again: String,
    /// What differs between the two, in words; empty where the bytes are the same.
    pub differs: Vec<String>,
}

impl Opened {
    pub fn is_same(&self) -> bool {
        self.answer == self.again
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
}

/// Asks. What the question leaves open (its times, its period, its currency) is fixed first.
pub async fn prepare(office: &Office, name: &str, asked: &Asked) -> Result<Prepared, AppError> {
    let name = checked(name)?;
    let (fixed, question) = registry::fixed(office, asked).await?;
    let answer = bytes(&registry::run(office, &fixed).await?.json)?;
    if answer.len() > ANSWER_BYTES_MAX {
        let what = format!("the answer has {} bytes, more than {ANSWER_BYTES_MAX}: filter it, or leave the dimension out", answer.len());
        return Err(AppError::refused(what));
    }
    let params = serde_json::to_string(&fixed).map_err(|error| AppError::Internal(error.into()))?;
    Ok(Prepared { name, report: fixed.report, params, answer, question })
}

/// Keeps the question with its answer.
pub async fn keep(tx: &mut WriteTx, author: &Author, prepared: &Prepared) -> Result<SavedRow, AppError> {
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
    Ok(record::one(tx.conn(), id).await?)
}

/// Asks, and keeps the question with its answer.
pub async fn save(office: &Office, author: &Author, name: &str, asked: &Asked) -> Result<SavedRow, AppError> {
    let prepared = prepare(office, name, asked).await?;
    let mut tx = office.facts().write().await?;
    let row = keep(&mut tx, author, &prepared).await?;
    tx.commit().await?;
    Ok(row)
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
    let again = bytes(&registry::run(office, &asked).await?.json)?;
    let differs = if again == answer { Vec::new() } else { differences(&answer, &again, &registry::gaps(office, &asked).await?) };
    Ok(Opened { row, asked, answer, again, differs })
}

pub fn asked_of(row: &SavedRow) -> Result<Asked, AppError> {
    let asked = serde_json::from_str(&row.params);
    asked.map_err(|error| AppError::Internal(anyhow::anyhow!("saved question {} can't be read: {error}", row.id)))
}

/// Takes it off the list; `None` puts it back.
pub async fn set_removed(tx: &mut WriteTx, author: &Author, id: i64, removed_at: Option<i64>) -> Result<SavedRow, AppError> {
    record::set(tx, author, id, "removed_at", Value::int(removed_at)).await?;
    Ok(record::one(tx.conn(), id).await?)
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
