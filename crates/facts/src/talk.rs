//! What sales and marketing asked each other about leads, and whether it was answered. Of the latest 10,000 only, so that the cost of a
//! count does not grow with the record.

use sqlx::AnyConnection;

use crate::Result;

/// (asked, answered): questions asked from `from` on and before `to`, and those of them answered before `before`.
pub async fn questions(connection: &mut AnyConnection, from: i64, to: i64, before: i64) -> Result<(i64, i64)> {
    let sql = "SELECT COUNT(*), COALESCE(CAST(SUM(CASE WHEN q.answered_at < $3 THEN 1 ELSE 0 END) AS BIGINT), 0) \
         FROM (SELECT asked_at, answered_at FROM questions ORDER BY id DESC LIMIT 10000) AS q WHERE q.asked_at >= $1 AND q.asked_at < $2";
    Ok(sqlx::query_as(sql).bind(from).bind(to).bind(before).fetch_one(connection).await?)
}

/// (made, decided): objections to rejections made from `from` on and before `to`, and those of them decided before `before`.
pub async fn appeals(connection: &mut AnyConnection, from: i64, to: i64, before: i64) -> Result<(i64, i64)> {
    let sql = "SELECT COUNT(*), COALESCE(CAST(SUM(CASE WHEN a.decided_at < $3 THEN 1 ELSE 0 END) AS BIGINT), 0) \
         FROM (SELECT at, decided_at FROM appeals ORDER BY id DESC LIMIT 10000) AS a WHERE a.at >= $1 AND a.at < $2";
    Ok(sqlx::query_as(sql).bind(from).bind(to).bind(before).fetch_one(connection).await?)
}
