//! What judging needs to know of people: their fields and their company's, their passes, and their touches. For many at once.

use rustc_hash::FxHashMap;
use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{Result, WriteTx, list::id_list};

/// People asked about in one statement, at most.
const IDS_MAX: usize = 5_000;
/// Touches of one person that are looked at, at most: the newest.
pub const TOUCHES_PER_PERSON_MAX: i64 = 10_000;

#[derive(Clone, Debug, Default, PartialEq, sqlx::FromRow)]
pub struct PersonFields {
    pub id: i64,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub job_title: Option<String>,
    pub country: Option<String>,
    pub company_id: Option<i64>,
    pub company_name: Option<String>,
    pub company_domain: Option<String>,
    pub company_industry: Option<String>,
    pub company_country: Option<String>,
    pub company_region: Option<String>,
    pub company_employees: Option<i64>,
    pub company_revenue_minor: Option<i64>,
    pub company_revenue_currency: Option<String>,
    pub company_owner_id: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct PassFields {
    pub id: i64,
    pub person_id: i64,
    pub opened_at: i64,
    pub product_line: Option<String>,
    pub source: Option<String>,
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct EntryFields {
    pub lead_id: i64,
    pub stage: String,
    pub at: Option<i64>,
    pub goes_back: i64,
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct SignalFields {
    pub id: i64,
    pub person_id: i64,
    pub kind: String,
    pub at: i64,
    pub channel: Option<String>,
    pub source: Option<String>,
    pub campaign_id: Option<i64>,
    pub content_id: Option<i64>,
}

/// A campaign (with its channel) or a piece of content (with its kind).
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Named {
    pub id: i64,
    pub name: String,
    pub kind: Option<String>,
}

/// Holds people until the end of the transaction, so that nobody else judges them meanwhile. SQLite has one writer anyway.
pub async fn hold_people(tx: &mut WriteTx, people: &[i64]) -> Result<()> {
    let hold = tx.engine.hold_rows();
    for people in people.chunks(IDS_MAX) {
        let sql = format!("SELECT id FROM people WHERE id IN ({}) ORDER BY id {hold}", id_list(people));
        sqlx::query_as::<_, (i64,)>(AssertSqlSafe(sql)).persistent(false).fetch_all(tx.conn()).await?;
    }
    Ok(())
}

pub async fn people(connection: &mut AnyConnection, ids: &[i64]) -> Result<Vec<PersonFields>> {
    let select = "SELECT p.id, p.name, p.email, p.phone, p.job_title, p.country, p.company_id, c.name AS company_name, \
         c.domain AS company_domain, c.industry AS company_industry, c.country AS company_country, c.region AS company_region, \
         c.employees AS company_employees, c.annual_revenue_minor AS company_revenue_minor, \
         c.annual_revenue_currency AS company_revenue_currency, c.owner_id AS company_owner_id \
         FROM people p LEFT JOIN companies c ON c.id = p.company_id WHERE p.id IN";
    by_ids(connection, select, "", ids).await
}

/// Customers' own fields, by record: of `people` or `companies`.
pub async fn custom(connection: &mut AnyConnection, table: &'static str, ids: &[i64]) -> Result<FxHashMap<i64, Vec<(String, String)>>> {
    let select = format!("SELECT record_id, field, value FROM custom_values WHERE noun = '{table}' AND record_id IN");
    let mut found: FxHashMap<i64, Vec<(String, String)>> = FxHashMap::default();
    for (record, field, value) in by_ids::<(i64, String, String)>(connection, &select, "", ids).await? {
        found.entry(record).or_default().push((field, value));
    }
    Ok(found)
}

/// Passes of people, in the order in which they opened.
pub async fn passes(connection: &mut AnyConnection, people: &[i64]) -> Result<Vec<PassFields>> {
    let select = "SELECT id, person_id, opened_at, product_line, source FROM leads WHERE person_id IN";
    by_ids(connection, select, "ORDER BY opened_at, id", people).await
}

/// What leads went through.
pub async fn entries(connection: &mut AnyConnection, leads: &[i64]) -> Result<Vec<EntryFields>> {
    let select = "SELECT lead_id, stage, at, COALESCE(goes_back, 0) AS goes_back FROM transitions WHERE lead_id IN";
    by_ids(connection, select, "ORDER BY id", leads).await
}

/// Touches of people from an instant on, in time order.
pub async fn signals(connection: &mut AnyConnection, people: &[i64], from: i64) -> Result<Vec<SignalFields>> {
    let columns = "id, person_id, kind, at, channel, source, campaign_id, content_id";
    if let [person] = people {
        let sql = format!(
            "SELECT {columns} FROM (SELECT {columns} FROM touches WHERE person_id = $1 AND at >= $2 ORDER BY at DESC, id DESC LIMIT $3) AS newest \
             ORDER BY at, id"
        );
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(*person).bind(from).bind(TOUCHES_PER_PERSON_MAX);
        return Ok(query.fetch_all(connection).await?);
    }
    let select = format!(
        "SELECT {columns} FROM (SELECT {columns}, ROW_NUMBER() OVER (PARTITION BY person_id ORDER BY at DESC, id DESC) AS newness \
         FROM touches WHERE at >= {from} AND person_id IN"
    );
    let order = format!(") AS newest WHERE newness <= {TOUCHES_PER_PERSON_MAX}");
    let mut found: Vec<SignalFields> = by_ids(connection, &select, &order, people).await?;
    found.sort_unstable_by_key(|signal| (signal.person_id, signal.at, signal.id));
    Ok(found)
}

/// Of these leads, those that the Agreement's criteria made an MQL.
pub async fn leads_made_mql(connection: &mut AnyConnection, leads: &[i64]) -> Result<Vec<i64>> {
    let select = "SELECT DISTINCT lead_id FROM transitions WHERE made_by = 'agreement' AND stage = 'mql' AND lead_id IN";
    Ok(by_ids::<(i64,)>(connection, select, "", leads).await?.into_iter().map(|(lead,)| lead).collect())
}

/// Of these leads, the MQLs that nobody owns and no queue holds, with the instant of the stage.
pub async fn unplaced(connection: &mut AnyConnection, leads: &[i64]) -> Result<Vec<(i64, i64)>> {
    let select = "SELECT id, COALESCE(stage_at, opened_at) FROM leads WHERE stage = 'mql' AND owner_id IS NULL AND queue IS NULL AND id IN";
    by_ids(connection, select, "ORDER BY 2, 1", leads).await
}

pub async fn campaigns(connection: &mut AnyConnection, ids: &[i64]) -> Result<Vec<Named>> {
    by_ids(connection, "SELECT id, name, channel AS kind FROM campaigns WHERE id IN", "", ids).await
}

pub async fn content(connection: &mut AnyConnection, ids: &[i64]) -> Result<Vec<Named>> {
    by_ids(connection, "SELECT id, title AS name, kind FROM content WHERE id IN", "", ids).await
}

async fn by_ids<T>(connection: &mut AnyConnection, select: &str, order: &str, ids: &[i64]) -> Result<Vec<T>>
where
    T: for<'r> sqlx::FromRow<'r, sqlx::any::AnyRow> + Send + Unpin,
{
    let mut found = Vec::new();
    for ids in ids.chunks(IDS_MAX) {
        let sql = format!("{select} ({}) {order}", id_list(ids));
        found.extend(sqlx::query_as::<_, T>(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *connection).await?);
    }
    Ok(found)
}
