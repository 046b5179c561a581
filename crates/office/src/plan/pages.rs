//! The page of the plan: what it takes, what-if, pacing, and the plans that are saved.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::Response,
};
use facts::{
    list::Turn,
    plans::{self, PlanRow},
};
use insight::plan::{PacedMonth, Pacing, PlanAnswer, StepUsed};
use jiff::ToSpan;
use picture::Width;

use super::{
    PlanParams, Planned,
    api::PLANNERS,
    lines, pictures, planned,
    report::{self, count, dash, money, percent},
    saved,
    saving::{Wrong, address_of, territories_text},
    shown,
    shown::{Fact, NeedRow},
    sliders::Slider,
    trying::{self, Tried},
};
use crate::{
    Office,
    kept::exactly,
    question::QuestionParams,
    scoreboard::params::{address, kept},
    ui::{
        Exhibit, Frame, Judged,
        exhibit::{csv_file, svg_file},
        format, known, url,
    },
    web::{Allow, AppError, Endpoint, Page},
};

pub const PATH: &str = "/plan";
/// Plans shown on the page; the API lists all.
const SAVED_SHOWN: usize = 50;
const CHANCES: [f64; 6] = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95];

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(PATH, Allow::SignedIn, page),
        Endpoint::get("/plan/past", Allow::SignedIn, past_fragment),
        Endpoint::get("/plan/months.csv", Allow::SignedIn, months_csv),
        Endpoint::get("/plan/needs.csv", Allow::SignedIn, needs_csv),
        Endpoint::get("/plan/pacing.svg", Allow::SignedIn, pacing_svg),
        Endpoint::get("/plan/pacing.csv", Allow::SignedIn, pacing_csv),
        Endpoint::get("/plan/fan.svg", Allow::SignedIn, fan_svg),
        Endpoint::get("/plan/fan.csv", Allow::SignedIn, fan_csv),
    ]
    .into_iter()
    .chain(super::saving::endpoints())
    .chain(super::spend::endpoints())
    .collect()
}

#[derive(Template)]
#[template(path = "plan/page.html")]
struct PlanPage {
    target: String,
    tried: Tried,
    by: String,
    by_words: String,
    chances: Vec<(String, String, bool)>,
    sliders: Vec<Slider>,
    is_changed: bool,
    reset: String,
    columns: Vec<(String, bool)>,
    needs: Vec<NeedRow>,
    facts: Vec<Fact>,
    words: Vec<String>,
    months: Vec<String>,
    sources: Vec<SourceRow>,
    totals: Vec<String>,
    focus: String,
    steps: Vec<StepRow>,
    pacing: Option<Exhibit>,
    fan: Option<Exhibit>,
    quarters: Vec<QuarterRow>,
    spend: lines::Card,
    /// What the form keeps of the question and doesn't show.
    hidden: Vec<(&'static str, String)>,
    pacing_words: String,
    territories: Vec<[String; 4]>,
    team_words: String,
    plans: Vec<PlanLine>,
    plan_id: String,
    plan_name: String,
    plan_edits: String,
    plan_note: String,
    plan_territories: String,
    as_new: bool,
    wrong: Wrong,
    cost_address: String,
    fields: Vec<(&'static str, String)>,
    may_plan: bool,
    past: String,
    months_csv: String,
    needs_csv: String,
    as_of: String,
    as_of_exact: String,
    known_at: String,
    known_at_exact: String,
    draws: String,
    seed: u64,
    currency: String,
    judged: Judged,
    frame: Frame,
}

struct SourceRow {
    name: String,
    cells: Vec<String>,
    leads: String,
    cost: String,
    /// What the cost is of: the spend, and the leads with the way to them.
    of_spend: String,
    of_leads: String,
    address: Option<String>,
    spend: String,
}

struct QuarterRow {
    name: String,
    planned: String,
    signed: String,
    address: String,
}

struct StepRow {
    name: String,
    rate: String,
    is_assumed: bool,
    recorded: String,
    interval: String,
    sample: String,
    address: String,
    median: String,
    mature: String,
}

struct PlanLine {
    id: i64,
    name: String,
    address: String,
    who: String,
    when: String,
    here: bool,
}

async fn page(
    State(office): State<Office>,
    frame: Frame,
    headers: HeaderMap,
    Query(params): Query<QuestionParams>,
    Query(own): Query<PlanParams>,
) -> Result<Response, AppError> {
    let is_piece = headers.contains_key("hx-request");
    let mut params = super::question_of(&params);
    let found = match planned(&office, &trying::as_seen(&params, &headers), &own).await {
        Err(AppError::Refused(words)) if is_piece => return trying::refused(&words),
        found => found?,
    };
    let address = trying::address_of(&found, &params, &own);
    if found.saved.is_some() {
        params.currency = Some(found.question.currency.to_string());
    }
    let page = shown_page(&office, frame, found, (&params, &own), is_piece).await?;
    trying::answered(page, is_piece.then_some(address))
}

async fn shown_page(
    office: &Office,
    frame: Frame,
    mut found: Planned,
    (params, own): (&QuestionParams, &PlanParams),
    is_piece: bool,
) -> Result<PlanPage, AppError> {
    let saved = plans::list(&mut office.facts().read().await?, Turn { cursor: None, limit: SAVED_SHOWN }).await?.items;
    let sliders = std::mem::take(&mut found.sliders);
    let answer = &found.answer;
    let Months { names, sources, totals } = months(&found, params);
    // The files have what the page shows, whenever they are asked for.
    let exact = exactly(params, &found.question);
    let links = Links { params: &exact, own };
    let exhibit = |picture: &dyn picture::Picture, table, name| {
        Exhibit::new(picture, Width::Wide, &table, links.to(&format!("{PATH}/{name}.svg")), links.to(&format!("{PATH}/{name}.csv")))
    };
    let row = found.saved.as_ref();
    Ok(PlanPage {
        target: report::target(answer),
        tried: Tried::of(&found, own, is_piece),
        by: report::last_day(&found),
        by_words: frame.date(answer.by.plus_micros(-1)),
        chances: chances(answer.focus),
        is_changed: !found.body.changes().is_none(),
        reset: trying::own_target(&found, params),
        columns: answer.columns.iter().map(|column| (percent(column.probability), column.probability == answer.focus)).collect(),
        needs: shown::needs(&found),
        facts: shown::facts(&found, params),
        words: answer.words.iter().map(|words| shown::sentence(words)).collect(),
        months: names,
        sources,
        totals,
        focus: percent(answer.focus),
        steps: answer.steps.iter().map(|step| step_row(step, &found.question.zone, params)).collect(),
        pacing: pictures::pacing(answer).map(|picture| exhibit(&picture, report::pacing_csv(answer), "pacing")),
        fan: pictures::fan(answer).map(|picture| exhibit(&picture, report::fan_csv(answer), "fan")),
        quarters: quarters(&found, params),
        spend: lines::card(&found),
        hidden: kept(params, [], &["by"]),
        pacing_words: answer.pacing.as_ref().map(|pacing| pictures::verdict(pacing, answer.currency)).unwrap_or_default(),
        territories: territories(&found),
        team_words: team_words(&found),
        plans: saved.iter().map(|plan| line(plan, row, &frame)).collect(),
        plan_id: row.map(|plan| plan.id.to_string()).unwrap_or_default(),
        plan_name: row.map(|plan| plan.name.clone()).unwrap_or_default(),
        plan_edits: row.map(|plan| plan.edits.to_string()).unwrap_or_default(),
        plan_note: found.body.note.clone().unwrap_or_default(),
        plan_territories: territories_text(&found),
        as_new: false,
        wrong: Wrong::default(),
        cost_address: address("/scoreboard/cost_per_lead", params, &[("period", last_year(&found).as_str())]),
        fields: fields(&found),
        may_plan: matches!(PLANNERS, Allow::Roles(roles) if roles.contains(&frame.actor.role)),
        past: address("/plan/past", &exact, &[]),
        months_csv: links.to("/plan/months.csv"),
        needs_csv: links.to("/plan/needs.csv"),
        as_of: frame.date_time(answer.as_of),
        as_of_exact: answer.as_of.to_string(),
        known_at: frame.date_time(answer.known_at),
        known_at_exact: answer.known_at.to_string(),
        draws: format::count(answer.replicates as u64),
        seed: answer.seed,
        currency: answer.currency.to_string(),
        sliders,
        judged: Judged::of(&found.question),
        frame,
    })
}

/// How plans of past months did: reckoned when the page is there.
#[derive(Template)]
#[template(path = "plan/past.html")]
struct PastFragment {
    words: String,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

async fn past_fragment(State(office): State<Office>, Query(params): Query<QuestionParams>) -> Result<Page<PastFragment>, AppError> {
    let (question, tried) = super::past(&office, &params).await?;
    let sheet = report::past_sheet(&tried, &question);
    let days = tried.tried.iter().map(|tried| format::full_date(tried.as_of, &question.zone));
    let rows = sheet.rows.into_iter().zip(days).map(|(row, day)| std::iter::once(day).chain(row.into_iter().skip(1)).collect());
    Ok(Page(PastFragment { words: report::past_words(&tried), header: sheet.header, rows: rows.collect() }))
}

/// Addresses with the page's question.
struct Links<'a> {
    params: &'a QuestionParams,
    own: &'a PlanParams,
}

impl Links<'_> {
    fn to(&self, path: &str) -> String {
        address(&self.own.address(path, &[]), self.params, &[])
    }
}

fn chances(focus: f64) -> Vec<(String, String, bool)> {
    let mut chances = CHANCES.to_vec();
    if !chances.contains(&focus) {
        chances.push(focus);
        chances.sort_by(f64::total_cmp);
    }
    chances.iter().map(|chance| (chance.to_string(), percent(*chance), *chance == focus)).collect()
}

struct Months {
    names: Vec<String>,
    sources: Vec<SourceRow>,
    totals: Vec<String>,
}

/// Leads by source and month; the last columns and the last row add them up.
fn months(found: &Planned, params: &QuestionParams) -> Months {
    let answer = &found.answer;
    let year = last_year(found);
    let mut names: Vec<String> = answer.cells.iter().map(|cell| cell.month.clone()).collect();
    names.dedup();
    let leads = |source: Option<usize>, month: &str| -> i64 {
        let of = answer.cells.iter().filter(|cell| cell.month == month && source.is_none_or(|source| cell.source == source));
        of.map(|cell| cell.leads).sum()
    };
    let count_of = |leads: i64| format::count(leads.max(0) as u64);
    let mut sources: Vec<(i64, SourceRow)> = Vec::new();
    for (place, source) in answer.sources.iter().enumerate().filter(|(_, source)| source.leads.is_some_and(|leads| leads > 0)) {
        let label = source.source.as_deref();
        let row = SourceRow {
            name: known::label(label),
            cells: names.iter().map(|month| count_of(leads(Some(place), month))).collect(),
            leads: count_of(source.leads.unwrap_or(0)),
            cost: source.cost_per_lead_minor.map_or_else(|| format::NOT_RECORDED.into(), |minor| money(Some(minor), answer)),
            spend: money(source.spend_minor, answer),
            of_spend: source.cost_per_lead_minor.map(|_| money(Some(source.cost_spend_minor), answer)).unwrap_or_default(),
            of_leads: format::plural(source.cost_leads, "lead", "leads"),
            address: (label != Some(insight::plan::OTHER_SOURCES)).then(|| leads_address(label, &year, params)),
        };
        sources.push((source.leads.unwrap_or(0), row));
    }
    sources.sort_by_key(|(leads, _)| -leads);
    let all: i64 = answer.cells.iter().map(|cell| cell.leads).sum();
    let spend: Vec<f64> = answer.sources.iter().filter_map(|source| source.spend_minor).collect();
    let spend = if spend.is_empty() { dash() } else { money(Some(spend.iter().sum()), answer) };
    let totals = names.iter().map(|month| count_of(leads(None, month))).chain([count_of(all), String::new(), spend]).collect();
    let names = names.iter().map(|month| format::month_of_key(month)).collect();
    Months { names, sources: sources.into_iter().map(|(_, row)| row).collect(), totals }
}

fn step_row(step: &StepUsed, zone: &jiff::tz::TimeZone, params: &QuestionParams) -> StepRow {
    // The very leads of the rate, as the cohorts count them.
    let period = format!("{}..{}", format::iso_date(step.cohorts_from, zone), format::iso_date(step.cohorts_to, zone));
    let cohorts = url::with("/cohorts", [("from", step.from.key()), ("to", step.to.key())]);
    StepRow {
        name: format!("{} to {}", step.from.name(), step.to.name()),
        rate: step.rate.map_or_else(|| format::NO_DATA.into(), format::rate),
        is_assumed: step.is_assumed,
        recorded: format::rate_or_none(step.recorded_rate),
        interval: step.interval.map_or_else(dash, |(low, high)| format!("{} to {}", format::rate(low), format::rate(high))),
        sample: format!("{} of {}", format::count(step.reached), format::count(step.entered)),
        address: address(&cohorts, params, &[("period", period.as_str())]),
        median: step.median_days.map_or_else(dash, format::decimal),
        mature: format::decimal(step.mature_days),
    }
}

/// The last twelve whole months, which a source's cost per lead is of.
fn last_year(found: &Planned) -> String {
    let to = found.question.as_of.in_zone(&found.question.zone).date().first_of_month();
    format!("{}..{to}", to.saturating_sub(12.months()))
}

/// The leads of one source; an empty segment is what is not recorded.
fn leads_address(source: Option<&str>, period: &str, params: &QuestionParams) -> String {
    let more = [("by", "source"), ("period", period), ("segment", source.unwrap_or_default())];
    address("/scoreboard/leads", params, &more) + "#rows"
}

fn quarters(found: &Planned, params: &QuestionParams) -> Vec<QuarterRow> {
    let minor = |minor: i64| money(Some(minor as f64), &found.answer);
    let Some(pacing) = &found.answer.pacing else { return Vec::new() };
    let row = |quarter: &insight::plan::Quarter| {
        let period = period_of(pacing, &quarter.quarter, &found.question.zone);
        QuarterRow {
            name: format::quarter_of_key(&quarter.quarter),
            planned: minor(quarter.planned_minor),
            signed: quarter.signed_minor.map_or_else(dash, minor),
            address: address("/scoreboard/revenue", params, &[("period", &period)]) + "#rows",
        }
    };
    pacing.quarters.iter().map(row).collect()
}

/// The days of a quarter, such as `2026-Q3`, that lie in the target's period.
fn period_of(pacing: &Pacing, quarter: &str, zone: &jiff::tz::TimeZone) -> String {
    let is_own = |month: &&PacedMonth| {
        let (year, of_year) = month.month.split_once('-').unwrap_or((&month.month, "1"));
        format!("{year}-Q{}", of_year.parse::<usize>().unwrap_or(1).div_ceil(3)) == quarter
    };
    let from = pacing.months.iter().find(is_own).map_or(pacing.from, |month| month.from);
    let to = pacing.months.iter().rev().find(is_own).map_or(pacing.to, |month| month.to);
    format!("{}..{}", format::iso_date(from, zone), format::iso_date(to, zone))
}

/// The target and what it takes, by region.
fn territories(found: &Planned) -> Vec<[String; 4]> {
    let answer = &found.answer;
    let focus = answer.columns.iter().find(|column| column.probability == answer.focus);
    let need = |stage| focus.and_then(|column| column.needs.iter().find(|need| need.stage == stage)).and_then(|need| need.total);
    let share_of = |share: f64| match (answer.target_customers, answer.target_revenue_minor) {
        (Some(customers), _) => format::fixed(customers as f64 * share, 1),
        (_, minor) => money(minor.map(|minor| minor as f64 * share), answer),
    };
    let mqls = need(alignment::lifecycle::Stage::Mql);
    let row = |territory: &super::body::Territory| {
        let share = territory.share;
        [territory.region.clone(), percent(share), share_of(share), count(mqls.map(|mqls| (mqls * share).ceil()))]
    };
    found.body.territories.iter().map(row).collect()
}

fn team_words(found: &Planned) -> String {
    let team = found.team;
    let people = format!(
        "{} and {} are recorded",
        format::plural(team.salespeople, "salesperson", "salespeople"),
        format::plural(team.marketers, "marketer", "marketers")
    );
    match team.salespeople_per_marketer {
        Some(ratio) => format!("{people}: {} salespeople a marketer. As a guide, 3 to 5 are usual.", format::decimal(ratio)),
        None => format!("{people}. As a guide, 3 to 5 salespeople a marketer are usual."),
    }
}

fn line(plan: &PlanRow, here: Option<&PlanRow>, frame: &Frame) -> PlanLine {
    PlanLine {
        id: plan.id,
        name: plan.name.clone(),
        address: address_of(plan.id),
        who: plan.author_name.clone().unwrap_or_else(|| format::NOT_RECORDED.into()),
        when: frame.date(alignment::Instant(plan.edited_at)),
        here: here.is_some_and(|here| here.id == plan.id),
    }
}

/// What the form that saves sends along: the plan as it is tried, target and date included.
fn fields(found: &Planned) -> Vec<(&'static str, String)> {
    let mut body = saved::whole(found);
    (body.territories, body.note) = (Vec::new(), None);
    vec![("body", serde_json::to_string(&body).unwrap_or_default())]
}

type Asked = (State<Office>, Query<QuestionParams>, Query<PlanParams>);

async fn answered((State(office), Query(params), Query(own)): Asked) -> Result<PlanAnswer, AppError> {
    Ok(planned(&office, &params, &own).await?.answer)
}

async fn months_csv(asked: Asked) -> Result<Response, AppError> {
    Ok(csv_file(&report::cells(&answered(asked).await?), "plan-months"))
}

async fn needs_csv(asked: Asked) -> Result<Response, AppError> {
    Ok(csv_file(&report::needs(&answered(asked).await?), "plan-needs"))
}

async fn pacing_csv(asked: Asked) -> Result<Response, AppError> {
    Ok(csv_file(&report::pacing_csv(&answered(asked).await?), "plan-pacing"))
}

async fn fan_csv(asked: Asked) -> Result<Response, AppError> {
    Ok(csv_file(&report::fan_csv(&answered(asked).await?), "plan-fan"))
}

async fn pacing_svg(asked: Asked) -> Result<Response, AppError> {
    let picture = pictures::pacing(&answered(asked).await?).ok_or_else(no_target)?;
    Ok(svg_file(&picture, "plan-pacing"))
}

async fn fan_svg(asked: Asked) -> Result<Response, AppError> {
    let picture = pictures::fan(&answered(asked).await?).ok_or_else(no_target)?;
    Ok(svg_file(&picture, "plan-fan"))
}

fn no_target() -> AppError {
    AppError::NotFound("The Agreement has no revenue target that is still to come, a filter leaves a part of the company, or no lead and no deal tells how it may end.".into())
}
