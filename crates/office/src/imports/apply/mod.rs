//! Turning what arrived into facts: a batch of intake rows at a time, inside one transaction for the whole import.
//!
//! For each batch all names are looked up, all rows that may change are loaded, the rows are decided in memory one by one, and what is
//! new or changed is written together. A row is taken whole or not at all: its references are checked before anything of it is kept.
//! Cost: a fixed number of statements per batch and table, so time grows with the rows of the file and not with the size of the record.

use std::sync::Arc;

use alignment::{
    Instant,
    intake::{IntakeRow, Key, Noun, Record, Reference},
};
use facts::{
    Result, WriteTx,
    bulk::Value,
    events::NewEvent,
    keys::table_of,
    schema::{self, Table},
};
use rustc_hash::{FxHashMap, FxHashSet};

mod collect;
mod custom;
mod deals;
mod keys;
mod leads;
mod rows;
mod simple;
mod touches;

use crate::{agreement::Versions, judging::Arrived};
use keys::Keys;
use rows::Rows;

pub struct Context {
    pub import_id: i64,
    pub actor_id: Option<i64>,
    pub now: i64,
    pub versions: Arc<Versions>,
}

impl Context {
    /// The version of the Agreement that judges what happened at `at`; where nobody wrote that down, the one in force now.
    fn agreement_version(&self, at: Option<Instant>) -> i64 {
        self.versions.at(at.unwrap_or(Instant(self.now))).number.into()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Created,
    Updated,
    Unchanged,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowOutcome {
    Created,
    Updated,
    Unchanged,
    /// Unchanged, because an earlier row of this import had brought the same record.
    Duplicate,
    Rejected(String),
}

pub struct Importer {
    context: Context,
    keys: Keys,
    rows: Rows,
    custom: custom::CustomValues,
    touches: touches::Touches,
    /// Leads of a person, latest last; of the people that the batch speaks of.
    leads_of: FxHashMap<i64, Vec<i64>>,
    transitions_of: FxHashMap<i64, Vec<i64>>,
    deal_transitions_of: FxHashMap<i64, Vec<i64>>,
    people_of: FxHashMap<i64, FxHashSet<i64>>,
    /// Teams by name; there are few, so all are known once one is asked for.
    teams: FxHashMap<String, i64>,
    /// Deals that got lines, whose amount is their sum.
    deals_with_lines: FxHashSet<i64>,
    /// Optional references that led nowhere.
    unresolved: u64,
    aftermath: Aftermath,
}

/// What an import leaves to be judged: whose touches came in, and whose promises may be kept or broken by it.
#[derive(Default)]
pub struct Aftermath {
    pub unresolved: u64,
    pub arrived: Arrived,
    /// Leads that are new or moved.
    pub leads: FxHashSet<i64>,
    /// People whom somebody tried to reach.
    pub attempted: FxHashSet<i64>,
}

impl Importer {
    pub fn new(context: Context) -> Importer {
        Importer {
            context,
            keys: Keys::default(),
            rows: Rows::default(),
            custom: custom::CustomValues::default(),
            touches: touches::Touches::default(),
            leads_of: FxHashMap::default(),
            transitions_of: FxHashMap::default(),
            deal_transitions_of: FxHashMap::default(),
            people_of: FxHashMap::default(),
            teams: FxHashMap::default(),
            deals_with_lines: FxHashSet::default(),
            unresolved: 0,
            aftermath: Aftermath::default(),
        }
    }

    /// Takes a batch in; the outcomes stand in the order of the rows.
    pub async fn take(&mut self, tx: &mut WriteTx, batch: &[IntakeRow]) -> Result<Vec<RowOutcome>> {
        self.load(tx, batch).await?;
        let outcomes = batch.iter().map(|row| self.take_row(row)).collect();
        self.rows.flush(tx, &self.context).await?;
        self.touches.flush(tx, &mut self.rows.added).await?;
        self.custom.flush(tx, &self.context).await?;
        self.keys.flush(tx, &self.context).await?;
        Ok(outcomes)
    }

    /// What is left to do after the last batch: sums of deal lines, and the events.
    pub async fn finish(mut self, tx: &mut WriteTx) -> Result<Aftermath> {
        self.add_up_lines(tx).await?;
        let agreement_version = self.context.agreement_version(None);
        let Context { import_id, actor_id, now, .. } = self.context;
        let mut note = |kind, (table, first_id, last_id): (&'static Table, i64, i64)| {
            tx.note(NewEvent {
                kind,
                table: table.name,
                first_id,
                last_id,
                at: now,
                recorded_at: now,
                actor_id,
                import_id: Some(import_id),
                agreement_version: Some(agreement_version),
                body: None,
            });
        };
        self.rows.touched.sort_unstable_by_key(|run| (run.0.name, run.1, run.2));
        self.rows.touched.dedup_by_key(|run| (run.0.name, run.1, run.2));
        self.rows.added.into_iter().for_each(|run| note("added", run));
        self.rows.touched.into_iter().for_each(|run| note("changed", run));
        Ok(Aftermath { unresolved: self.unresolved, ..self.aftermath })
    }

    fn take_row(&mut self, row: &IntakeRow) -> RowOutcome {
        if let Err(reason) = self.check_references(row) {
            return RowOutcome::Rejected(reason);
        }
        let mut side_change = false;
        for record in &row.needs {
            match self.take_record(record) {
                Ok((_, change)) => side_change |= change != Change::Unchanged,
                Err(reason) => return RowOutcome::Rejected(reason),
            }
        }
        match self.take_record(&row.subject) {
            Ok((_, Change::Created)) => RowOutcome::Created,
            Ok((_, Change::Updated)) => RowOutcome::Updated,
            Ok((seen_before, Change::Unchanged)) => match (side_change, seen_before) {
                (true, _) => RowOutcome::Updated,
                (false, true) => RowOutcome::Duplicate,
                (false, false) => RowOutcome::Unchanged,
            },
            Err(reason) => RowOutcome::Rejected(reason),
        }
    }

    /// Whether the record was brought by this import before, and what became of it.
    fn take_record(&mut self, record: &Record) -> std::result::Result<(bool, Change), String> {
        let (id, change) = match record {
            Record::User(intake) => self.take_user(intake)?,
            Record::Campaign(intake) => self.take_campaign(intake)?,
            Record::Spend(intake) => self.take_spend(intake)?,
            Record::Content(intake) => self.take_content(intake)?,
            Record::Company(intake) => self.take_company(intake)?,
            Record::Person(intake) => self.take_person(intake)?,
            Record::Lead(intake) => self.take_lead(intake)?,
            Record::Touch(intake) => return self.take_touch(intake),
            Record::Deal(intake) => self.take_deal(intake)?,
            Record::DealLine(intake) => self.take_deal_line(intake)?,
            Record::Activity(intake) => self.take_activity(intake)?,
        };
        let of_this_import = self.rows.is_of_import(table_of(record.noun()), id, self.context.import_id);
        Ok((change == Change::Unchanged && of_this_import, change))
    }

    /// Required references must lead somewhere: to a record that is there, or to one that this very row brings.
    fn check_references(&self, row: &IntakeRow) -> std::result::Result<(), String> {
        let brought: Vec<(Noun, &Key)> =
            row.needs.iter().flat_map(|record| collect::own_keys(record).iter().map(move |key| (record.noun(), key))).collect();
        for record in row.needs.iter().chain([&row.subject]) {
            self.refusal(record)?;
            let mut is_somebodys = false;
            for (noun, reference) in collect::references(record) {
                let leads_somewhere = self.keys.find(noun, &reference.key).is_some() || brought.contains(&(noun, &reference.key));
                if reference.required && !leads_somewhere {
                    return Err(missing(noun, &reference.key));
                }
                is_somebodys |= leads_somewhere && matches!(noun, Noun::Person | Noun::Company);
            }
            if record.noun() == Noun::Touch && !is_somebodys {
                return Err("a touch must be somebody's: name a person or a company that is known".into());
            }
        }
        Ok(())
    }

    /// The id that a reference means; an optional one that leads nowhere is left empty and counted.
    fn resolve(&mut self, noun: Noun, reference: &Reference) -> std::result::Result<Option<i64>, String> {
        match self.keys.find(noun, &reference.key) {
            Some(id) => Ok(Some(id)),
            None if reference.required => Err(missing(noun, &reference.key)),
            None => {
                self.unresolved += 1;
                Ok(None)
            }
        }
    }

    fn resolve_optional(&mut self, noun: Noun, reference: &Option<Reference>) -> std::result::Result<Option<i64>, String> {
        reference.as_ref().map_or(Ok(None), |reference| self.resolve(noun, reference))
    }

    /// Makes the record, or sets the fields of the one that is meant. Fields that the intake says nothing about stay as they are.
    fn make_or_set(&mut self, table: &'static Table, found: Option<i64>, fields: Vec<(&'static str, Value)>) -> (i64, Change) {
        let Some(id) = found else {
            return (self.rows.make(table, &self.context, fields), Change::Created);
        };
        let mut changed = false;
        for (column, value) in fields.into_iter().filter(|(_, value)| !value.is_null()) {
            changed |= self.rows.set(table, id, column, value);
        }
        (id, if changed { Change::Updated } else { Change::Unchanged })
    }

    /// Notes the names of a record; a new external id alone is an update of it.
    fn learn(&mut self, noun: Noun, keys: &[Key], id: i64, change: Change) -> Change {
        let new_name = self.keys.learn(noun, keys, id);
        if new_name && change == Change::Unchanged { Change::Updated } else { change }
    }
}

fn missing(noun: Noun, key: &Key) -> String {
    let name = match key {
        Key::External { system, id } => format!("{system} id `{id}`"),
        Key::Email(email) => format!("e-mail `{email}`"),
        Key::Domain(domain) => format!("domain `{domain}`"),
        Key::Name(name) => format!("name `{name}`"),
    };
    format!("no {} with {name} is known: import it first, or correct the column that names it", noun.key().replace('_', " "))
}

/// Fields as the tables want them.
fn text(value: &Option<String>) -> Value {
    Value::text(value.as_deref())
}

fn instant(value: Option<alignment::Instant>) -> Value {
    Value::int(value.map(|instant| instant.0))
}

static WRITTEN: &[&Table] = &[
    &schema::USERS,
    &schema::TEAMS,
    &schema::CAMPAIGNS,
    &schema::SPEND,
    &schema::CONTENT,
    &schema::COMPANIES,
    &schema::PEOPLE,
    &schema::LEADS,
    &schema::TRANSITIONS,
    &schema::DEALS,
    &schema::DEAL_PEOPLE,
    &schema::DEAL_TRANSITIONS,
    &schema::DEAL_LINES,
    &schema::ACTIVITIES,
];
