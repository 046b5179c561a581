//! The page of cohorts: heat map, curve, table, stage times; each figure opens its rows.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use insight::{
    answer::Unit,
    cohort::{Cell, Cohort, CohortAnswer, Every, StageTimes},
    question::Question,
};
use picture::Width;

use super::{CohortParams, Cohorts, cohort_name, cohorts_of, pictures, report, rows_page};
use crate::{
    Office,
    question::QuestionParams,
    scoreboard::{
        default_period,
        params::{Controls, Links, controls},
    },
    ui::{
        Exhibit, Frame, Judged,
        exhibit::{csv_file, svg_file},
        format, known,
    },
    web::{Allow, AppError, Endpoint, Page},
};

pub const PATH: &str = "/cohorts";
/// The inputs of the form.
pub(crate) const SHOWN: &[&str] = &["from", "to", "every", "period", "by", "as_of"];

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(PATH, Allow::SignedIn, page),
        Endpoint::get("/cohorts/rows", Allow::SignedIn, rows_page::page),
        Endpoint::get("/cohorts/cohorts.svg", Allow::SignedIn, cohorts_svg),
        Endpoint::get("/cohorts/cohorts.csv", Allow::SignedIn, cohorts_csv),
        Endpoint::get("/cohorts/curve.svg", Allow::SignedIn, curve_svg),
        Endpoint::get("/cohorts/curve.csv", Allow::SignedIn, curve_csv),
        Endpoint::get("/cohorts/stages.csv", Allow::SignedIn, stages_csv),
    ]
}

#[derive(Template)]
#[template(path = "cohorts/page.html")]
struct CohortsPage {
    controls: Controls,
    froms: Vec<Choice>,
    tos: Vec<Choice>,
    everies: Vec<Choice>,
    from: &'static str,
    to: &'static str,
    heat: Exhibit,
    curve: Exhibit,
    ages_days: Vec<u32>,
    by: String,
    segments: Vec<Row>,
    total: Row,
    stages: Vec<StageRow>,
    stages_csv: String,
    left_out: Vec<(String, Option<String>)>,
    as_of: String,
    known_at: String,
    none: bool,
    path: &'static str,
    judged: Judged,
    frame: Frame,
}

pub struct Choice {
    key: &'static str,
    name: &'static str,
    here: bool,
}

struct Row {
    name: String,
    entered: String,
    address: String,
    converted: String,
    left: String,
    open: String,
    median: String,
    cells: Vec<CellShown>,
}

struct CellShown {
    rate: String,
    /// The plain share, where the cohort is still young.
    so_far: String,
    title: String,
    young: bool,
    address: String,
}

struct StageRow {
    name: &'static str,
    of: &'static str,
    /// Figure and the address of its rows: entered, moved on, left, open.
    counts: Vec<(String, String)>,
    drop_off: String,
    days: Vec<String>,
    stuck: Option<(String, String)>,
}

fn rows_at(links: &Links, more: &[(&str, &str)]) -> String {
    links.to("/cohorts/rows", more)
}

async fn page(
    State(office): State<Office>,
    frame: Frame,
    Query(params): Query<QuestionParams>,
    Query(own): Query<CohortParams>,
) -> Result<Page<CohortsPage>, AppError> {
    let default = default_period(&*office.history().await?, office.clock().now());
    let found = cohorts_of(&office, &params, &own, default).await?;
    let links = Links::of(&params, own.pairs());
    let (answer, question) = (&found.answer, &found.question);
    let zone = &question.zone;
    let by = question.by.as_ref().map(|by| by.key()).unwrap_or_default();
    let of_cohort = |cohort: &Cohort, cell: &Cell| {
        let first = format::iso_date(cohort.starts_at?, zone);
        Some(rows_at(&links, &[("cohort", &first), ("age_days", &cell.age_days.to_string())]))
    };
    let heat = pictures::heat_map(answer, question, of_cohort);
    let curve = pictures::curve(answer);
    let exhibit = |picture: &dyn picture::Picture, table: &crate::report::Sheet, name: &str| {
        let file = |kind: &str| links.to(&format!("/cohorts/{name}.{kind}"), &[]);
        Exhibit::new(picture, Width::Normal, table, file("svg"), file("csv"))
    };
    Ok(Page(CohortsPage {
        froms: stages(|stage| stage == answer.from, &["lead", "mql", "sal", "sql", "opportunity"]),
        tos: stages(|stage| stage == answer.to, &["mql", "sal", "sql", "opportunity", "customer"]),
        everies: vec![
            Choice { key: "month", name: "Monthly", here: answer.every == Every::Month },
            Choice { key: "quarter", name: "Quarterly", here: answer.every == Every::Quarter },
        ],
        from: answer.from.name(),
        to: answer.to.name(),
        heat: exhibit(&heat, &plain_table(answer, question), "cohorts"),
        curve: exhibit(&curve, &pictures::curve_table(answer), "curve"),
        ages_days: answer.ages_days.clone(),
        segments: answer.segments.iter().map(|segment| of_segment(segment, &links)).collect(),
        total: row("All".into(), &answer.total, &links, &[]),
        stages: found.stages.iter().map(|times| stage_row(times, &links)).collect(),
        stages_csv: links.to("/cohorts/stages.csv", &[]),
        left_out: left_out(&found, &links),
        as_of: frame.date_time(question.as_of),
        known_at: frame.date_time(question.known_at),
        none: answer.total.entered == 0,
        controls: controls(&links, PATH, default, SHOWN),
        by: format::dimension(&by),
        path: PATH,
        judged: Judged::of(question),
        frame,
    }))
}

fn stages(here: impl Fn(alignment::lifecycle::Stage) -> bool, keys: &[&str]) -> Vec<Choice> {
    let known = keys.iter().filter_map(|key| alignment::lifecycle::Stage::parse(key));
    known.map(|stage| Choice { key: stage.key(), name: stage.name(), here: here(stage) }).collect()
}

fn of_segment(segment: &Cohort, links: &Links) -> Row {
    let label = segment.label.as_deref().unwrap_or("");
    row(known::label(segment.label.as_deref()), segment, links, &[("segment", label)])
}

fn row(name: String, cohort: &Cohort, links: &Links, more: &[(&str, &str)]) -> Row {
    let cell = |cell: &Cell| {
        let age = cell.age_days.to_string();
        let more: Vec<_> = more.iter().copied().chain([("age_days", age.as_str())]).collect();
        CellShown {
            rate: cell.rate.map_or_else(|| if cell.naive.is_some() { format::TOO_YOUNG } else { format::NO_DATA }.to_owned(), format::rate),
            so_far: cell.naive.filter(|_| !cell.mature).map(|naive| format!("{} so far", format::rate(naive))).unwrap_or_default(),
            title: cell_title(cell, cohort.entered),
            young: !cell.mature,
            address: rows_at(links, &more),
        }
    };
    Row {
        name,
        entered: format::count(cohort.entered),
        address: rows_at(links, more),
        converted: format::count(cohort.converted),
        left: format::count(cohort.left),
        open: format::count(cohort.open),
        median: cohort.median_days.map_or_else(|| "fewer than half".into(), |days| format::fixed(days, 1)),
        cells: cohort.cells.iter().map(cell).collect(),
    }
}

fn cell_title(cell: &Cell, entered: u64) -> String {
    let interval = cell.interval.map_or_else(String::new, |interval| {
        format!(", 95% interval {}", format::interval(interval, Unit::Rate, alignment::Currency::EUR))
    });
    let count = format!("{} of {} by {} days", format::count(cell.hits), format::count(entered), cell.age_days);
    let young = if cell.mature { String::new() } else { format!("; {} watched that long or ended before", format::count(cell.watched)) };
    format!("{count}{interval}{young}")
}

fn stage_row(times: &StageTimes, links: &Links) -> StageRow {
    let table = if times.is_of_deals() { "deals" } else { "leads" };
    let rows = |part: &str| rows_at(links, &[("table", table), ("stage", times.stage), ("part", part)]);
    let count = |number: u64, part: &str| (format::count(number), rows(part));
    let days = |days: Option<f64>| days.map_or_else(|| "not yet".into(), |days| format::fixed(days, 1));
    StageRow {
        name: times.name,
        of: table,
        counts: vec![
            count(times.entered, "entered"),
            count(times.moved_on, "moved_on"),
            count(times.left, "left"),
            count(times.open, "open"),
        ],
        drop_off: format::rate_or_none(times.drop_off),
        days: [times.median_days, times.p75_days, times.p90_days].map(days).to_vec(),
        stuck: times.stuck.map(|stuck| count(stuck, "stuck")),
    }
}

/// What belongs to the question and could not be counted, in words.
fn left_out(found: &Cohorts, links: &Links) -> Vec<(String, Option<String>)> {
    let answer = &found.answer;
    let leads = |number: u64| format::plural(number, "lead", "leads");
    let mut words = Vec::new();
    if answer.not_recorded > 0 {
        words.push((format!("{} come from sources that write down no such stage.", leads(answer.not_recorded)), None));
    }
    if answer.undated > 0 {
        words.push((format!("{} went through it, and nobody wrote down when.", leads(answer.undated)), None));
    }
    if answer.data_faults > 0 {
        let words_of_faults = format!("{} ended before they began, which is a fault in the data.", leads(answer.data_faults));
        words.push((words_of_faults, Some(rows_at(links, &[("faults", "1")]))));
    }
    words
}

/// The table under the heat map, as it is read.
fn plain_table(answer: &CohortAnswer, question: &Question) -> crate::report::Sheet {
    let first = if answer.every == Every::Month { "Month" } else { "Quarter" };
    let ages = answer.ages_days.iter().map(|age| format!("{age} days"));
    let fixed = [first, "Entered", "Converted", "Left", "Open"].map(str::to_owned);
    let cell = |cell: &Cell| match (cell.rate, cell.naive, cell.mature) {
        (Some(rate), _, true) => format::rate(rate),
        (Some(rate), Some(naive), false) => format!("{} ({} so far)", format::rate(rate), format::rate(naive)),
        (None, Some(naive), _) => format!("– ({} so far)", format::rate(naive)),
        _ => "–".into(),
    };
    let row = |cohort: &Cohort| {
        let name = cohort.starts_at.map_or_else(String::new, |at| cohort_name(at, answer.every, &question.zone));
        let counts = [cohort.entered, cohort.converted, cohort.left, cohort.open].map(format::count);
        [name].into_iter().chain(counts).chain(cohort.cells.iter().map(cell)).collect()
    };
    crate::report::Sheet::untitled(fixed.into_iter().chain(ages), answer.cohorts.iter().map(row))
}

type Asked = (State<Office>, Query<QuestionParams>, Query<CohortParams>);

async fn asked((State(office), Query(params), Query(own)): Asked) -> Result<Cohorts, AppError> {
    let default = default_period(&*office.history().await?, office.clock().now());
    cohorts_of(&office, &params, &own, default).await
}

async fn cohorts_svg(office: State<Office>, params: Query<QuestionParams>, own: Query<CohortParams>) -> Result<Response, AppError> {
    let found = asked((office, params, own)).await?;
    Ok(svg_file(&pictures::heat_map(&found.answer, &found.question, |_, _| None), "cohorts"))
}

async fn cohorts_csv(office: State<Office>, params: Query<QuestionParams>, own: Query<CohortParams>) -> Result<Response, AppError> {
    let found = asked((office, params, own)).await?;
    Ok(csv_file(&report::cohorts_csv(&found.answer, &found.question), "cohorts"))
}

async fn curve_svg(office: State<Office>, params: Query<QuestionParams>, own: Query<CohortParams>) -> Result<Response, AppError> {
    Ok(svg_file(&pictures::curve(&asked((office, params, own)).await?.answer), "curve"))
}

async fn curve_csv(office: State<Office>, params: Query<QuestionParams>, own: Query<CohortParams>) -> Result<Response, AppError> {
    Ok(csv_file(&pictures::curve_table(&asked((office, params, own)).await?.answer), "curve"))
}

async fn stages_csv(office: State<Office>, params: Query<QuestionParams>, own: Query<CohortParams>) -> Result<Response, AppError> {
    Ok(csv_file(&report::stages(&asked((office, params, own)).await?.stages), "stages"))
}
