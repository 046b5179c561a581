//! Work that takes a core, beside the threads that serve requests: as many at once as there are cores, the others one after the other.

use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::web::AppError;

/// Questions that may wait for a core. Beyond it, they are sent away at once: whoever asked would not wait that long.
pub const WAITING_MAX: usize = 32;
/// With one core, a small question must not stand behind a large one.
const AT_ONCE_MIN: usize = 2;

static QUEUE: LazyLock<Queue> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(AT_ONCE_MIN, |cores| cores.get());
    Queue::of(cores.max(AT_ONCE_MIN), WAITING_MAX)
});

/// Does the work as soon as a core is free for it. One whose asker hangs up while it waits is never begun.
pub async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    QUEUE.run(work).await
}

struct Queue {
    cores: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    waiting_max: usize,
}

impl Queue {
    fn of(at_once: usize, waiting_max: usize) -> Queue {
        Queue { cores: Arc::new(Semaphore::new(at_once)), waiting: Arc::default(), waiting_max }
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
        let core = self.turn().await?;
        let worked = tokio::task::spawn_blocking(move || {
            // Held by the work and not by who waits for it: what was begun takes its core to the end.
            let _core = core;
            work()
        });
        worked.await.map_err(|error| AppError::Internal(error.into()))
    }

    /// First come, first served: while somebody waits, a core that is freed is theirs.
    async fn turn(&self) -> Result<OwnedSemaphorePermit, AppError> {
        if let Ok(core) = Arc::clone(&self.cores).try_acquire_owned() {
            return Ok(core);
        }
        let _place = Place::take(&self.waiting, self.waiting_max).ok_or(AppError::Crowded)?;
        Arc::clone(&self.cores).acquire_owned().await.map_err(|error| AppError::Internal(error.into()))
    }
}

/// A place in the queue, until it is dropped.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>, most: usize) -> Option<Place> {
        let one_more = |count: usize| (count < most).then_some(count + 1);
        waiting.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more).ok()?;
        Some(Place(Arc::clone(waiting)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, mpsc};

    use super::*;

    /// A queue of one core, which is taken until the sender is dropped.
    async fn taken(waiting_max: usize) -> (Arc<Queue>, mpsc::Sender<()>) {
        let queue = Arc::new(Queue::of(1, waiting_max));
        let (sender, receiver) = mpsc::channel::<()>();
        let busy = Arc::clone(&queue);
        tokio::spawn(async move { busy.run(move || receiver.recv()).await.map(|_| ()) });
        while queue.cores.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        (queue, sender)
    }

    async fn until_waiting(queue: &Queue, count: usize) {
        while queue.waiting.load(Ordering::SeqCst) != count {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn those_who_wait_have_their_turn_in_order() {
        let (queue, sender) = taken(8).await;
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut waiting = Vec::new();
        for place in 0..5 {
            let (queue, order) = (Arc::clone(&queue), Arc::clone(&order));
            let own = Arc::clone(&queue);
            waiting.push(tokio::spawn(async move { own.run(move || order.lock().unwrap().push(place)).await.is_ok() }));
            until_waiting(&queue, place + 1).await;
        }
        assert!(order.lock().unwrap().is_empty(), "the only core is taken");
        drop(sender);
        for one in waiting {
            assert!(one.await.unwrap());
        }
        assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3, 4]);
    }

    #[tokio::test]
    async fn beyond_the_limit_they_are_sent_away_and_who_hangs_up_makes_room() {
        let (queue, sender) = taken(2).await;
        let wait = || {
            let queue = Arc::clone(&queue);
            tokio::spawn(async move { queue.run(|| ()).await })
        };
        let (first, second) = (wait(), wait());
        until_waiting(&queue, 2).await;
        let problem = queue.run(|| ()).await.unwrap_err().problem();
        assert_eq!((problem.status.as_u16(), problem.code), (503, "crowded"));
        assert!(problem.retry_seconds.is_some() && problem.detail.contains("waiting"), "{problem:?}");
        first.abort();
        until_waiting(&queue, 1).await;
        let third = wait();
        until_waiting(&queue, 2).await;
        drop(sender);
        assert!(first.await.is_err() && second.await.unwrap().is_ok() && third.await.unwrap().is_ok());
        assert_eq!((queue.waiting.load(Ordering::SeqCst), queue.cores.available_permits()), (0, 1));
    }

    #[tokio::test]
    async fn work_that_panics_gives_its_core_back() {
        let queue = Queue::of(1, 0);
        assert!(queue.run(|| assert!(std::hint::black_box(false), "on purpose")).await.is_err());
        assert!(queue.run(|| 7).await.is_ok_and(|seven| seven == 7));
    }
}
