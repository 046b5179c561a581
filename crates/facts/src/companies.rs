//! Companies: lists of them, and one.

use sqlx::AnyConnection;

use crate::{
    ReadTx, Result,
    leads::{int_wanted, text_wanted},
    list::{Count, Key, Listing, Page, Sort, Turn, Wanted, int_key, missing, text_key},
    search::{self, COMPANY_NAME},
};

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct CompanyRow {
    pub id: i64,
    pub name: Option<String>,
    pub domain: Option<String>,
    pub industry: Option<String>,
    pub country: Option<String>,
    pub region: Option<String>,
    pub employees: Option<i64>,
    pub annual_revenue_minor: Option<i64>,
    pub annual_revenue_currency: Option<String>,
    pub churned_at: Option<i64>,
    pub owner_id: Option<i64>,
    pub owner_name: Option<String>,
    pub created_at: Option<i64>,
    pub recorded_at: i64,
    pub import_id: Option<i64>,
    pub people: i64,
    pub leads: i64,
    pub deals: i64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct CompanyFilter {
    pub industry: Option<Wanted<String>>,
    pub country: Option<Wanted<String>>,
    pub owner: Option<Wanted<i64>>,
    pub employees_min: Option<i64>,
    pub employees_max: Option<i64>,
    /// Part of its name or domain.
    pub text: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompanySort {
    Name,
    Recorded,
}

const SELECT: &str = "c.id, c.name, c.domain, c.industry, c.country, c.region, c.employees, c.annual_revenue_minor, \
     c.annual_revenue_currency, c.churned_at, c.owner_id, u.name AS owner_name, c.created_at, c.recorded_at, c.import_id, \
     (SELECT COUNT(*) FROM people q WHERE q.company_id = c.id) AS people, (SELECT COUNT(*) FROM leads q WHERE q.company_id = c.id) AS leads, \
     (SELECT COUNT(*) FROM deals q WHERE q.company_id = c.id) AS deals";
const BASE: &str = "companies c";
const JOINS: &str = "LEFT JOIN users u ON u.id = c.owner_id";

static NAME: [Key; 2] = [text_key(COMPANY_NAME), int_key("c.id")];
static RECORDED: [Key; 1] = [int_key("c.id")];

pub async fn list(tx: &mut ReadTx, filter: &CompanyFilter, sort: Sort<CompanySort>, turn: Turn<'_>) -> Result<Page<CompanyRow>> {
    let found = found_by_text(tx, filter).await?;
    listing(filter, sort, found.as_deref()).page(tx, turn).await
}

pub async fn count(tx: &mut ReadTx, filter: &CompanyFilter) -> Result<Count> {
    let found = found_by_text(tx, filter).await?;
    listing(filter, Sort { key: CompanySort::Recorded, descending: true }, found.as_deref()).count(tx).await
}

/// How the engine says that it would find the first page.
pub async fn plan(tx: &mut ReadTx, filter: &CompanyFilter, sort: Sort<CompanySort>) -> Result<String> {
    let found = found_by_text(tx, filter).await?;
    listing(filter, sort, found.as_deref()).plan(tx).await
}

async fn found_by_text(tx: &mut ReadTx, filter: &CompanyFilter) -> Result<Option<Vec<i64>>> {
    match filter.text.as_deref().filter(|text| !text.trim().is_empty()) {
        Some(text) => Ok(Some(search::companies(tx, text).await?)),
        None => Ok(None),
    }
}

fn listing(filter: &CompanyFilter, sort: Sort<CompanySort>, found: Option<&[i64]>) -> Listing {
    let keys: &'static [Key] = match sort.key {
        CompanySort::Name => &NAME,
        CompanySort::Recorded => &RECORDED,
    };
    let mut listing = Listing::new(SELECT, BASE, JOINS, keys, sort.descending);
    if let Some(ids) = found {
        listing.within("c.id", ids);
    }
    for (column, wanted) in [
        ("c.industry", filter.industry.clone().map(text_wanted)),
        ("c.country", filter.country.clone().map(text_wanted)),
        ("c.owner_id", filter.owner.clone().map(int_wanted)),
    ] {
        if let Some(wanted) = wanted {
            listing.check(column, wanted);
        }
    }
    for (operator, number) in [(">=", filter.employees_min), ("<=", filter.employees_max)] {
        if let Some(number) = number {
            listing.check_range("c.employees", operator, number);
        }
    }
    listing
}

pub async fn one(connection: &mut AnyConnection, id: i64) -> Result<CompanyRow> {
    let sql = format!("SELECT {SELECT} FROM {BASE} {JOINS} WHERE c.id = $1");
    let found = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| missing("company", id))
}

/// Industries and countries for a filter's choices: those of the newest companies.
pub async fn industries(connection: &mut AnyConnection) -> Result<Vec<String>> {
    values(connection, "industry").await
}

pub async fn countries(connection: &mut AnyConnection) -> Result<Vec<String>> {
    values(connection, "country").await
}

async fn values(connection: &mut AnyConnection, column: &'static str) -> Result<Vec<String>> {
    let sql = format!(
        "SELECT DISTINCT {column} FROM (SELECT {column} FROM companies ORDER BY id DESC LIMIT 20000) AS newest \
         WHERE {column} IS NOT NULL ORDER BY {column} LIMIT 300"
    );
    let rows: Vec<(String,)> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(value,)| value).collect())
}
