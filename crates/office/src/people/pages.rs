//! The list of people, and one person.

use alignment::{Instant, intake::Noun, lifecycle::Stage};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use facts::{
    changes::{self, ChangeRow},
    custom::{self, CustomValue, ExternalId},
    deals::{self, DealFilter, DealRow, DealSort},
    leads::{self, LeadFilter, LeadRow, LeadSort},
    list::{Sort, Turn},
    people::{self, PersonRow},
    schema,
    timeline::Subject,
};

use super::api::PersonQuery;
use crate::{
    Office,
    api::{Asked, ask},
    leads::pages::chips,
    lists::{
        Cell, Column, Empty, ListPage, ListView, Place, RecordQuery, Row, csv,
        timeline::{self, TimelineView},
        view,
    },
    ui::Frame,
    web::{Allow, AppError, Endpoint, Page},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/people", Allow::SignedIn, list),
        Endpoint::get("/people.csv", Allow::SignedIn, export),
        Endpoint::get("/people/{id}", Allow::SignedIn, page),
    ]
}

const COLUMNS: [Column; 7] = [
    view::sorted("Name", "name"),
    view::column("E-mail"),
    view::column("Job title"),
    view::column("Company"),
    view::column("Stage"),
    view::column("Owner"),
    view::number("Recorded", Some("recorded")),
];

async fn list(State(office): State<Office>, frame: Frame, Asked(query): Asked<PersonQuery>) -> Result<Page<ListPage>, AppError> {
    let filter = query.filter()?;
    let mut record = office.facts().read().await?;
    let page = people::list(&mut record, &filter, query.order()?, ask::turn(&query.cursor, query.limit)?).await?;
    let count = people::count(&mut record, &filter).await?;
    let asked = query.clone();
    let place = Place::new(
        "/people",
        [
            ("q", asked.q),
            ("email", asked.email),
            ("company", asked.company),
            ("country", asked.country),
            ("sort", asked.sort),
            ("cursor", asked.cursor),
        ],
    );
    let rows = page.items.into_iter().map(|person| row(person, &frame)).collect();
    let view = ListView {
        title: "People",
        under: view::counted(count, "person", "people"),
        chips: chips(&place, &[("company", "Company"), ("email", "E-mail"), ("country", "Country")]),
        search_hint: "Name or e-mail",
        filters: Vec::new(),
        views: Vec::new(),
        columns: COLUMNS.into(),
        rows,
        next: page.next,
        empty: Empty {
            title: "No people yet",
            words: "People come with an import of your CRM or marketing files, or one by one over the API.",
            actions: &[("/imports", "Import a file"), ("/api", "Open the API")],
        },
        place,
    };
    Ok(Page(ListPage { frame, view }))
}

fn row(person: PersonRow, frame: &Frame) -> Row {
    let company = match person.company_id {
        Some(id) => Cell::Link(format!("/companies/{id}"), person.company_name.unwrap_or_else(|| format!("Company {id}"))),
        None => Cell::Text("–".into()),
    };
    let stage = match person.stage.as_deref().and_then(Stage::parse) {
        Some(stage) => Cell::Stage(crate::handoff::tag(&stage), stage.key(), stage.name()),
        None => Cell::Text("–".into()),
    };
    Row {
        address: format!("/people/{}", person.id),
        cells: vec![
            Cell::Open(person.name.or_else(|| person.email.clone()).unwrap_or_else(|| format!("Person {}", person.id))),
            view::text_or_dash(person.email),
            view::text_or_dash(person.job_title),
            company,
            stage,
            view::text_or_dash(person.owner_name),
            Cell::Number(frame.date(Instant(person.recorded_at))),
        ],
    }
}

async fn export(State(office): State<Office>, Asked(query): Asked<PersonQuery>) -> Result<Response, AppError> {
    let (filter, sort) = (query.filter()?, query.order()?);
    let page = move |cursor: Option<String>| {
        let (office, filter) = (office.clone(), filter.clone());
        async move {
            let mut record = office.facts().read().await?;
            let turn = Turn { cursor: cursor.as_deref(), limit: facts::list::LIMIT_MAX };
            let page = people::list(&mut record, &filter, sort, turn).await?;
            Ok((page.items.into_iter().map(exported).collect(), page.next))
        }
    };
    csv::export("people", &["id", "name", "email", "phone", "job_title", "country", "company_id", "company", "stage", "recorded_at"], page)
        .await
}

fn exported(person: PersonRow) -> Vec<String> {
    vec![
        person.id.to_string(),
        csv::text(person.name),
        csv::text(person.email),
        csv::text(person.phone),
        csv::text(person.job_title),
        csv::text(person.country),
        csv::integer(person.company_id),
        csv::text(person.company_name),
        csv::text(person.stage),
        csv::instant(Some(person.recorded_at)),
    ]
}

#[derive(Template)]
#[template(path = "people/person.html")]
struct PersonPage {
    frame: Frame,
    person: PersonRow,
    name: String,
    leads: Vec<LeadRow>,
    deals: Vec<DealRow>,
    external_ids: Vec<ExternalId>,
    custom: Vec<CustomValue>,
    changes: Vec<ChangeRow>,
    timeline: TimelineView,
}

async fn page(
    State(office): State<Office>,
    frame: Frame,
    Path(id): Path<i64>,
    Asked(query): Asked<RecordQuery>,
) -> Result<Page<PersonPage>, AppError> {
    let mut record = office.facts().read().await?;
    let person = people::one(record.conn(), id).await?;
    let leads_filter = LeadFilter { person: Some(id), ..LeadFilter::default() };
    let leads = leads::list(&mut record, &leads_filter, Sort { key: LeadSort::OpenedAt, descending: true }, Turn::first()).await?.items;
    let deals_filter = DealFilter { person: Some(id), ..DealFilter::default() };
    let deals = deals::list(&mut record, &deals_filter, Sort { key: DealSort::StageAt, descending: true }, Turn::first()).await?.items;
    let timeline = timeline::of(&mut record, &frame, Subject::Person(id), &format!("/people/{id}"), query.before.as_deref()).await?;
    let connection = record.conn();
    Ok(Page(PersonPage {
        name: person.name.clone().or(person.email.clone()).unwrap_or_else(|| format!("Person {id}")),
        leads,
        deals,
        external_ids: custom::external_ids(connection, Noun::Person, id).await?,
        custom: custom::values(connection, Noun::Person, id).await?,
        changes: changes::of(connection, &schema::PEOPLE, id, 50).await?,
        timeline,
        person,
        frame,
    }))
}
