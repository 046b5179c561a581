//! Rows with defaults, for tests: say what matters, leave the rest. Days count from 2026-01-01 in UTC; what is said to happen on a
//! day is learned on that day.

use alignment::{
    Currency, Instant, Money,
    handoff::ClockKind,
    lifecycle::{DealStage, Side, Stage, StageSet},
    touch::{ActivityKind, TouchKind},
};
use jiff::tz::TimeZone;

use crate::{
    history::History,
    question::{Goal, Journey, Period, Question, Settings, Targets, WorkingTime},
    rows::*,
};

/// 2026-01-01T00:00:00Z.
pub const START: Instant = Instant(1_767_225_600_000_000);

pub fn day(days: f64) -> Instant {
    START.plus_micros((days * alignment::instant::MICROS_PER_DAY as f64) as i64)
}

pub fn eur(major: i64) -> Money {
    Money::new(major * 100, Currency::EUR)
}

pub fn text(label: &str) -> Option<String> {
    (!label.is_empty()).then(|| label.to_owned())
}

/// Everything, in EUR and UTC, as of day 1000, with the default settings.
pub fn question() -> Question {
    Question {
        as_of: day(1000.0),
        known_at: day(1000.0),
        period: Period::ALL,
        by: None,
        filters: Vec::new(),
        currency: Currency::EUR,
        zone: TimeZone::UTC,
        settings: settings(),
        gaps: Vec::new(),
    }
}

pub fn settings() -> Settings {
    Settings {
        agreement_version: 1,
        lookback_days: 90,
        half_life_days: 7.0,
        journey: Journey::Company,
        model: "linear".into(),
        goal: Goal::Revenue,
        markov_order: 1,
        horizon_days: 90,
        review_minutes_max: 24 * 60,
        required_fields: vec!["email".into(), "company".into()],
        working: WorkingTime::around_the_clock(),
        gross_margin: None,
        targets: Targets::default(),
    }
}

pub fn history(delta: Delta) -> History {
    History::empty().apply(delta)
}

pub fn company(id: i64) -> CompanyRow {
    CompanyRow {
        id,
        name: Some(format!("Company {id}")),
        domain: None,
        industry: None,
        country: None,
        region: None,
        employees: None,
        annual_revenue: None,
        churned_at: None,
        custom: Vec::new(),
    }
}

pub fn person(id: i64, company: Option<i64>) -> PersonRow {
    PersonRow {
        id,
        company,
        has_name: true,
        has_email: true,
        has_phone: false,
        has_job_title: false,
        job_title: None,
        email_domain: None,
        country: None,
        custom: Vec::new(),
    }
}

/// A lead with the same number as its person, from a source that records all stages.
pub fn lead(id: i64, source: &str, opened_day: f64) -> LeadRow {
    LeadRow {
        id,
        person: id,
        company: None,
        source: text(source),
        campaign: None,
        content: None,
        owner: None,
        opened_at: day(opened_day),
        recorded_at: day(opened_day),
        stages_recorded: StageSet::ALL,
        custom: Vec::new(),
    }
}

pub fn entered(id: i64, lead: i64, stage: Stage, on_day: f64) -> TransitionRow {
    TransitionRow { id, lead, stage, at: Some(day(on_day)), recorded_at: day(on_day), reason: None, agreement_version: 1 }
}

pub fn touch(id: i64, person: i64, on_day: f64, channel: &str) -> TouchRow {
    TouchRow {
        id,
        person: Some(person),
        company: None,
        kind: TouchKind::PageView,
        at: day(on_day),
        recorded_at: day(on_day),
        channel: text(channel),
        source: None,
        campaign: None,
        content: None,
        tags: Vec::new(),
    }
}

pub fn activity(id: i64, person: i64, on_day: f64, kind: ActivityKind) -> ActivityRow {
    ActivityRow {
        id,
        person: Some(person),
        company: None,
        deal: None,
        user: None,
        kind,
        at: day(on_day),
        recorded_at: day(on_day),
        content: None,
    }
}

pub fn deal(id: i64, lead: Option<i64>, people: &[i64], amount: Option<Money>, opened_day: f64) -> DealRow {
    DealRow {
        id,
        company: None,
        lead,
        people: people.to_vec(),
        owner: None,
        amount,
        opened_at: Some(day(opened_day)),
        expected_close_at: None,
        recorded_at: day(opened_day),
        reason: None,
    }
}

pub fn moved(id: i64, deal: i64, stage: DealStage, on_day: f64) -> DealTransitionRow {
    DealTransitionRow { id, deal, stage, at: Some(day(on_day)), recorded_at: day(on_day) }
}

pub fn spend(id: i64, source: &str, side: Side, on_day: f64, amount: Money) -> SpendRow {
    SpendRow { id, campaign: None, channel: None, source: text(source), side, at: day(on_day), recorded_at: day(on_day), amount }
}

pub fn named(id: i64, name: &str) -> NamedRow {
    NamedRow { id, name: name.to_owned(), group: None, at: None, email: None }
}

/// A clock that runs from one day to the other.
pub fn clock(id: i64, lead: i64, kind: ClockKind, from_day: f64, due_day: f64) -> ClockRow {
    ClockRow {
        id,
        lead,
        kind,
        owner: None,
        started_at: day(from_day),
        due_at: day(due_day),
        ended_at: None,
        outcome: None,
        breached_at: None,
        paused_at: None,
        agreement_version: 1,
        recorded_at: day(from_day),
    }
}
