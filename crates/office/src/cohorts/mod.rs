//! Cohorts: leads by when they entered a stage, how many reached a later one by each age, and how long each stage takes.

pub mod api;
pub mod pages;
mod pictures;
pub mod report;
mod rows_page;

use alignment::{Instant, lifecycle::Stage};
use insight::{
    cohort::{AGES_DAYS, Ask, CohortAnswer, Every, Figure, Part, RowsBehind, StageTimes, cohorts, rows_behind, stage_times},
    engine::Context,
    question::{Period, Question},
    rows::Table,
};
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use serde::Deserialize;

use crate::{
    Office,
    api::Slice,
    question::{QuestionParams, ask},
    scoreboard::{aside, params::text},
    web::AppError,
};

/// What is asked of cohorts beside the question, as text; all of it may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct CohortParams {
    /// A stage of the funnel; `mql` unless said.
    pub from: Option<String>,
    /// A later one; `sql` unless said, or `customer` where SQLs are not recorded.
    pub to: Option<String>,
    /// `month` or `quarter`.
    pub every: Option<String>,
    /// Days, such as `30,60,90,180`.
    pub ages: Option<String>,
}

impl CohortParams {
    pub fn pairs(&self) -> [(&'static str, &Option<String>); 4] {
        [("from", &self.from), ("to", &self.to), ("every", &self.every), ("ages", &self.ages)]
    }
}

/// Which figure's rows are wanted, as text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct OfFigure {
    /// The first day of a cohort: `2026-03-01`.
    pub cohort: Option<String>,
    pub age_days: Option<String>,
    /// A value of the dimension; empty is what is not recorded.
    pub segment: Option<String>,
    /// `leads` or `deals`, with `stage` and `part`.
    pub table: Option<String>,
    pub stage: Option<String>,
    /// `entered`, `moved_on`, `left`, `open` or `stuck`.
    pub part: Option<String>,
    /// Present: the leads that were left out because they ended before they began.
    pub faults: Option<String>,
}

impl OfFigure {
    pub fn pairs(&self) -> Vec<(&'static str, &str)> {
        let said = [
            ("cohort", text(&self.cohort)),
            ("age_days", text(&self.age_days)),
            ("segment", self.segment.as_deref()),
            ("table", text(&self.table)),
            ("stage", text(&self.stage)),
            ("part", text(&self.part)),
            ("faults", text(&self.faults)),
        ];
        said.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

pub struct Cohorts {
    pub question: Question,
    pub answer: CohortAnswer,
    pub stages: Vec<StageTimes>,
}

pub async fn cohorts_of(office: &Office, params: &QuestionParams, own: &CohortParams, period: &str) -> Result<Cohorts, AppError> {
    let (history, question) = ask(office, params, period).await?;
    let own = own.clone();
    let worked = aside(move || {
        let context = Context::of(&history, &question);
        let answer = cohorts(&context, &read(&own, &context)?);
        let stages = stage_times(&context);
        drop(context);
        Ok::<Cohorts, AppError>(Cohorts { question, answer, stages })
    });
    worked.await?
}

/// The rows of one figure, with the question they answer.
pub struct Rows {
    pub question: Question,
    pub ask: Ask,
    pub behind: RowsBehind,
}

pub async fn rows_of(
    office: &Office,
    params: &QuestionParams,
    own: &CohortParams,
    figure: &OfFigure,
    period: &str,
    slice: Slice,
) -> Result<Rows, AppError> {
    let (history, question) = ask(office, params, period).await?;
    let (own, figure) = (own.clone(), figure.clone());
    let worked = aside(move || {
        let context = Context::of(&history, &question);
        let ask = read(&own, &context)?;
        let figure = read_figure(&figure, ask.every, &question.zone)?;
        let behind = rows_behind(&context, &ask, &figure, slice.offset, slice.limit);
        let behind = behind.ok_or_else(|| AppError::not_found("stage or segment", "of this name"))?;
        drop(context);
        Ok::<Rows, AppError>(Rows { question, ask, behind })
    });
    worked.await?
}

fn read(own: &CohortParams, context: &Context) -> Result<Ask, AppError> {
    let from = text(&own.from).map_or(Ok(Stage::Mql), |key| stage("from", key))?;
    let records_sql = || context.view.leads.is_empty() || context.view.leads.iter().any(|lead| lead.records(Stage::Sql));
    let usual = if from < Stage::Sql && records_sql() { Stage::Sql } else { Stage::Customer };
    let to = text(&own.to).map_or(Ok(usual), |key| stage("to", key))?;
    if to <= from {
        let words = format!("to: {} does not come after {}; choose a later stage, or an earlier one to begin with", to.name(), from.name());
        return Err(AppError::refused(words));
    }
    let every = match text(&own.every).unwrap_or("month") {
        "month" => Every::Month,
        "quarter" => Every::Quarter,
        other => return Err(AppError::refused(format!("every `{other}`: write month or quarter"))),
    };
    Ok(Ask { from, to, every, ages_days: ages(text(&own.ages))? })
}

fn stage(part: &str, key: &str) -> Result<Stage, AppError> {
    let known = Stage::parse(key).filter(|stage| Stage::FUNNEL.contains(stage));
    known.ok_or_else(|| AppError::refused(format!("{part} `{key}`: write lead, mql, sal, sql, sales_ready, opportunity or customer")))
}

fn ages(written: Option<&str>) -> Result<Vec<u32>, AppError> {
    const AGES_MAX: usize = 12;
    let Some(written) = written else { return Ok(AGES_DAYS.to_vec()) };
    let wrong =
        || AppError::refused(format!("ages `{written}`: write up to {AGES_MAX} numbers of days from 1 to 3650, such as 30,60,90,180"));
    let day = |text: &str| text.trim().parse().ok().filter(|days| (1..=3650).contains(days));
    let mut days: Vec<u32> = written.split(',').map(day).collect::<Option<_>>().ok_or_else(wrong)?;
    days.sort_unstable();
    days.dedup();
    if days.len() <= AGES_MAX { Ok(days) } else { Err(wrong()) }
}

fn read_figure(figure: &OfFigure, every: Every, zone: &TimeZone) -> Result<Figure, AppError> {
    if figure.faults.is_some() {
        return Ok(Figure::Faults);
    }
    if let Some(stage) = text(&figure.stage) {
        let table = match text(&figure.table).unwrap_or("leads") {
            "leads" => Table::Leads,
            "deals" => Table::Deals,
            other => return Err(AppError::refused(format!("table `{other}`: write leads or deals"))),
        };
        let key = text(&figure.part).unwrap_or("entered");
        let part =
            Part::parse(key).ok_or_else(|| AppError::refused(format!("part `{key}`: write entered, moved_on, left, open or stuck")))?;
        return Ok(Figure::Stage { table, stage: stage.to_owned(), part });
    }
    let age = |text: &str| text.parse().map_err(|_| AppError::refused(format!("age_days `{text}`: write a number of days, such as 90")));
    Ok(Figure::Cohort {
        span: text(&figure.cohort).map_or(Ok(Period::ALL), |date| span(date, every, zone))?,
        segment: figure.segment.clone().map(|label| Some(label).filter(|label| !label.is_empty())),
        age_days: text(&figure.age_days).map(age).transpose()?,
    })
}

fn span(first: &str, every: Every, zone: &TimeZone) -> Result<Period, AppError> {
    let start = |date: Date| date.to_zoned(zone.clone()).ok().map(|at| Instant::from_timestamp(at.timestamp()));
    let months = if every == Every::Quarter { 3 } else { 1 };
    let date: Option<Date> = first.parse().ok();
    let ends = date.and_then(|date| Some((start(date)?, start(date.checked_add(months.months()).ok()?)?)));
    let (from, to) = ends.ok_or_else(|| AppError::refused(format!("cohort `{first}`: write its first day, such as 2026-03-01")))?;
    Ok(Period { from, to })
}

/// `March 2026`, or `Q1 2026`.
pub(crate) fn cohort_name(starts_at: Instant, every: Every, zone: &TimeZone) -> String {
    match every {
        Every::Month => crate::ui::format::month(starts_at, zone),
        Every::Quarter => {
            let date = starts_at.in_zone(zone).date();
            format!("Q{} {}", (date.month() - 1) / 3 + 1, date.year())
        }
    }
}
