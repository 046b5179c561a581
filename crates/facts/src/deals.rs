//! Deals: lists of them, the board by stage, and one with its people, lines and transitions.

use sqlx::AnyConnection;

use crate::{
    ReadTx, Result,
    bulk::Value,
    leads::int_wanted,
    list::{Count, Key, Listing, Page, Sort, Turn, Wanted, int_key, missing},
    search,
};

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct DealRow {
    pub id: i64,
    pub name: Option<String>,
    pub company_id: Option<i64>,
    pub company_name: Option<String>,
    pub lead_id: Option<i64>,
    pub owner_id: Option<i64>,
    pub owner_name: Option<String>,
    pub stage: String,
    pub stage_at: Option<i64>,
    pub amount_minor: Option<i64>,
    pub amount_currency: Option<String>,
    pub opened_at: Option<i64>,
    pub expected_close_at: Option<i64>,
    pub reason: Option<String>,
    pub recorded_at: i64,
    pub import_id: Option<i64>,
    pub people: i64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct DealFilter {
    pub stages: Vec<String>,
    pub owner: Option<Wanted<i64>>,
    pub company: Option<i64>,
    pub person: Option<i64>,
    pub lead: Option<i64>,
    pub amount_minor_min: Option<i64>,
    pub amount_minor_max: Option<i64>,
    /// When it entered the stage it stands in, at the earliest; leaves out those of which nobody wrote that down.
    pub moved_from: Option<i64>,
    /// Part of its name or of the company's.
    pub text: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DealSort {
    StageAt,
    Amount,
    Recorded,
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct DealPersonRow {
    pub person_id: i64,
    pub name: Option<String>,
    pub email: Option<String>,
    pub job_title: Option<String>,
    pub role: Option<String>,
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct DealLineRow {
    pub id: i64,
    pub product: Option<String>,
    pub quantity: i64,
    pub amount_minor: i64,
    pub amount_currency: String,
    pub recorded_at: i64,
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct DealTransitionRow {
    pub id: i64,
    pub stage: String,
    pub at: Option<i64>,
    pub recorded_at: i64,
}

/// How many deals stand in a stage, and what they are worth in one currency. `None`: deals whose amount was not recorded.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct StageTotal {
    pub stage: String,
    pub amount_currency: Option<String>,
    pub deals: i64,
    pub amount_minor: Option<i64>,
}

const SELECT: &str = "d.id, d.name, d.company_id, c.name AS company_name, d.lead_id, d.owner_id, u.name AS owner_name, d.stage, d.stage_at, \
     d.amount_minor, d.amount_currency, d.opened_at, d.expected_close_at, d.reason, d.recorded_at, d.import_id, \
     (SELECT COUNT(*) FROM deal_people q WHERE q.deal_id = d.id) AS people";
const BASE: &str = "deals d";
const JOINS: &str = "LEFT JOIN companies c ON c.id = d.company_id LEFT JOIN users u ON u.id = d.owner_id";

// Deals without an instant or amount stand below all others.
const MOVED: &str = "COALESCE(d.stage_at, -9000000000000000000)";
static STAGE_AT: [Key; 2] = [int_key(MOVED), int_key("d.id")];
static AMOUNT: [Key; 2] = [int_key("COALESCE(d.amount_minor, -9000000000000000000)"), int_key("d.id")];
static RECORDED: [Key; 1] = [int_key("d.id")];

pub async fn list(tx: &mut ReadTx, filter: &DealFilter, sort: Sort<DealSort>, turn: Turn<'_>) -> Result<Page<DealRow>> {
    let found = found_by_text(tx, filter).await?;
    listing(filter, sort, found.as_deref()).page(tx, turn).await
}

pub async fn count(tx: &mut ReadTx, filter: &DealFilter) -> Result<Count> {
    let found = found_by_text(tx, filter).await?;
    listing(filter, Sort { key: DealSort::StageAt, descending: true }, found.as_deref()).count(tx).await
}

/// How the engine says that it would find the first page.
pub async fn plan(tx: &mut ReadTx, filter: &DealFilter, sort: Sort<DealSort>) -> Result<String> {
    let found = found_by_text(tx, filter).await?;
    listing(filter, sort, found.as_deref()).plan(tx).await
}

async fn found_by_text(tx: &mut ReadTx, filter: &DealFilter) -> Result<Option<Vec<i64>>> {
    let Some(text) = filter.text.as_deref().filter(|text| !text.trim().is_empty()) else {
        let Some(person) = filter.person else { return Ok(None) };
        let rows: Vec<(i64,)> =
            sqlx::query_as("SELECT deal_id FROM deal_people WHERE person_id = $1 LIMIT 500").bind(person).fetch_all(tx.conn()).await?;
        return Ok(Some(rows.into_iter().map(|(id,)| id).collect()));
    };
    let mut found = search::deals(tx, text).await?;
    let companies = crate::list::id_list(&search::companies(tx, text).await?);
    let sql = format!("SELECT id FROM deals WHERE company_id IN ({companies}) LIMIT 1000");
    let rows: Vec<(i64,)> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).persistent(false).fetch_all(tx.conn()).await?;
    found.extend(rows.into_iter().map(|(id,)| id));
    Ok(Some(found))
}

fn listing(filter: &DealFilter, sort: Sort<DealSort>, found: Option<&[i64]>) -> Listing {
    let keys: &'static [Key] = match sort.key {
        DealSort::StageAt => &STAGE_AT,
        DealSort::Amount => &AMOUNT,
        DealSort::Recorded => &RECORDED,
    };
    let mut listing = Listing::new(SELECT, BASE, JOINS, keys, sort.descending);
    let mut rest = filter.clone();
    if let Some(ids) = found {
        listing.within("d.id", ids);
    } else if let Some(company) = rest.company.take() {
        listing.within("d.company_id", &[company]);
    } else if let Some(lead) = rest.lead.take() {
        listing.within("d.lead_id", &[lead]);
    } else if sort.key == DealSort::StageAt && rest.stages.len() == 1 {
        listing.drive("d.stage", Wanted::Is(Value::Text(rest.stages.remove(0))));
    }
    if let (DealSort::StageAt, None, Some(from)) = (sort.key, found, rest.moved_from) {
        listing.drive_range(MOVED, ">=", Value::Int(from));
        rest.moved_from = None;
    }
    if !rest.stages.is_empty() {
        listing.check_one_of("d.stage", &rest.stages);
    }
    for (column, wanted) in [
        ("d.owner_id", rest.owner.map(int_wanted)),
        ("d.company_id", rest.company.map(|id| Wanted::Is(Value::Int(id)))),
        ("d.lead_id", rest.lead.map(|id| Wanted::Is(Value::Int(id)))),
    ] {
        if let Some(wanted) = wanted {
            listing.check(column, wanted);
        }
    }
    for (operator, minor) in [(">=", rest.amount_minor_min), ("<=", rest.amount_minor_max)] {
        if let Some(minor) = minor {
            listing.check_range("d.amount_minor", operator, minor);
        }
    }
    if let Some(from) = rest.moved_from {
        listing.check_range(MOVED, ">=", from);
    }
    listing
}

pub async fn one(connection: &mut AnyConnection, id: i64) -> Result<DealRow> {
    let sql = format!("SELECT {SELECT} FROM {BASE} {JOINS} WHERE d.id = $1");
    let found = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| missing("deal", id))
}

/// The buying committee.
pub async fn people(connection: &mut AnyConnection, deal: i64) -> Result<Vec<DealPersonRow>> {
    Ok(sqlx::query_as(
        "SELECT q.person_id, p.name, p.email, p.job_title, q.role FROM deal_people q JOIN people p ON p.id = q.person_id \
         WHERE q.deal_id = $1 ORDER BY q.id LIMIT 500",
    )
    .bind(deal)
    .fetch_all(connection)
    .await?)
}

pub async fn lines(connection: &mut AnyConnection, deal: i64) -> Result<Vec<DealLineRow>> {
    Ok(sqlx::query_as(
        "SELECT id, product, quantity, amount_minor, amount_currency, recorded_at FROM deal_lines WHERE deal_id = $1 ORDER BY id LIMIT 1000",
    )
    .bind(deal)
    .fetch_all(connection)
    .await?)
}

pub async fn transitions(connection: &mut AnyConnection, deal: i64) -> Result<Vec<DealTransitionRow>> {
    Ok(sqlx::query_as(
        "SELECT id, stage, at, recorded_at FROM deal_transitions WHERE deal_id = $1 ORDER BY COALESCE(at, recorded_at), id LIMIT 1000",
    )
    .bind(deal)
    .fetch_all(connection)
    .await?)
}

/// Totals of all deals that the filter keeps, of each stage and currency. With one stage an index finds them.
pub async fn totals(tx: &mut ReadTx, filter: &DealFilter) -> Result<Vec<StageTotal>> {
    let found = found_by_text(tx, filter).await?;
    let sort = Sort { key: DealSort::StageAt, descending: true };
    let select = "d.stage, d.amount_currency, COUNT(*) AS deals, CAST(SUM(d.amount_minor) AS BIGINT) AS amount_minor";
    listing(filter, sort, found.as_deref()).groups(tx, select, "d.stage, d.amount_currency").await
}
