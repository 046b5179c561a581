//! The reports that can be kept: each by its key. A new one is a line in [`ALL`].

use std::{future::Future, pin::Pin};

use insight::{attribution, kpi, question::Question};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    Office,
    question::{QuestionParams, ask},
    report::{self, Report, Sheet},
    scoreboard::default_period,
    web::AppError,
};

/// What is asked: a report, and of whom.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Asked {
    /// Key of a report.
    pub report: String,
    /// Key of a number, for the report `number`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    pub question: QuestionParams,
}

type Running<'a> = Pin<Box<dyn Future<Output = anyhow::Result<Report>> + Send + 'a>>;

pub struct Kind {
    pub key: &'static str,
    pub name: &'static str,
    /// Its page.
    pub path: &'static str,
    /// The period where the question names none: that of its page.
    all_time: bool,
    run: for<'a> fn(&'a Office, &'a Asked) -> Running<'a>,
}

pub static ALL: &[Kind] = &[
    Kind {
        key: "scoreboard",
        name: "Scoreboard",
        path: "/scoreboard",
        all_time: false,
        run: |office, asked| Box::pin(report::scoreboard(office, &asked.question)),
    },
    Kind { key: "number", name: "Number", path: "/scoreboard", all_time: false, run: |office, asked| Box::pin(number(office, asked)) },
    Kind {
        key: "funnel",
        name: "Funnel",
        path: "/scoreboard",
        all_time: true,
        run: |office, asked| Box::pin(report::funnel(office, &asked.question)),
    },
    Kind {
        key: "attribution",
        name: "Attribution",
        path: "/closed-loop",
        all_time: true,
        run: |office, asked| {
            Box::pin(async move {
                let model = asked.question.model.as_deref().unwrap_or("all");
                report::attribution(office, &asked.question, model).await
            })
        },
    },
];

pub fn find(key: &str) -> Result<&'static Kind, AppError> {
    let known = || ALL.iter().map(|kind| kind.key).collect::<Vec<_>>().join(", ");
    ALL.iter().find(|kind| kind.key == key).ok_or_else(|| AppError::refused(format!("report: `{key}` is not one of {}", known())))
}

pub async fn run(office: &Office, asked: &Asked) -> Result<Report, AppError> {
    Ok((find(&asked.report)?.run)(office, asked).await?)
}

/// The same with everything fixed that the question leaves open, so that it is the same question for ever.
pub async fn fixed(office: &Office, asked: &Asked) -> Result<(Asked, Question), AppError> {
    let kind = find(&asked.report)?;
    if kind.key == "number" {
        number_of(asked)?;
    }
    let default = if kind.all_time { "all" } else { default_period(&*office.history().await?, office.clock().now()) };
    let (_, mut question) = ask(office, &asked_of_one(kind, &asked.question)?, default).await?;
    // An instant to come means all that is known, which will be more by then.
    question.known_at = question.known_at.min(office.clock().now());
    Ok((Asked { question: super::fix(&asked.question, &question), ..asked.clone() }, question))
}

/// What was known then and can't be brought back.
pub async fn gaps(office: &Office, asked: &Asked) -> Result<Vec<String>, AppError> {
    Ok(ask(office, &asked_of_one(find(&asked.report)?, &asked.question)?, "all").await?.1.gaps)
}

/// An attribution may name several models, which a question has one of: they are checked, and left out.
fn asked_of_one(kind: &Kind, params: &QuestionParams) -> Result<QuestionParams, AppError> {
    if kind.key != "attribution" {
        return Ok(params.clone());
    }
    if let Some(models) = &params.model {
        attribution::select(models).map_err(|error| AppError::refused(error.to_string()))?;
    }
    Ok(QuestionParams { model: None, ..params.clone() })
}

pub fn number_of(asked: &Asked) -> Result<&'static kpi::Kpi, AppError> {
    let key = asked.number.as_deref().unwrap_or_default();
    kpi::find(key).ok_or_else(|| AppError::refused(format!("number: `{key}` is not the key of a number; see /api/v1/reports/scoreboard")))
}

/// One number of the scoreboard, with its segments and its trend.
async fn number(office: &Office, asked: &Asked) -> anyhow::Result<Report> {
    let kpi = number_of(asked)?;
    let (history, question) = ask(office, &asked.question, "all").await?;
    let answer = crate::aside::aside({
        let question = question.clone();
        move || kpi::answer(&history, &question, kpi.key)
    })
    .await?;
    let Some(answer) = answer else { anyhow::bail!("there is no number `{}`", kpi.key) };
    let answers = std::slice::from_ref(&answer);
    Ok(Report {
        json: report::with_question(&question, [("number", json!(report::kpi_json(&answer, &question)))]),
        heading: report::heading(&question),
        sheets: vec![report::scoreboard_sheet(answers, &question)],
        csv: report::scoreboard_csv(answers),
    })
}

/// A sheet of a report as a table of texts.
pub fn sheets(report: &Report) -> Vec<&Sheet> {
    report.sheets.iter().filter(|sheet| !sheet.rows.is_empty()).collect()
}
