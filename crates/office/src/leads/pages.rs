//! The list of leads, and one lead.

use std::collections::HashMap;

use alignment::{
    Instant,
    lifecycle::{Side, Stage},
};
use axum::{extract::State, response::Response};
use facts::{
    campaigns,
    clocks::{self, ClockRow},
    companies,
    leads::{self, LeadRow},
    list::Turn,
    users,
};

use super::api::LeadQuery;
use crate::{
    Office,
    agreement::Versions,
    api::{Asked, ask},
    handoff::clock_view,
    lists::{Cell, Column, Empty, Filter, ListPage, ListView, Place, Row, csv, view},
    ui::{Frame, format, known},
    web::{Allow, AppError, Endpoint, Page},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/leads", Allow::SignedIn, list),
        Endpoint::get("/leads.csv", Allow::SignedIn, export),
        Endpoint::get("/leads/{id}", Allow::SignedIn, super::page::page),
    ]
}

const COLUMNS: [Column; 8] = [
    view::sorted("Person", "name"),
    view::column("Company"),
    view::sorted("Stage", "stage_at"),
    view::column("Next due"),
    view::column("Source"),
    view::column("Campaign"),
    view::column("Owner"),
    view::number("Opened", Some("opened_at")),
];

async fn list(State(office): State<Office>, frame: Frame, Asked(query): Asked<LeadQuery>) -> Result<Page<ListPage>, AppError> {
    let filter = query.filter()?;
    let mut record = office.facts().read().await?;
    let page = leads::list(&mut record, &filter, query.order()?, ask::turn(&query.cursor, query.limit)?).await?;
    let count = leads::count(&mut record, &filter).await?;
    let place = place(&query);
    let connection = record.conn();
    let filters = vec![
        select(&place, "owner", "Owner", owners(&frame, users::names(connection).await?)),
        select(&place, "stage", "Stage", view::choices("Any stage", stages(), false)),
        select(&place, "source", "Source", view::choices("Any source", view::keys(leads::sources(connection).await?), true)),
        select(&place, "campaign", "Campaign", view::choices("Any campaign", view::named(campaigns::names(connection).await?), true)),
        select(&place, "country", "Country", view::choices("Any country", view::plain(companies::countries(connection).await?), true)),
        select(&place, "industry", "Industry", view::choices("Any industry", view::plain(companies::industries(connection).await?), true)),
    ];
    let linked = [
        ("company", "Company"),
        ("person", "Person"),
        ("content", "Content"),
        ("opened_from", "Opened from"),
        ("opened_to", "Opened before"),
    ];
    let ids: Vec<i64> = page.items.iter().map(|lead| lead.id).collect();
    let dues = next_dues(clocks::running_of(connection, &ids).await?, &*office.versions().await?, &frame);
    let rows = page.items.into_iter().map(|lead| row(lead, &dues, &frame)).collect();
    let view = ListView {
        title: "Leads",
        under: view::counted(count, "lead", "leads"),
        chips: chips(&place, &linked),
        search_hint: "Person, e-mail or company",
        filters,
        views: views(&place, &frame),
        columns: COLUMNS.into(),
        rows,
        next: page.next,
        empty: Empty {
            title: "No leads yet",
            words: "Leads come with an import of your CRM or marketing files, or one by one over the API.",
            actions: &[("/imports", "Import a file"), ("/api", "Open the API")],
        },
        place,
    };
    Ok(Page(ListPage { frame, view }))
}

/// Whoever signed in stands first among the owners.
fn owners(frame: &Frame, names: Vec<(i64, String)>) -> Vec<(String, String)> {
    let me = frame.actor.user.map(|user| user.0);
    let (mine, others): (Vec<_>, Vec<_>) = names.into_iter().partition(|(id, _)| Some(*id) == me);
    let mine = mine.into_iter().map(|(id, name)| (id, format!("Mine ({name})")));
    view::choices("Any owner", view::named(mine.chain(others).collect()), true)
}

fn views(place: &Place, frame: &Frame) -> Vec<(&'static str, String, bool)> {
    let Some(me) = frame.actor.user.map(|user| user.0.to_string()) else { return Vec::new() };
    let owner = place.value("owner");
    vec![("Everybody’s", place.with("owner", ""), owner.is_empty()), ("Mine", place.with("owner", &me), owner == me)]
}

/// Of each lead, the clock that runs out first; one that stands still comes after those that run.
fn next_dues(mut clocks: Vec<ClockRow>, versions: &Versions, frame: &Frame) -> HashMap<i64, Cell> {
    clocks.sort_by_key(|clock| (clock.paused_at.is_some(), clock.due_at, clock.id));
    let mut dues = HashMap::new();
    for clock in &clocks {
        dues.entry(clock.lead_id).or_insert_with(|| {
            let view = clock_view(clock, versions, frame);
            Cell::Due(view.class, format!("{} {}", view.name, view.words))
        });
    }
    dues
}

fn place(query: &LeadQuery) -> Place {
    let query = query.clone();
    Place::new(
        "/leads",
        [
            ("q", query.q),
            ("stage", query.stage),
            ("source", query.source),
            ("owner", query.owner),
            ("campaign", query.campaign),
            ("content", query.content),
            ("company", query.company),
            ("person", query.person),
            ("country", query.country),
            ("industry", query.industry),
            ("opened_from", query.opened_from),
            ("opened_to", query.opened_to),
            ("sort", query.sort),
            ("cursor", query.cursor),
        ],
    )
}

/// A drop-down that shows what the address says, even where it is none of the choices.
pub fn select(place: &Place, name: &'static str, label: &'static str, mut choices: Vec<(String, String)>) -> Filter {
    let value = place.value(name).to_owned();
    if !choices.iter().any(|(known, _)| *known == value) {
        choices.push((value.clone(), value.clone()));
    }
    Filter { name, label, value, choices }
}

/// Filters that only a link sets.
pub fn chips(place: &Place, linked: &[(&'static str, &str)]) -> Vec<(String, String)> {
    let set = linked.iter().filter(|(name, _)| !place.value(name).is_empty());
    set.map(|(name, label)| (format!("{label}: {}", place.value(name)), place.with(name, ""))).collect()
}

fn stages() -> Vec<(String, String)> {
    Stage::ALL.iter().map(|stage| (stage.key().to_owned(), stage.name().to_owned())).collect()
}

fn row(lead: LeadRow, dues: &HashMap<i64, Cell>, frame: &Frame) -> Row {
    let stage = Stage::parse(&lead.stage).unwrap_or(Stage::Lead);
    let company = match lead.company_id {
        Some(id) => Cell::Link(format!("/companies/{id}"), lead.company_name.unwrap_or_else(|| format!("Company {id}"))),
        None => Cell::Text("–".into()),
    };
    Row {
        address: format!("/leads/{}", lead.id),
        cells: vec![
            Cell::Open(lead.person_name.or(lead.person_email).unwrap_or_else(|| format!("Person {}", lead.person_id))),
            company,
            Cell::Stage(crate::handoff::tag(&stage), stage.key(), stage.name()),
            dues.get(&lead.id).cloned().unwrap_or_else(|| Cell::Text("–".into())),
            view::text_or_dash(lead.source.as_deref().map(known::words)),
            view::text_or_dash(lead.campaign_name),
            view::text_or_dash(lead.owner_name),
            Cell::Number(frame.date(Instant(lead.opened_at))),
        ],
    }
}

pub fn side_key(side: Side) -> &'static str {
    match side {
        Side::Marketing => "marketing",
        Side::Sales => "sales",
        Side::Success => "success",
    }
}

pub fn side_name(side: Side) -> &'static str {
    match side {
        Side::Marketing => "Marketing",
        Side::Sales => "Sales",
        Side::Success => "Customer success",
    }
}

const EXPORTED: [&str; 16] = [
    "id",
    "person_id",
    "name",
    "email",
    "job_title",
    "company_id",
    "company",
    "industry",
    "country",
    "source",
    "campaign",
    "content",
    "owner",
    "opened_at",
    "stage",
    "stage_at",
];

async fn export(State(office): State<Office>, Asked(query): Asked<LeadQuery>) -> Result<Response, AppError> {
    let (filter, sort) = (query.filter()?, query.order()?);
    let page = move |cursor: Option<String>| {
        let (office, filter) = (office.clone(), filter.clone());
        async move {
            let mut record = office.facts().read().await?;
            let turn = Turn { cursor: cursor.as_deref(), limit: facts::list::LIMIT_MAX };
            let page = leads::list(&mut record, &filter, sort, turn).await?;
            Ok((page.items.into_iter().map(exported).collect(), page.next))
        }
    };
    csv::export("leads", &EXPORTED, page).await
}

fn exported(lead: LeadRow) -> Vec<String> {
    vec![
        lead.id.to_string(),
        lead.person_id.to_string(),
        csv::text(lead.person_name),
        csv::text(lead.person_email),
        csv::text(lead.job_title),
        csv::integer(lead.company_id),
        csv::text(lead.company_name),
        csv::text(lead.industry),
        csv::text(lead.country),
        csv::text(lead.source),
        csv::text(lead.campaign_name),
        csv::text(lead.content_title),
        csv::text(lead.owner_name),
        csv::instant(Some(lead.opened_at)),
        lead.stage,
        csv::instant(lead.stage_at),
    ]
}

/// An instant, or that nobody wrote it down.
pub fn date_or_words(frame: &Frame, at: Option<i64>) -> String {
    at.map_or_else(|| format::NOT_RECORDED.to_owned(), |at| frame.date(Instant(at)))
}

pub fn stage_name(key: &str) -> &'static str {
    Stage::parse(key).unwrap_or(Stage::Lead).name()
}

pub fn side_of(key: &str) -> &'static str {
    side_key(Stage::parse(key).unwrap_or(Stage::Lead).definition().owner)
}
