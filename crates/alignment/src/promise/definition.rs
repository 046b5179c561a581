//! The registry of promises: pages, API, command line, waivers and docs are made from it.

use crate::{agreement::Agreement, lifecycle::Side};

pub struct Promise {
    /// The name in addresses, the API and the database.
    pub key: &'static str,
    pub side: Side,
    pub name: &'static str,
    pub words: &'static str,
    pub unit: Unit,
    pub formula: &'static str,
    /// What belongs to a month, what is left out, and when it can't be judged.
    pub docs: &'static str,
    /// Kind of the clocks that it counts, where it counts clocks.
    pub clock: Option<&'static str>,
    /// What is promised: a number of leads, or a share from 0 to 1.
    pub target: fn(&Agreement) -> f64,
    /// The promise with the Agreement's numbers in it.
    pub target_words: fn(&Agreement) -> String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Count,
    /// 0 to 1.
    Rate,
}

impl Unit {
    pub fn key(self) -> &'static str {
        ["count", "rate"][self as usize]
    }
}

pub const CLOCK_KINDS: [&str; 4] = ["review", "first_attempt", "attempts", "qualification"];

pub fn find(key: &str) -> Option<&'static Promise> {
    ALL.iter().find(|promise| promise.key == key)
}

pub static ALL: [Promise; 10] = [
    Promise {
        key: "volume",
        side: Side::Marketing,
        name: "Volume",
        words: "Marketing hands over as many MQLs in the month as it promised.",
        unit: Unit::Count,
        formula: "leads that became MQLs in the month / MQLs promised, with what is carried over from the settled months before",
        docs: "A lead counts in the month in which it first became an MQL. While the month runs, the number so far is projected over its \
               working time.",
        clock: None,
        target: |agreement| f64::from(agreement.promises.mqls_per_month_min),
        target_words: |agreement| format!("{} MQLs a month", agreement.promises.mqls_per_month_min),
    },
    Promise {
        key: "quality",
        side: Side::Marketing,
        name: "Quality",
        words: "Sales accepts enough of the MQLs that it decides on.",
        unit: Unit::Rate,
        formula: "accepted / (accepted or rejected), of the leads that became MQLs in the month",
        docs: "Accepted means SAL or any later stage. MQLs that nobody has decided on yet are open; those sent back or lost without a \
               decision are left out.",
        clock: None,
        target: |agreement| agreement.promises.acceptance_rate_min,
        target_words: |agreement| format!("{} of decided MQLs accepted", percent(agreement.promises.acceptance_rate_min)),
    },
    Promise {
        key: "data_completeness",
        side: Side::Marketing,
        name: "Complete data",
        words: "The fields that both teams need are filled in when marketing hands over.",
        unit: Unit::Rate,
        formula: "required fields filled / required fields, of the leads that became MQLs in the month",
        docs: "Fields are taken as they are now. Each source is shown by itself too.",
        clock: None,
        target: |agreement| agreement.data.completeness_rate_min,
        target_words: |agreement| {
            format!("{} of {} required fields filled", percent(agreement.data.completeness_rate_min), agreement.data.required_fields.len())
        },
    },
    Promise {
        key: "feedback_review",
        side: Side::Marketing,
        name: "Review of feedback",
        words: "Marketing looks through what sales said of its leads.",
        unit: Unit::Rate,
        formula: "stretches of the month with a review / stretches that are over; a stretch is as long as the Agreement lets pass between reviews",
        docs: "Stretches are counted from the first day of the month; what is left over at the end belongs to the last one. Those that \
               began before Tandem was in use here are left out.",
        clock: None,
        target: |_| 1.0,
        target_words: |agreement| format!("looked through at least every {} days", agreement.promises.feedback_review_days_max),
    },
    Promise {
        key: "review_time",
        side: Side::Sales,
        name: "Review time",
        words: "Sales accepts or rejects each MQL in time.",
        unit: Unit::Rate,
        formula: "review clocks kept / review clocks due in the month",
        docs: CLOCKS,
        clock: Some("review"),
        target: |_| 1.0,
        target_words: |agreement| format!("each MQL within {} working hours", agreement.promises.review_hours_max),
    },
    Promise {
        key: "first_attempt",
        side: Side::Sales,
        name: "First attempt",
        words: "Sales tries to reach each accepted lead soon.",
        unit: Unit::Rate,
        formula: "first-attempt clocks kept / first-attempt clocks due in the month",
        docs: CLOCKS,
        clock: Some("first_attempt"),
        target: |_| 1.0,
        target_words: |agreement| format!("within {} working hours of accepting", agreement.promises.first_attempt_hours_max),
    },
    Promise {
        key: "attempts",
        side: Side::Sales,
        name: "Contact attempts",
        words: "Sales tries often enough before it gives a lead up.",
        unit: Unit::Rate,
        formula: "attempts clocks kept / attempts clocks due in the month",
        docs: CLOCKS,
        clock: Some("attempts"),
        target: |_| 1.0,
        target_words: |agreement| format!("{} attempts in {} days", agreement.promises.attempts_min, agreement.promises.attempts_days),
    },
    Promise {
        key: "qualification",
        side: Side::Sales,
        name: "Qualification",
        words: "Sales qualifies each accepted lead, sends it back or closes it.",
        unit: Unit::Rate,
        formula: "qualification clocks kept / qualification clocks due in the month",
        docs: CLOCKS,
        clock: Some("qualification"),
        target: |_| 1.0,
        target_words: |agreement| format!("within {} days of accepting", agreement.promises.qualification_days_max),
    },
    Promise {
        key: "logging",
        side: Side::Sales,
        name: "Logged activity",
        words: "Sales writes down what it does with the leads it accepted.",
        unit: Unit::Rate,
        formula: "leads with a logged activity within 7 days of acceptance / leads accepted in the month",
        docs: "Activities with the person, or on a deal of the lead. Leads accepted less than 7 days ago without one are open.",
        clock: None,
        target: |agreement| agreement.promises.logged_rate_min,
        target_words: |agreement| format!("{} of accepted leads within 7 days", percent(agreement.promises.logged_rate_min)),
    },
    Promise {
        key: "reasons",
        side: Side::Sales,
        name: "Reasons",
        words: "Sales says why, in words of the Agreement, when it rejects a lead or sends it back.",
        unit: Unit::Rate,
        formula: "rejections and recycles with a reason of the Agreement / rejections and recycles, in the month",
        docs: "A reason counts by its key or its name, in the list that it belongs to.",
        clock: None,
        target: |agreement| agreement.promises.reasons_rate_min,
        target_words: |agreement| format!("{} of rejections and recycles", percent(agreement.promises.reasons_rate_min)),
    },
];

const CLOCKS: &str = "A clock belongs to the month that it is due in. Every one is promised, so one late clock breaks the promise; a waived one \
                      counts only if it was kept. Clocks whose lead went another way are left out. Where leads were judged \
                      elsewhere and no clock ran, the promise is not recorded.";

/// `40%`, `97.5%`
pub(super) fn percent(rate: f64) -> String {
    let text = format!("{:.1}", rate * 100.0);
    format!("{}%", text.strip_suffix(".0").unwrap_or(&text))
}
