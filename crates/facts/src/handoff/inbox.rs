//! What waits on the desk, what is due first on top: each stage from its own index, merged, a page at a time.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{
    Result,
    bulk::Value,
    cursor,
    list::{Key, LIMIT_MAX, Page, Turn, id_list, int_key},
};

/// Where a lead stands on the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tab {
    Review,
    /// Accepted, and nobody has tried to reach them.
    Contact,
    Working,
    /// Sales waits for an answer of marketing's.
    Questions,
    /// No rule could place them.
    Queue,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InboxFilter {
    /// Of these owners; of all where it is empty.
    pub owners: Option<Vec<i64>>,
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct InboxRow {
    pub id: i64,
    pub person_id: i64,
    pub person_name: Option<String>,
    pub person_email: Option<String>,
    pub job_title: Option<String>,
    pub company_id: Option<i64>,
    pub company_name: Option<String>,
    pub stage: String,
    pub stage_at: Option<i64>,
    pub owner_id: Option<i64>,
    pub owner_name: Option<String>,
    pub source: Option<String>,
    pub queue: Option<String>,
    pub due_at: Option<i64>,
    /// By what the list is sorted.
    pub sorted_by: i64,
}

/// How many wait, how many of them are late, and how many others are due before an instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    pub found: i64,
    pub late: i64,
    pub due: i64,
}

/// A count stops here.
pub const COUNTED_MAX: i64 = 1_000;

const SELECT: &str = "l.id, l.person_id, p.name AS person_name, p.email AS person_email, p.job_title, l.company_id, c.name AS company_name, \
     l.stage, l.stage_at, l.owner_id, u.name AS owner_name, l.source, l.queue, l.due_at, \
     COALESCE(l.due_at, 9000000000000000000) AS sorted_by";
const JOINS: &str =
    "LEFT JOIN people p ON p.id = l.person_id LEFT JOIN companies c ON c.id = l.company_id LEFT JOIN users u ON u.id = l.owner_id";
const KEY: &str = "COALESCE(l.due_at, 9000000000000000000)";
const TRIED: &str = "EXISTS (SELECT 1 FROM activities a WHERE a.person_id = l.person_id AND a.kind IN ('call', 'email', 'meeting') \
     AND a.at >= COALESCE(l.stage_at, l.opened_at))";

static POSITION: [Key; 2] = [int_key("due"), int_key("id")];

impl Tab {
    /// Conditions, each of which an index serves, that together find the leads of the tab.
    fn branches(self) -> Vec<String> {
        match self {
            Tab::Review => vec!["l.stage = 'mql' AND l.queue IS NULL".into()],
            Tab::Contact => vec![format!("l.stage = 'sal' AND NOT {TRIED}")],
            Tab::Working => vec![format!("l.stage = 'sal' AND {TRIED}"), "l.stage = 'sql'".into(), "l.stage = 'sales_ready'".into()],
            Tab::Questions => {
                vec!["l.id IN (SELECT q.lead_id FROM questions q WHERE q.answered_at IS NULL) AND l.stage NOT IN ('customer', 'rejected', 'recycled', 'lost')".into()]
            }
            Tab::Queue => vec!["l.queue IS NOT NULL AND l.stage NOT IN ('customer', 'rejected', 'recycled', 'lost')".into()],
        }
    }
}

pub async fn list(connection: &mut AnyConnection, tab: Tab, filter: &InboxFilter, turn: Turn<'_>) -> Result<Page<InboxRow>> {
    let limit = turn.limit.clamp(1, LIMIT_MAX);
    let after = match turn.cursor.map(|text| cursor::read(text, "due", &POSITION)).transpose()? {
        Some(position) => {
            let [due, id] = [&position[0], &position[1]].map(|value| value.as_int().unwrap_or(0));
            format!(" AND {KEY} >= {due} AND ({KEY} > {due} OR l.id > {id})")
        }
        None => String::new(),
    };
    let mut rows: Vec<InboxRow> = Vec::new();
    for branch in tab.branches() {
        let sql =
            format!("SELECT {SELECT} FROM leads l {JOINS} WHERE {branch}{}{after} ORDER BY {KEY}, l.id LIMIT {}", owned(filter), limit + 1);
        rows.extend(sqlx::query_as::<_, InboxRow>(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *connection).await?);
    }
    rows.sort_by_key(|row| (row.sorted_by, row.id));
    let more = rows.len() > limit;
    rows.truncate(limit);
    let end = rows.last().filter(|_| more).map(|last| [Value::Int(last.sorted_by), Value::Int(last.id)]);
    Ok(Page { next: end.map(|position| cursor::write("due", &position)), items: rows })
}

/// `due_before` is the first instant that does not count as due.
pub async fn waiting(connection: &mut AnyConnection, tab: Tab, filter: &InboxFilter, now: i64, due_before: i64) -> Result<Waiting> {
    let mut waiting = Waiting::default();
    for branch in tab.branches() {
        let sql = format!(
            "SELECT COUNT(*), COUNT(CASE WHEN due_at < {now} THEN 1 END), COUNT(CASE WHEN due_at >= {now} AND due_at < {due_before} THEN 1 END) FROM \
             (SELECT l.due_at FROM leads l WHERE {branch}{} ORDER BY {KEY}, l.id LIMIT {COUNTED_MAX}) AS found",
            owned(filter)
        );
        let (found, late, due): (i64, i64, i64) = sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_one(&mut *connection).await?;
        waiting.found += found;
        waiting.late += late;
        waiting.due += due;
    }
    Ok(waiting)
}

/// How many leads of an owner are due before an instant: for the number beside the desk's name on every page.
pub async fn due_for(connection: &mut AnyConnection, owner: i64, due_before: i64) -> Result<i64> {
    let (count,): (i64,) = sqlx::query_as(
        "SELECT COUNT(*) FROM (SELECT id FROM leads WHERE owner_id = $1 AND due_at IS NOT NULL AND due_at < $2 LIMIT 100) AS due",
    )
    .bind(owner)
    .bind(due_before)
    .fetch_one(connection)
    .await?;
    Ok(count)
}

fn owned(filter: &InboxFilter) -> String {
    filter.owners.as_deref().map(|owners| format!(" AND l.owner_id IN ({})", id_list(owners))).unwrap_or_default()
}
