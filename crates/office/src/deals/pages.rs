//! The list of deals, the board by stage, and one deal.

use alignment::{Currency, Instant, Money, lifecycle::DealStage};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use facts::{
    Connection,
    deals::{self, DealRow},
    list::Turn,
    users,
};

use super::api::DealQuery;
use crate::{
    Office,
    api::{Asked, ask},
    leads::pages::{chips, date_or_words, select},
    lists::{Cell, Column, Empty, ListPage, ListView, Place, Row, csv, view},
    ui::{Frame, format},
    web::{Allow, AppError, Endpoint, Page},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/deals", Allow::SignedIn, list),
        Endpoint::get("/deals.csv", Allow::SignedIn, export),
        Endpoint::get("/deals/{id}", Allow::SignedIn, super::page::page),
    ]
}

const COLUMNS: [Column; 7] = [
    view::column("Deal"),
    view::column("Company"),
    view::column("Stage"),
    view::number("Amount", Some("amount")),
    view::column("Owner"),
    view::number("Expected close", None),
    view::number("Moved", Some("stage_at")),
];

async fn list(State(office): State<Office>, frame: Frame, Asked(query): Asked<DealQuery>) -> Result<Response, AppError> {
    let place = place(&query);
    if place.value("view") == "board" {
        return Ok(super::board::page(&office, frame, &query, place).await?.into_response());
    }
    let filter = query.filter()?;
    let mut record = office.facts().read().await?;
    let page = deals::list(&mut record, &filter, query.order()?, ask::turn(&query.cursor, query.limit)?).await?;
    let count = deals::count(&mut record, &filter).await?;
    let rows = page.items.into_iter().map(|deal| row(deal, &frame)).collect();
    let head = head(record.conn(), place).await?;
    let view = ListView { under: view::counted(count, "deal", "deals"), columns: COLUMNS.into(), rows, next: page.next, ..head };
    Ok(Page(ListPage { frame, view }).into_response())
}

/// What the table and the board have above them: filters, and the way from one to the other.
pub async fn head(connection: &mut Connection, place: Place) -> Result<ListView, AppError> {
    let filters = vec![
        select(&place, "stage", "Stage", view::choices("Any stage", stages(), false)),
        select(&place, "owner", "Owner", view::choices("Any owner", view::named(users::names(connection).await?), true)),
    ];
    let linked = [
        ("company", "Company"),
        ("person", "Person"),
        ("lead", "Lead"),
        ("amount_min", "Amount from"),
        ("amount_max", "Amount to"),
        ("moved_from", "Moved from"),
    ];
    Ok(ListView {
        title: "Deals",
        under: String::new(),
        chips: chips(&place, &linked),
        search_hint: "Deal or company",
        filters,
        views: views(&place),
        columns: Vec::new(),
        rows: Vec::new(),
        next: None,
        empty: EMPTY,
        place,
    })
}

const EMPTY: Empty = Empty {
    title: "No deals yet",
    words: "Deals come with an import of your CRM, or one by one over the API.",
    actions: &[("/imports", "Import a file"), ("/api", "Open the API")],
};

fn views(place: &Place) -> Vec<(&'static str, String, bool)> {
    let board = place.value("view") == "board";
    vec![("Table", place.with("view", ""), !board), ("Board", place.with("view", "board"), board)]
}

fn place(query: &DealQuery) -> Place {
    let query = query.clone();
    Place::new(
        "/deals",
        [
            ("q", query.q),
            ("stage", query.stage),
            ("owner", query.owner),
            ("company", query.company),
            ("person", query.person),
            ("lead", query.lead),
            ("amount_min", query.amount_min),
            ("amount_max", query.amount_max),
            ("moved_from", query.moved_from),
            ("sort", query.sort),
            ("view", query.view),
            ("cursor", query.cursor),
        ],
    )
}

fn stages() -> Vec<(String, String)> {
    DealStage::ALL.iter().map(|stage| (stage.key().to_owned(), stage.name().to_owned())).collect()
}

fn row(deal: DealRow, frame: &Frame) -> Row {
    let company = match deal.company_id {
        Some(id) => Cell::Link(format!("/companies/{id}"), deal.company_name.clone().unwrap_or_else(|| format!("Company {id}"))),
        None => Cell::Text("–".into()),
    };
    Row {
        address: format!("/deals/{}", deal.id),
        cells: vec![
            Cell::Open(name_of(&deal)),
            company,
            Cell::Tag(tag_of(&deal.stage), stage_name(&deal.stage).to_owned()),
            Cell::Number(format::money_or_none(money_of(deal.amount_minor, deal.amount_currency.as_deref()))),
            view::text_or_dash(deal.owner_name),
            Cell::Number(deal.expected_close_at.map_or_else(|| "–".to_owned(), |at| frame.date(Instant(at)))),
            Cell::Number(date_or_words(frame, deal.stage_at)),
        ],
    }
}

pub fn name_of(deal: &DealRow) -> String {
    deal.name.clone().or_else(|| deal.company_name.clone()).unwrap_or_else(|| format!("Deal {}", deal.id))
}

/// The company, unless the deal's name says it.
pub fn company_line(deal: &DealRow) -> Option<&str> {
    let company = deal.company_name.as_deref()?;
    (!name_of(deal).contains(company)).then_some(company)
}

pub fn money_of(minor: Option<i64>, currency: Option<&str>) -> Option<Money> {
    let currency: Currency = currency?.parse().ok()?;
    Some(Money::new(minor?, currency))
}

pub fn stage_name(key: &str) -> &'static str {
    DealStage::parse(key).map_or("Unknown", DealStage::name)
}

/// The colour of a deal's stage.
pub fn tag_of(key: &str) -> &'static str {
    match DealStage::parse(key) {
        Some(DealStage::Won) => "good",
        Some(DealStage::Lost) => "bad",
        _ => "sales",
    }
}

const EXPORTED: [&str; 12] = [
    "id",
    "name",
    "company_id",
    "company",
    "lead_id",
    "owner",
    "stage",
    "stage_at",
    "amount_minor",
    "amount_currency",
    "opened_at",
    "expected_close_at",
];

async fn export(State(office): State<Office>, Asked(query): Asked<DealQuery>) -> Result<Response, AppError> {
    let (filter, sort) = (query.filter()?, query.order()?);
    let page = move |cursor: Option<String>| {
        let (office, filter) = (office.clone(), filter.clone());
        async move {
            let mut record = office.facts().read().await?;
            let turn = Turn { cursor: cursor.as_deref(), limit: facts::list::LIMIT_MAX };
            let page = deals::list(&mut record, &filter, sort, turn).await?;
            Ok((page.items.into_iter().map(exported).collect(), page.next))
        }
    };
    csv::export("deals", &EXPORTED, page).await
}

fn exported(deal: DealRow) -> Vec<String> {
    vec![
        deal.id.to_string(),
        csv::text(deal.name),
        csv::integer(deal.company_id),
        csv::text(deal.company_name),
        csv::integer(deal.lead_id),
        csv::text(deal.owner_name),
        deal.stage,
        csv::instant(deal.stage_at),
        csv::integer(deal.amount_minor),
        csv::text(deal.amount_currency),
        csv::instant(deal.opened_at),
        csv::instant(deal.expected_close_at),
    ]
}
