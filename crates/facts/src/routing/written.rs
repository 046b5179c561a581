//! Writing down where leads went: the assignment with its reason, the lead's owner or queue, and the history of both.

use sqlx::AssertSqlSafe;

use super::TurnsRow;
use crate::{
    Result, WriteTx,
    bulk::{self, Value},
    changes::Author,
    events::NewEvent,
    schema::{self, ColumnKind},
};

/// Where a lead goes, and where it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    pub lead: i64,
    pub owner: Option<i64>,
    pub queue: Option<String>,
    pub owner_before: Option<i64>,
    pub queue_before: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct NewAssignment {
    pub to: Move,
    pub rule: Option<String>,
    pub pool: Option<String>,
    pub reason: String,
    /// What was known, as JSON; `None` where a person decided.
    pub body: Option<String>,
    pub at: i64,
    pub agreement_version: i64,
}

/// Rows of one statement that moves leads.
const MOVES_MAX: usize = 500;

/// Writes assignments and moves their leads. Gives the id of the first assignment; the others follow it.
pub async fn write(tx: &mut WriteTx, author: &Author, import_id: Option<i64>, new: &[NewAssignment]) -> Result<i64> {
    let first = tx.allocate(schema::ASSIGNMENTS.name, new.len()).await?;
    let mut values = Vec::with_capacity(new.len() * schema::ASSIGNMENTS.columns.len());
    for (id, assignment) in (first..).zip(new) {
        values.extend([
            Value::Int(id),
            Value::Int(assignment.to.lead),
            Value::int(assignment.to.owner),
            Value::text(assignment.to.queue.as_deref()),
            Value::text(assignment.rule.as_deref()),
            Value::text(assignment.pool.as_deref()),
            Value::Text(assignment.reason.clone()),
            Value::text(assignment.body.as_deref()),
            Value::Int(assignment.at),
            Value::Int(assignment.agreement_version),
            Value::int(author.actor),
            Value::Int(author.now),
            Value::int(import_id),
        ]);
    }
    let engine = tx.engine;
    bulk::insert(tx.conn(), engine, &schema::ASSIGNMENTS, values).await?;
    let moves: Vec<&Move> = new.iter().map(|assignment| &assignment.to).filter(|to| to.changes()).collect();
    move_leads(tx, &moves).await?;
    remember(tx, author, import_id, &moves).await?;
    let event = |kind, table, ids: (i64, i64), at, body: Option<&str>| NewEvent {
        kind,
        table,
        first_id: ids.0,
        last_id: ids.1,
        at,
        recorded_at: author.now,
        actor_id: author.actor,
        import_id,
        agreement_version: author.agreement_version,
        body: body.map(str::to_owned),
    };
    let Some(at) = new.iter().map(|assignment| assignment.at).max() else { return Ok(first) };
    let ids = (first, first + new.len() as i64 - 1);
    tx.note(event("added", schema::ASSIGNMENTS.name, ids, at, None));
    tx.note(event("lead_assigned", schema::ASSIGNMENTS.name, ids, at, None));
    for run in runs(moves.iter().map(|to| to.lead).collect()) {
        tx.note(event("changed", schema::LEADS.name, run, author.now, Some("owner_id,queue")));
    }
    Ok(first)
}

/// Keeps whose turn it is next.
pub async fn save_turns(tx: &mut WriteTx, turns: &[TurnsRow], now: i64) -> Result<()> {
    let mut values = Vec::with_capacity(turns.len() * schema::POOL_SHARES.columns.len());
    for turn in turns {
        values.extend([
            Value::Text(turn.pool.clone()),
            Value::Int(turn.user_id),
            Value::Int(turn.given),
            Value::Int(turn.weight),
            Value::Int(now),
        ]);
    }
    let engine = tx.engine;
    bulk::overwrite(tx.conn(), engine, &schema::POOL_SHARES, values).await
}

impl Move {
    fn changes(&self) -> bool {
        self.owner != self.owner_before || self.queue != self.queue_before
    }
}

async fn move_leads(tx: &mut WriteTx, moves: &[&Move]) -> Result<()> {
    let engine = tx.engine;
    for moves in moves.chunks(MOVES_MAX) {
        let rows: Vec<_> = (0..moves.len()).map(|row| format!("({})", bulk::placeholders(engine, row * 3 + 1, 3))).collect();
        let sql = format!(
            "WITH moved (id, owner_id, queue) AS (VALUES {}) \
             UPDATE leads SET owner_id = moved.owner_id, queue = moved.queue FROM moved WHERE leads.id = moved.id",
            rows.join(", ")
        );
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(moves.len() == MOVES_MAX || moves.len() == 1);
        for to in moves {
            query = bulk::bind_value(query, ColumnKind::Int, Value::Int(to.lead));
            query = bulk::bind_value(query, ColumnKind::Int, Value::int(to.owner));
            query = bulk::bind_value(query, ColumnKind::Text, Value::text(to.queue.as_deref()));
        }
        query.execute(tx.conn()).await?;
    }
    Ok(())
}

/// Field by field into the history.
async fn remember(tx: &mut WriteTx, author: &Author, import_id: Option<i64>, moves: &[&Move]) -> Result<()> {
    let mut changed = Vec::new();
    for to in moves {
        if to.owner != to.owner_before {
            changed.push((to.lead, "owner_id", Value::int(to.owner_before), Value::int(to.owner)));
        }
        if to.queue != to.queue_before {
            changed.push((to.lead, "queue", Value::text(to.queue_before.as_deref()), Value::text(to.queue.as_deref())));
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    let first = tx.allocate(schema::CHANGES.name, changed.len()).await?;
    let mut values = Vec::with_capacity(changed.len() * schema::CHANGES.columns.len());
    for (id, (lead, field, old, new)) in (first..).zip(changed) {
        values.extend([
            Value::Int(id),
            Value::Text(schema::LEADS.name.to_owned()),
            Value::Int(lead),
            Value::Text(field.to_owned()),
            old.to_history().map_or(Value::Null, Value::Text),
            new.to_history().map_or(Value::Null, Value::Text),
            Value::Int(author.now),
            Value::int(author.actor),
            Value::int(import_id),
        ]);
    }
    let engine = tx.engine;
    bulk::insert(tx.conn(), engine, &schema::CHANGES, values).await
}

/// Runs of consecutive ids.
fn runs(mut ids: Vec<i64>) -> Vec<(i64, i64)> {
    ids.sort_unstable();
    let mut runs: Vec<(i64, i64)> = Vec::new();
    for id in ids {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 >= id => *last = id,
            _ => runs.push((id, id)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::runs;

    #[test]
    fn ids_make_runs() {
        for (ids, expected) in [(vec![], vec![]), (vec![3], vec![(3, 3)]), (vec![5, 3, 4, 9, 9, 10, 1], vec![(1, 1), (3, 5), (9, 10)])] {
            assert_eq!(runs(ids), expected);
        }
    }
}
