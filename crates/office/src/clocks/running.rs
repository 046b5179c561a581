//! The clocks of leads that run now, for whoever shows leads.

use alignment::{
    Instant,
    calendar::{self, WorkCalendar},
    handoff::ClockKind,
    instant::MICROS_PER_MINUTE,
};
use facts::{Connection, clocks as record};
use rustc_hash::FxHashMap;

use super::reckon::Rules;
use crate::agreement::Versions;

/// A clock that is not over.
#[derive(Clone, Debug, PartialEq)]
pub struct RunningClock {
    pub id: i64,
    pub kind: ClockKind,
    pub started_at: Instant,
    /// While it stands still: when it would have run out had it gone on.
    pub due_at: Instant,
    pub warn_at: Instant,
    pub paused_at: Option<Instant>,
    pub breached_at: Option<Instant>,
    pub is_late: bool,
    /// Working minutes to the due instant, or minutes for a clock that counts days; below zero where it is late.
    pub minutes_left: i64,
    /// Attempts made so far, and those that are wanted, for a clock that counts them.
    pub attempts: Option<(u32, u32)>,
    pub agreement_version: u32,
}

/// The clocks of these leads that run at `now`, what is due first first. A lead without one is not in the map.
pub async fn running_of(
    connection: &mut Connection,
    versions: &Versions,
    now: Instant,
    leads: &[i64],
) -> anyhow::Result<FxHashMap<i64, Vec<RunningClock>>> {
    let rules = Rules::new(versions, FxHashMap::default(), now, None);
    let around_the_clock = WorkCalendar::around_the_clock();
    let mut found: FxHashMap<i64, Vec<RunningClock>> = FxHashMap::default();
    for row in record::running_of(connection, leads).await? {
        let Some(kind) = ClockKind::parse(&row.kind) else { continue };
        let version = rules.version_of(&row);
        let calendar = if kind.is_working_time() { rules.calendar_of(&row) } else { &around_the_clock };
        let (due_at, paused_at) = (Instant(row.due_at), row.paused_at.map(Instant));
        let left = calendar::working_micros_between(calendar, paused_at.unwrap_or(now), due_at);
        let wanted = match kind {
            ClockKind::FirstAttempt => Some(1),
            ClockKind::Attempts => Some(version.agreement.promises.attempts_min),
            ClockKind::Review | ClockKind::Qualification => None,
        };
        found.entry(row.lead_id).or_default().push(RunningClock {
            id: row.id,
            kind,
            started_at: Instant(row.started_at),
            due_at,
            warn_at: Instant(row.warn_at),
            paused_at,
            breached_at: row.breached_at.map(Instant),
            is_late: row.breached_at.is_some() || (paused_at.is_none() && due_at < now),
            minutes_left: left.div_euclid(MICROS_PER_MINUTE),
            attempts: wanted.map(|wanted| (row.done as u32, wanted)),
            agreement_version: version.number,
        });
    }
    Ok(found)
}
