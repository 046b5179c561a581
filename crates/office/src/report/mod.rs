//! The reports that others script against: funnel, scoreboard and attribution as JSON, and as tables for a terminal or a spreadsheet.
//!
//! The JSON is the contract of `tandem report` and of `/api/v1/reports`: keys may be added, none is renamed or removed.

use alignment::Instant;
use insight::{
    answer::{FunnelAnswer, FunnelRow, KpiAnswer, Measure},
    funnel, kpi,
    question::{Dimension, Period, Question},
};
use serde_json::{Map, Value as Json, json};

use crate::{
    Office,
    question::{QuestionParams, ask},
};

mod attribution;
mod table;

pub use attribution::{attribution, side_by_side};
pub use table::{Sheet, plain, plain_fixed, plain_major, scoreboard as scoreboard_sheet, scoreboard_csv};

/// A report in both its forms.
pub struct Report {
    pub json: Json,
    /// What was asked, in words.
    pub heading: String,
    /// For reading.
    pub sheets: Vec<Sheet>,
    /// For programs: one table with plain numbers; empty where not recorded.
    pub csv: Sheet,
}

pub async fn funnel(office: &Office, params: &QuestionParams) -> anyhow::Result<Report> {
    let (history, question) = ask(office, params, "all").await?;
    let by = question.by.clone().unwrap_or(Dimension::Source);
    let question = Question { by: Some(by.clone()), ..question };
    let answer = crate::aside::aside({
        let question = question.clone();
        move || funnel::funnel(&history, &question)
    })
    .await?;
    Ok(Report {
        json: funnel_json(&answer, &question, &by.key()),
        heading: heading(&question),
        sheets: vec![table::funnel(&answer, &by.key()), table::faults(&answer.faults)],
        csv: table::funnel_csv(&answer, &by.key()),
    })
}

pub async fn scoreboard(office: &Office, params: &QuestionParams) -> anyhow::Result<Report> {
    let (history, question) = ask(office, params, "all").await?;
    let answers = crate::aside::aside({
        let question = question.clone();
        move || kpi::scoreboard(&history, &question)
    })
    .await?;
    let kpis: Vec<_> = answers.iter().map(|answer| kpi_json(answer, &question)).collect();
    Ok(Report {
        json: with_question(&question, [("kpis", Json::Array(kpis))]),
        heading: heading(&question),
        sheets: vec![table::scoreboard(&answers, &question)],
        csv: table::scoreboard_csv(&answers),
    })
}

pub(crate) fn heading(question: &Question) -> String {
    let day = |at: Instant| at.in_zone(&question.zone).date().to_string();
    let period = match question.period {
        Period::ALL => "All time".to_owned(),
        Period { from, to } => format!("From {} up to {}", day(from), day(to)),
    };
    format!("{period}, as of {}", judged(question))
}

/// What follows "as of" in every heading: when, by which Agreement, and what of the past can't be brought back.
pub(crate) fn judged(question: &Question) -> String {
    let gaps: String = question.gaps.iter().map(|gap| format!("; {gap}")).collect();
    format!("{}, judged by Agreement v{}{gaps}", question.as_of, question.settings.agreement_version)
}

/// What was asked stands in every answer, so that it can be asked again.
pub(crate) fn with_question<const N: usize>(question: &Question, parts: [(&str, Json); N]) -> Json {
    let mut object = Map::new();
    object.insert("as_of".into(), json!(question.as_of));
    object.insert("known_at".into(), json!(question.known_at));
    object.insert("currency".into(), json!(question.currency));
    object.insert("agreement_version".into(), json!(question.settings.agreement_version));
    // An open end is null: the ends of the time line are no instants that anybody else can read.
    let end = |at: Instant| if at == Instant::MIN || at == Instant::MAX { Json::Null } else { json!(at) };
    object.insert("period".into(), json!({"from": end(question.period.from), "to": end(question.period.to)}));
    if !question.gaps.is_empty() {
        object.insert("gaps".into(), json!(question.gaps));
    }
    object.extend(parts.into_iter().map(|(key, value)| (key.to_owned(), value)));
    Json::Object(object)
}

fn funnel_json(answer: &FunnelAnswer, question: &Question, by: &str) -> Json {
    let row = |row: &FunnelRow, key: Option<&str>| {
        let mut json = json!(row);
        if let Some(object) = json.as_object_mut() {
            let label = object.remove("label").unwrap_or(Json::Null);
            if let Some(key) = key {
                object.insert(key.to_owned(), label);
            }
        }
        json
    };
    let rows: Vec<_> = answer.rows.iter().map(|each| row(each, Some(by))).collect();
    with_question(
        question,
        [("by", json!(by)), ("rows", Json::Array(rows)), ("total", row(&answer.total, None)), ("data_faults", json!(answer.faults))],
    )
}

/// A number with all of its parts side by side, so that a script finds `median` beside `n`.
pub fn kpi_json(answer: &KpiAnswer, question: &Question) -> Json {
    let mut object = measure_json(&answer.measure);
    for (key, value) in [
        ("key", json!(answer.key)),
        ("name", json!(answer.name)),
        ("words", json!(answer.words)),
        ("formula", json!(answer.formula)),
        ("unit", json!(answer.unit)),
        ("better", json!(answer.better)),
        ("kind", json!(answer.kind)),
        ("team", json!(answer.team)),
        ("target", json!(answer.target)),
        ("agreement_version", json!(answer.agreement_version)),
    ] {
        object.insert(key.to_owned(), value);
    }
    if answer.unit == insight::answer::Unit::Days || answer.unit == insight::answer::Unit::Hours {
        object.insert("median".into(), json!(answer.measure.value));
    }
    if answer.unit == insight::answer::Unit::Money {
        object.insert("currency".into(), json!(question.currency));
    }
    object.insert("trend".into(), trend_json(&answer.trend));
    let segments = answer.segments.iter().map(|segment| {
        let mut object = measure_json(&segment.measure);
        object.insert("label".into(), json!(segment.label));
        object.insert("id".into(), json!(segment.id));
        if !segment.trend.is_empty() {
            object.insert("trend".into(), trend_json(&segment.trend));
        }
        Json::Object(object)
    });
    object.insert("segments".into(), segments.collect());
    Json::Object(object)
}

fn trend_json(trend: &[insight::answer::TrendPoint]) -> Json {
    let point = |point: &insight::answer::TrendPoint| {
        let mut object = measure_json(&point.measure);
        object.insert("from".into(), json!(point.from));
        Json::Object(object)
    };
    trend.iter().map(point).collect()
}

fn measure_json(measure: &Measure) -> Map<String, Json> {
    let mut object = Map::new();
    object.insert("state".into(), json!(measure.state));
    object.insert("value".into(), json!(measure.value));
    object.insert("n".into(), json!(measure.n));
    object.insert("hits".into(), json!(measure.hits));
    object.insert("interval".into(), json!(measure.interval));
    object.extend(measure.also.iter().map(|(key, value)| ((*key).to_owned(), json!(value))));
    object
}
