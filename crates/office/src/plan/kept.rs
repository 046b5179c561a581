//! The last records and answers of plans: a slider asks the same record again and again, a page's pictures and files the same plan.

use std::sync::Arc;

use insight::{
    history::History,
    plan::{self, Ask, Backtest, Changes, PlanAnswer, Record},
    question::{Question, Targets},
};

use crate::{kept::Kept, web::AppError};

/// Few people plan at the same time.
static RECORDS: Kept<String, Record> = Kept::at_most(4);
static PLANS: Kept<(String, Ask), Worked> = Kept::at_most(8);
static PASTS: Kept<(String, usize, i64), Backtest> = Kept::at_most(4);

pub struct Worked {
    pub answer: PlanAnswer,
    /// As [`super::Planned::base`].
    pub base: Option<PlanAnswer>,
}

pub async fn record(history: &Arc<History>, question: &Question) -> Result<Arc<Record>, AppError> {
    let (of, asked) = (Arc::clone(history), question.clone());
    RECORDS.answer(history, key(question), move || plan::record(&of, &asked)).await
}

pub async fn plan(history: &Arc<History>, question: &Question, record: &Arc<Record>, ask: &Ask) -> Result<Arc<Worked>, AppError> {
    let (record, targets, asked) = (Arc::clone(record), question.settings.targets.clone(), ask.clone());
    let work = move || {
        let unchanged = Targets { revenue: None, ..targets.clone() };
        let as_recorded = Ask { changes: Changes::default(), ..asked.clone() };
        Worked {
            answer: plan::plan(&record, &targets, &asked),
            base: (!asked.changes.is_none()).then(|| plan::plan(&record, &unchanged, &as_recorded)),
        }
    };
    PLANS.answer(history, (key(question), ask.clone()), work).await
}

pub async fn past(history: &Arc<History>, question: &Question, months: usize, days: i64) -> Result<Arc<Backtest>, AppError> {
    let (of, asked) = (Arc::clone(history), question.clone());
    PASTS.answer(history, (key(question), months, days), move || plan::backtest(&of, &asked, months, days)).await
}

/// All of the question that a plan depends on.
fn key(question: &Question) -> String {
    let Question { as_of, known_at, filters, currency, zone, settings, .. } = question;
    format!("{as_of} {known_at} {filters:?} {currency} {:?} {} {:?}", zone.iana_name(), settings.agreement_version, settings.targets)
}
