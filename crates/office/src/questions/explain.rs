//! Why a number is another one now: the states between then and now, made from the record, and what each cause adds.

use std::sync::Arc;

use alignment::{
    Currency, Instant,
    agreement::{Difference, diff},
};
use facts::{changes::Correction, saved_questions::SavedRow};
use insight::{answer::Unit, question::Question, rows::Table};
use serde_json::{Value as Json, json};

use super::{
    Asked, asked_of,
    change::{self, Cause, Change, Part, State},
    registry,
};
use crate::{
    Office,
    history::Rollback,
    question::{QuestionParams, question},
    scoreboard::{aside, default_period},
    ui::format,
    web::AppError,
};

/// Corrections that are listed.
pub const CORRECTIONS_SHOWN_MAX: usize = 50;

pub struct Explained {
    pub key: &'static str,
    pub name: &'static str,
    pub then: Question,
    pub now: Question,
    pub change: Change,
    /// Fields of what the number is made of that were corrected since, newest first.
    pub corrections: Vec<Correction>,
    pub corrections_total: usize,
    /// Clauses of the Agreement that differ, where another version is in force.
    pub clauses: Vec<Difference>,
    /// What was known then and can't be brought back.
    pub gaps: Vec<String>,
}

impl Explained {
    /// What the parts sum to; `None` where there was no value then or is none now.
    pub fn total(&self) -> Option<f64> {
        Some(self.change.value_now? - self.change.value_then?)
    }
}

/// The number of a saved question; of a scoreboard any one of it, named by `number`.
pub async fn of_saved(office: &Office, row: &SavedRow, number: Option<&str>, answer: &str) -> Result<Explained, AppError> {
    let asked = asked_of(row)?;
    let asked = Asked { number: number.map(str::to_owned).or(asked.number.clone()), ..asked };
    let key = registry::number_of(&asked)?.key;
    // Asked about the day itself, it is asked again about today; asked about a day before, that day stays.
    let follows_time = row.as_of == row.known_at;
    let (as_of, known_at) = (Instant(row.as_of), Instant(row.known_at));
    let mut explained = explain(office, &asked.question, key, as_of, known_at, follows_time).await?;
    if let Some(given) = given_value(answer, key) {
        explained.start_from(given);
    }
    Ok(explained)
}

/// A number as it was at an instant, and as it is now.
pub async fn since(office: &Office, params: &QuestionParams, key: &str, then: Instant) -> Result<Explained, AppError> {
    let default = default_period(&*office.history().await?, office.clock().now());
    let period = crate::own_dates::asked(params).unwrap_or(default).to_owned();
    let open = QuestionParams { as_of: None, known_at: None, period: Some(period), ..params.clone() };
    let (_, now) = crate::question::ask(office, &open, default).await?;
    if then > now.as_of {
        return Err(AppError::refused(format!("since: {then} is still to come")));
    }
    // The same period and currency on both days.
    let fixed = super::fix(&open, &now);
    explain(office, &fixed, key, then, then, true).await
}

async fn explain(
    office: &Office,
    params: &QuestionParams,
    key: &str,
    as_of: Instant,
    known_at: Instant,
    follows_time: bool,
) -> Result<Explained, AppError> {
    let kpi = insight::kpi::find(key).ok_or_else(|| AppError::not_found("number", key))?;
    let (versions, now) = (office.versions().await?, office.clock().now());
    let (before, after) = (versions.at(known_at), versions.at(now));
    let history = office.history().await?;
    let rollback = Rollback::read(office.facts(), known_at).await?;
    let at = |known: Instant, version, as_of: Instant| {
        let params = QuestionParams { as_of: Some(as_of.to_string()), known_at: Some(known.to_string()), ..params.clone() };
        question(&params, "all", version, &history, now)
    };
    let then = at(known_at, before, as_of)?;
    let learned = at(now, before, as_of)?;
    let defined = at(now, after, as_of)?;
    let today = at(now, after, if follows_time { now } else { as_of })?;
    let clauses = if before.number == after.number { Vec::new() } else { diff(&before.agreement, &after.agreement) };
    let gaps = rollback.as_ref().map(|rollback| rollback.gaps.clone()).unwrap_or_default();
    let read = |row: &&Correction| reads(kpi.table, &row.noun);
    let of_number: Vec<&Correction> = rollback.iter().flat_map(|rollback| rollback.corrections.iter().rev().filter(read)).collect();
    let corrections_total = of_number.len();
    let corrections = of_number.into_iter().take(CORRECTIONS_SHOWN_MAX).cloned().collect();
    let (first, last) = (then.clone(), today.clone());
    let change = aside(move || {
        let mut states = Vec::new();
        let mut state = |cause, history: &Arc<insight::history::History>, question: &Question| {
            states.push(State { cause, history: Arc::clone(history), question: question.clone() });
        };
        match &rollback {
            None => {
                state(None, &history, &then);
                state(Some(Cause::Arrived), &history, &learned);
            }
            Some(rollback) => {
                state(None, &Arc::new(rollback.then(&history)), &then);
                state(Some(Cause::Arrived), &Arc::new(rollback.with_later(&history)), &learned);
                state(Some(Cause::Corrected), &Arc::new(rollback.with_corrections(&history)), &learned);
                state(Some(Cause::TakenOut), &history, &learned);
            }
        }
        state(Some(Cause::Definition), &history, &defined);
        state(Some(Cause::Time), &history, &today);
        change::explain(kpi.key, &states)
    });
    let change = change.await?.ok_or_else(|| AppError::not_found("number", key))?;
    Ok(Explained { key: kpi.key, name: kpi.name, then: first, now: last, change, corrections, corrections_total, clauses, gaps })
}

impl Explained {
    /// Where the answer that was given can't be computed again, the difference is a part of its own.
    fn start_from(&mut self, given: Option<f64>) {
        if is_same(given, self.change.value_then) {
            return;
        }
        let delta = self.change.value_then.zip(given).map(|(again, given)| again - given);
        let part = Part {
            cause: Cause::Missing,
            value_before: given,
            value_after: self.change.value_then,
            delta,
            rows: Vec::new(),
            rows_total: 0,
        };
        self.change.parts.insert(0, part);
        self.change.value_then = given;
    }

    /// The causes that made a difference to the number or to the rows behind it.
    pub fn told(&self) -> impl Iterator<Item = &Part> {
        self.change.parts.iter().filter(|part| part.rows_total > 0 || !is_same(part.value_before, part.value_after))
    }

    pub fn is_unchanged(&self) -> bool {
        is_same(self.change.value_then, self.change.value_now)
    }

    /// A value in the unit of the number.
    pub fn in_words(&self, value: f64) -> String {
        format::value(value, self.change.unit, self.now.currency)
    }

    pub fn signed(&self, delta: f64) -> String {
        signed(delta, self.change.unit, self.now.currency)
    }

    pub fn json(&self) -> Json {
        let part = |part: &Part| {
            let mut json = json!({
                "cause": part.cause,
                "name": part.cause.name(),
                "before": part.value_before,
                "after": part.value_after,
                "delta": part.delta,
                "rows_total": part.rows_total,
                "rows": part.rows,
            });
            match part.cause {
                Cause::Corrected => {
                    json["corrections_total"] = json!(self.corrections_total);
                    json["corrections"] = self.corrections.iter().map(correction_json).collect();
                }
                Cause::Definition => json["clauses"] = json!(self.clauses.iter().map(|clause| &clause.words).collect::<Vec<_>>()),
                Cause::Missing => json["gaps"] = json!(self.gaps),
                _ => {}
            }
            json
        };
        let side = |question: &Question, value: Option<f64>| {
            json!({
                "value": value,
                "as_of": question.as_of,
                "known_at": question.known_at,
                "agreement_version": question.settings.agreement_version,
            })
        };
        json!({
            "number": self.key,
            "name": self.name,
            "unit": self.change.unit,
            "currency": self.now.currency,
            "table": crate::ui::named::noun(self.change.table),
            "then": side(&self.then, self.change.value_then),
            "now": side(&self.now, self.change.value_now),
            "change": self.total(),
            "parts": self.change.parts.iter().map(part).collect::<Vec<_>>(),
            "gaps": self.gaps,
        })
    }
}

/// Whether two values are one, for what reading a number from its text may do to the last bit of it.
pub fn is_same(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() <= 1e-12 * one.abs().max(other.abs()),
        (one, other) => one == other,
    }
}

/// A difference: of rates in points.
pub fn signed(delta: f64, unit: Unit, currency: Currency) -> String {
    let amount = match unit {
        Unit::Rate | Unit::Ratio => format!("{} points", format::fixed(delta.abs() * 100.0, 2)),
        // A pace of so many a month.
        Unit::Count if delta.fract() != 0.0 => format::fixed(delta.abs(), 2),
        unit => format::value(delta.abs(), unit, currency),
    };
    match delta {
        0.0 => "±0".to_owned(),
        delta if delta > 0.0 => format!("+{amount}"),
        _ => format!("−{amount}"),
    }
}

/// Whether a number that counts rows of `counted` is made of what a table holds. Clocks and waivers follow from the others.
fn reads(counted: Table, table: &str) -> bool {
    match table {
        "companies" | "people" | "leads" | "transitions" | "touches" | "activities" | "deals" | "deal_transitions" => true,
        "campaigns" | "content" | "users" => true,
        "spend" => counted == Table::Spend,
        _ => false,
    }
}

fn correction_json(correction: &Correction) -> Json {
    json!({
        "table": correction.noun,
        "id": correction.record_id,
        "field": correction.field,
        "old": correction.old_value,
        "new": correction.new_value,
        "at": Instant(correction.recorded_at),
        "by": correction.actor_name,
        "import": correction.import_id,
    })
}

/// The value of a number in an answer that was kept. `None`: the answer does not have the number.
fn given_value(answer: &str, key: &str) -> Option<Option<f64>> {
    let json: Json = serde_json::from_str(answer).ok()?;
    let of = |number: &Json| (number.get("key")?.as_str()? == key).then(|| number.get("value").and_then(Json::as_f64));
    match json.get("number") {
        Some(number) => of(number),
        None => json.get("kpis")?.as_array()?.iter().find_map(of),
    }
}
