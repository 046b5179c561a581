//! The last answers to costly questions: a page asks, and then its pictures and files ask the very same.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
};

use insight::{history::History, question::Question};

use crate::{aside::aside, question::QuestionParams, web::AppError};

/// At most `kept_max` answers, each to a question over one state of the history. Any event makes another history, and with it another
/// answer.
pub struct Kept<Q, A> {
    kept_max: usize,
    all: Mutex<VecDeque<One<Q, A>>>,
}

struct One<Q, A> {
    /// While it is here, no other history has its address.
    history: Weak<History>,
    question: Q,
    place: Arc<Place<A>>,
}

struct Place<A> {
    answer: OnceLock<Arc<A>>,
    /// Held by who works it out, to the end of the work; the others wait for it, and take no core meanwhile.
    working: Arc<tokio::sync::Mutex<()>>,
}

impl<Q: PartialEq, A: Send + Sync + 'static> Kept<Q, A> {
    pub const fn at_most(kept_max: usize) -> Kept<Q, A> {
        Kept { kept_max, all: Mutex::new(VecDeque::new()) }
    }

    /// The answer that is kept, or the one that `work` gives as soon as a core is free for it. `question` must be all that the answer
    /// depends on beside the history. Where the work of who asked first fails, the next one who waits does it.
    pub async fn answer(&self, history: &Arc<History>, question: Q, work: impl FnOnce() -> A + Send + 'static) -> Result<Arc<A>, AppError> {
        let place = self.place(Arc::downgrade(history), question);
        if let Some(answer) = place.answer.get() {
            return Ok(Arc::clone(answer));
        }
        let working = Arc::clone(&place.working).lock_owned().await;
        if let Some(answer) = place.answer.get() {
            return Ok(Arc::clone(answer));
        }
        aside(move || {
            // Given to the work: once begun, it is done to the end and kept, also where its asker hangs up.
            let _working = working;
            Arc::clone(place.answer.get_or_init(|| Arc::new(work())))
        })
        .await
    }

    fn place(&self, history: Weak<History>, question: Q) -> Arc<Place<A>> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(one) = all.iter().find(|one| one.history.ptr_eq(&history) && one.question == question) {
            return Arc::clone(&one.place);
        }
        // Nobody asks a history that is gone.
        all.retain(|one| one.history.strong_count() > 0);
        while all.len() >= self.kept_max {
            all.pop_front();
        }
        let place = Arc::new(Place { answer: OnceLock::new(), working: Arc::default() });
        all.push_back(One { history, question, place: Arc::clone(&place) });
        place
    }
}

/// The params with their instants said, so that whoever follows a link asks the very question that the page answered.
pub fn exactly(params: &QuestionParams, question: &Question) -> QuestionParams {
    let (as_of, known_at) = (Some(question.as_of.to_string()), Some(question.known_at.to_string()));
    QuestionParams { as_of, known_at, ..params.clone() }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            atomic::{AtomicUsize, Ordering},
            mpsc,
        },
        time::Duration,
    };

    use super::*;

    /// More than there can be cores and places in their queue.
    const MANY: usize = 500;

    /// Each row asks; the last column says whether it is worked out anew.
    #[tokio::test]
    async fn the_last_answers_are_kept_by_history_and_question() {
        let kept = Kept::at_most(2);
        let [first, second] = [(); 2].map(|()| Arc::new(History::empty()));
        let worked = Arc::new(AtomicUsize::new(0));
        for (history, question, is_new) in [
            (&first, "a", true),
            (&first, "a", false),
            (&first, "b", true),
            (&first, "a", false),
            (&second, "a", true),
            (&first, "b", false),
            (&first, "a", true),
        ] {
            let (before, count) = (worked.load(Ordering::SeqCst), Arc::clone(&worked));
            let work = move || {
                count.fetch_add(1, Ordering::SeqCst);
                question.to_owned()
            };
            let answer = kept.answer(history, question, work).await.unwrap();
            assert_eq!((worked.load(Ordering::SeqCst) > before, answer.as_str()), (is_new, question));
        }
        drop(first);
        kept.answer(&second, "c", String::new).await.unwrap();
        let all = kept.all.lock().unwrap();
        assert!(all.iter().all(|one| one.history.strong_count() > 0), "what is of a history that is gone goes with it");
    }

    /// One question that many ask; its work waits for the sender, and counts how often it was begun.
    struct Asked {
        kept: Kept<(), usize>,
        history: Arc<History>,
        begun: AtomicUsize,
        go: Mutex<mpsc::Receiver<()>>,
    }

    impl Asked {
        fn new() -> (Arc<Asked>, mpsc::Sender<()>) {
            let (sender, receiver) = mpsc::channel();
            let (history, begun) = (Arc::new(History::empty()), AtomicUsize::new(0));
            (Arc::new(Asked { kept: Kept::at_most(1), history, begun, go: Mutex::new(receiver) }), sender)
        }

        fn ask(self: &Arc<Asked>, fails: bool) -> tokio::task::JoinHandle<Result<Arc<usize>, AppError>> {
            let own = Arc::clone(self);
            tokio::spawn(async move {
                let worker = Arc::clone(&own);
                let work = move || {
                    let before = worker.begun.fetch_add(1, Ordering::SeqCst);
                    let _ = worker.go.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    assert!(!fails, "on purpose");
                    before
                };
                own.kept.answer(&own.history, (), work).await
            })
        }

        async fn until_begun(&self, times: usize) {
            while self.begun.load(Ordering::SeqCst) < times {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    }

    #[tokio::test]
    async fn those_who_wait_for_one_answer_leave_the_cores_to_others() {
        let (asked, go) = Asked::new();
        let waiting: Vec<_> = (0..MANY).map(|_| asked.ask(false)).collect();
        asked.until_begun(1).await;
        assert_eq!(aside(|| 7).await.unwrap(), 7, "another question has its turn meanwhile");
        drop(go);
        for one in waiting {
            assert_eq!(*one.await.unwrap().unwrap(), 0);
        }
        assert_eq!(asked.begun.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn where_the_first_fails_the_next_works_it_out() {
        let (asked, go) = Asked::new();
        let first = asked.ask(true);
        asked.until_begun(1).await;
        let rest: Vec<_> = (0..4).map(|_| asked.ask(false)).collect();
        drop(go);
        assert!(first.await.unwrap().is_err());
        for one in rest {
            assert_eq!(*one.await.unwrap().unwrap(), 1);
        }
        assert_eq!(asked.begun.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn what_was_begun_is_kept_where_its_asker_hangs_up() {
        let (asked, go) = Asked::new();
        let first = asked.ask(false);
        asked.until_begun(1).await;
        let second = asked.ask(false);
        first.abort();
        assert!(first.await.is_err());
        drop(go);
        assert_eq!(*second.await.unwrap().unwrap(), 0);
        assert_eq!(asked.begun.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn who_hangs_up_while_waiting_for_a_core_leaves_the_work_to_the_next() {
        let (busy, go) = Asked::new();
        // Work on every core, of a question each.
        let cores: Vec<_> = (0..std::thread::available_parallelism().map_or(2, |cores| cores.get().max(2)))
            .map(|_| {
                let busy = Arc::clone(&busy);
                tokio::spawn(aside(move || {
                    busy.begun.fetch_add(1, Ordering::SeqCst);
                    let _ = busy.go.lock().unwrap().recv();
                }))
            })
            .collect();
        busy.until_begun(cores.len()).await;
        let (asked, own_go) = Asked::new();
        drop(own_go);
        let first = asked.ask(false);
        tokio::task::yield_now().await;
        let second = asked.ask(false);
        tokio::task::yield_now().await;
        first.abort();
        assert!(first.await.is_err());
        drop(go);
        assert_eq!(*second.await.unwrap().unwrap(), 0, "the first was never begun");
        for core in cores {
            core.await.unwrap().unwrap();
        }
    }
}
