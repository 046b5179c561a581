//! `report cohorts`: the table of cohorts and the times in each stage.

use insight::{
    cohort::{Cell, Cohort, CohortAnswer, Every, StageTimes},
    question::Question,
};
use serde_json::json;

use super::{CohortParams, Cohorts, cohort_name, cohorts_of};
use crate::{
    Office,
    question::QuestionParams,
    report::{Report, Sheet, heading, plain, with_question},
    ui::format,
};

pub async fn report(office: &Office, params: &QuestionParams, own: &CohortParams) -> anyhow::Result<Report> {
    let found = cohorts_of(office, params, own, "all").await?;
    let (question, answer) = (&found.question, &found.answer);
    Ok(Report {
        json: with_question(
            question,
            [("by", json!(question.by.as_ref().map(|by| by.key()))), ("cohorts", json!(answer)), ("stages", json!(found.stages))],
        ),
        heading: heading(question),
        sheets: sheets(&found),
        csv: cohorts_csv(answer, question),
    })
}

fn sheets(found: &Cohorts) -> Vec<Sheet> {
    let (answer, question) = (&found.answer, &found.question);
    let mut sheets = vec![table(answer, question)];
    if !answer.segments.is_empty() {
        let by = question.by.as_ref().map(|by| by.key()).unwrap_or_default();
        let rows = answer.segments.iter().map(|segment| row(format::label(segment.label.as_deref()), segment));
        sheets.push(Sheet::new(format!("By {by}"), header(&by, answer), rows));
    }
    sheets.push(stages(&found.stages));
    sheets
}

fn table(answer: &CohortAnswer, question: &Question) -> Sheet {
    let every = if answer.every == Every::Month { "month" } else { "quarter" };
    let name = |cohort: &Cohort| cohort.starts_at.map_or_else(String::new, |at| cohort_name(at, answer.every, &question.zone));
    let mut rows: Vec<_> = answer.cohorts.iter().map(|cohort| row(name(cohort), cohort)).collect();
    rows.push(row("all".into(), &answer.total));
    let key = "* still young: estimated with those still open; – none has had the time";
    Sheet::new(
        format!("Cohorts: {} to {}, by {every} of {} ({key})", answer.from.name(), answer.to.name(), answer.from.name()),
        header(every, answer),
        rows,
    )
}

fn header(first: &str, answer: &CohortAnswer) -> Vec<String> {
    let fixed = [first, "entered", "converted", "left", "open"].map(str::to_owned);
    fixed.into_iter().chain(answer.ages_days.iter().map(|age| format!("{age} d"))).collect()
}

fn row(name: String, cohort: &Cohort) -> Vec<String> {
    let counts = [cohort.entered, cohort.converted, cohort.left, cohort.open].map(|count| count.to_string());
    [name].into_iter().chain(counts).chain(cohort.cells.iter().map(cell)).collect()
}

fn cell(cell: &Cell) -> String {
    match (cell.rate, cell.mature) {
        (Some(rate), true) => format!("{:.1}%", rate * 100.0),
        (Some(rate), false) => format!("{:.1}%*", rate * 100.0),
        (None, _) => "–".into(),
    }
}

pub(super) fn stages(times: &[StageTimes]) -> Sheet {
    let days = |days: Option<f64>| days.map_or("–".to_owned(), |days| format!("{days:.1}"));
    let row = |times: &StageTimes| {
        let counts = [times.entered, times.moved_on, times.left, times.open].map(|count| count.to_string());
        let mut cells = vec![format!("{} ({})", times.name, if times.is_of_deals() { "deals" } else { "leads" })];
        cells.extend(counts);
        cells.push(times.drop_off.map_or("–".into(), |rate| format!("{:.1}%", rate * 100.0)));
        cells.extend([times.median_days, times.p75_days, times.p90_days].map(days));
        cells.push(times.stuck.map_or("–".into(), |stuck| stuck.to_string()));
        cells
    };
    let header = ["stage", "entered", "moved on", "left", "open", "drop-off", "median days", "p75", "p90", "stuck"];
    Sheet::new("Days in each stage, with those still open", header, times.iter().map(row))
}

/// One row for each cohort, segment and age, and the total's.
pub(super) fn cohorts_csv(answer: &CohortAnswer, question: &Question) -> Sheet {
    let rows_of = |kind: &'static str, name: String, cohort: &Cohort| {
        let row = move |cell: &Cell| {
            vec![
                kind.to_owned(),
                name.clone(),
                cohort.entered.to_string(),
                cell.age_days.to_string(),
                cell.hits.to_string(),
                cell.watched.to_string(),
                cell.mature.to_string(),
                plain(cell.naive),
                plain(cell.rate),
                plain(cell.interval.map(|interval| interval.0)),
                plain(cell.interval.map(|interval| interval.1)),
            ]
        };
        cohort.cells.iter().map(row).collect::<Vec<_>>()
    };
    let date = |cohort: &Cohort| cohort.starts_at.map_or_else(String::new, |at| format::iso_date(at, &question.zone));
    let cohorts = answer.cohorts.iter().flat_map(|cohort| rows_of("cohort", date(cohort), cohort));
    let segments = answer.segments.iter().flat_map(|segment| rows_of("segment", segment.label.clone().unwrap_or_default(), segment));
    let header = ["row", "name", "entered", "age_days", "hits", "watched", "mature", "naive_rate", "rate", "interval_low", "interval_high"];
    Sheet::untitled(header, cohorts.chain(segments).chain(rows_of("total", String::new(), &answer.total)))
}
