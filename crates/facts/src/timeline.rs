//! What happened with a person, company, deal or lead, both teams' work in one line, newest first.
//!
//! Touches, activities and the transitions of leads and deals, each found by its own index and merged. What has no instant is not on the
//! line; the record's page shows it among the stages.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{
    ReadTx, Result,
    bulk::Value,
    cursor,
    list::{Key, LIMIT_MAX, Page, Turn, id_list, int_key},
};

/// People, leads and deals of one company that a line takes in: its newest.
const MEMBERS_MAX: i64 = 500;

/// Whose line it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Person(i64),
    Company(i64),
    Deal(i64),
    Lead(i64),
}

/// One thing that happened. `what` says of which kind it is; the fields that the kind doesn't have are empty.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Moment {
    /// `deal_stage`, `stage`, `activity` or `touch`.
    pub what: String,
    pub id: i64,
    pub at: i64,
    /// Kind of the touch or activity, or the stage that was entered.
    pub kind: String,
    pub person_id: Option<i64>,
    pub person_name: Option<String>,
    pub lead_id: Option<i64>,
    pub deal_id: Option<i64>,
    pub deal_name: Option<String>,
    pub user_name: Option<String>,
    /// Subject of an activity, reason of a transition.
    pub words: Option<String>,
    pub note: Option<String>,
    pub outcome: Option<String>,
    pub channel: Option<String>,
    pub source: Option<String>,
    pub campaign_id: Option<i64>,
    pub campaign_name: Option<String>,
    pub content_id: Option<i64>,
    pub content_title: Option<String>,
    pub agreement_version: Option<i64>,
    /// 1 where a person took a lead back to this stage.
    pub goes_back: i64,
    pub rank: i64,
}

#[derive(Default)]
struct Members {
    people: Vec<i64>,
    company: Option<i64>,
    leads: Vec<i64>,
    deals: Vec<i64>,
}

static POSITION: [Key; 3] = [int_key("at"), int_key("rank"), int_key("id")];

pub async fn of(tx: &mut ReadTx, subject: Subject, turn: Turn<'_>) -> Result<Page<Moment>> {
    let limit = turn.limit.clamp(1, LIMIT_MAX);
    let position = turn.cursor.map(|text| cursor::read(text, "-at", &POSITION)).transpose()?;
    let members = members(tx.conn(), subject).await?;
    let mut moments: Vec<Moment> = Vec::new();
    for branch in branches(&members) {
        let sql = branch.sql(position.as_deref(), limit);
        moments.extend(sqlx::query_as::<_, Moment>(AssertSqlSafe(sql)).persistent(false).fetch_all(tx.conn()).await?);
    }
    moments.sort_by_key(|moment| std::cmp::Reverse((moment.at, moment.rank, moment.id)));
    moments.dedup_by_key(|moment| (moment.rank, moment.id));
    let more = moments.len() > limit;
    moments.truncate(limit);
    let end = moments.last().filter(|_| more).map(|last| [Value::Int(last.at), Value::Int(last.rank), Value::Int(last.id)]);
    Ok(Page { next: end.map(|position| cursor::write("-at", &position)), items: moments })
}

async fn members(connection: &mut AnyConnection, subject: Subject) -> Result<Members> {
    let mut members = Members::default();
    match subject {
        Subject::Person(person) => {
            members.people = vec![person];
            members.leads = ids(connection, "SELECT id FROM leads WHERE person_id = $1 ORDER BY id DESC", person).await?;
            members.deals = ids(connection, "SELECT deal_id FROM deal_people WHERE person_id = $1 ORDER BY id DESC", person).await?;
        }
        Subject::Company(company) => {
            members.company = Some(company);
            members.people = ids(connection, "SELECT id FROM people WHERE company_id = $1 ORDER BY id DESC", company).await?;
            members.leads = ids(connection, "SELECT id FROM leads WHERE company_id = $1 ORDER BY id DESC", company).await?;
            members.deals = ids(connection, "SELECT id FROM deals WHERE company_id = $1 ORDER BY id DESC", company).await?;
        }
        Subject::Deal(deal) => {
            members.deals = vec![deal];
            members.people = ids(connection, "SELECT person_id FROM deal_people WHERE deal_id = $1 ORDER BY id", deal).await?;
            members.leads = ids(connection, "SELECT lead_id FROM deals WHERE id = $1 AND lead_id IS NOT NULL", deal).await?;
            if members.people.is_empty() {
                // Nobody is named on the deal: the line of its company tells the most.
                members.company =
                    ids(connection, "SELECT company_id FROM deals WHERE id = $1 AND company_id IS NOT NULL", deal).await?.first().copied();
                for lead in members.leads.clone() {
                    members.people.extend(ids(connection, "SELECT person_id FROM leads WHERE id = $1", lead).await?);
                }
            }
        }
        Subject::Lead(lead) => {
            members.leads = vec![lead];
            members.people = ids(connection, "SELECT person_id FROM leads WHERE id = $1", lead).await?;
            members.deals = ids(connection, "SELECT id FROM deals WHERE lead_id = $1 ORDER BY id DESC", lead).await?;
        }
    }
    Ok(members)
}

async fn ids(connection: &mut AnyConnection, sql: &str, id: i64) -> Result<Vec<i64>> {
    let sql = format!("{sql} LIMIT {MEMBERS_MAX}");
    let rows: Vec<(i64,)> = sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// One index's part of the line.
struct Branch {
    rank: i64,
    select: &'static str,
    from: &'static str,
    condition: String,
}

const TOUCH: &str = "'touch' AS what, o.id, o.at, o.kind, o.person_id, p.name AS person_name, CAST(NULL AS BIGINT) AS lead_id, \
     CAST(NULL AS BIGINT) AS deal_id, CAST(NULL AS TEXT) AS deal_name, CAST(NULL AS TEXT) AS user_name, CAST(NULL AS TEXT) AS words, \
     CAST(NULL AS TEXT) AS note, CAST(NULL AS TEXT) AS outcome, o.channel, o.source, o.campaign_id, k.name AS campaign_name, o.content_id, \
     t.title AS content_title, CAST(NULL AS BIGINT) AS agreement_version, CAST(0 AS BIGINT) AS goes_back";
const TOUCH_FROM: &str = "touches o LEFT JOIN people p ON p.id = o.person_id LEFT JOIN campaigns k ON k.id = o.campaign_id \
     LEFT JOIN content t ON t.id = o.content_id";
const ACTIVITY: &str = "'activity' AS what, o.id, o.at, o.kind, o.person_id, p.name AS person_name, CAST(NULL AS BIGINT) AS lead_id, o.deal_id, \
     d.name AS deal_name, u.name AS user_name, o.subject AS words, o.note, o.outcome, CAST(NULL AS TEXT) AS channel, \
     CAST(NULL AS TEXT) AS source, CAST(NULL AS BIGINT) AS campaign_id, CAST(NULL AS TEXT) AS campaign_name, o.content_id, \
     t.title AS content_title, CAST(NULL AS BIGINT) AS agreement_version, CAST(0 AS BIGINT) AS goes_back";
const ACTIVITY_FROM: &str = "activities o LEFT JOIN people p ON p.id = o.person_id LEFT JOIN deals d ON d.id = o.deal_id \
     LEFT JOIN users u ON u.id = o.user_id LEFT JOIN content t ON t.id = o.content_id";
const STAGE: &str = "'stage' AS what, o.id, o.at, o.stage AS kind, l.person_id, p.name AS person_name, o.lead_id, CAST(NULL AS BIGINT) AS deal_id, \
     CAST(NULL AS TEXT) AS deal_name, u.name AS user_name, o.reason AS words, \
     (SELECT n.note FROM transition_notes n WHERE n.transition_id = o.id) AS note, CAST(NULL AS TEXT) AS outcome, \
     CAST(NULL AS TEXT) AS channel, l.source, l.campaign_id, CAST(NULL AS TEXT) AS campaign_name, CAST(NULL AS BIGINT) AS content_id, \
     CAST(NULL AS TEXT) AS content_title, o.agreement_version, COALESCE(o.goes_back, 0) AS goes_back";
const STAGE_FROM: &str = "transitions o JOIN leads l ON l.id = o.lead_id LEFT JOIN people p ON p.id = l.person_id \
     LEFT JOIN users u ON u.id = o.actor_id";
const DEAL_STAGE: &str = "'deal_stage' AS what, o.id, o.at, o.stage AS kind, CAST(NULL AS BIGINT) AS person_id, CAST(NULL AS TEXT) AS person_name, \
     CAST(NULL AS BIGINT) AS lead_id, o.deal_id, d.name AS deal_name, u.name AS user_name, \
     CASE WHEN o.stage = 'lost' THEN d.reason ELSE NULL END AS words, CAST(NULL AS TEXT) AS note, CAST(NULL AS TEXT) AS outcome, \
     CAST(NULL AS TEXT) AS channel, CAST(NULL AS TEXT) AS source, CAST(NULL AS BIGINT) AS campaign_id, CAST(NULL AS TEXT) AS campaign_name, \
     CAST(NULL AS BIGINT) AS content_id, CAST(NULL AS TEXT) AS content_title, CAST(NULL AS BIGINT) AS agreement_version, CAST(0 AS BIGINT) AS goes_back";
const DEAL_STAGE_FROM: &str = "deal_transitions o JOIN deals d ON d.id = o.deal_id LEFT JOIN users u ON u.id = d.owner_id";

fn branches(members: &Members) -> Vec<Branch> {
    let mut branches = Vec::new();
    let mut add = |rank, select, from, condition: String| {
        branches.push(Branch { rank, select, from, condition });
    };
    let (people, leads, deals) = (id_list(&members.people), id_list(&members.leads), id_list(&members.deals));
    if !members.people.is_empty() {
        // Of a company's people, what another company's record says of them is that company's.
        let of_this_company = members.company.map(|id| format!(" AND (o.company_id IS NULL OR o.company_id = {id})")).unwrap_or_default();
        add(0, TOUCH, TOUCH_FROM, format!("o.person_id IN ({people}){of_this_company}"));
        add(1, ACTIVITY, ACTIVITY_FROM, format!("o.person_id IN ({people}){of_this_company}"));
    }
    if let Some(company) = members.company {
        add(0, TOUCH, TOUCH_FROM, format!("o.company_id = {company}"));
        add(1, ACTIVITY, ACTIVITY_FROM, format!("o.company_id = {company}"));
    }
    if !members.deals.is_empty() {
        add(1, ACTIVITY, ACTIVITY_FROM, format!("o.deal_id IN ({deals})"));
        add(3, DEAL_STAGE, DEAL_STAGE_FROM, format!("o.deal_id IN ({deals}) AND o.at IS NOT NULL"));
    }
    if !members.leads.is_empty() {
        add(2, STAGE, STAGE_FROM, format!("o.lead_id IN ({leads}) AND o.at IS NOT NULL"));
    }
    branches
}

impl Branch {
    fn sql(&self, position: Option<&[Value]>, limit: usize) -> String {
        let Branch { rank, select, from, condition } = self;
        let (at, id) = ("o.at", "o.id");
        let after = match position.map(|position| [&position[0], &position[1], &position[2]].map(|value| value.as_int().unwrap_or(0))) {
            None => String::new(),
            Some([last_at, last_rank, last_id]) if *rank == last_rank => {
                format!(" AND {at} <= {last_at} AND ({at} < {last_at} OR {id} < {last_id})")
            }
            Some([last_at, last_rank, _]) if *rank < last_rank => format!(" AND {at} <= {last_at}"),
            Some([last_at, _, _]) => format!(" AND {at} < {last_at}"),
        };
        format!(
            "SELECT {select}, CAST({rank} AS BIGINT) AS rank FROM {from} WHERE {condition}{after} ORDER BY {at} DESC, {id} DESC LIMIT {}",
            limit + 1
        )
    }
}
