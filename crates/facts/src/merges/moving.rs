//! What goes over from one person to another, and from one lead to another.

use alignment::intake::Noun;
use sqlx::AssertSqlSafe;

use crate::{Result, WriteTx, keys, schema::Table};

/// The system under which addresses of people who were merged away are kept: the importer finds the kept person by them.
pub const EMAIL_ALIAS: &str = "email_alias";

/// Ids of the rows of a table whose column is `id`.
pub async fn ids_of(tx: &mut WriteTx, table: &Table, column: &str, id: i64) -> Result<Vec<i64>> {
    let sql = format!("SELECT id FROM {} WHERE {column} = $1 ORDER BY id", table.name);
    let rows: Vec<(i64,)> = sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_all(tx.conn()).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Brings over all that names a person but for leads, and takes the person away. Of a deal on which both stand one row stays.
pub async fn move_person(tx: &mut WriteTx, kept: i64, gone: i64) -> Result<()> {
    let pair = [kept, gone];
    run(
        tx,
        "UPDATE deal_people SET role = (SELECT g.role FROM deal_people g WHERE g.deal_id = deal_people.deal_id AND g.person_id = $2) \
         WHERE person_id = $1 AND role IS NULL AND deal_id IN (SELECT g.deal_id FROM deal_people g WHERE g.person_id = $2)",
        pair,
    )
    .await?;
    let both = "DELETE FROM deal_people WHERE person_id = $2 AND deal_id IN (SELECT k.deal_id FROM deal_people k WHERE k.person_id = $1)";
    run(tx, both, pair).await?;
    for table in ["deal_people", "touches", "activities"] {
        run(tx, &format!("UPDATE {table} SET person_id = $1 WHERE person_id = $2"), pair).await?;
    }
    move_names(tx, Noun::Person, kept, gone).await?;
    run(tx, "DELETE FROM people WHERE id = $2 AND id <> $1", pair).await
}

/// Brings over all that names a lead, and takes the lead away. What a lead has once stays the kept one's; clocks go before.
pub async fn move_lead(tx: &mut WriteTx, kept: i64, gone: i64) -> Result<()> {
    let pair = [kept, gone];
    let confirmed = "DELETE FROM confirmations WHERE lead_id = $2 AND EXISTS \
         (SELECT 1 FROM confirmations k WHERE k.lead_id = $1 AND k.stage = confirmations.stage AND k.item = confirmations.item)";
    run(tx, confirmed, pair).await?;
    for once in ["appeals", "recycle_dates", "joined_deals"] {
        let sql = format!("DELETE FROM {once} WHERE lead_id = $2 AND EXISTS (SELECT 1 FROM {once} k WHERE k.lead_id = $1)");
        run(tx, &sql, pair).await?;
    }
    for (table, column) in super::ON_LEADS {
        run(tx, &format!("UPDATE {} SET {column} = $1 WHERE {column} = $2", table.name), pair).await?;
    }
    run(tx, "UPDATE appeals SET new_lead_id = $1 WHERE new_lead_id = $2", pair).await?;
    move_names(tx, Noun::Lead, kept, gone).await?;
    run(tx, "DELETE FROM leads WHERE id = $2 AND id <> $1", pair).await
}

/// External ids lead to the kept record from now on; of the customer's own fields those go over that it lacks.
async fn move_names(tx: &mut WriteTx, noun: Noun, kept: i64, gone: i64) -> Result<()> {
    let (key, table) = (noun.key(), keys::table_of(noun).name);
    run(tx, &format!("UPDATE external_ids SET record_id = $1 WHERE noun = '{key}' AND record_id = $2"), [kept, gone]).await?;
    let both = format!(
        "DELETE FROM custom_values WHERE noun = '{table}' AND record_id = $2 \
         AND field IN (SELECT k.field FROM custom_values k WHERE k.noun = '{table}' AND k.record_id = $1)"
    );
    run(tx, &both, [kept, gone]).await?;
    run(tx, &format!("UPDATE custom_values SET record_id = $1 WHERE noun = '{table}' AND record_id = $2"), [kept, gone]).await
}

/// A statement about the kept one (`$1`) and the one that goes (`$2`).
async fn run(tx: &mut WriteTx, sql: &str, [kept, gone]: [i64; 2]) -> Result<()> {
    sqlx::query(AssertSqlSafe(sql.to_owned())).bind(kept).bind(gone).execute(tx.conn()).await?;
    Ok(())
}
