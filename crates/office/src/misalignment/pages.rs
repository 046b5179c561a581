//! The page of misalignment: what it costs in parts, where waste comes from, what the field claims, and the four quarrels.

use alignment::Money;
use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use insight::{
    misalignment::{
        Cost, Part, PartKind,
        quarrel::{Quarrel, SegmentSeen},
    },
    question::Question,
};
use picture::Width;

use super::{
    Asked, Assumed, asked,
    behind::segment_named,
    cost_of, pictures,
    quarrel_shown::{QuarrelShown, shown},
    quarrels_of, report, rows_page,
};
use crate::{
    Office,
    question::QuestionParams,
    report::Sheet,
    scoreboard::{
        default_period,
        params::{Controls, Links, SHOWN, address, controls, kept, with_filter},
    },
    ui::{
        Exhibit, Frame, Judged,
        exhibit::{csv_file, svg_file},
        format,
    },
    web::{Allow, AppError, Endpoint, Page},
};

pub const PATH: &str = "/misalignment";
const ROWS: &str = "/misalignment/rows";

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(PATH, Allow::SignedIn, page),
        Endpoint::get(ROWS, Allow::SignedIn, rows_page::page),
        Endpoint::get("/misalignment/cost.svg", Allow::SignedIn, cost_svg),
        Endpoint::get("/misalignment/cost.csv", Allow::SignedIn, cost_csv),
        Endpoint::get("/misalignment/drivers.csv", Allow::SignedIn, drivers_csv),
        Endpoint::get("/misalignment/quarrels.csv", Allow::SignedIn, quarrels_csv),
        Endpoint::get("/misalignment/segments.csv", Allow::SignedIn, segments_csv),
    ]
}

#[derive(Template)]
#[template(path = "misalignment/page.html")]
struct MisalignmentPage {
    controls: Controls,
    totals: Vec<Total>,
    costs: Exhibit,
    part_rows: Vec<PartShown>,
    drivers_by: String,
    drivers: Vec<DriverShown>,
    more_drivers: usize,
    drivers_csv: String,
    claims: Sheet,
    fields: Vec<(&'static str, String, String)>,
    claim_fields: Vec<(&'static str, &'static str, String)>,
    /// What the form of assumptions hands on.
    kept: Vec<(&'static str, String)>,
    assumed: String,
    quarrels: Vec<QuarrelShown>,
    quarrels_csv: String,
    segments_csv: String,
    looked_into: String,
    as_of: String,
    known_at: String,
    none: bool,
    path: &'static str,
    judged: Judged,
    frame: Frame,
}

/// A card above all.
struct Total {
    name: &'static str,
    value: String,
    words: String,
    /// Of its rows.
    rows: Option<String>,
}

struct PartShown {
    key: &'static str,
    name: &'static str,
    words: &'static str,
    kind: &'static str,
    amount: String,
    interval: String,
    sample: String,
    rows: Option<String>,
    already_counted: String,
    adds: String,
    /// What an estimate stands on.
    stands_on: String,
}

struct DriverShown {
    label: String,
    amount: String,
    /// Of the leads behind the amount, and of all that sales decided on.
    rows: String,
    decided_rows: String,
    rejected: String,
    rate: String,
    elsewhere: String,
    excess: String,
    reason: String,
    stands_out: bool,
}

async fn page(
    State(office): State<Office>,
    frame: Frame,
    Query(params): Query<QuestionParams>,
    Query(own): Query<Assumed>,
) -> Result<Page<MisalignmentPage>, AppError> {
    let default = default_period(&*office.history().await?, office.clock().now());
    let asked = asked(&office, &params, &own).await?;
    let (cost, quarrels) = (cost_of(&asked).await?, quarrels_of(&asked).await?);
    let question = &asked.question;
    let links = Links::of(&params, own.pairs());
    let rows_of_part = |part: &Part| (part.n > 0).then(|| links.to(ROWS, &[("part", part.key)]));
    let picture = pictures::parts(&cost, question);
    let file = |name: &str| links.to(&format!("/misalignment/{name}"), &[]);
    let point_rows = |key: &str| links.to(ROWS, &[("point", key)]);
    let segment_rows = |key: &str, segment: &SegmentSeen| match asked.dimensions.iter().find(|by| by.key() == segment.dimension) {
        Some(by) => {
            let named = segment_named(segment.id, segment.label.as_deref());
            links.to(ROWS, &[("point", key), ("filter", &with_filter(&params, by, named.as_deref()))])
        }
        None => links.to(ROWS, &[("point", key), ("period", segment.label.as_deref().unwrap_or_default())]),
    };
    let drivers = cost.parts.iter().map(|part| part.drivers.len()).sum::<usize>();
    Ok(Page(MisalignmentPage {
        totals: totals(&cost, question, &params, &links),
        costs: Exhibit::new(&picture, Width::Wide, &report::parts(&cost, question), file("cost.svg"), file("cost.csv")),
        part_rows: cost.parts.iter().map(|part| part_shown(part, &asked, rows_of_part(part))).collect(),
        drivers_by: format::dimension(&asked.drivers_by.key()),
        drivers: drivers_shown(&cost, &asked, &params, &links),
        drivers_csv: file("drivers.csv"),
        more_drivers: drivers.saturating_sub(DRIVERS_SHOWN),
        claims: report::claims(&cost),
        fields: own.fields(&asked.assumptions, question.currency),
        claim_fields: Assumed::claim_fields(&asked.claims),
        kept: kept(&params, [], &[]),
        assumed: report::assumed_words(&asked.assumptions, question),
        quarrels: quarrels.iter().map(|quarrel| shown(quarrel, point_rows, segment_rows)).collect(),
        quarrels_csv: file("quarrels.csv"),
        segments_csv: file("segments.csv"),
        looked_into: asked.dimensions.iter().map(|by| format::dimension(&by.key())).collect::<Vec<_>>().join(" and "),
        as_of: frame.date_time(question.as_of),
        known_at: frame.date_time(question.known_at),
        none: asked.history.leads.is_empty(),
        controls: controls(&links, PATH, default, SHOWN),
        path: PATH,
        judged: Judged::of(question),
        frame,
    }))
}

const DRIVERS_SHOWN: usize = 8;

fn totals(cost: &Cost, question: &Question, params: &QuestionParams, links: &Links) -> Vec<Total> {
    let money = |minor: i64| format::money_short(minor as f64, question.currency);
    let rows = |key: &str| links.to(ROWS, &[("part", key)]);
    let spent = Total {
        name: "Spent for nothing",
        value: money(cost.spent_minor),
        words: "Added up from the rows of its parts".into(),
        rows: Some(rows("spent")),
    };
    let not_won = Total {
        name: "Revenue not won",
        value: cost.not_won_minor.map_or_else(|| format::capitalized(report::not_shown(cost)), money),
        words: match cost.not_won_interval_minor {
            Some(interval) => format!("Estimated, 95% interval {}", report::interval(Some(interval), question)),
            None => "Estimates count where the whole 95% interval is above zero; each stands below with its own".into(),
        },
        rows: cost.not_won_minor.map(|_| rows("not_won")),
    };
    let revenue = Total {
        name: "Revenue signed",
        value: money(cost.revenue_minor),
        words: "In the same period, to compare with".into(),
        rows: Some(format!("{}#rows", address("/scoreboard/revenue", params, &[("by", "")]))),
    };
    vec![spent, not_won, revenue]
}

fn part_shown(part: &Part, asked: &Asked, rows: Option<String>) -> PartShown {
    let question = &asked.question;
    let money = |minor: i64| format::money(Money::new(minor, question.currency));
    let noun = if part.key == "unused_content" { ("piece", "pieces") } else { ("lead", "leads") };
    PartShown {
        key: part.key,
        name: part.name,
        words: part.words,
        kind: if part.kind == PartKind::Spent { "added up" } else { "estimated" },
        amount: report::amount(part, question),
        interval: report::interval(part.interval_minor, question),
        sample: format::plural(part.n, noun.0, noun.1),
        rows,
        already_counted: if part.already_counted_minor > 0 { money(part.already_counted_minor) } else { String::new() },
        adds: if part.amount_minor.is_some() { money(part.adds_minor) } else { String::new() },
        stands_on: stands_on(part),
    }
}

fn stands_on(part: &Part) -> String {
    if let Some(minutes) = part.minutes {
        return format!("{} hours", format::decimal(minutes / 60.0));
    }
    let Some(found) = &part.goes_with else { return String::new() };
    let without = match found.without_others {
        0 => String::new(),
        leads => format!("; {} have none to compare with and are left out", format::count(leads)),
    };
    format!(
        "{} became customers ({} of {}), of the others of their sources {} ({} of {}); within sources {} points{without}",
        format::rate_or_none(found.treated.value()),
        format::count(found.treated.hits),
        format::count(found.treated.of),
        format::rate_or_none(found.others.value()),
        format::count(found.others.hits),
        format::count(found.others.of),
        format::signed(found.difference.value * 100.0, 1),
    )
}

fn drivers_shown(cost: &Cost, asked: &Asked, params: &QuestionParams, links: &Links) -> Vec<DriverShown> {
    let money = |minor: i64| format::money(Money::new(minor, asked.question.currency));
    let driver = |driver: &insight::misalignment::Driver| {
        let named = segment_named(driver.id, driver.label.as_deref());
        let filter = with_filter(params, &asked.drivers_by, named.as_deref());
        DriverShown {
            label: format::label(driver.label.as_deref()),
            amount: money(driver.amount_minor),
            rows: links.to(ROWS, &[("part", "rejected_spend"), ("segment", named.as_deref().unwrap_or_default())]),
            decided_rows: links.to(ROWS, &[("point", "rejected_of_opened"), ("filter", &filter)]),
            rejected: format!("{} of {}", format::count(driver.rejected), format::count(driver.decided)),
            rate: format::rate_or_none(driver.rejection_rate),
            elsewhere: format::rate_or_none(driver.rate_elsewhere),
            excess: if driver.stands_out { money(driver.excess_minor) } else { String::new() },
            reason: driver.reason.as_deref().map(format::spaced).unwrap_or_default(),
            stands_out: driver.stands_out,
        }
    };
    cost.parts.iter().flat_map(|part| &part.drivers).take(DRIVERS_SHOWN).map(driver).collect()
}

type AskedInAddress = (State<Office>, Query<QuestionParams>, Query<Assumed>);

async fn cost_asked((State(office), Query(params), Query(own)): AskedInAddress) -> Result<(Cost, Question), AppError> {
    let asked = asked(&office, &params, &own).await?;
    Ok((cost_of(&asked).await?, asked.question))
}

async fn quarrels_asked((State(office), Query(params), Query(own)): AskedInAddress) -> Result<Vec<Quarrel>, AppError> {
    quarrels_of(&asked(&office, &params, &own).await?).await
}

async fn cost_svg(address: AskedInAddress) -> Result<Response, AppError> {
    let (cost, question) = cost_asked(address).await?;
    Ok(svg_file(&pictures::parts(&cost, &question), "cost"))
}

async fn cost_csv(address: AskedInAddress) -> Result<Response, AppError> {
    let (cost, question) = cost_asked(address).await?;
    Ok(csv_file(&report::parts_csv(&cost, &question), "cost"))
}

async fn drivers_csv(address: AskedInAddress) -> Result<Response, AppError> {
    Ok(csv_file(&report::drivers_csv(&cost_asked(address).await?.0), "rejected-spend"))
}

async fn quarrels_csv(address: AskedInAddress) -> Result<Response, AppError> {
    Ok(csv_file(&report::points_csv(&quarrels_asked(address).await?), "quarrels"))
}

async fn segments_csv(address: AskedInAddress) -> Result<Response, AppError> {
    Ok(csv_file(&report::segments_csv(&quarrels_asked(address).await?), "quarrels-segments"))
}
