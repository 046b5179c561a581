//! What the columnar history is made from: rows by runs of ids, as typed records.
//!
//! The event log says which runs are new, changed or gone; each run is read here in id order. Cost grows with the rows in the runs.

use sqlx::{AnyConnection, AssertSqlSafe, FromRow};

use crate::Result;

#[derive(Clone, Debug, FromRow)]
pub struct CompanyFact {
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
}

#[derive(Clone, Debug, FromRow)]
pub struct PersonFact {
    pub id: i64,
    pub company_id: Option<i64>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub job_title: Option<String>,
    pub country: Option<String>,
}

#[derive(Clone, Debug, FromRow)]
pub struct LeadFact {
    pub id: i64,
    pub person_id: i64,
    pub company_id: Option<i64>,
    pub source: Option<String>,
    pub campaign_id: Option<i64>,
    pub content_id: Option<i64>,
    pub owner_id: Option<i64>,
    pub opened_at: i64,
    pub stages_recorded: i64,
    pub recorded_at: i64,
}

#[derive(Clone, Debug, FromRow)]
pub struct TransitionFact {
    pub id: i64,
    pub lead_id: i64,
    pub stage: String,
    pub at: Option<i64>,
    pub recorded_at: i64,
    pub agreement_version: i64,
    pub reason: Option<String>,
}

#[derive(Clone, Debug, FromRow)]
pub struct TouchFact {
    pub id: i64,
    pub person_id: Option<i64>,
    pub company_id: Option<i64>,
    pub kind: String,
    pub at: i64,
    pub recorded_at: i64,
    pub channel: Option<String>,
    pub source: Option<String>,
    pub campaign_id: Option<i64>,
    pub content_id: Option<i64>,
}

#[derive(Clone, Debug, FromRow)]
pub struct ActivityFact {
    pub id: i64,
    pub kind: String,
    pub at: i64,
    pub recorded_at: i64,
    pub person_id: Option<i64>,
    pub company_id: Option<i64>,
    pub deal_id: Option<i64>,
    pub user_id: Option<i64>,
    pub content_id: Option<i64>,
}

#[derive(Clone, Debug, FromRow)]
pub struct DealFact {
    pub id: i64,
    pub company_id: Option<i64>,
    pub lead_id: Option<i64>,
    pub owner_id: Option<i64>,
    pub amount_minor: Option<i64>,
    pub amount_currency: Option<String>,
    pub opened_at: Option<i64>,
    pub expected_close_at: Option<i64>,
    pub recorded_at: i64,
    pub reason: Option<String>,
}

#[derive(Clone, Debug, FromRow)]
pub struct DealTransitionFact {
    pub id: i64,
    pub deal_id: i64,
    pub stage: String,
    pub at: Option<i64>,
    pub recorded_at: i64,
}

#[derive(Clone, Debug, FromRow)]
pub struct CampaignFact {
    pub id: i64,
    pub name: String,
    pub channel: Option<String>,
    pub starts_at: Option<i64>,
}

#[derive(Clone, Debug, FromRow)]
pub struct ContentFact {
    pub id: i64,
    pub title: String,
    pub kind: Option<String>,
    pub published_at: Option<i64>,
}

#[derive(Clone, Debug, FromRow)]
pub struct UserFact {
    pub id: i64,
    pub name: String,
    pub email: Option<String>,
    pub region: Option<String>,
}

#[derive(Clone, Debug, FromRow)]
pub struct SpendFact {
    pub id: i64,
    pub campaign_id: Option<i64>,
    pub channel: Option<String>,
    pub source: Option<String>,
    pub side: String,
    pub at: i64,
    pub recorded_at: i64,
    pub amount_minor: i64,
    pub amount_currency: String,
}

#[derive(Clone, Debug, FromRow)]
pub struct ClockFact {
    pub id: i64,
    pub lead_id: i64,
    pub kind: String,
    pub owner_id: Option<i64>,
    pub started_at: i64,
    pub due_at: i64,
    pub ended_at: Option<i64>,
    pub outcome: Option<String>,
    pub breached_at: Option<i64>,
    pub paused_at: Option<i64>,
    pub agreement_version: i64,
    pub recorded_at: i64,
}

#[derive(Clone, Debug, FromRow)]
pub struct WaiverFact {
    pub id: i64,
    pub promise: String,
    pub period: String,
    pub clock_id: Option<i64>,
    pub at: i64,
    pub revoked_at: Option<i64>,
    pub recorded_at: i64,
}

macro_rules! feed {
    ($($function:ident: $fact:ident from $table:literal, $columns:literal;)*) => {$(
        /// The rows with ids from `first` to `last`, both included.
        pub async fn $function(connection: &mut AnyConnection, first: i64, last: i64) -> Result<Vec<$fact>> {
            const SQL: &str = concat!("SELECT ", $columns, " FROM ", $table, " WHERE id BETWEEN $1 AND $2 ORDER BY id");
            Ok(sqlx::query_as(SQL).bind(first).bind(last).fetch_all(connection).await?)
        }
    )*};
}

feed! {
    companies: CompanyFact from "companies", "id, name, domain, industry, country, region, employees, annual_revenue_minor, annual_revenue_currency, churned_at";
    people: PersonFact from "people", "id, company_id, name, email, phone, job_title, country";
    leads: LeadFact from "leads", "id, person_id, company_id, source, campaign_id, content_id, owner_id, opened_at, stages_recorded, recorded_at";
    transitions: TransitionFact from "(SELECT * FROM transitions WHERE goes_back IS NULL) AS forward", "id, lead_id, stage, at, recorded_at, agreement_version, reason";
    touches: TouchFact from "touches", "id, person_id, company_id, kind, at, recorded_at, channel, source, campaign_id, content_id";
    activities: ActivityFact from "activities", "id, kind, at, recorded_at, person_id, company_id, deal_id, user_id, content_id";
    deals: DealFact from "deals", "id, company_id, lead_id, owner_id, amount_minor, amount_currency, opened_at, expected_close_at, recorded_at, reason";
    deal_transitions: DealTransitionFact from "deal_transitions", "id, deal_id, stage, at, recorded_at";
    campaigns: CampaignFact from "campaigns", "id, name, channel, starts_at";
    content: ContentFact from "content", "id, title, kind, published_at";
    users: UserFact from "users", "id, name, email, region";
    spend: SpendFact from "spend", "id, campaign_id, channel, source, side, at, recorded_at, amount_minor, amount_currency";
    clocks: ClockFact from "clocks", "id, lead_id, kind, owner_id, started_at, due_at, ended_at, outcome, breached_at, paused_at, agreement_version, recorded_at";
    waivers: WaiverFact from "waivers", "id, promise, period, clock_id, at, revoked_at, recorded_at";
}

/// (deal, person) of the deals in the run, in the order in which the people joined.
pub async fn deal_people(connection: &mut AnyConnection, first: i64, last: i64) -> Result<Vec<(i64, i64)>> {
    const SQL: &str = "SELECT deal_id, person_id FROM deal_people WHERE deal_id BETWEEN $1 AND $2 ORDER BY deal_id, id";
    Ok(sqlx::query_as(SQL).bind(first).bind(last).fetch_all(connection).await?)
}

/// (record, field, value) of the company's own fields of the records in the run.
pub async fn custom_values(connection: &mut AnyConnection, table: &str, first: i64, last: i64) -> Result<Vec<(i64, String, String)>> {
    const SQL: &str =
        "SELECT record_id, field, value FROM custom_values WHERE noun = $1 AND record_id BETWEEN $2 AND $3 ORDER BY record_id, field";
    Ok(sqlx::query_as(SQL).bind(table.to_owned()).bind(first).bind(last).fetch_all(connection).await?)
}

/// The highest id of a table; 0 where it is empty.
pub async fn last_id(connection: &mut AnyConnection, table: &crate::schema::Table) -> Result<i64> {
    let sql = format!("SELECT MAX(id) FROM {}", table.name);
    let (id,): (Option<i64>,) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(connection).await?;
    Ok(id.unwrap_or(0))
}
