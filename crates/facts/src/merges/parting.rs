//! Taking a merge back.

use sqlx::AssertSqlSafe;

use super::{ON_LEADS, Row, Rows, Trail, ids_of, trail};
use crate::{
    FactsError, Result, WriteTx,
    bulk::{self, Value},
    changes::Author,
    clocks,
    events::NewEvent,
    list::id_list,
    schema::{self, Column, Table},
};

/// What was done since on a lead that took others in, in words: nobody could say whose it is. `None` where nothing was.
pub async fn done_since(tx: &mut WriteTx, trail: &Trail) -> Result<Option<String>> {
    for (lead, tables) in &trail.standing {
        for (table, column) in ON_LEADS.iter().filter(|(table, _)| table.name != schema::RETRACTIONS.name) {
            if Some(&ids_of(tx, table, column, *lead).await?) != tables.get(table.name) {
                let done = match table.name {
                    "transitions" => "a stage was entered, or taken back,",
                    "assignments" => "somebody else got it",
                    "confirmations" => "an item was confirmed, or taken back,",
                    "questions" => "marketing was asked",
                    "appeals" => "it was appealed",
                    "recycle_dates" => "a date to look again was set, or taken away,",
                    _ => "a deal was opened or joined",
                };
                return Ok(Some(format!("lead {lead}: {done} since the merge")));
            }
        }
    }
    Ok(None)
}

/// An import that had brought what the merge took away, and was undone since.
pub async fn import_undone(tx: &mut WriteTx, trail: &Trail) -> Result<Option<i64>> {
    let mut imports = Vec::new();
    for (table, rows) in trail.before.iter().filter_map(|(name, rows)| Some((schema::table(name)?, rows))) {
        let Some(index) = table.index_of("import_id") else { continue };
        imports.extend(rows.iter().filter_map(|row| row.get(index)?.as_i64()));
    }
    if imports.is_empty() {
        return Ok(None);
    }
    let sql = format!("SELECT MIN(id) FROM imports WHERE undone_at IS NOT NULL AND id IN ({})", id_list(&imports));
    let (found,): (Option<i64>,) = sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_one(tx.conn()).await?;
    Ok(found)
}

/// Sets everything back that is still as the merge left it. What somebody has changed since stays.
pub async fn part(tx: &mut WriteTx, author: &Author, trail: &Trail, kept: i64, gone: i64) -> Result<()> {
    for table in schema::ALL {
        let none = Vec::new();
        let before = trail.before.get(table.name).unwrap_or(&none);
        let after = trail.after.get(table.name).unwrap_or(&none);
        if before.is_empty() && after.is_empty() {
            continue;
        }
        let (before, after) = (read(table, before)?, read(table, after)?);
        if table.key == ["id"] { part_by_id(tx, table, before, &after).await? } else { part_by_name(tx, table, before, &after).await? }
    }
    for (table, ids) in &trail.moved {
        for ids in ids.chunks(1_000) {
            let sql = format!("UPDATE {table} SET person_id = $1 WHERE person_id = $2 AND id IN ({})", id_list(ids));
            sqlx::query(AssertSqlSafe(sql)).persistent(false).bind(gone).bind(kept).execute(tx.conn()).await?;
        }
    }
    put_clocks_back(tx, author, trail).await
}

/// Notes what changed of rows, for all that follows the log. `from` is how they were, `to` how they are.
pub fn announce(tx: &mut WriteTx, author: &Author, from: &Rows, to: &Rows, moved: &Trail) {
    let ids = |rows: &Rows, table: &Table, column: &str| -> Vec<i64> {
        let index = table.index_of(column).unwrap_or(0);
        rows.get(table.name).into_iter().flatten().filter_map(|row| row.get(index)?.as_i64()).collect()
    };
    for table in schema::ALL.iter().filter(|table| table.key == ["id"]) {
        let (was, is) = (ids(from, table, "id"), ids(to, table, "id"));
        let removed = was.iter().filter(|id| !is.contains(id)).copied().collect();
        let added = is.iter().filter(|id| !was.contains(id)).copied().collect();
        let changed = is.iter().filter(|id| was.contains(id)).copied().collect();
        for (kind, ids) in [("removed", removed), ("added", added), ("changed", changed)] {
            note_runs(tx, author, kind, table, ids);
        }
    }
    // Who stands on a deal is read with the deal, a customer's own fields with the record.
    let deals = [ids(from, &schema::DEAL_PEOPLE, "deal_id"), ids(to, &schema::DEAL_PEOPLE, "deal_id")].concat();
    note_runs(tx, author, "changed", &schema::DEALS, deals);
    for (noun, table) in [("people", &schema::PEOPLE), ("leads", &schema::LEADS)] {
        let rows = [from, to].into_iter().filter_map(|rows| rows.get(schema::CUSTOM_VALUES.name)).flatten();
        let of = rows.filter(|row| row.first().and_then(|text| text.as_str()) == Some(noun));
        let standing = ids(to, table, "id");
        let records = of.filter_map(|row| row.get(1)?.as_i64()).filter(|id| standing.contains(id)).collect();
        note_runs(tx, author, "changed", table, records);
    }
    for table in [&schema::TOUCHES, &schema::ACTIVITIES] {
        note_runs(tx, author, "changed", table, moved.moved.get(table.name).cloned().unwrap_or_default());
    }
}

fn note_runs(tx: &mut WriteTx, author: &Author, kind: &'static str, table: &'static Table, mut ids: Vec<i64>) {
    ids.sort_unstable();
    ids.dedup();
    for run in ids.chunk_by(|one, next| one + 1 == *next) {
        tx.note(NewEvent {
            kind,
            table: table.name,
            first_id: run[0],
            last_id: run[run.len() - 1],
            at: author.now,
            recorded_at: author.now,
            actor_id: author.actor,
            import_id: None,
            agreement_version: author.agreement_version,
            body: None,
        });
    }
}

fn read(table: &Table, rows: &[Row]) -> Result<Vec<Vec<Value>>> {
    let words = || format!("the merge was written by another version of this program: {} has other columns now", table.name);
    rows.iter().map(|row| trail::from_json(table, row).ok_or_else(|| FactsError::Refused(words()))).collect()
}

async fn part_by_id(tx: &mut WriteTx, table: &'static Table, before: Vec<Vec<Value>>, after: &[Vec<Value>]) -> Result<()> {
    let engine = tx.engine;
    let columns: Vec<&Column> = table.columns.iter().collect();
    let mut taken_away = Vec::new();
    for was in &before {
        let Some(id) = was[0].as_int() else { continue };
        let Some(left) = after.iter().find(|row| row[0] == was[0]) else {
            taken_away.extend(was.iter().cloned());
            continue;
        };
        let found = bulk::load_by_ids(tx.conn(), engine, table, &columns, &[id]).await?.remove(&id);
        let Some(is) = found else { continue };
        let back = |index: &usize| was[*index] != left[*index] && is[*index] == left[*index];
        let sets: Vec<(&Column, Value)> = (0..columns.len()).filter(back).map(|index| (columns[index], was[index].clone())).collect();
        if !sets.is_empty() {
            bulk::update(tx.conn(), table, id, &sets).await?;
        }
    }
    for made in after.iter().filter(|row| !before.iter().any(|was| was[0] == row[0])) {
        let sql = format!("DELETE FROM {} WHERE id = $1", table.name);
        sqlx::query(AssertSqlSafe(sql)).bind(made[0].as_int()).execute(tx.conn()).await?;
    }
    bulk::insert(tx.conn(), engine, table, taken_away).await
}

/// External ids and customers' own fields: those that still are as they were left go, those that were there come back.
async fn part_by_name(tx: &mut WriteTx, table: &'static Table, before: Vec<Vec<Value>>, after: &[Vec<Value>]) -> Result<()> {
    let columns: Vec<&Column> = table.columns.iter().filter(|column| column.name != "import_id").collect();
    let matches: Vec<_> = columns.iter().enumerate().map(|(index, column)| format!("{} = ${}", column.name, index + 1)).collect();
    let sql = format!("DELETE FROM {} WHERE {}", table.name, matches.join(" AND "));
    for row in after {
        let mut query = sqlx::query(AssertSqlSafe(sql.clone()));
        for (column, value) in columns.iter().zip(row) {
            query = bulk::bind_value(query, column.kind, value.clone());
        }
        query.execute(tx.conn()).await?;
    }
    let engine = tx.engine;
    bulk::overwrite(tx.conn(), engine, table, before.into_iter().flatten().collect()).await
}

async fn put_clocks_back(tx: &mut WriteTx, author: &Author, trail: &Trail) -> Result<()> {
    let leads: Vec<i64> = trail.joined.iter().flatten().copied().collect();
    let running: Vec<i64> = clocks::of_leads(tx.conn(), &leads).await?.into_iter().map(|clock| clock.id).collect();
    if !running.is_empty() {
        clocks::delete(tx, author, None, &running).await?;
    }
    let engine = tx.engine;
    for table in [&schema::CLOCKS, &schema::CLOCK_PAUSES] {
        let rows = read(table, trail.clocks.get(table.name).map_or(&[], Vec::as_slice))?;
        if table.name == schema::CLOCKS.name {
            let ids: Vec<i64> =
                rows.iter().filter_map(|row| if let Some(Value::Int(id)) = row.first() { Some(*id) } else { None }).collect();
            clocks::note(tx, author, None, "added", &ids);
        }
        bulk::insert(tx.conn(), engine, table, rows.into_iter().flatten().collect()).await?;
    }
    Ok(())
}
