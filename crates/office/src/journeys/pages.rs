//! The page of journeys: the flow, which can be explored, the common journeys, and how long they are.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use insight::{
    answer::Unit,
    journeys::{Figures, LAYERS},
    question::Dimension,
};
use picture::Width;

use super::{
    Found, JourneyParams, journeys_of,
    links::{filters, rows_at, through},
    picture as flow, report, rows_page,
};
use crate::{
    Office,
    closed_loop::{
        AXES,
        controls::{self as settings, Choice, Settings},
    },
    question::QuestionParams,
    scoreboard::{
        default_period,
        params::{Controls, Links, controls, text},
    },
    ui::{
        Exhibit, Frame, Judged,
        exhibit::{csv_file, svg_file},
        format, known,
    },
    web::{Allow, AppError, Endpoint, Page},
};

pub const PATH: &str = "/journeys";
/// The inputs of the form.
pub(crate) const SHOWN: &[&str] = &["by", "goal", "period", "order", "as_of", "journey", "lookback_days", "steps", "layers"];

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(PATH, Allow::SignedIn, page),
        Endpoint::get("/journeys/rows", Allow::SignedIn, rows_page::page),
        Endpoint::get("/journeys/flow.svg", Allow::SignedIn, flow_svg),
        Endpoint::get("/journeys/flow.csv", Allow::SignedIn, flow_csv),
        Endpoint::get("/journeys/journeys.csv", Allow::SignedIn, journeys_csv),
    ]
}

#[derive(Template)]
#[template(path = "journeys/page.html")]
struct JourneysPage {
    controls: Controls,
    settings: Settings,
    axes: Vec<Choice>,
    merged: Vec<Choice>,
    orders: Vec<Choice>,
    layers: Vec<Choice>,
    own_filters: Vec<(String, String)>,
    exhibit: Exhibit,
    data: String,
    explains: String,
    by: String,
    /// The words of the steps' labels, as JSON for the script.
    names: String,
    reached: &'static str,
    open: &'static str,
    rows: Vec<Row>,
    csv: String,
    lengths: Vec<Bar>,
    lasting: Vec<Bar>,
    without_touches: String,
    closed_loop: String,
    as_of: String,
    known_at: String,
    is_filtered: bool,
    none: bool,
    path: &'static str,
    judged: Judged,
    frame: Frame,
}

struct Row {
    /// The journey, or what the rest and the total are called.
    name: String,
    address: String,
    journeys: String,
    reached: String,
    open: String,
    rate: String,
    interval: String,
    revenue: String,
    days: String,
    touches: String,
}

struct Bar {
    name: String,
    journeys: String,
    conversions: String,
    share: String,
}

async fn page(
    State(office): State<Office>,
    frame: Frame,
    Query(params): Query<QuestionParams>,
    Query(own): Query<JourneyParams>,
) -> Result<Page<JourneysPage>, AppError> {
    let default = default_period(&*office.history().await?, office.clock().now());
    let found = journeys_of(&office, &params, &own, default).await?;
    let links = Links::of(&params, own.pairs());
    let own_filters = filters(&links, &own);
    let (answer, question) = (&found.answer, &found.question);
    let goal = question.settings.goal;
    let by = question.by.as_ref().map(Dimension::key).unwrap_or_default();
    let sankey = flow::sankey(&found, |node| through(&links, &own, node));
    let exhibit = Exhibit::new(
        &sankey,
        Width::Wide,
        &flow::links_sheet(&found),
        links.to("/journeys/flow.svg", &[]),
        links.to("/journeys/flow.csv", &[]),
    );
    // The page's usual period is not the interface's.
    let period = crate::own_dates::asked(&params).unwrap_or(default);
    let is_own = [&params.journey, &params.lookback_days].into_iter().any(|part| text(part).is_some());
    let (reached, open) = flow::ends(goal);
    Ok(Page(JourneysPage {
        settings: settings::settings(question, is_own || text(&own.steps).is_some() || text(&own.layers).is_some()),
        axes: axes(&by, &found.tags),
        merged: choices(&[("merged", "Repeats merged"), ("each", "Each touch")], if found.ask.merged { "merged" } else { "each" }),
        orders: choices(
            &[("journeys", "Most common first"), ("conversions", "Most conversions first")],
            text(&own.order).unwrap_or("journeys"),
        ),
        layers: LAYERS.map(|layers| (layers.to_string(), format!("{layers} steps"), layers == found.ask.layers)).collect(),
        data: links.to("/api/v1/reports/journeys", &[("by", &by), ("period", period)]),
        explains: format!("{}. The same as a table stands below.", answer_words(&found)),
        names: flow::names(&found),
        reached,
        open,
        rows: rows(&found, &links),
        csv: links.to("/journeys/journeys.csv", &[]),
        lengths: lengths(&found),
        lasting: lasting(&found),
        without_touches: match answer.without_touches {
            0 => String::new(),
            some => format!("{} without a touch in the lookback have no journey and are in no row.", format::plural(some, "deal", "deals")),
        },
        closed_loop: crate::scoreboard::params::address("/closed-loop", &params, &[("by", &by)]),
        as_of: frame.date_time(question.as_of),
        known_at: frame.date_time(question.known_at),
        is_filtered: !own_filters.is_empty() || text(&params.filter).is_some(),
        none: answer.total.journeys == 0,
        controls: controls(&links, PATH, default, SHOWN),
        own_filters,
        exhibit,
        by: format::dimension(&by),
        path: PATH,
        judged: Judged::of(question),
        frame,
    }))
}

fn choices(all: &[(&str, &str)], here: &str) -> Vec<Choice> {
    all.iter().map(|(key, name)| ((*key).to_owned(), (*name).to_owned(), *key == here)).collect()
}

fn axes(by: &str, tags: &[String]) -> Vec<Choice> {
    let tags = tags.iter().map(|tag| (format!("tag:{tag}"), format::spaced(tag)));
    let fixed = AXES.iter().map(|(key, name)| ((*key).to_owned(), (*name).to_owned()));
    let mut all: Vec<Choice> = fixed.chain(tags).map(|(key, name)| (key.clone(), name, key == by)).collect();
    if all.iter().all(|(.., here)| !here) {
        all.push((by.to_owned(), format::dimension(by), true));
    }
    all
}

fn answer_words(found: &Found) -> String {
    let total = &found.answer.total;
    format!(
        "{}, {} of them to the goal, {} different ways",
        format::plural(total.journeys, "journey", "journeys"),
        format::count(total.conversions),
        format::count(found.answer.distinct)
    )
}

fn rows(found: &Found, links: &Links) -> Vec<Row> {
    let (answer, currency) = (&found.answer, found.question.currency);
    let row = |name: String, key: &str, it: &Figures| Row {
        name,
        address: rows_at(links, key),
        journeys: format::count(it.journeys),
        reached: format::count(it.conversions),
        open: format::count(it.open),
        rate: format::rate_or_none(it.rate),
        interval: it.interval.map(|interval| format::interval(interval, Unit::Rate, currency)).unwrap_or_default(),
        revenue: format::money(it.revenue),
        days: it.median_days.map_or_else(|| "none yet".into(), |days| format::fixed(days, 1)),
        touches: format::count(it.touches),
    };
    let told = answer.rows.iter().map(|each| row(report::line(each, report::STEPS_SHOWN_MAX, known::label), &each.key, &each.figures));
    let others = answer.distinct.saturating_sub(answer.rows.len() as u64);
    let rest = (others > 0).then(|| row(format::plural(others, "other journey", "other journeys"), "rest", &answer.rest));
    told.chain(rest).chain([row("All journeys".into(), "total", &answer.total)]).collect()
}

fn lengths(found: &Found) -> Vec<Bar> {
    let bar = |length: &insight::journeys::Length| Bar {
        name: report::length_name(length),
        journeys: format::count(length.journeys),
        conversions: format::count(length.conversions),
        share: if length.journeys > 0 { format::rate(length.conversions as f64 / length.journeys as f64) } else { "–".into() },
    };
    found.answer.lengths.iter().map(bar).collect()
}

fn lasting(found: &Found) -> Vec<Bar> {
    let all = found.answer.total.conversions;
    let bar = |it: &insight::journeys::Lasting| Bar {
        name: report::days_name(it),
        journeys: String::new(),
        conversions: format::count(it.conversions),
        share: if all > 0 { format::rate(it.conversions as f64 / all as f64) } else { "–".into() },
    };
    found.answer.lasting.iter().map(bar).collect()
}

async fn found(office: &Office, params: &QuestionParams, own: &JourneyParams) -> Result<Found, AppError> {
    let default = default_period(&*office.history().await?, office.clock().now());
    journeys_of(office, params, own, default).await
}

async fn flow_svg(
    State(office): State<Office>,
    Query(params): Query<QuestionParams>,
    Query(own): Query<JourneyParams>,
) -> Result<Response, AppError> {
    let found = found(&office, &params, &own).await?;
    Ok(svg_file(&flow::sankey(&found, |_| None), "journeys-flow"))
}

async fn flow_csv(
    State(office): State<Office>,
    Query(params): Query<QuestionParams>,
    Query(own): Query<JourneyParams>,
) -> Result<Response, AppError> {
    Ok(csv_file(&flow::links_sheet(&found(&office, &params, &own).await?), "journeys-flow"))
}

async fn journeys_csv(
    State(office): State<Office>,
    Query(params): Query<QuestionParams>,
    Query(own): Query<JourneyParams>,
) -> Result<Response, AppError> {
    Ok(csv_file(&report::csv(&found(&office, &params, &own).await?), "journeys"))
}
