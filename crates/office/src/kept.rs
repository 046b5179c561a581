//! The last answers to costly questions: a page asks, and then its pictures and files ask the very same.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
};

use insight::{history::History, question::Question};

use crate::question::QuestionParams;

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
    /// Empty while the first who asked works it out; the others wait for it.
    answer: Arc<OnceLock<Arc<A>>>,
}

impl<Q: PartialEq, A> Kept<Q, A> {
    pub const fn at_most(kept_max: usize) -> Kept<Q, A> {
        Kept { kept_max, all: Mutex::new(VecDeque::new()) }
    }

    /// The answer that is kept, or the one that `work` gives. `question` must be all that the answer depends on beside the history.
    pub fn answer(&self, history: &Arc<History>, question: Q, work: impl FnOnce() -> A) -> Arc<A> {
        // Worked out without the lock, so that other questions go on meanwhile.
        let place = self.place(Arc::downgrade(history), question);
        Arc::clone(place.get_or_init(|| Arc::new(work())))
    }

    fn place(&self, history: Weak<History>, question: Q) -> Arc<OnceLock<Arc<A>>> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(one) = all.iter().find(|one| one.history.ptr_eq(&history) && one.question == question) {
            return Arc::clone(&one.answer);
        }
        // Nobody asks a history that is gone.
        all.retain(|one| one.history.strong_count() > 0);
        while all.len() >= self.kept_max {
            all.pop_front();
        }
        let answer = Arc::new(OnceLock::new());
        all.push_back(One { history, question, answer: Arc::clone(&answer) });
        answer
    }
}

/// The params with their instants said, so that whoever follows a link asks the very question that the page answered.
pub fn exactly(params: &QuestionParams, question: &Question) -> QuestionParams {
    let (as_of, known_at) = (Some(question.as_of.to_string()), Some(question.known_at.to_string()));
    QuestionParams { as_of, known_at, ..params.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row asks; the last column says whether it is worked out anew.
    #[test]
    fn the_last_answers_are_kept_by_history_and_question() {
        let kept = Kept::at_most(2);
        let [first, second] = [(); 2].map(|()| Arc::new(History::empty()));
        for (history, question, is_new) in [
            (&first, "a", true),
            (&first, "a", false),
            (&first, "b", true),
            (&first, "a", false),
            (&second, "a", true),
            (&first, "b", false),
            (&first, "a", true),
        ] {
            let mut worked = false;
            let answer = kept.answer(history, question, || {
                worked = true;
                question.to_owned()
            });
            assert_eq!((worked, answer.as_str()), (is_new, question));
        }
        drop(first);
        kept.answer(&second, "c", String::new);
        let all = kept.all.lock().unwrap();
        assert!(all.iter().all(|one| one.history.strong_count() > 0), "what is of a history that is gone goes with it");
    }

    #[test]
    fn those_who_ask_at_the_same_time_work_it_out_once() {
        let (kept, history) = (Kept::at_most(4), Arc::new(History::empty()));
        let count = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    kept.answer(&history, (), || {
                        std::thread::sleep(std::time::Duration::from_millis(20));
                        count.fetch_add(1, std::sync::atomic::Ordering::SeqCst)
                    })
                });
            }
        });
        assert_eq!(count.into_inner(), 1);
    }
}
