//! People: lists of them, and one.

use sqlx::AnyConnection;

use crate::{
    ReadTx, Result,
    bulk::Value,
    leads::text_wanted,
    list::{Count, Key, Listing, Page, Sort, Turn, Wanted, int_key, missing, text_key},
    search::{self, PERSON_NAME},
};

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct PersonRow {
    pub id: i64,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub job_title: Option<String>,
    pub country: Option<String>,
    pub company_id: Option<i64>,
    pub company_name: Option<String>,
    pub created_at: Option<i64>,
    pub recorded_at: i64,
    pub import_id: Option<i64>,
    pub leads: i64,
    /// Stage and owner of the newest lead.
    pub stage: Option<String>,
    pub owner_name: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct PersonFilter {
    pub company: Option<i64>,
    pub country: Option<Wanted<String>>,
    pub email: Option<String>,
    /// Part of the name or e-mail address.
    pub text: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonSort {
    Name,
    Recorded,
}

const SELECT: &str = "p.id, p.name, p.email, p.phone, p.job_title, p.country, p.company_id, c.name AS company_name, p.created_at, \
     p.recorded_at, p.import_id, (SELECT COUNT(*) FROM leads q WHERE q.person_id = p.id) AS leads, \
     (SELECT q.stage FROM leads q WHERE q.person_id = p.id ORDER BY q.opened_at DESC, q.id DESC LIMIT 1) AS stage, \
     (SELECT u.name FROM leads q JOIN users u ON u.id = q.owner_id WHERE q.person_id = p.id ORDER BY q.opened_at DESC, q.id DESC LIMIT 1) AS owner_name";
const BASE: &str = "people p";
const JOINS: &str = "LEFT JOIN companies c ON c.id = p.company_id";

static NAME: [Key; 2] = [text_key(PERSON_NAME), int_key("p.id")];
static RECORDED: [Key; 1] = [int_key("p.id")];

pub async fn list(tx: &mut ReadTx, filter: &PersonFilter, sort: Sort<PersonSort>, turn: Turn<'_>) -> Result<Page<PersonRow>> {
    let found = found_by_text(tx, filter).await?;
    listing(filter, sort, found.as_deref()).page(tx, turn).await
}

pub async fn count(tx: &mut ReadTx, filter: &PersonFilter) -> Result<Count> {
    let found = found_by_text(tx, filter).await?;
    listing(filter, Sort { key: PersonSort::Recorded, descending: true }, found.as_deref()).count(tx).await
}

/// How the engine says that it would find the first page.
pub async fn plan(tx: &mut ReadTx, filter: &PersonFilter, sort: Sort<PersonSort>) -> Result<String> {
    let found = found_by_text(tx, filter).await?;
    listing(filter, sort, found.as_deref()).plan(tx).await
}

async fn found_by_text(tx: &mut ReadTx, filter: &PersonFilter) -> Result<Option<Vec<i64>>> {
    if let Some(email) = &filter.email {
        let rows: Vec<(i64,)> =
            sqlx::query_as("SELECT id FROM people WHERE email = $1 LIMIT 500").bind(email.to_lowercase()).fetch_all(tx.conn()).await?;
        return Ok(Some(rows.into_iter().map(|(id,)| id).collect()));
    }
    match filter.text.as_deref().filter(|text| !text.trim().is_empty()) {
        Some(text) => Ok(Some(search::people(tx, text).await?)),
        None => Ok(None),
    }
}

fn listing(filter: &PersonFilter, sort: Sort<PersonSort>, found: Option<&[i64]>) -> Listing {
    let keys: &'static [Key] = match sort.key {
        PersonSort::Name => &NAME,
        PersonSort::Recorded => &RECORDED,
    };
    let mut listing = Listing::new(SELECT, BASE, JOINS, keys, sort.descending);
    match (found, filter.company) {
        (Some(ids), company) => {
            listing.within("p.id", ids);
            if let Some(company) = company {
                listing.check("p.company_id", Wanted::Is(Value::Int(company)));
            }
        }
        (None, Some(company)) => listing.within("p.company_id", &[company]),
        (None, None) => {}
    }
    if let Some(country) = filter.country.clone() {
        listing.check("p.country", text_wanted(country));
    }
    listing
}

pub async fn one(connection: &mut AnyConnection, id: i64) -> Result<PersonRow> {
    let sql = format!("SELECT {SELECT} FROM {BASE} {JOINS} WHERE p.id = $1");
    let found = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| missing("person", id))
}
