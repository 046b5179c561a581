//! What is worked out when it is first asked for, and kept.

use std::sync::OnceLock;

/// Unlike [`OnceLock::get_or_init`] it holds no lock while it works: a thread that waits inside the work may be handed another task that asks for
/// the same, and would wait for itself. At worst it is worked out twice, to the same end, and the first is kept.
pub struct Once<T>(OnceLock<T>);

impl<T> Default for Once<T> {
    fn default() -> Once<T> {
        Once(OnceLock::new())
    }
}

impl<T> From<T> for Once<T> {
    fn from(value: T) -> Once<T> {
        Once(OnceLock::from(value))
    }
}

impl<T> Once<T> {
    pub fn get_or_init(&self, work: impl FnOnce() -> T) -> &T {
        match self.0.get() {
            Some(known) => known,
            None => {
                let made = work();
                self.0.get_or_init(|| made)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rayon::prelude::*;

    use super::*;

    /// With a lock, a thread that is handed a second task while it waits inside the first would never end.
    #[test]
    fn many_tasks_may_ask_for_what_many_tasks_work_out() {
        let sum = Once::default();
        let asked: Vec<u64> = (0..64)
            .into_par_iter()
            .map(|_| *sum.get_or_init(|| (0..10_000_u32).into_par_iter().with_max_len(8).map(u64::from).sum()))
            .collect();
        assert!(asked.iter().all(|sum| *sum == 49_995_000));
    }
}
