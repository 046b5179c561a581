//! Finding records by the names that others have for them, many at a time.

use alignment::intake::Noun;
use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{Result, bulk, dialect::Engine};

/// Names looked up with one statement.
const KEYS_PER_STATEMENT: usize = 1_000;

/// The table in which the records of a noun are.
pub fn table_of(noun: Noun) -> &'static crate::schema::Table {
    use crate::schema;
    match noun {
        Noun::User => &schema::USERS,
        Noun::Campaign => &schema::CAMPAIGNS,
        Noun::Spend => &schema::SPEND,
        Noun::Content => &schema::CONTENT,
        Noun::Company => &schema::COMPANIES,
        Noun::Person => &schema::PEOPLE,
        Noun::Lead => &schema::LEADS,
        Noun::Touch => &schema::TOUCHES,
        Noun::Deal => &schema::DEALS,
        Noun::DealLine => &schema::DEAL_LINES,
        Noun::Activity => &schema::ACTIVITIES,
    }
}

/// (external id, record) of those that are known.
pub async fn by_external_id(
    connection: &mut AnyConnection,
    engine: Engine,
    noun: Noun,
    system: &str,
    ids: &[&str],
) -> Result<Vec<(String, i64)>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(KEYS_PER_STATEMENT) {
        let sql = format!(
            "SELECT external_id, record_id FROM external_ids WHERE noun = {} AND system = {} AND external_id IN ({})",
            engine.bulk_placeholder(1),
            engine.bulk_placeholder(2),
            bulk::placeholders(engine, 3, chunk.len())
        );
        let mut query = sqlx::query_as(AssertSqlSafe(sql)).bind(noun.key()).bind(system.to_owned());
        for id in chunk {
            query = query.bind((*id).to_owned());
        }
        found.extend(query.fetch_all(&mut *connection).await?);
    }
    Ok(found)
}

/// (value, record) of the records whose column holds one of these texts; the oldest record where several do.
pub async fn by_text(
    connection: &mut AnyConnection,
    engine: Engine,
    table: &str,
    column: &str,
    texts: &[&str],
) -> Result<Vec<(String, i64)>> {
    let mut found = Vec::new();
    for chunk in texts.chunks(KEYS_PER_STATEMENT) {
        let sql = format!(
            "SELECT {column}, MIN(id) FROM {table} WHERE {column} IN ({}) GROUP BY {column}",
            bulk::placeholders(engine, 1, chunk.len())
        );
        let mut query = sqlx::query_as(AssertSqlSafe(sql));
        for text in chunk {
            query = query.bind((*text).to_owned());
        }
        found.extend(query.fetch_all(&mut *connection).await?);
    }
    Ok(found)
}

/// (record, system) for the external ids that these records have.
pub async fn systems_of(connection: &mut AnyConnection, engine: Engine, noun: Noun, ids: &[i64]) -> Result<Vec<(i64, String)>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(KEYS_PER_STATEMENT) {
        let sql = format!(
            "SELECT record_id, system FROM external_ids WHERE noun = {} AND record_id IN ({})",
            engine.bulk_placeholder(1),
            bulk::placeholders(engine, 2, chunk.len())
        );
        let mut query = sqlx::query_as(AssertSqlSafe(sql)).bind(noun.key());
        for id in chunk {
            query = query.bind(*id);
        }
        found.extend(query.fetch_all(&mut *connection).await?);
    }
    Ok(found)
}

/// Rows of a child table for many parents: (parent id, values of `columns`).
pub async fn children(
    connection: &mut AnyConnection,
    engine: Engine,
    table: &'static crate::schema::Table,
    parent: &str,
    ids: &[i64],
) -> Result<Vec<Vec<bulk::Value>>> {
    let mut found = Vec::new();
    let names: Vec<_> = table.columns.iter().map(|column| column.name).collect();
    for chunk in ids.chunks(KEYS_PER_STATEMENT) {
        let sql = format!(
            "SELECT {} FROM {} WHERE {parent} IN ({}) ORDER BY {}",
            names.join(", "),
            table.name,
            bulk::placeholders(engine, 1, chunk.len()),
            table.key.join(", ")
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for id in chunk {
            query = query.bind(*id);
        }
        for row in query.fetch_all(&mut *connection).await? {
            let values = table.columns.iter().enumerate().map(|(index, column)| bulk::read_value(&row, index, column.kind));
            found.push(values.collect::<Result<Vec<_>>>()?);
        }
    }
    Ok(found)
}

/// The fingerprints among these that a touch has already, by their upper half.
pub async fn touches_known(connection: &mut AnyConnection, engine: Engine, highs: &[i64]) -> Result<Vec<(i64, i64)>> {
    Ok(touches_known_by_id(connection, engine, highs).await?.into_iter().map(|(high, low, _)| (high, low)).collect())
}

/// The same, each with the id of its touch.
pub async fn touches_known_by_id(connection: &mut AnyConnection, engine: Engine, highs: &[i64]) -> Result<Vec<(i64, i64, i64)>> {
    let mut found = Vec::new();
    for chunk in highs.chunks(KEYS_PER_STATEMENT) {
        let sql = format!(
            "SELECT fingerprint_high, fingerprint_low, id FROM touches WHERE fingerprint_high IN ({})",
            bulk::placeholders(engine, 1, chunk.len())
        );
        let mut query = sqlx::query_as::<_, (i64, i64, i64)>(AssertSqlSafe(sql));
        for high in chunk {
            query = query.bind(*high);
        }
        found.extend(query.fetch_all(&mut *connection).await?);
    }
    Ok(found)
}

/// (deal, currency, sum of its lines in minor units) for these deals. The lines of one deal share a currency.
pub async fn line_sums(connection: &mut AnyConnection, engine: Engine, deals: &[i64]) -> Result<Vec<(i64, String, i64)>> {
    let mut found = Vec::new();
    for chunk in deals.chunks(KEYS_PER_STATEMENT) {
        let sql = format!(
            "SELECT deal_id, MIN(amount_currency), CAST(SUM(amount_minor) AS BIGINT) FROM deal_lines WHERE deal_id IN ({}) GROUP BY deal_id",
            bulk::placeholders(engine, 1, chunk.len())
        );
        let mut query = sqlx::query_as(AssertSqlSafe(sql));
        for deal in chunk {
            query = query.bind(*deal);
        }
        found.extend(query.fetch_all(&mut *connection).await?);
    }
    Ok(found)
}

/// (name, id) of all teams.
pub async fn teams(connection: &mut AnyConnection) -> Result<Vec<(String, i64)>> {
    Ok(sqlx::query_as("SELECT name, id FROM teams ORDER BY id LIMIT 10000").fetch_all(connection).await?)
}

/// (record, field, value) of the company's own fields of these records.
pub async fn custom_values_of(
    connection: &mut AnyConnection,
    engine: Engine,
    table: &str,
    ids: &[i64],
) -> Result<Vec<(i64, String, String)>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(KEYS_PER_STATEMENT) {
        let sql = format!(
            "SELECT record_id, field, value FROM custom_values WHERE noun = {} AND record_id IN ({})",
            engine.bulk_placeholder(1),
            bulk::placeholders(engine, 2, chunk.len())
        );
        let mut query = sqlx::query_as(AssertSqlSafe(sql)).bind(table.to_owned());
        for id in chunk {
            query = query.bind(*id);
        }
        found.extend(query.fetch_all(&mut *connection).await?);
    }
    Ok(found)
}
