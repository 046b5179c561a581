//! A company whose leads become SQLs for reasons that a score can learn, and with what must not be learned from.

use alignment::{agreement::Agreement, lifecycle::Stage, touch::TouchKind};

use super::super::*;
use crate::{
    history::History,
    rows::*,
    testing::{company, day, entered, history, lead, person, touch},
};

pub const LEADS: i64 = 1200;

/// Draws that depend on the number alone.
pub fn dice(number: i64, salt: u64) -> f64 {
    use rand::RngExt;
    crate::chance::seeded(salt, number as u64).random_range(0.0..1.0)
}

/// Whether lead `id` becomes an SQL: directors and software companies do more often.
pub fn wins(id: i64) -> bool {
    let strength = if director(id) { 0.35 } else { 0.0 } + if id % 3 == 0 { 0.25 } else { 0.0 };
    dice(id, 1) < 0.08 + strength
}

pub fn director(id: i64) -> bool {
    dice(id, 2) < 0.4
}

pub fn opened(id: i64) -> f64 {
    id as f64 * 0.5
}

pub fn touched(id: i64, person: i64, kind: TouchKind, on_day: f64) -> TouchRow {
    TouchRow { kind, ..touch(id, person, on_day, "web") }
}

/// A lead every half day, an SQL twenty days later.
pub fn rows() -> Delta {
    let mut delta = Delta::default();
    for id in 1..=LEADS {
        delta.companies.push(CompanyRow { industry: Some(if id % 3 == 0 { "Software" } else { "Retail" }.into()), ..company(id) });
        let title = if director(id) { "Director of IT" } else { "IT analyst" };
        delta.people.push(PersonRow { has_job_title: true, job_title: Some(title.into()), ..person(id, Some(id)) });
        delta.leads.push(lead(id, if id % 2 == 0 { "web" } else { "event" }, opened(id)));
        delta.touches.push(touched(id, id, TouchKind::Form, opened(id)));
        if wins(id) {
            delta.transitions.push(entered(id, id, Stage::Sql, opened(id) + 20.0));
        }
    }
    delta
}

pub fn world() -> History {
    history(rows())
}

pub fn agreement() -> Agreement {
    Agreement::default_for(alignment::Currency::EUR, "Europe/Lisbon")
}

/// As of a day; the outcome is SQL within 60 days.
pub fn learned(history: &History, log: &FieldLog, as_of: f64) -> Result<Learned, TooLittle> {
    learned_under(&agreement(), history, log, as_of)
}

pub fn learned_under(agreement: &Agreement, history: &History, log: &FieldLog, as_of: f64) -> Result<Learned, TooLittle> {
    let (as_of, outcome) = (day(as_of), Stage::Sql);
    learn(history, log, &Ask { agreement, agreement_version: 1, as_of, known_at: as_of, outcome, horizon_days: 60 })
}
