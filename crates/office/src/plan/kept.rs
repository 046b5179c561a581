//! The last records and answers of plans: a slider asks the same record again and again, a page's pictures and files the same plan.

use std::sync::Arc;

use insight::{
    history::History,
    plan::{self, Ask, Backtest, Changes, PlanAnswer, Record},
    question::{Question, Targets},
};

use crate::kept::Kept;

/// Few people plan at the same time.
static RECORDS: Kept<String, Record> = Kept::at_most(4);
static PLANS: Kept<(String, Ask), Worked> = Kept::at_most(8);
static PASTS: Kept<(String, usize, i64), Backtest> = Kept::at_most(4);

pub struct Worked {
    pub answer: PlanAnswer,
    /// As [`super::Planned::base`].
    pub base: Option<PlanAnswer>,
}

pub fn record(history: &Arc<History>, question: &Question) -> Arc<Record> {
    RECORDS.answer(history, key(question), || plan::record(history, question))
}

pub fn plan(history: &Arc<History>, question: &Question, record: &Record, ask: &Ask) -> Arc<Worked> {
    PLANS.answer(history, (key(question), ask.clone()), || {
        let targets = &question.settings.targets;
        let unchanged = Targets { revenue: None, ..targets.clone() };
        Worked {
            answer: plan::plan(record, targets, ask),
            base: (!ask.changes.is_none()).then(|| plan::plan(record, &unchanged, &Ask { changes: Changes::default(), ..ask.clone() })),
        }
    })
}

pub fn past(history: &Arc<History>, question: &Question, months: usize, days: i64) -> Arc<Backtest> {
    PASTS.answer(history, (key(question), months, days), || plan::backtest(history, question, months, days))
}

/// All of the question that a plan depends on.
fn key(question: &Question) -> String {
    let Question { as_of, known_at, filters, currency, zone, settings, .. } = question;
    format!("{as_of} {known_at} {filters:?} {currency} {:?} {} {:?}", zone.iana_name(), settings.agreement_version, settings.targets)
}
