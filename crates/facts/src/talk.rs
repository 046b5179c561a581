//! What sales and marketing asked each other about leads, whether it was answered, and when marketing looked at what sales said. Each is
//! bounded by its window and read from an index.

use sqlx::AnyConnection;

use crate::Result;

/// The window in which something was asked (`to` is not included), and the end (not included) of what was known.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub from: i64,
    pub to: i64,
    pub known_before: i64,
}

/// (asked, answered): questions asked in the window, and those of them answered by what was known.
pub async fn questions(connection: &mut AnyConnection, window: Window) -> Result<(i64, i64)> {
    let sql = "SELECT COUNT(*), COALESCE(CAST(SUM(CASE WHEN answered_at < $3 THEN 1 ELSE 0 END) AS BIGINT), 0) \
         FROM questions WHERE asked_at >= $1 AND asked_at < $2 AND recorded_at < $3";
    Ok(sqlx::query_as(sql).bind(window.from).bind(window.to).bind(window.known_before).fetch_one(connection).await?)
}

/// (made, decided): objections to rejections made in the window, and those of them decided by what was known.
pub async fn appeals(connection: &mut AnyConnection, window: Window) -> Result<(i64, i64)> {
    let sql = "SELECT COUNT(*), COALESCE(CAST(SUM(CASE WHEN decided_at < $3 THEN 1 ELSE 0 END) AS BIGINT), 0) \
         FROM appeals WHERE at >= $1 AND at < $2 AND recorded_at < $3";
    Ok(sqlx::query_as(sql).bind(window.from).bind(window.to).bind(window.known_before).fetch_one(connection).await?)
}

/// When marketing looked at what sales said, in the window; `None` where it was more than `limit` times.
pub async fn reviews(connection: &mut AnyConnection, window: Window, limit: i64) -> Result<Option<Vec<i64>>> {
    let sql = "SELECT at FROM feedback_reviews WHERE at >= $1 AND at < $2 AND recorded_at < $3 ORDER BY at LIMIT $4";
    let query = sqlx::query_as(sql).bind(window.from).bind(window.to).bind(window.known_before).bind(limit + 1);
    let found: Vec<(i64,)> = query.fetch_all(connection).await?;
    Ok((found.len() as i64 <= limit).then(|| found.into_iter().map(|(at,)| at).collect()))
}
