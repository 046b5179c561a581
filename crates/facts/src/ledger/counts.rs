//! Counts of a month. A count by verdict has the words of [`super::rows::LedgerRow::verdict`].

use sqlx::{AnyConnection, AssertSqlSafe};

use super::{Span, pieces::*};
use crate::Result;

/// How many of each verdict.
pub type Verdicts = Vec<(String, i64)>;

/// When the record begins: the first lead's opening.
pub async fn begins_at(connection: &mut AnyConnection) -> Result<Option<i64>> {
    let (first,): (Option<i64>,) = sqlx::query_as("SELECT MIN(opened_at) FROM leads").fetch_one(connection).await?;
    Ok(first)
}

pub async fn mqls(connection: &mut AnyConnection, span: Span) -> Result<i64> {
    let sql = format!("SELECT COUNT(*) FROM {MQLS}");
    let (count,): (i64,) = sqlx::query_as(AssertSqlSafe(sql)).bind(span.from).bind(span.to).bind(span.before).fetch_one(connection).await?;
    Ok(count)
}

/// Leads opened in the month, and those of them whose source writes down when a lead becomes an MQL.
pub async fn leads_recording_mqls(connection: &mut AnyConnection, span: Span) -> Result<(i64, i64)> {
    let sql = "SELECT COUNT(*), COALESCE(CAST(SUM((stages_recorded / 2) % 2) AS BIGINT), 0) FROM leads \
         WHERE opened_at >= $1 AND opened_at < $2 AND opened_at < $3";
    Ok(sqlx::query_as(sql).bind(span.from).bind(span.to).bind(span.before).fetch_one(connection).await?)
}

/// What sales decided on the month's MQLs: `kept`, `broken`, `gone`, `not_recorded`, `open`.
pub async fn decisions(connection: &mut AnyConnection, span: Span) -> Result<Verdicts> {
    verdicts(connection, span, &format!("SELECT {DECISION} AS verdict FROM {MQLS}"), None).await
}

/// Of the leads accepted in the month: `kept`, `broken`, `pressing`, `open`.
pub async fn logging(connection: &mut AnyConnection, span: Span) -> Result<Verdicts> {
    verdicts(connection, span, &format!("SELECT {LOGGED} AS verdict FROM {SALS}"), None).await
}

pub async fn is_any_activity_logged(connection: &mut AnyConnection) -> Result<bool> {
    let found: Option<(i64,)> = sqlx::query_as("SELECT id FROM activities LIMIT 1").fetch_optional(connection).await?;
    Ok(found.is_some())
}

/// Clocks of a kind that are due in the month: `kept`, `broken`, `waived`, `waived_open`, `pressing`, `open`, `void`.
pub async fn clocks(connection: &mut AnyConnection, span: Span, kind: &str) -> Result<Verdicts> {
    verdicts(connection, span, &format!("SELECT {CLOCK} AS verdict FROM {CLOCKS}"), Some(kind)).await
}

async fn verdicts(connection: &mut AnyConnection, span: Span, inner: &str, kind: Option<&str>) -> Result<Verdicts> {
    let sql = format!("SELECT x.verdict, COUNT(*) FROM ({inner}) AS x GROUP BY x.verdict ORDER BY x.verdict");
    let mut query = sqlx::query_as(AssertSqlSafe(sql)).bind(span.from).bind(span.to).bind(span.before);
    if let Some(kind) = kind {
        query = query.bind(kind.to_owned());
    }
    Ok(query.fetch_all(connection).await?)
}

/// Of one source: its MQLs of the month, and the required fields of theirs that are filled.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Filled {
    pub source: Option<String>,
    pub leads: i64,
    pub filled: i64,
}

/// The most common sources first, 200 at most; the last row may stand for several where there are more.
pub async fn completeness(connection: &mut AnyConnection, span: Span, fields: &[String]) -> Result<Vec<Filled>> {
    let own: Vec<&String> = fields.iter().filter(|field| is_own(field)).collect();
    let mark = |field: &String| own.iter().position(|known| *known == field).map_or_else(String::new, |place| format!("${}", place + 4));
    let sum = match fields {
        [] => "0".to_owned(),
        fields => fields.iter().map(|field| filled(field, &mark(field))).collect::<Vec<_>>().join(" + "),
    };
    // The first entry into MQL is found before the join, so that its conditions stay those of the count.
    let sql = format!(
        "SELECT l.source, COUNT(*) AS leads, COALESCE(CAST(SUM({sum}) AS BIGINT), 0) AS filled \
         FROM (SELECT m.lead_id FROM {MQLS}) AS m {PARTIES} GROUP BY l.source ORDER BY 2 DESC, 1 LIMIT 200"
    );
    let mut query = sqlx::query_as(AssertSqlSafe(sql)).bind(span.from).bind(span.to).bind(span.before);
    for field in own {
        query = query.bind(field.clone());
    }
    Ok(query.fetch_all(connection).await?)
}

/// Rejections and recycles by (stage, reason), the most common first; those beyond 1,000 different ones are not told apart any more.
pub async fn reasons(connection: &mut AnyConnection, span: Span) -> Result<Vec<(String, Option<String>, i64)>> {
    let sql = format!("SELECT m.stage, m.reason, COUNT(*) FROM {SENT_BACK} GROUP BY m.stage, m.reason ORDER BY 3 DESC, 1, 2 LIMIT 1000");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(span.from).bind(span.to).bind(span.before).fetch_all(connection).await?)
}

/// Rejections of MQLs by reason, but for those that were overturned.
pub async fn rejections(connection: &mut AnyConnection, span: Span) -> Result<Vec<(Option<String>, i64)>> {
    let sql = format!("SELECT m.reason, COUNT(*) FROM {REJECTED_MQLS} GROUP BY m.reason ORDER BY 2 DESC, 1 LIMIT 1000");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(span.from).bind(span.to).bind(span.before).fetch_all(connection).await?)
}

/// Whether any clock of the kind started in the month.
pub async fn is_any_clock_started(connection: &mut AnyConnection, span: Span, kind: &str) -> Result<bool> {
    let found: Option<(i64,)> =
        sqlx::query_as("SELECT id FROM clocks WHERE kind = $1 AND started_at >= $2 AND started_at < $3 AND started_at < $4 LIMIT 1")
            .bind(kind.to_owned())
            .bind(span.from)
            .bind(span.to)
            .bind(span.before)
            .fetch_optional(connection)
            .await?;
    Ok(found.is_some())
}
