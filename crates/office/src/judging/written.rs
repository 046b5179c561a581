//! What judging decided, written down: leads that open, leads that began earlier than recorded, and the stages they enter.

use std::collections::BTreeMap;

use alignment::{
    Instant,
    lifecycle::{
        Stage, StageSet,
        passes::{Decision, Entry, On, standing},
    },
};
use facts::{
    WriteTx,
    bulk::{self, Value},
    changes::{self, Author},
    events::NewEvent,
    schema::{self, Table},
};

use super::known::KnownPerson;

/// The decisions about some people, not yet written.
#[derive(Default)]
pub struct Round {
    opened: Vec<OpenedLead>,
    /// Recorded leads that enter a stage, with all their entries.
    moved: BTreeMap<i64, Vec<Entry>>,
    began_earlier: Vec<(i64, Instant)>,
    entered: Vec<Entered>,
}

struct OpenedLead {
    person: i64,
    company: Option<i64>,
    source: Option<String>,
    campaign: Option<i64>,
    content: Option<i64>,
    product_line: Option<String>,
    at: Instant,
    entries: Vec<Entry>,
}

#[derive(Clone, Copy)]
enum Lead {
    Recorded(i64),
    /// Index of the opened ones.
    Opened(usize),
}

struct Entered {
    lead: Lead,
    stage: Stage,
    at: Instant,
    version: u32,
}

/// A lead that entered a stage.
pub struct Moved {
    pub lead: i64,
    pub stage: Stage,
    pub at: Instant,
}

impl Round {
    pub fn take(&mut self, person: &KnownPerson, decisions: Vec<Decision>) {
        let mut opened_by: Vec<Option<usize>> = Vec::with_capacity(decisions.len());
        for decision in decisions {
            let begins = matches!(decision.on, On::New { .. } | On::BeganEarlier(_));
            let lead = match &decision.on {
                On::Recorded(id) => Lead::Recorded(*id),
                On::BeganEarlier(id) => {
                    self.began_earlier.push((*id, decision.at));
                    Lead::Recorded(*id)
                }
                On::Opened(by) => Lead::Opened(opened_by[*by].unwrap_or_default()),
                On::New { product_line } => {
                    let touch = &person.signals[decision.touch];
                    let source = person.signals[..=decision.touch].iter().rev().find_map(|signal| signal.source.clone());
                    self.opened.push(OpenedLead {
                        person: person.fields.id,
                        company: person.fields.company_id,
                        source,
                        campaign: touch.campaign_id,
                        content: touch.content_id,
                        product_line: product_line.clone(),
                        at: decision.at,
                        entries: Vec::new(),
                    });
                    Lead::Opened(self.opened.len() - 1)
                }
            };
            opened_by.push(match lead {
                Lead::Opened(index) => Some(index),
                Lead::Recorded(_) => None,
            });
            if begins && decision.stage != Stage::Lead {
                self.enter(person, lead, Stage::Lead, &decision);
            }
            self.enter(person, lead, decision.stage, &decision);
        }
    }

    fn enter(&mut self, person: &KnownPerson, lead: Lead, stage: Stage, decision: &Decision) {
        let entry = Entry::new(stage, decision.at);
        match lead {
            Lead::Opened(index) => self.opened[index].entries.push(entry),
            Lead::Recorded(id) => {
                let recorded = || person.passes.iter().find(|pass| pass.id == id).map(|pass| pass.entries.clone()).unwrap_or_default();
                self.moved.entry(id).or_insert_with(recorded).push(entry);
            }
        }
        self.entered.push(Entered { lead, stage, at: decision.at, version: decision.version });
    }

    /// Writes leads, transitions, what changed of recorded leads, and the events; gives what moved, in the order of the decisions.
    pub async fn write(self, tx: &mut WriteTx, author: &Author, import_id: Option<i64>) -> anyhow::Result<Vec<Moved>> {
        if self.entered.is_empty() {
            return Ok(Vec::new());
        }
        let first_lead = self.write_leads(tx, author, import_id).await?;
        let id_of = |lead: Lead| match lead {
            Lead::Recorded(id) => id,
            Lead::Opened(index) => first_lead + index as i64,
        };
        for (id, at) in &self.began_earlier {
            let values = vec![("opened_at", Value::Int(at.0))];
            changes::set_by_import(tx, author, &schema::LEADS, "lead", *id, values, import_id).await?;
        }
        for (id, entries) in &self.moved {
            let Some((stage, at)) = standing(entries) else { continue };
            let values = vec![("stage", Value::Text(stage.key().to_owned())), ("stage_at", Value::int(at.map(|at| at.0)))];
            changes::set_by_import(tx, author, &schema::LEADS, "lead", *id, values, import_id).await?;
        }
        let first = tx.allocate(schema::TRANSITIONS.name, self.entered.len()).await?;
        let mut values = Vec::with_capacity(self.entered.len() * schema::TRANSITIONS.columns.len());
        for (index, entered) in self.entered.iter().enumerate() {
            let of = |column: &str| match column {
                "id" => Value::Int(first + index as i64),
                "lead_id" => Value::Int(id_of(entered.lead)),
                "stage" => Value::Text(entered.stage.key().to_owned()),
                "at" => Value::Int(entered.at.0),
                "recorded_at" => Value::Int(author.now),
                "agreement_version" => Value::Int(entered.version.into()),
                "made_by" => Value::Text("agreement".into()),
                "import_id" => Value::int(import_id),
                _ => Value::Null,
            };
            values.extend(schema::TRANSITIONS.columns.iter().map(|column| of(column.name)));
        }
        let engine = tx.engine;
        bulk::insert(tx.conn(), engine, &schema::TRANSITIONS, values).await?;
        note(tx, author, import_id, "added", &schema::TRANSITIONS, (first, first + self.entered.len() as i64 - 1), author.now);
        let mut moved = Vec::with_capacity(self.entered.len());
        for entered in &self.entered {
            let lead = id_of(entered.lead);
            if entered.stage == Stage::Mql {
                note(tx, author, import_id, "lead_became_mql", &schema::LEADS, (lead, lead), entered.at.0);
            }
            moved.push(Moved { lead, stage: entered.stage, at: entered.at });
        }
        Ok(moved)
    }

    async fn write_leads(&self, tx: &mut WriteTx, author: &Author, import_id: Option<i64>) -> anyhow::Result<i64> {
        if self.opened.is_empty() {
            return Ok(0);
        }
        let first = tx.allocate(schema::LEADS.name, self.opened.len()).await?;
        let mut values = Vec::with_capacity(self.opened.len() * schema::LEADS.columns.len());
        for (index, lead) in self.opened.iter().enumerate() {
            let (stage, stage_at) = standing(&lead.entries).unwrap_or((Stage::Lead, Some(lead.at)));
            let of = |column: &str| match column {
                "id" => Value::Int(first + index as i64),
                "person_id" => Value::Int(lead.person),
                "company_id" => Value::int(lead.company),
                "source" => Value::text(lead.source.as_deref()),
                "campaign_id" => Value::int(lead.campaign),
                "content_id" => Value::int(lead.content),
                "product_line" => Value::text(lead.product_line.as_deref()),
                "opened_at" => Value::Int(lead.at.0),
                "stage" => Value::Text(stage.key().to_owned()),
                "stage_at" => Value::int(stage_at.map(|at| at.0)),
                "stages_recorded" => Value::Int(StageSet::ALL.0.into()),
                "recorded_at" => Value::Int(author.now),
                "import_id" => Value::int(import_id),
                _ => Value::Null,
            };
            values.extend(schema::LEADS.columns.iter().map(|column| of(column.name)));
        }
        let engine = tx.engine;
        bulk::insert(tx.conn(), engine, &schema::LEADS, values).await?;
        note(tx, author, import_id, "added", &schema::LEADS, (first, first + self.opened.len() as i64 - 1), author.now);
        Ok(first)
    }
}

fn note(tx: &mut WriteTx, author: &Author, import_id: Option<i64>, kind: &'static str, table: &'static Table, run: (i64, i64), at: i64) {
    tx.note(NewEvent {
        kind,
        table: table.name,
        first_id: run.0,
        last_id: run.1,
        at,
        recorded_at: author.now,
        actor_id: author.actor,
        import_id,
        agreement_version: author.agreement_version,
        body: None,
    });
}
