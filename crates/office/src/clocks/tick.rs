//! What the passing of time does: warnings, breaches, the steps of escalation, and recycled leads that are to come back. Each happens
//! once, whoever ticks at the same time: a row is taken by an UPDATE that only one can make, in the transaction that acts on it.

use std::time::Duration;

use alignment::{Instant, handoff::ClockKind, handoff::steps_due};
use facts::{
    WriteTx,
    changes::{self, Author},
    clocks::{self as record, ClockRow, Due},
    schema,
};

use super::{escalation, reckon, sync, telling};
use crate::{Office, agreement::Versions, office::News};

/// Acted on in one tick of each sort, at most; the oldest first, the rest with the next.
const PER_TICK_MAX: i64 = 200;
const TICK_SECONDS: u64 = 15;

pub(super) struct Ticking<'a> {
    pub office: &'a Office,
    pub versions: &'a Versions,
    pub author: Author,
}

impl Ticking<'_> {
    pub fn now(&self) -> Instant {
        Instant(self.author.now)
    }
}

/// Ticks as long as the server runs.
pub async fn tick_regularly(office: Office) {
    loop {
        if let Err(error) = tick(&office).await {
            tracing::warn!("clocks stand still for now: {error:#}");
        }
        tokio::time::sleep(Duration::from_secs(TICK_SECONDS)).await;
    }
}

/// Does what has come due by now: warnings, breaches, escalation. Gives how many clocks it acted on.
pub async fn tick(office: &Office) -> anyhow::Result<usize> {
    let now = office.clock().now();
    let versions = office.versions().await?;
    let author = Author { actor: None, now: now.0, agreement_version: Some(versions.at(now).number.into()) };
    let ticking = Ticking { office, versions: &versions, author };
    let mut acted = 0;
    // What is late needs no warning, and what has just been called late may have a step that is due at once.
    for sort in [Due::Breach, Due::Step, Due::Warning] {
        let due = record::due(&mut *office.facts().reader().await?, sort, now.0, PER_TICK_MAX).await?;
        for (clock, lead) in due {
            match act(&ticking, sort, clock, lead).await {
                Ok(done) => acted += usize::from(done),
                // The others must not wait for it.
                Err(error) => tracing::error!("clock {clock} of lead {lead}: {error:#}"),
            }
        }
    }
    acted += recycles(&ticking).await?;
    if acted > 0 {
        office.tell(News::Record { tables: ["clocks", "leads", "notifications"].map(str::to_owned).to_vec() });
    }
    Ok(acted)
}

async fn act(ticking: &Ticking<'_>, sort: Due, clock: i64, lead: i64) -> anyhow::Result<bool> {
    let mut tx = ticking.office.facts().write().await?;
    // Whatever nobody told us of counts first: an attempt in time is no breach. This holds the lead, as everybody does who moves it.
    sync::sync(&mut tx, &ticking.author, ticking.versions, &[lead], None).await?;
    let Some(row) = record::one(tx.conn(), clock).await? else {
        tx.commit().await?;
        return Ok(false);
    };
    let done = match sort {
        Due::Warning => warn(ticking, &mut tx, &row).await?,
        Due::Breach => breach(ticking, &mut tx, &row).await?,
        Due::Step => escalate(ticking, &mut tx, &row).await?,
    };
    tx.commit().await?;
    Ok(done)
}

async fn warn(ticking: &Ticking<'_>, tx: &mut WriteTx, row: &ClockRow) -> anyhow::Result<bool> {
    if !record::take_warning(tx, row.id, ticking.author.now).await? {
        return Ok(false);
    }
    sync::note(tx, &ticking.author, None, "changed", (row.id, row.id), Some("clock_warned"));
    telling::warned(ticking, tx, row).await?;
    Ok(true)
}

async fn breach(ticking: &Ticking<'_>, tx: &mut WriteTx, row: &ClockRow) -> anyhow::Result<bool> {
    let rules = sync::rules(tx, &ticking.author, ticking.versions, None).await?;
    let version = rules.version_of(row);
    let kind = ClockKind::parse(&row.kind).unwrap_or(ClockKind::Review);
    let escalates = reckon::steps_of(kind, version) > 0;
    let due_at = Instant(row.due_at);
    let (_, first_step) = steps_due(&version.agreement.escalation, rules.calendar_of(row), due_at, 0, Instant::MIN);
    let first_step = first_step.filter(|_| escalates).map(|at| at.0);
    if !record::take_breach(tx, row.id, ticking.author.now, first_step).await? {
        return Ok(false);
    }
    sync::note(tx, &ticking.author, None, "changed", (row.id, row.id), Some("clock_breached"));
    telling::breached(ticking, tx, row).await?;
    // The Agreement says for reviews who hears of it next and when; of the other promises the head of sales hears at once.
    if kind != ClockKind::Review {
        telling::escalated(ticking, tx, row).await?;
    }
    Ok(true)
}

async fn escalate(ticking: &Ticking<'_>, tx: &mut WriteTx, row: &ClockRow) -> anyhow::Result<bool> {
    let rules = sync::rules(tx, &ticking.author, ticking.versions, None).await?;
    let calendar = rules.calendar_of(row);
    let taken = usize::try_from(row.steps_taken).unwrap_or(usize::MAX);
    let escalation = &rules.version_of(row).agreement.escalation;
    let (steps, next) = steps_due(escalation, calendar, Instant(row.due_at), taken, ticking.now());
    let taken_now = row.steps_taken + steps.len() as i64;
    let took = row.ended_at.is_none() && record::take_steps(tx, row.id, row.steps_taken, taken_now, next.map(|at| at.0)).await?;
    if !took || steps.is_empty() {
        return Ok(false);
    }
    sync::note(tx, &ticking.author, None, "changed", (row.id, row.id), Some("clock_escalated"));
    for step in steps {
        escalation::take(ticking, tx, row, calendar, step.action).await?;
    }
    Ok(true)
}

async fn recycles(ticking: &Ticking<'_>) -> anyhow::Result<usize> {
    let due = record::recycles_due(&mut *ticking.office.facts().reader().await?, ticking.author.now, PER_TICK_MAX).await?;
    let mut acted = 0;
    for (id, lead, owner, name) in due {
        let mut tx = ticking.office.facts().write().await?;
        if record::take_recycle(&mut tx, id, ticking.author.now).await? {
            changes::note_changed(&mut tx, &ticking.author, &schema::RECYCLE_DATES, id, "recycle_due");
            telling::recycled(ticking, &mut tx, lead, owner, name).await?;
            acted += 1;
        }
        tx.commit().await?;
    }
    Ok(acted)
}
