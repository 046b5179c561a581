//! The list of companies, and one company.

use alignment::{Instant, intake::Noun};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use facts::{
    changes::{self, ChangeRow},
    companies::{self, CompanyRow},
    custom::{self, CustomValue, ExternalId},
    deals::{self, DealFilter, DealRow, DealSort},
    leads::{self, LeadFilter, LeadRow, LeadSort},
    list::{Sort, Turn},
    people::{self, PersonFilter, PersonRow, PersonSort},
    schema,
    timeline::Subject,
    users,
};

use super::api::CompanyQuery;
use crate::{
    Office,
    api::{Asked, ask},
    deals::pages::money_of,
    leads::pages::{chips, select},
    lists::{
        Cell, Column, Empty, ListPage, ListView, Place, RecordQuery, Row, csv,
        timeline::{self, TimelineView},
        view,
    },
    ui::{Frame, format},
    web::{Allow, AppError, Endpoint, Page},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/companies", Allow::SignedIn, list),
        Endpoint::get("/companies.csv", Allow::SignedIn, export),
        Endpoint::get("/companies/{id}", Allow::SignedIn, page),
    ]
}

const COLUMNS: [Column; 9] = [
    view::sorted("Name", "name"),
    view::column("Industry"),
    view::column("Country"),
    view::number("Employees", None),
    view::column("Owner"),
    view::number("People", None),
    view::number("Leads", None),
    view::number("Deals", None),
    view::number("Recorded", Some("recorded")),
];

async fn list(State(office): State<Office>, frame: Frame, Asked(query): Asked<CompanyQuery>) -> Result<Page<ListPage>, AppError> {
    let filter = query.filter()?;
    let mut record = office.facts().read().await?;
    let page = companies::list(&mut record, &filter, query.order()?, ask::turn(&query.cursor, query.limit)?).await?;
    let count = companies::count(&mut record, &filter).await?;
    let asked = query.clone();
    let place = Place::new(
        "/companies",
        [
            ("q", asked.q),
            ("industry", asked.industry),
            ("country", asked.country),
            ("owner", asked.owner),
            ("employees_min", asked.employees_min),
            ("employees_max", asked.employees_max),
            ("sort", asked.sort),
            ("cursor", asked.cursor),
        ],
    );
    let connection = record.conn();
    let filters = vec![
        select(&place, "industry", "Industry", view::choices("Any industry", view::plain(companies::industries(connection).await?), true)),
        select(&place, "country", "Country", view::choices("Any country", view::plain(companies::countries(connection).await?), true)),
        select(&place, "owner", "Owner", view::choices("Any owner", view::named(users::names(connection).await?), true)),
    ];
    let rows = page.items.into_iter().map(|company| row(company, &frame)).collect();
    let view = ListView {
        title: "Companies",
        under: view::counted(count, "company", "companies"),
        chips: chips(&place, &[("employees_min", "Employees from"), ("employees_max", "Employees to")]),
        search_hint: "Name or domain",
        filters,
        views: Vec::new(),
        columns: COLUMNS.into(),
        rows,
        next: page.next,
        empty: Empty {
            title: "No companies yet",
            words: "Companies come with an import of your CRM, or one by one over the API.",
            actions: &[("/imports", "Import a file"), ("/api", "Open the API")],
        },
        place,
    };
    Ok(Page(ListPage { frame, view }))
}

fn row(company: CompanyRow, frame: &Frame) -> Row {
    let count = |number: i64| Cell::Number(format::count(number as u64));
    Row {
        address: format!("/companies/{}", company.id),
        cells: vec![
            Cell::Open(name_of(&company)),
            view::text_or_dash(company.industry),
            view::text_or_dash(company.country),
            Cell::Number(company.employees.map_or_else(|| "–".to_owned(), |number| format::count(number as u64))),
            view::text_or_dash(company.owner_name),
            count(company.people),
            count(company.leads),
            count(company.deals),
            Cell::Number(frame.date(Instant(company.recorded_at))),
        ],
    }
}

fn name_of(company: &CompanyRow) -> String {
    company.name.clone().or(company.domain.clone()).unwrap_or_else(|| format!("Company {}", company.id))
}

const EXPORTED: [&str; 14] = [
    "id",
    "name",
    "domain",
    "industry",
    "country",
    "region",
    "employees",
    "annual_revenue_minor",
    "annual_revenue_currency",
    "churned_at",
    "owner",
    "people",
    "leads",
    "deals",
];

async fn export(State(office): State<Office>, Asked(query): Asked<CompanyQuery>) -> Result<Response, AppError> {
    let (filter, sort) = (query.filter()?, query.order()?);
    let page = move |cursor: Option<String>| {
        let (office, filter) = (office.clone(), filter.clone());
        async move {
            let mut record = office.facts().read().await?;
            let turn = Turn { cursor: cursor.as_deref(), limit: facts::list::LIMIT_MAX };
            let page = companies::list(&mut record, &filter, sort, turn).await?;
            Ok((page.items.into_iter().map(exported).collect(), page.next))
        }
    };
    csv::export("companies", &EXPORTED, page).await
}

fn exported(company: CompanyRow) -> Vec<String> {
    vec![
        company.id.to_string(),
        csv::text(company.name),
        csv::text(company.domain),
        csv::text(company.industry),
        csv::text(company.country),
        csv::text(company.region),
        csv::integer(company.employees),
        csv::integer(company.annual_revenue_minor),
        csv::text(company.annual_revenue_currency),
        csv::instant(company.churned_at),
        csv::text(company.owner_name),
        company.people.to_string(),
        company.leads.to_string(),
        company.deals.to_string(),
    ]
}

#[derive(Template)]
#[template(path = "companies/company.html")]
struct CompanyPage {
    frame: Frame,
    company: CompanyRow,
    name: String,
    revenue: String,
    people: Vec<PersonRow>,
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
) -> Result<Page<CompanyPage>, AppError> {
    /// Of each kind beside the history; the full list is a link away.
    const BESIDE: Turn<'static> = Turn { cursor: None, limit: 20 };
    let mut record = office.facts().read().await?;
    let company = companies::one(record.conn(), id).await?;
    let people_filter = PersonFilter { company: Some(id), ..PersonFilter::default() };
    let people = people::list(&mut record, &people_filter, Sort { key: PersonSort::Name, descending: false }, BESIDE).await?.items;
    let leads_filter = LeadFilter { company: Some(id), ..LeadFilter::default() };
    let leads = leads::list(&mut record, &leads_filter, Sort { key: LeadSort::OpenedAt, descending: true }, BESIDE).await?.items;
    let deals_filter = DealFilter { company: Some(id), ..DealFilter::default() };
    let deals = deals::list(&mut record, &deals_filter, Sort { key: DealSort::StageAt, descending: true }, BESIDE).await?.items;
    let timeline = timeline::of(&mut record, &frame, Subject::Company(id), &format!("/companies/{id}"), query.before.as_deref()).await?;
    let connection = record.conn();
    Ok(Page(CompanyPage {
        name: name_of(&company),
        revenue: format::money_or_none(money_of(company.annual_revenue_minor, company.annual_revenue_currency.as_deref())),
        people,
        leads,
        deals,
        external_ids: custom::external_ids(connection, Noun::Company, id).await?,
        custom: custom::values(connection, Noun::Company, id).await?,
        changes: changes::of(connection, &schema::COMPANIES, id, 50).await?,
        timeline,
        company,
        frame,
    }))
}
