//! The imports themselves: their state and counts, the rows they refused, and taking one back.

use std::collections::BTreeMap;

use alignment::intake::Noun;
use rustc_hash::FxHashSet;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use crate::{
    FactsError, Result, WriteTx,
    bulk::{self, Value},
    changes::{self, Author, Written},
    events::NewEvent,
    schema::{self, Table},
};

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Import {
    pub id: i64,
    pub recipe: String,
    /// Names of the files, one a line.
    pub files: String,
    /// `running`, `done`, `failed`, `interrupted`, `undone`.
    pub state: String,
    pub message: Option<String>,
    pub rows_total: i64,
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
    /// Of `unchanged`: rows whose record an earlier row of the same import had brought already.
    pub duplicates: i64,
    pub rejected: i64,
    /// Rows that the recipe passes over, such as deleted records.
    pub skipped: i64,
    /// Optional references that led nowhere and were left empty.
    pub unresolved: i64,
    pub actor_id: Option<i64>,
    pub started_at: i64,
    pub finished_at: Option<i64>,
    pub undone_at: Option<i64>,
    pub runner: Option<String>,
}

const COLUMNS: &str = "id, recipe, files, state, message, rows_total, created, updated, unchanged, duplicates, rejected, skipped, unresolved, \
     actor_id, started_at, finished_at, undone_at, runner";

/// Newest first, those with an id below `before`.
pub async fn list(connection: &mut AnyConnection, before: i64, limit: i64) -> Result<Vec<Import>> {
    let sql = format!("SELECT {COLUMNS} FROM imports WHERE id < $1 ORDER BY id DESC LIMIT $2");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(before).bind(limit).fetch_all(connection).await?)
}

pub async fn get(connection: &mut AnyConnection, id: i64) -> Result<Import> {
    let sql = format!("SELECT {COLUMNS} FROM imports WHERE id = $1");
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| FactsError::not_found("import", id))
}

/// The oldest import that is running.
pub async fn running(connection: &mut AnyConnection) -> Result<Option<i64>> {
    const SQL: &str = "SELECT id FROM imports WHERE state = 'running' ORDER BY id LIMIT 1";
    let found: Option<(i64,)> = sqlx::query_as(SQL).fetch_optional(connection).await?;
    Ok(found.map(|(id,)| id))
}

pub async fn start(tx: &mut WriteTx, recipe: &str, files: &str, actor_id: Option<i64>, runner: &str, at: i64) -> Result<i64> {
    let id = tx.allocate("imports", 1).await?;
    sqlx::query(
        "INSERT INTO imports (id, recipe, files, state, rows_total, created, updated, unchanged, duplicates, rejected, skipped, unresolved, \
         actor_id, started_at, runner) VALUES ($1, $2, $3, 'running', 0, 0, 0, 0, 0, 0, 0, 0, $4, $5, $6)",
    )
    .bind(id)
    .bind(recipe.to_owned())
    .bind(files.to_owned())
    .bind(actor_id)
    .bind(at)
    .bind(runner.to_owned())
    .execute(tx.conn())
    .await?;
    Ok(id)
}

/// Writes state, counts and message of an import that has ended.
pub async fn end(tx: &mut WriteTx, import: &Import) -> Result<()> {
    sqlx::query(
        "UPDATE imports SET state = $1, message = $2, rows_total = $3, created = $4, updated = $5, unchanged = $6, duplicates = $7, \
         rejected = $8, skipped = $9, unresolved = $10, finished_at = $11, undone_at = $12 WHERE id = $13",
    )
    .bind(import.state.clone())
    .bind(import.message.clone())
    .bind(import.rows_total)
    .bind(import.created)
    .bind(import.updated)
    .bind(import.unchanged)
    .bind(import.duplicates)
    .bind(import.rejected)
    .bind(import.skipped)
    .bind(import.unresolved)
    .bind(import.finished_at)
    .bind(import.undone_at)
    .bind(import.id)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Imports that this installation was running when it stopped: their transaction is gone, so nothing of them is there.
pub async fn mark_interrupted(tx: &mut WriteTx, runner: &str, at: i64) -> Result<u64> {
    let done = sqlx::query(
        "UPDATE imports SET state = 'interrupted', finished_at = $1, \
         message = 'Tandem stopped while this import ran. Nothing of it was kept: start it again.' WHERE state = 'running' AND runner = $2",
    )
    .bind(at)
    .bind(runner.to_owned())
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected())
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Rejection {
    pub id: i64,
    pub file: String,
    pub line: i64,
    pub reason: String,
    /// The file's header, and the row's cells, each as a JSON list of texts.
    pub header: String,
    pub cells: String,
}

/// Rejected rows of one file, after the one with id `after`.
pub async fn rejections(connection: &mut AnyConnection, import_id: i64, file: &str, after: i64, limit: i64) -> Result<Vec<Rejection>> {
    Ok(sqlx::query_as(
        "SELECT id, file, line, reason, header, cells FROM import_rejections WHERE import_id = $1 AND file = $2 AND id > $3 ORDER BY id LIMIT $4",
    )
    .bind(import_id)
    .bind(file.to_owned())
    .bind(after)
    .bind(limit)
    .fetch_all(connection)
    .await?)
}

/// (file, rejected rows) of an import.
pub async fn rejected_files(connection: &mut AnyConnection, import_id: i64) -> Result<Vec<(String, i64)>> {
    Ok(sqlx::query_as("SELECT file, COUNT(*) FROM import_rejections WHERE import_id = $1 GROUP BY file ORDER BY file")
        .bind(import_id)
        .fetch_all(connection)
        .await?)
}

/// Which column of which table names a record of which table. Undo looks here for what would be left hanging.
static REFERENCES: &[(&Table, &str, &Table)] = &[
    (&schema::PEOPLE, "company_id", &schema::COMPANIES),
    (&schema::LEADS, "person_id", &schema::PEOPLE),
    (&schema::LEADS, "company_id", &schema::COMPANIES),
    (&schema::TRANSITIONS, "lead_id", &schema::LEADS),
    (&schema::TOUCHES, "person_id", &schema::PEOPLE),
    (&schema::TOUCHES, "company_id", &schema::COMPANIES),
    (&schema::TOUCHES, "campaign_id", &schema::CAMPAIGNS),
    (&schema::TOUCHES, "content_id", &schema::CONTENT),
    (&schema::ACTIVITIES, "person_id", &schema::PEOPLE),
    (&schema::ACTIVITIES, "company_id", &schema::COMPANIES),
    (&schema::ACTIVITIES, "deal_id", &schema::DEALS),
    (&schema::DEALS, "company_id", &schema::COMPANIES),
    (&schema::DEALS, "lead_id", &schema::LEADS),
    (&schema::DEAL_PEOPLE, "person_id", &schema::PEOPLE),
    (&schema::DEAL_PEOPLE, "deal_id", &schema::DEALS),
    (&schema::DEAL_TRANSITIONS, "deal_id", &schema::DEALS),
    (&schema::DEAL_LINES, "deal_id", &schema::DEALS),
    (&schema::SPEND, "campaign_id", &schema::CAMPAIGNS),
    (&schema::LEADS, "campaign_id", &schema::CAMPAIGNS),
    (&schema::LEADS, "content_id", &schema::CONTENT),
    (&schema::ACTIVITIES, "content_id", &schema::CONTENT),
    (&schema::ACTIVITIES, "user_id", &schema::USERS),
    (&schema::COMPANIES, "owner_id", &schema::USERS),
    (&schema::USERS, "team_id", &schema::TEAMS),
    (&schema::LEADS, "owner_id", &schema::USERS),
    (&schema::DEALS, "owner_id", &schema::USERS),
];

/// What people did about a lead: it stands on the lead as much as a touch stands on its person.
static HUMAN: &[(&Table, &str, &Table)] = &[
    (&schema::CONFIRMATIONS, "lead_id", &schema::LEADS),
    (&schema::QUESTIONS, "lead_id", &schema::LEADS),
    (&schema::APPEALS, "lead_id", &schema::LEADS),
    (&schema::RECYCLE_DATES, "lead_id", &schema::LEADS),
];

/// What follows from a lead by itself, and goes with it.
static CONSEQUENCES: &[(&Table, &str, &Table)] =
    &[(&schema::CLOCKS, "lead_id", &schema::LEADS), (&schema::ASSIGNMENTS, "lead_id", &schema::LEADS)];

/// Leads that an import made or moved, or whose people it told attempts of: their clocks depend on it.
pub async fn leads_of(connection: &mut AnyConnection, import_id: i64) -> Result<Vec<i64>> {
    let mut leads = Vec::new();
    for (table, runs) in runs_added(connection, import_id).await? {
        let sql = match table.name {
            "transitions" => "SELECT DISTINCT lead_id FROM transitions WHERE id BETWEEN $1 AND $2",
            "activities" => {
                "SELECT l.id FROM activities a JOIN leads l ON l.person_id = a.person_id WHERE a.id BETWEEN $1 AND $2 \
                 UNION SELECT d.lead_id FROM activities a JOIN deals d ON d.id = a.deal_id WHERE a.id BETWEEN $1 AND $2 AND d.lead_id IS NOT NULL"
            }
            _ => continue,
        };
        for (first, last) in runs {
            let rows: Vec<(i64,)> = sqlx::query_as(sql).bind(first).bind(last).fetch_all(&mut *connection).await?;
            leads.extend(rows.into_iter().map(|(lead,)| lead));
        }
    }
    leads.sort_unstable();
    leads.dedup();
    Ok(leads)
}

/// A lead that somebody went on with since the import moved it can't be set back without taking that away too.
async fn refuse_if_gone_on(connection: &mut AnyConnection, import_id: i64, runs: &Runs) -> Result<()> {
    for (first, last) in runs.iter().filter(|(table, _)| table.name == schema::TRANSITIONS.name).flat_map(|(_, runs)| runs) {
        let sql = "SELECT COUNT(DISTINCT later.lead_id) FROM transitions ours JOIN transitions later ON later.lead_id = ours.lead_id \
             WHERE ours.id BETWEEN $1 AND $2 AND later.id > ours.id AND (later.import_id IS NULL OR later.import_id <> $3)";
        let (leads,): (i64,) = sqlx::query_as(sql).bind(*first).bind(*last).bind(import_id).fetch_one(&mut *connection).await?;
        if leads > 0 {
            let words = format!(
                "import {import_id} can't be undone: {leads} of the leads it moved went on since. Take back what came later first. Nothing was changed."
            );
            return Err(FactsError::Refused(words));
        }
    }
    Ok(())
}

/// What an undo did.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Undone {
    /// Rows taken away, by table.
    pub removed: Vec<(String, i64)>,
    /// Fields set back to what they were.
    pub restored: u64,
    /// Fields that somebody changed again since, and which were left as they are.
    pub kept: u64,
}

/// Takes back all that an import brought: the rows it made, the fields it changed. Refused, with nothing changed, where records that
/// came later stand on its records.
pub async fn undo(tx: &mut WriteTx, import: &Import, actor_id: Option<i64>, at: i64) -> Result<Undone> {
    if import.state != "done" {
        return Err(FactsError::Refused(format!("import {} is {}: only one that is done can be undone", import.id, import.state)));
    }
    let runs = runs_added(tx.conn(), import.id).await?;
    refuse_if_built_upon(tx, import.id, &runs).await?;
    refuse_if_accounts(tx.conn(), import.id, &runs).await?;
    refuse_if_gone_on(tx.conn(), import.id, &runs).await?;
    let mut undone = Undone::default();
    restore_fields(tx, import.id, &runs, actor_id, at, &mut undone).await?;
    for (table, runs) in &runs {
        let mut removed = 0;
        for (first, last) in runs {
            let sql = format!("DELETE FROM {} WHERE id BETWEEN $1 AND $2", table.name);
            removed += sqlx::query(AssertSqlSafe(sql)).bind(*first).bind(*last).execute(tx.conn()).await?.rows_affected() as i64;
            forget_names(tx.conn(), table, *first, *last).await?;
            for (child, column, _) in CONSEQUENCES.iter().filter(|consequence| consequence.2.name == table.name) {
                remove_consequences(tx, child, column, (*first, *last), import.id, actor_id, at).await?;
            }
            note(tx, "removed", table.name, (*first, *last), import.id, actor_id, at);
        }
        undone.removed.push((table.name.to_owned(), removed));
    }
    for table in ["external_ids", "custom_values"] {
        let sql = format!("DELETE FROM {table} WHERE import_id = $1");
        sqlx::query(AssertSqlSafe(sql)).bind(import.id).execute(tx.conn()).await?;
    }
    // What the import had touched besides (a deal that got another person) is as it was before: whoever follows the log looks again.
    let touched: Vec<(String, i64, i64)> =
        sqlx::query_as("SELECT noun, first_id, last_id FROM events WHERE import_id = $1 AND kind = 'changed'")
            .bind(import.id)
            .fetch_all(tx.conn())
            .await?;
    for (noun, first, last) in touched {
        let Some(table) = schema::table(&noun) else { continue };
        note(tx, "changed", table.name, (first, last), import.id, actor_id, at);
    }
    let ended = Import { state: "undone".into(), undone_at: Some(at), ..import.clone() };
    end(tx, &ended).await?;
    Ok(undone)
}

/// Takes what stands on a run of ids away, and says so to whoever follows the log.
async fn remove_consequences(
    tx: &mut WriteTx,
    child: &'static Table,
    column: &str,
    run: (i64, i64),
    import_id: i64,
    actor_id: Option<i64>,
    at: i64,
) -> Result<()> {
    let sql = format!("SELECT id FROM {} WHERE {column} BETWEEN $1 AND $2 ORDER BY id", child.name);
    let rows: Vec<(i64,)> = sqlx::query_as(AssertSqlSafe(sql)).bind(run.0).bind(run.1).fetch_all(tx.conn()).await?;
    let mut runs: Vec<(i64, i64)> = Vec::new();
    for (id,) in rows {
        match runs.last_mut() {
            Some(run) if run.1 + 1 == id => run.1 = id,
            _ => runs.push((id, id)),
        }
    }
    for run in runs {
        note(tx, "removed", child.name, run, import_id, actor_id, at);
    }
    let sql = format!("DELETE FROM {} WHERE {column} BETWEEN $1 AND $2", child.name);
    sqlx::query(AssertSqlSafe(sql)).bind(run.0).bind(run.1).execute(tx.conn()).await?;
    Ok(())
}

fn note(tx: &mut WriteTx, kind: &'static str, table: &'static str, ids: (i64, i64), import_id: i64, actor_id: Option<i64>, at: i64) {
    tx.note(NewEvent {
        kind,
        table,
        first_id: ids.0,
        last_id: ids.1,
        at,
        recorded_at: at,
        actor_id,
        import_id: Some(import_id),
        agreement_version: None,
        body: None,
    });
}

type Runs = Vec<(&'static Table, Vec<(i64, i64)>)>;

/// The runs of ids that an import added, by table; touching runs are joined.
async fn runs_added(connection: &mut AnyConnection, import_id: i64) -> Result<Runs> {
    let rows: Vec<(String, i64, i64)> =
        sqlx::query_as("SELECT noun, first_id, last_id FROM events WHERE import_id = $1 AND kind = 'added' ORDER BY noun, first_id")
            .bind(import_id)
            .fetch_all(connection)
            .await?;
    let mut runs: Runs = Vec::new();
    for (noun, first, last) in rows {
        let Some(table) = schema::table(&noun) else { continue };
        match runs.last_mut() {
            Some((same, list)) if same.name == table.name => match list.last_mut() {
                Some(run) if run.1 + 1 == first => run.1 = last,
                _ => list.push((first, last)),
            },
            _ => runs.push((table, vec![(first, last)])),
        }
    }
    Ok(runs)
}

/// An imported owner who was invited has an account by now, which is not the import's to take away.
async fn refuse_if_accounts(connection: &mut AnyConnection, import_id: i64, runs: &Runs) -> Result<()> {
    for (first, last) in runs.iter().filter(|(table, _)| table.name == schema::USERS.name).flat_map(|(_, runs)| runs) {
        let found: (i64,) = sqlx::query_as("SELECT COUNT(*) FROM users WHERE id BETWEEN $1 AND $2 AND role IS NOT NULL")
            .bind(*first)
            .bind(*last)
            .fetch_one(&mut *connection)
            .await?;
        if found.0 > 0 {
            let words =
                format!("import {import_id} can't be undone: {} of the users it brought can sign in by now. Nothing was changed.", found.0);
            return Err(FactsError::Refused(words));
        }
    }
    Ok(())
}

/// Names and custom values that later imports gave to rows which go away: a name must never lead to a record that is not there.
async fn forget_names(connection: &mut AnyConnection, table: &Table, first: i64, last: i64) -> Result<()> {
    if let Some(noun) = Noun::ALL.into_iter().find(|noun| crate::keys::table_of(*noun).name == table.name) {
        sqlx::query("DELETE FROM external_ids WHERE noun = $1 AND record_id BETWEEN $2 AND $3")
            .bind(noun.key())
            .bind(first)
            .bind(last)
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query("DELETE FROM custom_values WHERE noun = $1 AND record_id BETWEEN $2 AND $3")
        .bind(table.name)
        .bind(first)
        .bind(last)
        .execute(connection)
        .await?;
    Ok(())
}

async fn refuse_if_built_upon(tx: &mut WriteTx, import_id: i64, runs: &Runs) -> Result<()> {
    for (target, runs) in runs {
        for (child, column, _) in REFERENCES.iter().chain(HUMAN).filter(|reference| reference.2.name == target.name) {
            for (first, last) in runs {
                // What people do about a lead comes from no import.
                let (import, elsewhere) = match child.column("import_id") {
                    Some(_) => ("MIN(import_id)", "(import_id IS NULL OR import_id <> $3)"),
                    None => ("CAST(NULL AS BIGINT)", "CAST($3 AS BIGINT) IS NOT NULL"),
                };
                let sql = format!("SELECT COUNT(*), {import} FROM {} WHERE {column} BETWEEN $1 AND $2 AND {elsewhere}", child.name);
                let row = sqlx::query(AssertSqlSafe(sql)).bind(*first).bind(*last).bind(import_id).fetch_one(tx.conn()).await?;
                let (count, later): (i64, Option<i64>) = (row.try_get(0)?, row.try_get(1)?);
                if count > 0 {
                    let what_to_do = match later {
                        Some(later) => format!("undo import {later} first"),
                        None => "remove or move them first".to_owned(),
                    };
                    return Err(FactsError::Refused(format!(
                        "import {import_id} can't be undone: {count} {} that came from elsewhere stand on {} it brought; {what_to_do}. Nothing was changed.",
                        child.name.replace('_', " "),
                        target.name.replace('_', " "),
                    )));
                }
            }
        }
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct FieldChange {
    noun: String,
    record_id: i64,
    field: String,
    old_value: Option<String>,
    new_value: Option<String>,
}

async fn restore_fields(tx: &mut WriteTx, import_id: i64, runs: &Runs, actor_id: Option<i64>, at: i64, undone: &mut Undone) -> Result<()> {
    let sql = "SELECT noun, record_id, field, old_value, new_value FROM changes WHERE import_id = $1 ORDER BY id DESC";
    let rows: Vec<FieldChange> = sqlx::query_as(sql).bind(import_id).fetch_all(tx.conn()).await?;
    let mut changed: FxHashSet<(&'static str, i64)> = FxHashSet::default();
    let mut set_back: BTreeMap<&'static str, (&'static Table, Vec<Written>)> = BTreeMap::new();
    for FieldChange { noun, record_id, field, old_value, new_value } in rows {
        let Some(table) = schema::table(&noun) else { continue };
        // A record that the import made itself goes away as a whole.
        if runs.iter().any(|(made, runs)| made.name == table.name && runs.iter().any(|run| (run.0..=run.1).contains(&record_id))) {
            continue;
        }
        if let Some(field) = field.strip_prefix("custom:") {
            if restore_custom(tx.conn(), table, record_id, field, old_value.clone(), new_value.clone()).await? {
                let written = Written { record_id, field: format!("custom:{field}"), old: new_value, new: old_value };
                set_back.entry(table.name).or_insert_with(|| (table, Vec::new())).1.push(written);
                undone.restored += 1;
                changed.insert((table.name, record_id));
            } else {
                undone.kept += 1;
            }
            continue;
        }
        let Some(column) = table.column(&field) else { continue };
        let engine = tx.engine;
        let current = bulk::load_by_ids(tx.conn(), engine, table, &[column], &[record_id]).await?;
        let Some(current) = current.get(&record_id).and_then(|values| values.first()) else { continue };
        if current.to_history() != new_value {
            undone.kept += 1;
            continue;
        }
        bulk::update(tx.conn(), table, record_id, &[(column, Value::from_history(column.kind, old_value.clone()))]).await?;
        let written = Written { record_id, field, old: new_value, new: old_value };
        set_back.entry(table.name).or_insert_with(|| (table, Vec::new())).1.push(written);
        undone.restored += 1;
        changed.insert((table.name, record_id));
    }
    // By no import: it is the undo's own writing, and the record is to be seen as it was before and after it.
    let author = Author { actor: actor_id, now: at, agreement_version: None };
    for (table, written) in set_back.into_values() {
        changes::remember(tx, &author, None, table, written).await?;
    }
    for (table, id) in changed {
        note(tx, "changed", table, (id, id), import_id, actor_id, at);
    }
    Ok(())
}

/// Sets a custom field back where it still holds `new_value`; says whether it did.
async fn restore_custom(
    connection: &mut AnyConnection,
    table: &Table,
    record_id: i64,
    field: &str,
    old_value: Option<String>,
    new_value: Option<String>,
) -> Result<bool> {
    // Without an import, so that deleting what this import wrote leaves it alone.
    let done = match old_value {
        Some(old_value) => sqlx::query(
            "UPDATE custom_values SET value = $1, import_id = NULL WHERE noun = $2 AND record_id = $3 AND field = $4 AND value = $5",
        )
        .bind(old_value),
        None => sqlx::query("DELETE FROM custom_values WHERE noun = $1 AND record_id = $2 AND field = $3 AND value = $4"),
    };
    let done = done.bind(table.name).bind(record_id).bind(field.to_owned()).bind(new_value).execute(connection).await?;
    Ok(done.rows_affected() > 0)
}
