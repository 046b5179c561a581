//! Brings clocks to what the record says, for any number of leads.

use alignment::{Instant, handoff::Pause, lifecycle::Stage};
use facts::{
    WriteTx,
    changes::Author,
    clocks::{self, ClockRow, ClockedLead},
    events::NewEvent,
    schema,
};
use rustc_hash::FxHashMap;

use super::reckon::{Known, Outcomes, Rules};
use crate::agreement::Versions;

/// Leads reckoned at one time: bounds memory, also after an import of all leads.
const LEADS_PER_ROUND: usize = 1_000;

pub(super) async fn sync(
    tx: &mut WriteTx,
    author: &Author,
    versions: &Versions,
    leads: &[i64],
    import_id: Option<i64>,
) -> anyhow::Result<()> {
    if leads.is_empty() {
        return Ok(());
    }
    let rules = rules(tx, author, versions, import_id).await?;
    // All who reckon clocks hold leads in the same order.
    let mut leads = leads.to_vec();
    leads.sort_unstable();
    leads.dedup();
    for round in leads.chunks(LEADS_PER_ROUND) {
        let (known, left_over) = load(tx, round).await?;
        let outcomes: Vec<(i64, Outcomes)> = known.iter().map(|known| (known.lead.id, rules.reckon(known))).collect();
        write(tx, author, import_id, outcomes, left_over).await?;
    }
    Ok(())
}

pub(super) async fn rules<'a>(
    tx: &mut WriteTx,
    author: &Author,
    versions: &'a Versions,
    import_id: Option<i64>,
) -> anyhow::Result<Rules<'a>> {
    let by_region = versions.iter().any(|version| !version.agreement.calendars.is_empty());
    let regions = if by_region { clocks::regions(tx.conn()).await? } else { Vec::new() };
    Ok(Rules::new(versions, regions.into_iter().collect(), Instant(author.now), import_id))
}

/// Leads that have clocks or may get some, with all that these depend on; and clocks of leads that went with an import's undo.
async fn load(tx: &mut WriteTx, ids: &[i64]) -> anyhow::Result<(Vec<Known>, Vec<i64>)> {
    let held = clocks::hold_leads(tx, ids).await?;
    let mut entries: FxHashMap<i64, Vec<(Stage, Option<Instant>)>> = FxHashMap::default();
    for (lead, stage, at) in clocks::entries(tx.conn(), ids).await? {
        if let Some(stage) = Stage::parse(&stage) {
            entries.entry(lead).or_default().push((stage, at.map(Instant)));
        }
    }
    let mut rows: FxHashMap<i64, Vec<ClockRow>> = FxHashMap::default();
    for row in clocks::of_leads(tx.conn(), ids).await? {
        rows.entry(row.lead_id).or_default().push(row);
    }
    let has = |lead: i64, wanted: &[Stage]| entries.get(&lead).is_some_and(|of| of.iter().any(|(stage, _)| wanted.contains(stage)));
    let clocked = |lead: &ClockedLead| has(lead.id, &[Stage::Mql, Stage::Sal]) || rows.contains_key(&lead.id) || lead.due_at.is_some();
    let held: Vec<ClockedLead> = held.into_iter().filter(clocked).collect();
    let accepted: Vec<&ClockedLead> = held.iter().filter(|lead| has(lead.id, &[Stage::Sal])).collect();
    let mut attempts = attempts(tx, &accepted).await?;
    let mut pauses: FxHashMap<i64, Vec<Pause>> = FxHashMap::default();
    let ids: Vec<i64> = held.iter().map(|lead| lead.id).collect();
    for question in clocks::questions(tx.conn(), &ids).await? {
        let pause = Pause { from: Instant(question.asked_at), to: question.answered_at.map(Instant) };
        pauses.entry(question.lead_id).or_default().push(pause);
    }
    let known = held.into_iter().map(|lead| Known {
        entries: entries.remove(&lead.id).unwrap_or_default(),
        attempts: attempts.remove(&lead.id).unwrap_or_default(),
        pauses: pauses.remove(&lead.id).unwrap_or_default(),
        clocks: rows.remove(&lead.id).unwrap_or_default(),
        lead,
    });
    let known = known.collect();
    Ok((known, rows.into_values().flatten().map(|row| row.id).collect()))
}

/// Attempts to reach each lead's person, in order. One that was logged on the person and on the lead's deal counts once.
async fn attempts(tx: &mut WriteTx, leads: &[&ClockedLead]) -> anyhow::Result<FxHashMap<i64, Vec<Instant>>> {
    if leads.is_empty() {
        return Ok(FxHashMap::default());
    }
    let ids: Vec<i64> = leads.iter().map(|lead| lead.id).collect();
    let mut people: Vec<i64> = leads.iter().map(|lead| lead.person_id).collect();
    people.sort_unstable();
    people.dedup();
    let mut of_person: FxHashMap<i64, Vec<(i64, i64)>> = FxHashMap::default();
    for attempt in clocks::attempts_with(tx.conn(), &people).await? {
        of_person.entry(attempt.subject_id).or_default().push((attempt.at, attempt.id));
    }
    let mut of_lead: FxHashMap<i64, Vec<(i64, i64)>> = FxHashMap::default();
    for attempt in clocks::attempts_on_deals(tx.conn(), &ids).await? {
        of_lead.entry(attempt.subject_id).or_default().push((attempt.at, attempt.id));
    }
    let found = leads.iter().map(|lead| {
        let mut all = of_lead.remove(&lead.id).unwrap_or_default();
        all.extend(of_person.get(&lead.person_id).into_iter().flatten());
        all.sort_unstable();
        all.dedup();
        (lead.id, all.into_iter().map(|(at, _)| Instant(at)).collect())
    });
    Ok(found.collect())
}

async fn write(
    tx: &mut WriteTx,
    author: &Author,
    import_id: Option<i64>,
    outcomes: Vec<(i64, Outcomes)>,
    mut removed: Vec<i64>,
) -> anyhow::Result<()> {
    let mut added = Vec::new();
    let mut changed = Vec::new();
    let mut dues = Vec::new();
    for (lead, outcome) in outcomes {
        added.extend(outcome.added);
        changed.extend(outcome.changed);
        removed.extend(outcome.removed);
        dues.extend(outcome.lead_due.map(|_| lead));
    }
    if !added.is_empty() {
        let first = tx.allocate(schema::CLOCKS.name, added.len()).await?;
        for (id, (row, _)) in (first..).zip(&mut added) {
            row.id = id;
        }
        let (rows, pauses): (Vec<ClockRow>, Vec<Vec<Pause>>) = added.into_iter().unzip();
        clocks::insert(tx, &rows).await?;
        for (row, pauses) in rows.iter().zip(&pauses).filter(|(_, pauses)| !pauses.is_empty()) {
            write_pauses(tx, author, row.id, pauses).await?;
        }
        note(tx, author, import_id, "added", (first, first + rows.len() as i64 - 1), Some("clock_started"));
    }
    if !changed.is_empty() {
        for (row, pauses, _) in changed.iter().filter(|(_, pauses, _)| !pauses.is_empty()) {
            write_pauses(tx, author, row.id, pauses).await?;
        }
        changed.sort_unstable_by_key(|(row, _, _)| row.id);
        for (ids, what) in runs(changed.iter().map(|(row, _, what)| (row.id, *what))) {
            note(tx, author, import_id, "changed", ids, Some(what));
        }
        let rows: Vec<ClockRow> = changed.into_iter().map(|(row, _, _)| row).collect();
        clocks::overwrite(tx, author, import_id, &rows).await?;
    }
    if !removed.is_empty() {
        clocks::delete(tx, author, import_id, &removed).await?;
    }
    if !dues.is_empty() {
        clocks::set_lead_dues(tx, &dues).await?;
    }
    Ok(())
}

async fn write_pauses(tx: &mut WriteTx, author: &Author, clock: i64, pauses: &[Pause]) -> anyhow::Result<()> {
    let pauses: Vec<_> = pauses.iter().map(|pause| (pause.from.0, pause.to.map(|to| to.0))).collect();
    Ok(clocks::set_pauses(tx, clock, &pauses, "question", author.now).await?)
}

/// Runs of ids that follow each other and to which the same happened.
fn runs(changes: impl Iterator<Item = (i64, &'static str)>) -> Vec<((i64, i64), &'static str)> {
    let mut runs: Vec<((i64, i64), &'static str)> = Vec::new();
    for (id, what) in changes {
        match runs.last_mut() {
            Some(((_, last), same)) if *last + 1 == id && *same == what => *last = id,
            _ => runs.push(((id, id), what)),
        }
    }
    runs
}

/// `what` says which words of the product the change goes by.
pub(super) fn note(tx: &mut WriteTx, author: &Author, import_id: Option<i64>, kind: &'static str, ids: (i64, i64), what: Option<&str>) {
    tx.note(NewEvent {
        kind,
        table: schema::CLOCKS.name,
        first_id: ids.0,
        last_id: ids.1,
        at: author.now,
        recorded_at: author.now,
        actor_id: author.actor,
        import_id,
        agreement_version: author.agreement_version,
        body: what.map(str::to_owned),
    });
}
