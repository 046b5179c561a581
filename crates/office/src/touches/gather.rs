//! Group commit: touches of requests that come at the same time are written in one transaction, so that many clients wait for one commit
//! and not each for all before it. A request is answered when its touches are durable.

use facts::{FactsError, changes::Author};
use tokio::sync::{OnceCell, mpsc, oneshot};

use super::{ReadTouch, Taken, take};
use crate::{Actor, Office, office::News, web::AppError};

/// Touches in one transaction, about: keeps the wait of the first of them short.
const TOUCHES_PER_COMMIT: usize = 1_000;
/// Requests that may wait; the next ones wait to be allowed to.
const WAITING_MAX: usize = 4_096;
const TRIES_MAX: usize = 3;

#[derive(Default)]
pub struct Gatherer {
    sender: OnceCell<mpsc::Sender<Waiting>>,
}

struct Waiting {
    actor: Option<i64>,
    touches: Vec<ReadTouch>,
    answer: oneshot::Sender<Result<Taken, AppError>>,
}

impl Gatherer {
    pub async fn take(&self, office: &Office, actor: &Actor, touches: Vec<ReadTouch>) -> Result<Taken, AppError> {
        let actor = actor.user.map(|user| user.0);
        let sender = self.sender.get_or_init(async || start(office.clone())).await;
        let (answer, answered) = oneshot::channel();
        // Nobody takes them any more only while the server stops.
        sender.send(Waiting { actor, touches, answer }).await.map_err(|_| AppError::Busy)?;
        answered.await.map_err(|_| AppError::Busy)?
    }
}

fn start(office: Office) -> mpsc::Sender<Waiting> {
    let (sender, mut receiver) = mpsc::channel::<Waiting>(WAITING_MAX);
    tokio::spawn(async move {
        while let Some(first) = receiver.recv().await {
            let mut count = first.touches.len();
            let mut waiting = vec![first];
            while count < TOUCHES_PER_COMMIT
                && let Ok(next) = receiver.try_recv()
            {
                count += next.touches.len();
                waiting.push(next);
            }
            // In a task of its own: a fault in one round must not end the taking of touches.
            let office = office.clone();
            let _ = tokio::spawn(async move { write_together(&office, waiting).await }).await;
        }
    });
    sender
}

async fn write_together(office: &Office, waiting: Vec<Waiting>) {
    let (mut requests, mut answers) = (Vec::with_capacity(waiting.len()), Vec::with_capacity(waiting.len()));
    for Waiting { actor, touches, answer } in waiting {
        requests.push((actor, touches));
        answers.push(answer);
    }
    let mut written = write(office, &requests).await;
    // Another node may have taken the same touch in between; it is known the next time.
    for _ in 0..TRIES_MAX {
        match &written {
            Err(error) if matches!(error.downcast_ref(), Some(FactsError::Taken { .. })) => written = write(office, &requests).await,
            _ => break,
        }
    }
    // A client that has gone away needs no answer.
    match written {
        Ok(taken) => {
            office.tell(News::Record { tables: vec!["touches".into(), "leads".into()] });
            answers.into_iter().zip(taken).for_each(|(answer, taken)| drop(answer.send(taken)));
        }
        Err(error) => {
            let words = format!("{error:#}");
            answers.into_iter().for_each(|answer| drop(answer.send(Err(AppError::Internal(anyhow::anyhow!(words.clone()))))));
        }
    }
}

async fn write(office: &Office, requests: &[(Option<i64>, Vec<ReadTouch>)]) -> anyhow::Result<Vec<Result<Taken, AppError>>> {
    let versions = office.versions().await?;
    let now = office.clock().now();
    let agreement_version = Some(versions.at(now).number.into());
    let mut tx = office.facts().write().await?;
    let taken = take(&mut tx, &versions, &Author { actor: None, now: now.0, agreement_version }, requests).await?;
    tx.commit().await?;
    Ok(taken)
}
