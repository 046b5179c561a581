//! Leads: lists of them, and one with its transitions.

use sqlx::AnyConnection;

use crate::{
    ReadTx, Result,
    bulk::Value,
    list::{Count, EXAMINED_MAX, Key, Listing, Page, Sort, Turn, Wanted, id_list, int_key, missing, text_key},
    search::{self, PERSON_NAME},
};

/// A lead as a list shows it.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct LeadRow {
    pub id: i64,
    pub person_id: i64,
    pub person_name: Option<String>,
    pub person_email: Option<String>,
    pub job_title: Option<String>,
    pub company_id: Option<i64>,
    pub company_name: Option<String>,
    pub industry: Option<String>,
    pub country: Option<String>,
    pub source: Option<String>,
    pub campaign_id: Option<i64>,
    pub campaign_name: Option<String>,
    pub content_id: Option<i64>,
    pub content_title: Option<String>,
    pub owner_id: Option<i64>,
    pub owner_name: Option<String>,
    pub opened_at: i64,
    pub stage: String,
    pub stage_at: Option<i64>,
    pub stages_recorded: i64,
    pub recorded_at: i64,
    pub import_id: Option<i64>,
}

/// What a list is narrowed to; the default is everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeadFilter {
    pub stages: Vec<String>,
    pub source: Option<Wanted<String>>,
    pub owner: Option<Wanted<i64>>,
    pub campaign: Option<Wanted<i64>>,
    pub content: Option<i64>,
    pub person: Option<i64>,
    pub company: Option<i64>,
    pub country: Option<Wanted<String>>,
    pub industry: Option<Wanted<String>>,
    /// First instant of opening, and the first one no longer included.
    pub opened_from: Option<i64>,
    pub opened_to: Option<i64>,
    /// Part of the person's name or e-mail address, or of the company's name or domain.
    pub text: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeadSort {
    OpenedAt,
    StageAt,
    Name,
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct TransitionRow {
    pub id: i64,
    pub stage: String,
    pub at: Option<i64>,
    pub recorded_at: i64,
    pub agreement_version: i64,
    pub actor_id: Option<i64>,
    pub actor_name: Option<String>,
    pub reason: Option<String>,
    /// 1 where a person took the lead back to this stage.
    pub goes_back: i64,
}

const SELECT: &str = "l.id, l.person_id, p.name AS person_name, p.email AS person_email, p.job_title, l.company_id, \
     c.name AS company_name, c.industry, COALESCE(c.country, p.country) AS country, l.source, l.campaign_id, k.name AS campaign_name, \
     l.content_id, t.title AS content_title, l.owner_id, u.name AS owner_name, l.opened_at, l.stage, l.stage_at, l.stages_recorded, \
     l.recorded_at, l.import_id";
const JOINS: &str = "LEFT JOIN companies c ON c.id = l.company_id LEFT JOIN campaigns k ON k.id = l.campaign_id \
     LEFT JOIN content t ON t.id = l.content_id LEFT JOIN users u ON u.id = l.owner_id";
/// The tables by which leads are in the order of opening or of their stage, and in that of names: `+ 0` leaves an engine no way to
/// find a person from the lead, so it must walk the people in their order.
const BY_TIME: &str = "leads l LEFT JOIN people p ON p.id = l.person_id";
const BY_NAME: &str = "people p JOIN leads l ON l.person_id = p.id + 0";

static OPENED_AT: [Key; 2] = [int_key("l.opened_at"), int_key("l.id")];
static STAGE_AT: [Key; 2] = [int_key("COALESCE(l.stage_at, l.opened_at)"), int_key("l.id")];
static NAME: [Key; 3] = [text_key(PERSON_NAME), int_key("p.id"), int_key("l.id")];

pub async fn list(tx: &mut ReadTx, filter: &LeadFilter, sort: Sort<LeadSort>, turn: Turn<'_>) -> Result<Page<LeadRow>> {
    let found = found_by_text(tx, filter).await?;
    listing(filter, sort, found.as_deref()).page(tx, turn).await
}

pub async fn count(tx: &mut ReadTx, filter: &LeadFilter) -> Result<Count> {
    let found = found_by_text(tx, filter).await?;
    listing(filter, Sort { key: LeadSort::OpenedAt, descending: true }, found.as_deref()).count(tx).await
}

/// How the engine says that it would find the first page.
pub async fn plan(tx: &mut ReadTx, filter: &LeadFilter, sort: Sort<LeadSort>) -> Result<String> {
    let found = found_by_text(tx, filter).await?;
    listing(filter, sort, found.as_deref()).plan(tx).await
}

/// Leads of the people and of the companies that the text names.
async fn found_by_text(tx: &mut ReadTx, filter: &LeadFilter) -> Result<Option<Vec<i64>>> {
    let Some(text) = filter.text.as_deref().filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    let people = search::people(tx, text).await?;
    let companies = search::companies(tx, text).await?;
    let sql = format!(
        "SELECT id FROM leads WHERE person_id IN ({}) UNION SELECT id FROM (SELECT id FROM leads WHERE company_id IN ({}) LIMIT 2000) AS of_companies",
        id_list(&people),
        id_list(&companies)
    );
    let rows: Vec<(i64,)> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).persistent(false).fetch_all(tx.conn()).await?;
    Ok(Some(rows.into_iter().map(|(id,)| id).collect()))
}

fn listing(filter: &LeadFilter, sort: Sort<LeadSort>, found: Option<&[i64]>) -> Listing {
    let few = found.is_some() || filter.person.is_some() || filter.company.is_some();
    let (base, keys): (_, &'static [Key]) = match sort.key {
        LeadSort::OpenedAt => (BY_TIME, &OPENED_AT),
        LeadSort::StageAt => (BY_TIME, &STAGE_AT),
        LeadSort::Name => (if few { BY_TIME } else { BY_NAME }, &NAME),
    };
    let mut listing = Listing::new(SELECT, base, JOINS, keys, sort.descending);
    if sort.key == LeadSort::Name {
        // Each is two look-ups in tables that lie in another order (measured: ten times the cost of a lead by instant).
        listing.examine_at_most(EXAMINED_MAX / 10);
    }
    // One index leads the way; all else is checked on the way. Where few rows can match, they are fetched and sorted; otherwise the
    // index must also hold the order.
    let mut rest = filter.clone();
    if let Some(ids) = found {
        listing.within("l.id", ids);
    } else if let Some(person) = rest.person.take() {
        listing.within("l.person_id", &[person]);
    } else if let Some(company) = rest.company.take() {
        listing.within("l.company_id", &[company]);
    } else if sort.key == LeadSort::OpenedAt {
        if let Some(campaign) = rest.campaign.take() {
            listing.drive("l.campaign_id", int_wanted(campaign));
        } else if let Some(owner) = rest.owner.take() {
            listing.drive("l.owner_id", int_wanted(owner));
        } else if let [_] = rest.stages.as_slice() {
            listing.drive("l.stage", Wanted::Is(Value::Text(rest.stages.remove(0))));
        } else if let Some(source) = rest.source.take() {
            listing.drive("l.source", text_wanted(source));
        }
        for (operator, instant) in [(">=", rest.opened_from.take()), ("<", rest.opened_to.take())] {
            if let Some(instant) = instant {
                listing.drive_range("l.opened_at", operator, Value::Int(instant));
            }
        }
    }
    check(&mut listing, rest);
    listing
}

fn check(listing: &mut Listing, rest: LeadFilter) {
    if !rest.stages.is_empty() {
        listing.check_one_of("l.stage", &rest.stages);
    }
    for (column, wanted) in [
        ("l.source", rest.source.map(text_wanted)),
        ("l.owner_id", rest.owner.map(int_wanted)),
        ("l.campaign_id", rest.campaign.map(int_wanted)),
        ("l.content_id", rest.content.map(|id| Wanted::Is(Value::Int(id)))),
        ("l.person_id", rest.person.map(|id| Wanted::Is(Value::Int(id)))),
        ("l.company_id", rest.company.map(|id| Wanted::Is(Value::Int(id)))),
        ("COALESCE(c.country, p.country)", rest.country.map(text_wanted)),
        ("c.industry", rest.industry.map(text_wanted)),
    ] {
        if let Some(wanted) = wanted {
            listing.check(column, wanted);
        }
    }
    for (operator, instant) in [(">=", rest.opened_from), ("<", rest.opened_to)] {
        if let Some(instant) = instant {
            listing.check_range("l.opened_at", operator, instant);
        }
    }
}

pub(crate) fn int_wanted(wanted: Wanted<i64>) -> Wanted<Value> {
    match wanted {
        Wanted::Is(value) => Wanted::Is(Value::Int(value)),
        Wanted::NotRecorded => Wanted::NotRecorded,
    }
}

pub(crate) fn text_wanted(wanted: Wanted<String>) -> Wanted<Value> {
    match wanted {
        Wanted::Is(value) => Wanted::Is(Value::Text(value)),
        Wanted::NotRecorded => Wanted::NotRecorded,
    }
}

pub async fn one(connection: &mut AnyConnection, id: i64) -> Result<LeadRow> {
    let sql = format!("SELECT {SELECT} FROM {BY_TIME} {JOINS} WHERE l.id = $1");
    let found = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| missing("lead", id))
}

/// In the order in which they happened; those of unknown instant where they were recorded among the others.
pub async fn transitions(connection: &mut AnyConnection, lead: i64) -> Result<Vec<TransitionRow>> {
    Ok(sqlx::query_as(
        "SELECT t.id, t.stage, t.at, t.recorded_at, t.agreement_version, t.actor_id, u.name AS actor_name, t.reason, \
         COALESCE(t.goes_back, 0) AS goes_back FROM transitions t LEFT JOIN users u ON u.id = t.actor_id WHERE t.lead_id = $1 ORDER BY COALESCE(t.at, t.recorded_at), t.id LIMIT 1000",
    )
    .bind(lead)
    .fetch_all(connection)
    .await?)
}

/// The person's pass that is not over yet, the newest one where there are several.
pub async fn open_of_person(connection: &mut AnyConnection, person: i64) -> Result<Option<i64>> {
    let found: Option<(i64,)> = sqlx::query_as(
        "SELECT id FROM leads WHERE person_id = $1 AND stage NOT IN ('customer', 'rejected', 'recycled', 'lost') \
         ORDER BY opened_at DESC, id DESC LIMIT 1",
    )
    .bind(person)
    .fetch_optional(connection)
    .await?;
    Ok(found.map(|(id,)| id))
}

/// Sources that leads have, for a filter's choices: those of the newest leads.
pub async fn sources(connection: &mut AnyConnection) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = sqlx::query_as(
        "SELECT DISTINCT source FROM (SELECT source FROM leads ORDER BY opened_at DESC, id DESC LIMIT 20000) AS newest \
         WHERE source IS NOT NULL ORDER BY source LIMIT 100",
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(source,)| source).collect())
}
