//! Reminders: a month that waits to be closed, a promise that is at risk.

use alignment::{
    calendar::{WorkCalendar, is_at_work, next_start},
    lifecycle::Side,
    promise::{self, Month, Status},
};
use facts::{agreements, changes::Author, ledger::acts};

use super::{lines::Scope, month};
use crate::{
    Office,
    leads::pages::side_key,
    notifications::{self, Notice, NoticeKind},
};

const TICK_SECONDS: u64 = 300;

/// Reminds as long as the server runs.
pub async fn tick_regularly(office: Office) {
    loop {
        if let Err(error) = tick(&office).await {
            tracing::warn!("nobody is reminded of promises for now: {error:#}");
        }
        tokio::time::sleep(std::time::Duration::from_secs(TICK_SECONDS)).await;
    }
}

/// To be called now and then; does its work once a working day, in working time. Gives how many reminders it gave.
pub async fn tick(office: &Office) -> anyhow::Result<usize> {
    let now = office.clock().now();
    let versions = office.versions().await?;
    let agreement = &versions.at(now).agreement;
    let (zone, calendar) = (agreement.time_zone(), WorkCalendar::of(&agreement.calendar));
    let once = format!("promises of {}", now.in_zone(&zone).date());
    if !is_at_work(&calendar, now) || acts::was_said(&mut *office.facts().reader().await?, &once).await? {
        return Ok(0);
    }
    let author = Author { actor: None, now: now.0, agreement_version: Some(i64::from(versions.at(now).number)) };
    let mut tx = office.facts().write().await?;
    if !facts::notifications::first_time(&mut tx, &once, now.0).await? {
        tx.rollback().await?;
        return Ok(0);
    }
    let current = Month::of(now, &zone);
    let mut notices = Vec::new();
    for line in month::look(tx.conn(), &versions, current, now).await?.ledger.lines {
        if line.status == Status::AtRisk
            && let Some(promise) = promise::find(&line.key)
        {
            let title = format!("{} is at risk in {}", promise.name, current.name());
            let once = format!("promise {} at risk in {current}", promise.key);
            notices.push((promise.side, title, line.projection, once, current));
        }
    }
    let last = current.previous();
    let seen = month::look(tx.conn(), &versions, last, now).await?;
    let in_use = agreements::list(tx.conn()).await?.iter().map(|row| row.recorded_at).min();
    let due = now >= next_start(&calendar, Scope::new(&versions, current, now).from) && in_use.is_some_and(|at| at < seen.to.0);
    for side in [Side::Marketing, Side::Sales] {
        if due && !seen.is_settled && seen.closing(side).is_none() {
            let title = format!("{} waits to be closed", last.name());
            let words = "The month is over: look through the ledger, and close it for your side.".to_owned();
            notices.push((side, title, words, format!("month {last} waits for {}", side_key(side)), last));
        }
    }
    let count = notices.len();
    for (side, title, body, once, period) in notices {
        let to = acts::answerable(tx.conn(), side_key(side), now.0).await?;
        let url = Some(format!("/promises/{period}"));
        notifications::tell(&mut tx, &author, Notice { kind: NoticeKind::Promise, once, to, title, body, url }).await?;
    }
    tx.commit().await?;
    Ok(count)
}
