//! Placing leads, few or very many, one by one in the order in which they became ready.

use std::collections::BTreeMap;

use alignment::{
    Instant,
    lifecycle::Stage,
    routing::{Decision, Place, Router},
};
use facts::{
    WriteTx,
    changes::Author,
    routing::{self as record, LeadFields, Move, NewAssignment, TurnsRow},
};

use super::known;
use crate::{
    agreement::Versions,
    notifications::{self, Notice, NoticeKind},
};

/// Leads looked at in one go: bounds memory where an import brings a million.
const LEADS_PER_ROUND: usize = 2_000;
/// Up to so many leads, their owners are told of each; beyond, how many they got.
const TOLD_EACH_MAX: usize = 50;

pub async fn place(
    tx: &mut WriteTx,
    author: &Author,
    versions: &Versions,
    leads: &[(i64, Instant)],
    import_id: Option<i64>,
) -> anyhow::Result<()> {
    let mut leads = leads.to_vec();
    leads.sort_unstable_by_key(|(id, at)| (*at, *id));
    let (Some((_, first)), Some((_, last))) = (leads.first().copied(), leads.last().copied()) else { return Ok(()) };
    record::take_turn(tx).await?;
    let mut state = known::state(tx.conn(), first, last).await?;
    let (engine, mut told) = (tx.engine, Told::default());
    for round in leads.chunks(LEADS_PER_ROUND) {
        let mut placed = Placed::default();
        let mut waiting = to_route(tx, round).await?.into_iter().peekable();
        // Leads of one version of the Agreement together; the order of time keeps versions together.
        while let Some((_, at)) = waiting.peek() {
            let version = versions.at(*at);
            let mut of_version = Vec::new();
            while let Some(next) = waiting.next_if(|(_, at)| versions.at(*at).number == version.number) {
                of_version.push(next);
            }
            let fields: Vec<LeadFields> = of_version.iter().map(|(fields, _)| fields.clone()).collect();
            let router = Router::new(&version.agreement);
            let to_place = known::leads_to_place(tx.conn(), engine, &version.agreement, of_version).await?;
            for (fields, lead) in fields.iter().zip(to_place) {
                let decision = router.route(&lead, &state);
                state.carry_out(&decision);
                placed.take(fields, decision, lead.at, version.number);
            }
        }
        told.add(&placed);
        placed.save(tx, author, import_id).await?;
    }
    told.tell(tx, author).await
}

/// The leads of a round that are to be routed, in its order.
async fn to_route(tx: &mut WriteTx, round: &[(i64, Instant)]) -> facts::Result<Vec<(LeadFields, Instant)>> {
    let ids: Vec<i64> = round.iter().map(|(id, _)| *id).collect();
    let found = record::leads(tx.conn(), &ids).await?;
    let is_over = |lead: &LeadFields| Stage::parse(&lead.stage).is_none_or(Stage::is_terminal);
    let mut found: BTreeMap<i64, LeadFields> = found.into_iter().map(|lead| (lead.id, lead)).collect();
    found.retain(|_, lead| lead.assigned == 0 && !is_over(lead));
    // Taken out, so that a lead that is named twice is routed once.
    Ok(round.iter().filter_map(|(id, at)| Some((found.remove(id)?, *at))).collect())
}

/// Decisions that are to be written.
#[derive(Default)]
pub struct Placed {
    new: Vec<NewAssignment>,
    places: Vec<Place>,
    names: Vec<String>,
    turns: BTreeMap<(String, i64), TurnsRow>,
}

impl Placed {
    pub fn take(&mut self, fields: &LeadFields, decision: Decision, at: Instant, version: u32) {
        for turn in &decision.turns {
            let row = TurnsRow { pool: turn.pool.clone(), user_id: turn.user, given: turn.given as i64, weight: i64::from(turn.weight) };
            self.turns.insert((turn.pool.clone(), turn.user), row);
        }
        let (owner, queue) = match &decision.place {
            Place::Owner(owner) => (Some(*owner), None),
            Place::Queue { name, .. } => (None, Some(name.clone())),
        };
        self.new.push(NewAssignment {
            to: Move { lead: fields.id, owner, queue, owner_before: fields.owner_id, queue_before: fields.queue.clone() },
            rule: decision.rule,
            pool: decision.pool,
            reason: decision.reason,
            // Made of texts and numbers alone, so it can always be written.
            body: serde_json::to_string(&decision.inputs).ok(),
            at: at.0,
            agreement_version: i64::from(version),
        });
        self.places.push(decision.place);
        self.names.push(lead_name(fields));
    }

    pub fn first_place(&self) -> Option<Place> {
        self.places.first().cloned()
    }

    /// Writes and tells.
    pub async fn write(self, tx: &mut WriteTx, author: &Author, import_id: Option<i64>) -> anyhow::Result<()> {
        let mut told = Told::default();
        told.add(&self);
        self.save(tx, author, import_id).await?;
        told.tell(tx, author).await
    }

    async fn save(self, tx: &mut WriteTx, author: &Author, import_id: Option<i64>) -> anyhow::Result<()> {
        if self.new.is_empty() {
            return Ok(());
        }
        let turns: Vec<TurnsRow> = self.turns.into_values().collect();
        record::save_turns(tx, &turns, author.now).await?;
        record::write(tx, author, import_id, &self.new).await?;
        Ok(())
    }
}

/// Who is to be told of how much.
#[derive(Default)]
struct Told {
    leads: usize,
    /// By user, and whether it waits in their queue: how many, and notices of each as long as they are few.
    of: BTreeMap<(i64, bool), (usize, Vec<Notice>)>,
    first: Option<(i64, i64)>,
}

impl Told {
    fn add(&mut self, placed: &Placed) {
        for ((new, place), name) in placed.new.iter().zip(&placed.places).zip(&placed.names) {
            self.leads += 1;
            self.first = self.first.or(Some((new.to.lead, new.at)));
            let (user, is_queue) = match place {
                Place::Owner(owner) => (*owner, false),
                Place::Queue { owner: Some(owner), .. } => (*owner, true),
                Place::Queue { owner: None, .. } => continue,
            };
            let (count, notices) = self.of.entry((user, is_queue)).or_default();
            *count += 1;
            if *count <= TOLD_EACH_MAX {
                notices.push(notice(user, is_queue, new, name));
            }
        }
    }

    async fn tell(self, tx: &mut WriteTx, author: &Author) -> anyhow::Result<()> {
        let Some((first_lead, at)) = self.first else { return Ok(()) };
        for ((user, is_queue), (count, notices)) in self.of {
            if self.leads <= TOLD_EACH_MAX {
                for notice in notices {
                    notifications::tell(tx, author, notice).await?;
                }
                continue;
            }
            let once = format!("leads from {first_lead} of {at} routed at {}{}", author.now, if is_queue { " to a queue" } else { "" });
            let leads = if count == 1 { "1 lead".to_owned() } else { format!("{count} leads") };
            let (kind, title, url) = match is_queue {
                false => (NoticeKind::LeadAssigned, format!("{leads} came to you"), "/handoff"),
                true => (NoticeKind::Queue, format!("{leads} wait in your queue"), "/routing"),
            };
            let body = "They were routed together. Each says why on its page.".to_owned();
            notifications::tell(tx, author, Notice { kind, once, to: vec![user], title, body, url: Some(url.to_owned()) }).await?;
        }
        Ok(())
    }
}

fn notice(user: i64, is_queue: bool, new: &NewAssignment, name: &str) -> Notice {
    let lead = new.to.lead;
    let (kind, title, url) = match is_queue {
        false => (NoticeKind::LeadAssigned, format!("New lead: {name}"), format!("/handoff/{lead}")),
        true => (NoticeKind::Queue, format!("{name} waits to be placed"), "/routing".to_owned()),
    };
    let once = format!("lead {lead} routed at {}", new.at);
    Notice { kind, once, to: vec![user], title, body: new.reason.clone(), url: Some(url) }
}

/// `Ana Reis at Acme`.
pub fn lead_name(fields: &LeadFields) -> String {
    let person = fields.person_name.clone().or_else(|| fields.email.clone()).unwrap_or_else(|| format!("lead {}", fields.id));
    match &fields.company_name {
        Some(company) => format!("{person} at {company}"),
        None => person,
    }
}
