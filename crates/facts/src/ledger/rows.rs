//! The rows behind a line of the ledger, a page at a time.

use sqlx::{AnyConnection, AssertSqlSafe};

use super::{Span, pieces::*};
use crate::{
    Result,
    bulk::Value,
    cursor,
    list::{Key, LIMIT_MAX, Page, Turn, int_key},
};

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct LedgerRow {
    /// Of the transition, or of the clock.
    pub id: i64,
    pub lead_id: i64,
    /// When it entered the stage, or started.
    pub at: i64,
    /// What it counts by: `at`, or the instant that a clock is due.
    pub counted_at: i64,
    /// `kept`, `broken`, `open`, `pressing` (open, and nearly out of time), `waived`, `waived_open`, `gone` (left without a decision) or
    /// `not_recorded`.
    pub verdict: String,
    /// The reason that was given, or the fields that are missing.
    pub detail: Option<String>,
    pub person_name: Option<String>,
    pub company_name: Option<String>,
    pub owner_name: Option<String>,
}

/// What the rows are of.
#[derive(Clone, Debug, PartialEq)]
pub enum Behind {
    Mqls,
    Decisions,
    /// With the required fields.
    Completeness(Vec<String>),
    Clocks(String),
    Logging,
    /// Rejections and recycles with the (stage, reason) pairs that count, in small letters.
    Reasons(Vec<(String, String)>),
    /// Rejections for one of these reasons, in small letters.
    OutsideIcp(Vec<String>),
}

static KEYS: [Key; 2] = [int_key("x.counted_at"), int_key("x.id")];
const ORDER: &str = "ledger";

/// Rows of the month in the order in which they count; `verdict` keeps only those.
pub async fn page(
    connection: &mut AnyConnection,
    span: Span,
    behind: &Behind,
    verdict: Option<&str>,
    turn: Turn<'_>,
) -> Result<Page<LedgerRow>> {
    let limit = turn.limit.clamp(1, LIMIT_MAX);
    let (mut after_at, mut after_id) = (i64::MIN, i64::MIN);
    if let Some([Value::Int(at), Value::Int(id)]) = turn.cursor.map(|text| cursor::read(text, ORDER, &KEYS)).transpose()?.as_deref() {
        (after_at, after_id) = (*at, *id);
    }
    let mut own = Vec::new();
    let inner = inner(behind, &mut own);
    let sql = format!(
        "SELECT x.id, x.lead_id, x.at, x.counted_at, x.verdict, x.detail, COALESCE(p.name, p.email) AS person_name, c.name AS company_name, \
         u.name AS owner_name FROM ({inner}) AS x JOIN leads l ON l.id = x.lead_id LEFT JOIN people p ON p.id = l.person_id \
         LEFT JOIN companies c ON c.id = COALESCE(l.company_id, p.company_id) LEFT JOIN users u ON u.id = COALESCE(x.owner_id, l.owner_id) \
         WHERE x.verdict <> 'void' AND ($5 = '' OR x.verdict = $5) AND (x.counted_at > $6 OR (x.counted_at = $6 AND x.id > $7)) \
         AND $4 = $4 ORDER BY x.counted_at, x.id LIMIT {}",
        limit + 1
    );
    let kind = if let Behind::Clocks(kind) = behind { kind.as_str() } else { "" };
    let mut query = sqlx::query_as::<_, LedgerRow>(AssertSqlSafe(sql))
        .bind(span.from)
        .bind(span.to)
        .bind(span.before)
        .bind(kind.to_owned())
        .bind(verdict.unwrap_or_default().to_owned())
        .bind(after_at)
        .bind(after_id);
    for text in own {
        query = query.bind(text);
    }
    let mut items = query.fetch_all(connection).await?;
    let more = items.len() > limit;
    items.truncate(limit);
    let last = items.last().filter(|_| more).map(|row| cursor::write(ORDER, &[Value::Int(row.counted_at), Value::Int(row.id)]));
    Ok(Page { items, next: last })
}

/// `own` takes the texts of the placeholders from `$8` on.
fn inner(behind: &Behind, own: &mut Vec<String>) -> String {
    let of = |verdict: &str, detail: &str, from: &str| {
        format!(
            "SELECT m.id, m.lead_id, m.at, m.at AS counted_at, CAST(NULL AS BIGINT) AS owner_id, {verdict} AS verdict, {detail} AS detail FROM {from}"
        )
    };
    const NOTHING: &str = "CAST(NULL AS TEXT)";
    match behind {
        Behind::Mqls => of("'kept'", NOTHING, MQLS),
        Behind::Decisions => of(DECISION, NOTHING, MQLS),
        Behind::Logging => of(LOGGED, NOTHING, SALS),
        Behind::Clocks(_) => format!(
            "SELECT m.id, m.lead_id, m.started_at AS at, m.due_at AS counted_at, m.owner_id, {CLOCK} AS verdict, {NOTHING} AS detail FROM {CLOCKS}"
        ),
        Behind::Completeness(fields) => {
            let parts: Vec<String> = fields.iter().map(|field| field_missing(field, own)).collect();
            let missing = if parts.is_empty() { "''".to_owned() } else { parts.join(" || ") };
            let from = format!("(SELECT m.id, m.lead_id, m.at FROM {MQLS}) AS m {PARTIES}");
            let rows = of("'kept'", &missing, &from);
            format!(
                "SELECT y.id, y.lead_id, y.at, y.counted_at, y.owner_id, CASE WHEN y.detail = '' THEN 'kept' ELSE 'broken' END AS verdict, y.detail \
                 FROM ({rows}) AS y"
            )
        }
        Behind::Reasons(known) => {
            let test = known.iter().map(|(stage, reason)| {
                own.push(stage.clone());
                own.push(reason.clone());
                format!("(m.stage = ${} AND lower(m.reason) = ${})", own.len() + 6, own.len() + 7)
            });
            let test = test.collect::<Vec<_>>().join(" OR ");
            let verdict = if test.is_empty() { "'broken'".into() } else { format!("CASE WHEN {test} THEN 'kept' ELSE 'broken' END") };
            of(&verdict, "m.reason", SENT_BACK)
        }
        Behind::OutsideIcp(reasons) => {
            let marks: Vec<_> = (0..reasons.len()).map(|place| format!("${}", place + 8)).collect();
            own.extend(reasons.iter().cloned());
            let marks = if marks.is_empty() { "NULL".to_owned() } else { marks.join(", ") };
            of("'broken'", "m.reason", &format!("{REJECTED_MQLS} AND lower(m.reason) IN ({marks})"))
        }
    }
}

/// The field's name and a blank where it is missing, else nothing.
fn field_missing(field: &str, own: &mut Vec<String>) -> String {
    own.push(format!("{} ", field.replace('_', " ")));
    let name = own.len() + 7;
    let mark = if is_own(field) {
        own.push(field.to_owned());
        format!("${}", own.len() + 7)
    } else {
        String::new()
    };
    format!("CASE WHEN {} = 1 THEN '' ELSE ${name} END", filled(field, &mark))
}
