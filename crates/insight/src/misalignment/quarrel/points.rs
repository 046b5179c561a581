//! Points that are shares of leads: which ones count, and which of them speak for the complaint.

use alignment::{Instant, lifecycle::Stage};

use super::case::Case;
use crate::{history::UNLABELLED, misalignment::Answered};

pub struct PointOfLeads {
    pub key: &'static str,
    pub words: &'static str,
    /// The period is that of entering this stage.
    pub since: Stage,
    pub limit: f64,
    pub observe: fn(&Case, usize, Instant) -> Option<bool>,
}

pub static ALL: [&PointOfLeads; 11] = [
    &NOT_IN_TIME,
    &NEVER_ANSWERED,
    &ACCEPTED_NOT_TOUCHED,
    &REJECTED_WITHOUT_REASON,
    &REASON_GIVEN,
    &NO_SQL,
    &NO_WIN,
    &FEW_ATTEMPTS,
    &REJECTED,
    &REJECTED_OF_OPENED,
    &MQLS,
];

pub fn find(key: &str) -> Option<&'static PointOfLeads> {
    ALL.into_iter().find(|point| point.key == key)
}

/// What the leads behind a point are. `None`: there is no such point of leads.
pub fn words_of(key: &str) -> Option<&'static str> {
    find(key).map(|point| point.words)
}

pub const LIMIT_NOT_IN_TIME: f64 = 0.2;

pub static NOT_IN_TIME: PointOfLeads = PointOfLeads {
    key: "not_answered_in_time",
    words: "MQLs that sales answered later than promised, or never: no decision or attempt inside the review time, or accepted and not tried inside the time for the first attempt.",
    since: Stage::Mql,
    limit: LIMIT_NOT_IN_TIME,
    observe: |case, row, _| case.answers[row]?.is_in_time().map(|in_time| !in_time),
};

pub static NEVER_ANSWERED: PointOfLeads = PointOfLeads {
    key: "never_answered",
    words: "MQLs that nobody decided on or tried to reach at all, though the promised time is over.",
    since: Stage::Mql,
    limit: 0.1,
    observe: |case, row, _| case.answers[row]?.is_in_time().map(|_| case.answers[row] == Some(Answered::Never)),
};

pub static ACCEPTED_NOT_TOUCHED: PointOfLeads = PointOfLeads {
    key: "accepted_not_touched",
    words: "Accepted leads without any logged activity in the 7 days after.",
    since: Stage::Sal,
    limit: 0.2,
    observe: |case, row, at| {
        let view = &case.context.view;
        let until = at.plus_days(7);
        let facts = &view.leads[row];
        if !view.work().is_recorded() || facts.at(Stage::Sal).is_none() || until > view.as_of {
            return None;
        }
        Some(view.work().first_with(view, row, at, false).is_none_or(|first_at| first_at > until))
    },
};

pub static REJECTED_WITHOUT_REASON: PointOfLeads = PointOfLeads {
    key: "rejected_without_reason",
    words: "Rejected leads for which nobody wrote down a reason.",
    since: Stage::Rejected,
    limit: 0.2,
    observe: |case, row, _| {
        case.context.view.leads[row].has_entered(Stage::Rejected).then(|| case.context.view.rejection_reasons()[row] == UNLABELLED)
    },
};

pub static REASON_GIVEN: PointOfLeads = PointOfLeads {
    key: "reason_given",
    words: "Rejected leads for which sales wrote down a reason.",
    since: Stage::Rejected,
    limit: 0.8,
    observe: |case, row, at| (REJECTED_WITHOUT_REASON.observe)(case, row, at).map(|without| !without),
};

/// Only those that have had 30 days count.
pub static NO_SQL: PointOfLeads = PointOfLeads {
    key: "accepted_not_sql",
    words: "Accepted leads, at least 30 days ago, that did not become SQLs in 30 days.",
    since: Stage::Sal,
    limit: 0.0,
    observe: |case, row, at| did_not_reach(case, row, at, Stage::Sql, 30),
};

/// Only those that have had the horizon's time count.
pub static NO_WIN: PointOfLeads = PointOfLeads {
    key: "sql_not_won",
    words: "SQLs old enough (the Agreement's horizon) that did not become customers in that time.",
    since: Stage::Sql,
    limit: 0.0,
    observe: |case, row, at| did_not_reach(case, row, at, Stage::Customer, i64::from(case.context.question.settings.horizon_days)),
};

pub static FEW_ATTEMPTS: PointOfLeads = PointOfLeads {
    key: "too_few_attempts",
    words: "Accepted leads that got fewer attempts than promised in the promised days, and neither became SQLs nor left before these were over.",
    since: Stage::Sal,
    limit: 0.5,
    observe: |case, row, at| {
        let view = &case.context.view;
        let terms = case.lookout.terms;
        let until = at.plus_days(i64::from(terms.attempts_days));
        let facts = &view.leads[row];
        if !view.work().is_recorded() || facts.at(Stage::Sal).is_none() || until > view.as_of {
            return None;
        }
        let left = [Stage::Sql, Stage::Rejected, Stage::Recycled, Stage::Lost].into_iter().filter_map(|stage| facts.from(stage)).min();
        if left.is_some_and(|left| left <= until) {
            return None;
        }
        let mut attempts = 0;
        let mut after = at;
        while attempts < terms.attempts_min {
            match view.work().first_with(view, row, after, true) {
                Some(tried_at) if tried_at <= until => (attempts, after) = (attempts + 1, tried_at.plus_micros(1)),
                _ => return Some(true),
            }
        }
        Some(false)
    },
};

pub static REJECTED: PointOfLeads = PointOfLeads {
    key: "rejected",
    words: "MQLs that sales decided on and rejected.",
    since: Stage::Mql,
    limit: 0.6,
    observe: |case, row, _| match crate::kpi::decision(&case.context.view.leads[row]) {
        crate::kpi::Decision::Accepted => Some(false),
        crate::kpi::Decision::Rejected => Some(true),
        _ => None,
    },
};

/// What a rejection rate of spend is made of: leads belong to the period in which they began, as what they cost does.
pub static REJECTED_OF_OPENED: PointOfLeads = PointOfLeads {
    key: "rejected_of_opened",
    words: "Leads of the period that became MQLs and that sales decided on, and those of them that it rejected.",
    since: Stage::Lead,
    ..REJECTED
};

/// In whole months of the period, as a promise of so many a month is kept or not.
pub static MQLS: PointOfLeads = PointOfLeads {
    key: "mqls",
    words: "MQLs of the whole months of the period.",
    since: Stage::Mql,
    limit: 1.0,
    observe: |case, row, at| {
        let months = &case.context.months;
        let is_in_whole_month = months.index_of(at).is_some_and(|index| months.is_whole(index));
        (is_in_whole_month && case.context.view.leads[row].counts_in(Stage::Mql)).then_some(true)
    },
};

fn did_not_reach(case: &Case, row: usize, at: Instant, stage: Stage, days: i64) -> Option<bool> {
    let facts = &case.context.view.leads[row];
    let until = at.plus_days(days);
    if until > case.context.view.as_of || !facts.records(stage) {
        return None;
    }
    Some(facts.from(stage).is_none_or(|reached| reached > until))
}
