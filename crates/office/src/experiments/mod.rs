//! Experiments: two versions of a campaign, a page or an e-mail, compared down to SQLs, customers and revenue.

pub mod api;
mod fields;
mod form;
pub mod pages;
mod pictures;
pub mod report;
mod rows_page;
#[cfg(test)]
mod tests;
mod versions;

use alignment::{Instant, instant::MICROS_PER_DAY};
use facts::{
    WriteTx,
    changes::{self, Author},
    experiments::{self as record, ExperimentRow, NewExperiment},
    schema,
};
use insight::{
    answer::Evidence,
    experiment::{Comparison, Design, Outcome, Version, experiment, rows},
    question::{Dimension, Question},
};

pub use fields::ExperimentFields;
use jiff::tz::TimeZone;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    Actor, Office, Role,
    api::{Slice, ask::filled},
    question::{QuestionParams, ask},
    scoreboard::aside,
    web::AppError,
};

/// What can be written down: both versions are on record. Looked up before the write begins: others must not wait for it.
pub async fn checked(office: &Office, fields: ExperimentFields) -> Result<NewExperiment, AppError> {
    let b_is_new = fields.b_is_new;
    let new = fields.checked(office.clock().now().0, &zone(office).await?)?;
    let dimension = dimension(&new.dimension)?;
    let (history, a, b) = (office.history().await?, new.a.clone(), new.b.clone());
    aside(move || versions::check(&history, &dimension, &a, &b, b_is_new)).await??;
    Ok(new)
}

/// The time zone of the Agreement in force: days are of it.
pub async fn zone(office: &Office) -> Result<TimeZone, AppError> {
    Ok(office.versions().await?.at(office.clock().now()).agreement.time_zone())
}

/// Ends it now, or at the instant given; leads that come later don't count. One that has ended keeps its end. Gives
/// whether its end is another than before.
pub async fn end(tx: &mut WriteTx, author: &Author, actor: &Actor, id: i64, at: Option<i64>) -> Result<bool, AppError> {
    let row = own(tx, actor, id).await?;
    if row.ends_at.is_some_and(|ends_at| ends_at <= author.now) {
        return Ok(false);
    }
    let at = at.unwrap_or(author.now);
    if at <= row.starts_at {
        return Err(AppError::refused("ends_at: it must be after the start; remove an experiment that never ran"));
    }
    record::set_end(tx, author, id, Some(at)).await?;
    Ok(row.ends_at != Some(at))
}

/// Takes the end back: leads count again from then on, up to the end that was planned before, if one was and it is still to come.
/// Gives the end that was taken back, to be set again.
pub async fn reopen(tx: &mut WriteTx, author: &Author, actor: &Actor, id: i64) -> Result<Option<i64>, AppError> {
    let row = own(tx, actor, id).await?;
    let planned = match row.ends_at {
        Some(ends_at) if ends_at <= author.now => record::end_before(tx, id).await?.filter(|planned| *planned > author.now),
        // It has not ended: what is planned is taken back.
        _ => None,
    };
    record::set_end(tx, author, id, planned).await?;
    Ok(row.ends_at)
}

/// It leaves the list; its row stays, and it can be put back.
pub async fn remove(tx: &mut WriteTx, author: &Author, actor: &Actor, id: i64) -> Result<(), AppError> {
    let row = own(tx, actor, id).await?;
    if row.removed_at.is_none() {
        record::set_removed(tx, author, id, Some(author.now)).await?;
    }
    Ok(())
}

pub async fn put_back(tx: &mut WriteTx, author: &Author, actor: &Actor, id: i64) -> Result<(), AppError> {
    own(tx, actor, id).await?;
    Ok(record::set_removed(tx, author, id, None).await?)
}

/// Whoever wrote it down may change it, and so may leaders.
async fn own(tx: &mut WriteTx, actor: &Actor, id: i64) -> Result<ExperimentRow, AppError> {
    changes::hold(tx, &schema::EXPERIMENTS, "experiment", id).await?;
    let row = record::one(tx.conn(), id).await?;
    let is_author = row.author_id.is_none() || row.author_id == actor.user.map(|user| user.0);
    if is_author || matches!(actor.role, Role::Leader | Role::Admin) {
        return Ok(row);
    }
    Err(AppError::refused(format!("experiment {id} was written down by somebody else; they or a leader can change it")))
}

/// An experiment with what it has shown so far.
pub struct Looked {
    pub row: ExperimentRow,
    pub question: Question,
    pub design: Design,
    pub comparison: Comparison,
}

pub async fn look(office: &Office, params: &QuestionParams, id: i64) -> Result<Looked, AppError> {
    let row = record::one(&mut *office.facts().reader().await?, id).await?;
    let design = design(&row)?;
    let (history, question) = ask(office, params, "all").await?;
    let asked = (question.clone(), design.clone());
    let comparison = aside(move || experiment(&history, &asked.0, &asked.1)).await?;
    Ok(Looked { row, question, design, comparison })
}

/// Which figure's rows are wanted, as text.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct OfFigure {
    /// `a` or `b`; `a` unless said.
    version: Option<String>,
    /// `mql_rate`, `sql_rate` (unless said), `customer_rate` or `revenue_per_lead`.
    number: Option<String>,
}

impl OfFigure {
    pub fn read(&self) -> Result<(Version, Outcome), AppError> {
        let letter = filled(&self.version).unwrap_or("a");
        let version = match letter {
            "a" => Version::A,
            "b" => Version::B,
            other => return Err(AppError::refused(format!("version `{other}`: write a or b"))),
        };
        Ok((version, outcome(filled(&self.number).unwrap_or("sql_rate"))?))
    }
}

/// The leads of one version, and what each brought.
pub async fn rows_of(
    office: &Office,
    params: &QuestionParams,
    id: i64,
    version: Version,
    outcome: Outcome,
    slice: Slice,
) -> Result<(ExperimentRow, Question, Evidence), AppError> {
    let row = record::one(&mut *office.facts().reader().await?, id).await?;
    let design = design(&row)?;
    let (history, question) = ask(office, params, "all").await?;
    let asked = question.clone();
    let evidence = aside(move || rows(&history, &asked, &design, version, outcome, slice.offset, slice.limit)).await?;
    Ok((row, question, evidence))
}

pub fn outcome(key: &str) -> Result<Outcome, AppError> {
    let known = Outcome::ALL.map(Outcome::key).join(", ");
    Outcome::parse(key).ok_or_else(|| AppError::refused(format!("number `{key}`: write one of {known}")))
}

pub(crate) fn design(row: &ExperimentRow) -> Result<Design, AppError> {
    Ok(Design {
        dimension: dimension(&row.dimension)?,
        a: row.a.clone(),
        b: row.b.clone(),
        decides: outcome(&row.number)?,
        worth_finding: row.worth_finding_percent as f64 / 100.0,
        starts_at: Instant(row.starts_at),
        ends_at: row.ends_at.map(Instant),
        within_days: row.within_days.and_then(|days| u32::try_from(days).ok()),
    })
}

fn dimension(key: &str) -> Result<Dimension, AppError> {
    Dimension::parse(key).ok_or_else(|| AppError::refused(format!("dimension `{key}` is not known any more")))
}

/// Days that it has run, at `now`.
pub(crate) fn days_run(row: &ExperimentRow, now: Instant) -> f64 {
    let until = row.ends_at.unwrap_or(now.0).min(now.0);
    (until - row.starts_at).max(0) as f64 / MICROS_PER_DAY as f64
}
