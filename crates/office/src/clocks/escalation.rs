//! The steps of escalation.

use alignment::{
    agreement::EscalationAction,
    calendar::{self, WorkCalendar},
};
use facts::{
    WriteTx,
    clocks::{self as record, ClockRow},
    routing::NewAbsence,
};

use super::{sync, telling, tick::Ticking};
use crate::routing;

pub(super) async fn take(
    ticking: &Ticking<'_>,
    tx: &mut WriteTx,
    row: &ClockRow,
    calendar: &WorkCalendar,
    action: EscalationAction,
) -> anyhow::Result<()> {
    match action {
        EscalationAction::Escalate => telling::escalated(ticking, tx, row).await,
        EscalationAction::Reassign => reassign(ticking, tx, row).await,
        EscalationAction::OffRota => off_rota(ticking, tx, row, calendar).await,
    }
}

async fn reassign(ticking: &Ticking<'_>, tx: &mut WriteTx, row: &ClockRow) -> anyhow::Result<()> {
    let reason = "the review was late";
    routing::reassign(tx, &ticking.author, ticking.versions, row.lead_id, reason).await?;
    sync::sync(tx, &ticking.author, ticking.versions, &[row.lead_id], None).await
}

/// Nothing more is routed to whoever let it lie, until the end of their next working day.
async fn off_rota(ticking: &Ticking<'_>, tx: &mut WriteTx, row: &ClockRow, calendar: &WorkCalendar) -> anyhow::Result<()> {
    let Some(owner) = row.owner_id else { return Ok(()) };
    let now = ticking.now();
    let until = calendar::end_of_next_working_day(calendar, now);
    // Another late lead took them off already.
    if record::is_off_rota(tx.conn(), owner, until.0).await? {
        return Ok(());
    }
    let note = format!("The review of lead {} was late.", row.lead_id);
    let new = NewAbsence { user: owner, kind: "off_rota", starts_at: now.0, ends_at: until.0, note: Some(&note) };
    facts::routing::add_absence(tx, &ticking.author, &new).await?;
    Ok(())
}
