//! What the checklist of alignment looks at: who works here, and how.

use sqlx::AnyConnection;

use crate::Result;

/// Stage changes since `from`: those made here, and those that imports brought.
pub async fn moves(connection: &mut AnyConnection, from: i64, before: i64) -> Result<(i64, i64)> {
    let sql = "SELECT COALESCE(CAST(SUM(CASE WHEN import_id IS NULL THEN 1 ELSE 0 END) AS BIGINT), 0), \
         COALESCE(CAST(SUM(CASE WHEN import_id IS NULL THEN 0 ELSE 1 END) AS BIGINT), 0) FROM transitions \
         WHERE stage IN ('mql', 'sal', 'sql', 'sales_ready', 'opportunity', 'customer', 'rejected', 'recycled', 'lost') AND at >= $1 AND at < $2";
    Ok(sqlx::query_as(sql).bind(from).bind(before).fetch_one(connection).await?)
}

/// How many people with this role changed something since `from`, among the latest 20,000 events.
pub async fn active(connection: &mut AnyConnection, role: &str, from: i64, before: i64) -> Result<i64> {
    let sql = "SELECT COUNT(DISTINCT e.actor_id) FROM (SELECT actor_id, recorded_at, import_id FROM events ORDER BY id DESC LIMIT 20000) AS e \
         JOIN users u ON u.id = e.actor_id WHERE u.role = $1 AND e.recorded_at >= $2 AND e.recorded_at < $3 AND e.import_id IS NULL";
    let (count,): (i64,) = sqlx::query_as(sql).bind(role.to_owned()).bind(from).bind(before).fetch_one(connection).await?;
    Ok(count)
}

/// Leads that wait in a queue.
pub async fn queued(connection: &mut AnyConnection) -> Result<i64> {
    let (count,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM leads WHERE queue IS NOT NULL").fetch_one(connection).await?;
    Ok(count)
}

/// Whether both sides signed the draft that became this version.
pub async fn is_signed_by_both(connection: &mut AnyConnection, number: i64) -> Result<bool> {
    let sql = "SELECT COUNT(DISTINCT s.side) FROM agreement_drafts d JOIN agreement_signatures s ON s.draft_id = d.id AND s.hash = d.hash \
         WHERE d.number = $1 AND s.voided_at IS NULL";
    let (sides,): (i64,) = sqlx::query_as(sql).bind(number).fetch_one(connection).await?;
    Ok(sides >= 2)
}
