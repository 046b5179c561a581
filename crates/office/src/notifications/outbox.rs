//! The outbox: sends what waits, again where it failed, and gives up where it is of no use.

use std::time::Duration;

use alignment::instant::{MICROS_PER_HOUR, MICROS_PER_MINUTE};
use exchange::{chat::Reach, mail, message::SendError};
use facts::{
    changes::Author,
    notifications::deliveries::{self, Delivery, Ending},
};
use futures_util::{StreamExt, stream};

use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{
    Medium,
    channels::{self, Channels},
    words,
};
use crate::{Actor, Office, api::write, office::News};

/// How long after each failed try the next one comes; after the last the message is dead.
pub const WAITS_MICROS: [i64; 6] =
    [MICROS_PER_MINUTE, 5 * MICROS_PER_MINUTE, 15 * MICROS_PER_MINUTE, MICROS_PER_HOUR, 4 * MICROS_PER_HOUR, 12 * MICROS_PER_HOUR];
/// A sender that has said nothing for so long is taken for dead. Longer than any send may take.
pub const LEASE_MICROS: i64 = 5 * MICROS_PER_MINUTE;
const AT_ONCE_MAX: usize = 8;
const BATCH: i64 = 200;
const PAUSE: Duration = Duration::from_secs(5);
/// How long a server that closes waits for what is on its way.
pub const CLOSING_MAX: Duration = Duration::from_secs(mail::SECONDS_MAX + 1);

/// For tests and development: webhooks may then be `http://127.0.0.1`.
const LOOPBACK: &str = "TANDEM_LOOPBACK_WEBHOOKS";

pub fn reach() -> Reach {
    if std::env::var(LOOPBACK).is_ok_and(|value| value == "1") { Reach::Loopback } else { Reach::Public }
}

/// What a run of the outbox did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Delivered {
    pub sent: usize,
    /// To be tried again.
    pub put_off: usize,
    pub dead: usize,
}

/// Sends what is due, beside whoever else does, until nothing is.
pub async fn deliver(office: &Office, reach: Reach) -> anyhow::Result<Delivered> {
    let mut done = Delivered::default();
    loop {
        let mut record = office.facts().read().await?;
        let due = deliveries::due(record.conn(), office.clock().now().0, BATCH).await?;
        let channels = channels::load(record.conn()).await?;
        drop(record);
        if due.is_empty() {
            return Ok(done);
        }
        let full = due.len() as i64 == BATCH;
        let mut endings = stream::iter(due).map(|id| deliver_one(office, &channels, id, reach)).buffer_unordered(AT_ONCE_MAX);
        // The others go on where one fails: a message that was sent must be written down as sent.
        let mut failed = None;
        while let Some(ending) = endings.next().await {
            match ending {
                Ok(Some(Ending::Sent)) => done.sent += 1,
                Ok(Some(Ending::Waiting { .. })) => done.put_off += 1,
                Ok(Some(Ending::Dead { .. })) => done.dead += 1,
                // Another node has it.
                Ok(None) => {}
                Err(error) => failed = Some(error),
            }
        }
        drop(endings);
        if let Some(error) = failed {
            return Err(error);
        }
        if !full {
            return Ok(done);
        }
    }
}

/// Runs until the server closes; what is on its way then still arrives.
pub async fn deliver_always(office: Office) {
    let mut news = office.listen();
    let reach = reach();
    loop {
        if let Err(error) = deliver(&office, reach).await {
            tracing::error!(%error, "messages could not be sent; they wait");
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = closing(&mut news) => return,
        }
    }
}

async fn closing(news: &mut Receiver<News>) {
    // What was missed while sending was older than the news that the server closes: that is the last there is.
    while !matches!(news.recv().await, Ok(News::Closing) | Err(RecvError::Closed)) {}
}

async fn deliver_one(office: &Office, channels: &Channels, id: i64, reach: Reach) -> anyhow::Result<Option<Ending>> {
    let author = write::author(office, &Actor::command_line()).await?;
    // The claim is committed before anything is sent: nobody else sends it then, whatever becomes of us.
    let mut tx = office.facts().write().await?;
    let Some(claimed) = deliveries::claim(&mut tx, id, author.now, author.now + LEASE_MICROS).await? else { return Ok(None) };
    if let Some(user) = claimed.user_id
        && !may_be_told(&mut tx, user).await?
    {
        let gone = Ending::Dead { error: "the account can’t sign in any more; nothing was sent".into() };
        deliveries::end(&mut tx, &author, &claimed, &gone).await?;
        tx.commit().await?;
        return Ok(Some(gone));
    }
    let (carried, count) = deliveries::carried(tx.conn(), id, words::ITEMS_MAX as i64).await?;
    tx.commit().await?;

    let (said, count) = match carried.is_empty() {
        true => (words::of_body(&claimed.body), words::of_body(&claimed.body).len()),
        false => (carried.into_iter().map(Into::into).collect(), count as usize),
    };
    let message = words::message(said, count, claimed.digest == 1, channels.public_url.as_deref());
    let result = match Medium::parse(&claimed.medium) {
        Some(medium) => channels::send(channels, medium, &claimed.address, &message, &key(&claimed), &author, reach).await,
        None => Err(SendError::never(format!("`{}` is no medium that this program knows", claimed.medium))),
    };
    let ending = ending(&claimed, result, office.clock().now().0);
    let author = Author { now: office.clock().now().0, ..author };
    let mut tx = office.facts().write().await?;
    let counts = deliveries::end(&mut tx, &author, &claimed, &ending).await?;
    tx.commit().await?;
    Ok(counts.then_some(ending))
}

/// Who has left since the message was written is told nothing more.
async fn may_be_told(tx: &mut facts::WriteTx, user: i64) -> anyhow::Result<bool> {
    let user = facts::access::user(tx.conn(), user).await?;
    Ok(user.disabled_at.is_none() && user.role.is_some())
}

/// Names the message for ever: the same on every try.
fn key(delivery: &Delivery) -> String {
    format!("tandem-{}-{:x}", delivery.id, delivery.recorded_at)
}

fn ending(claimed: &Delivery, result: Result<(), SendError>, now: i64) -> Ending {
    match result {
        Ok(()) => Ending::Sent,
        Err(SendError::Never { words }) => Ending::Dead { error: words },
        Err(SendError::Later { words, not_before }) => match WAITS_MICROS.get((claimed.tries - 1).max(0) as usize) {
            // Who says "not before" is believed, but not to be asked sooner than by our own count.
            Some(wait) => Ending::Waiting { next_try_at: not_before.map_or(now + wait, |at| at.0.max(now + wait)), error: words },
            None => Ending::Dead { error: format!("given up after {} tries: {words}", claimed.tries) },
        },
    }
}
