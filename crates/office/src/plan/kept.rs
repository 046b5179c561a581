//! The last records that plans were made from: a slider asks the same one again and again.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use insight::{
    history::History,
    plan::{self, Record},
    question::Question,
};

/// Few people plan at the same time.
const KEPT_MAX: usize = 4;

/// What a record was read from; while it is here, the history is the very one.
struct Kept {
    history: Weak<History>,
    question: String,
    record: Arc<Record>,
}

static KEPT: Mutex<Vec<Kept>> = Mutex::new(Vec::new());

pub fn record(history: &Arc<History>, question: &Question) -> Arc<Record> {
    let asked = key(question);
    let is_it = |kept: &Kept| kept.question == asked && kept.history.ptr_eq(&Arc::downgrade(history));
    let known = || KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(kept) = known().iter().find(|kept| is_it(kept)) {
        return kept.record.clone();
    }
    let record = Arc::new(plan::record(history, question));
    let mut all = known();
    all.retain(|kept| kept.history.strong_count() > 0);
    if all.len() >= KEPT_MAX {
        all.remove(0);
    }
    all.push(Kept { history: Arc::downgrade(history), question: asked, record: record.clone() });
    record
}

/// All of the question that a record depends on.
fn key(question: &Question) -> String {
    let Question { as_of, known_at, filters, currency, zone, settings, .. } = question;
    format!("{as_of} {known_at} {filters:?} {currency} {:?} {}", zone.iana_name(), settings.agreement_version)
}
