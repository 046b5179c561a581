//! Who hears of a clock, and in which words.

use alignment::{Instant, handoff::ClockKind, lifecycle::Side};
use facts::{WriteTx, clocks as record, clocks::ClockRow};

use super::tick::Ticking;
use crate::notifications::{self, Notice, NoticeKind};

pub(super) async fn warned(ticking: &Ticking<'_>, tx: &mut WriteTx, row: &ClockRow) -> anyhow::Result<()> {
    let title = format!("{} for {} is due {}", noun(row), subject(tx, row.lead_id).await?, when(ticking, row.due_at));
    let body = format!("{} Most of the time has gone.", promise(row));
    tell(ticking, tx, row, NoticeKind::ClockWarning, "warning", row.owner_id.into_iter().collect(), (title, body)).await
}

pub(super) async fn breached(ticking: &Ticking<'_>, tx: &mut WriteTx, row: &ClockRow) -> anyhow::Result<()> {
    let title = format!("{} for {} is late", noun(row), subject(tx, row.lead_id).await?);
    let body = format!("{} It was due {}.", promise(row), when(ticking, row.due_at));
    tell(ticking, tx, row, NoticeKind::ClockBreached, "breached", row.owner_id.into_iter().collect(), (title, body)).await
}

/// To the head of sales.
pub(super) async fn escalated(ticking: &Ticking<'_>, tx: &mut WriteTx, row: &ClockRow) -> anyhow::Result<()> {
    let title = format!("{} for {} is late", noun(row), subject(tx, row.lead_id).await?);
    let body = format!("{} It was due {} and is still open.", promise(row), when(ticking, row.due_at));
    let to = heads(ticking, tx, Side::Sales).await?;
    tell(ticking, tx, row, NoticeKind::Escalation, &format!("escalated {}", row.steps_taken), to, (title, body)).await
}

/// To its owner and to marketing.
pub(super) async fn recycled(
    ticking: &Ticking<'_>,
    tx: &mut WriteTx,
    lead: i64,
    owner: Option<i64>,
    name: Option<String>,
) -> anyhow::Result<()> {
    let mut to = heads(ticking, tx, Side::Marketing).await?;
    to.extend(owner.filter(|owner| !to.contains(owner)));
    let name = name.unwrap_or_else(|| format!("Lead {lead}"));
    let notice = Notice {
        kind: NoticeKind::RecycleDue,
        once: format!("lead {lead} is to come back"),
        to,
        title: format!("{name} is to be looked at again"),
        body: "The date for which the lead was sent back has come.".to_owned(),
        url: Some(format!("/leads/{lead}")),
    };
    notifications::tell(tx, &ticking.author, notice).await
}

async fn tell(
    ticking: &Ticking<'_>,
    tx: &mut WriteTx,
    row: &ClockRow,
    kind: NoticeKind,
    what: &str,
    to: Vec<i64>,
    (title, body): (String, String),
) -> anyhow::Result<()> {
    if to.is_empty() {
        return Ok(());
    }
    let (once, url) = (format!("clock {} {what}", row.id), Some(format!("/handoff/{}", row.lead_id)));
    notifications::tell(tx, &ticking.author, Notice { kind, once, to, title, body, url }).await
}

/// Who heads the side; where nobody does, those who lead.
async fn heads(ticking: &Ticking<'_>, tx: &mut WriteTx, side: Side) -> anyhow::Result<Vec<i64>> {
    let key = if side == Side::Sales { "sales" } else { "marketing" };
    match record::head_of(tx.conn(), key, ticking.author.now).await? {
        Some(head) => Ok(vec![head]),
        None => Ok(record::leaders(tx.conn()).await?),
    }
}

fn noun(row: &ClockRow) -> &'static str {
    match ClockKind::parse(&row.kind) {
        Some(ClockKind::FirstAttempt) => "First attempt",
        Some(ClockKind::Attempts) => "Contact attempts",
        Some(ClockKind::Qualification) => "Qualification",
        _ => "Review",
    }
}

fn promise(row: &ClockRow) -> &'static str {
    match ClockKind::parse(&row.kind) {
        Some(ClockKind::FirstAttempt) => "An accepted lead is to be contacted, and the attempt logged.",
        Some(ClockKind::Attempts) => "An accepted lead is to be tried as often as the Agreement says.",
        Some(ClockKind::Qualification) => "An accepted lead is to be qualified, sent back or given up.",
        _ => "A lead that was handed over is to be accepted, rejected or sent back.",
    }
}

/// The person and the company.
async fn subject(tx: &mut WriteTx, lead: i64) -> anyhow::Result<String> {
    Ok(match record::lead_names(tx.conn(), lead).await? {
        (Some(person), Some(company)) => format!("{person} ({company})"),
        (Some(name), None) | (None, Some(name)) => name,
        (None, None) => format!("lead {lead}"),
    })
}

/// In the company's time zone.
fn when(ticking: &Ticking<'_>, micros: i64) -> String {
    let zone = ticking.versions.at(ticking.now()).agreement.time_zone();
    Instant(micros).in_zone(&zone).strftime("%a %-d %b, %H:%M").to_string()
}
