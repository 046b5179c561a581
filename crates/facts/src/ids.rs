//! Ids in blocks: one row per table holds the next free one.

use sqlx::AnyConnection;

use crate::Result;

/// The first of `count` consecutive ids. Numbers handed out are never handed out again, even if their transaction fails on PostgreSQL.
pub(crate) async fn allocate(connection: &mut AnyConnection, table: &str, count: usize) -> Result<i64> {
    let (next,): (i64,) = sqlx::query_as(
        "INSERT INTO sequences (noun, next_id) VALUES ($1, 1 + $2) \
         ON CONFLICT (noun) DO UPDATE SET next_id = sequences.next_id + $2 RETURNING next_id",
    )
    .bind(table)
    .bind(count as i64)
    .fetch_one(connection)
    .await?;
    Ok(next - count as i64)
}
