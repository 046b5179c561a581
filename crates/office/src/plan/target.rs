//! The target where nobody said one, and where its amount is from.

use alignment::{Instant, instant::MICROS_PER_DAY};
use insight::{
    plan::{Ask, FOCUS, MONTHS_MAX, Record, Target},
    question::{Period, Question},
};
use jiff::{ToSpan, tz::TimeZone};

use super::{
    body::{self, PlanBody},
    params::Aim,
};

const LAST_DAYS: i64 = 91;

/// Where the amount of a target is from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Origin {
    /// Somebody wrote it, here or in the saved plan.
    Said,
    /// Of the Agreement's revenue target, what is not signed yet.
    Missing,
    /// As much again as in the last 91 days.
    LastDays,
}

impl Origin {
    /// As the end of a sentence. `None`: there is nothing to explain.
    pub fn words(self) -> Option<&'static str> {
        match self {
            Origin::Said => None,
            Origin::Missing => Some("what is missing from the Agreement’s revenue target"),
            Origin::LastDays => Some("as much as the last 91 days brought"),
        }
    }
}

/// What is asked for where nothing was said, by the end of the Agreement's revenue target or else of the next three months: what is missing
/// from that target, unless customers are aimed at; or as much as the last quarter brought.
pub fn default(record: &Record, question: &Question, aim: Option<Aim>) -> (Ask, Origin) {
    let as_of = question.as_of;
    // The Agreement's target is the whole company's.
    let of_company = question.settings.targets.revenue.filter(|(period, _)| question.filters.is_empty() && period.to > as_of.plus_days(1));
    let by =
        of_company.map_or_else(|| in_three_months(record, as_of), |(period, _)| period.to.min(last_day_reached(record, as_of, period)));
    let signed_in = |from: Instant, to: Instant| record.deals.signed.iter().filter(move |(at, _)| from <= *at && *at < to);
    let missing = of_company.map(|(period, minor)| minor - signed_in(period.from, period.to).map(|(_, minor)| minor).sum::<f64>() as i64);
    if let Some(missing) = missing.filter(|missing| *missing > 0 && aim != Some(Aim::Customers)) {
        return (Ask::new(Target::Revenue(missing), by), Origin::Missing);
    }
    let last = || signed_in(as_of.plus_micros(-LAST_DAYS * MICROS_PER_DAY), Instant::MAX);
    let target = match aim {
        Some(Aim::Revenue) => Target::Revenue((last().map(|(_, minor)| minor).sum::<f64>() as i64).max(record.currency.minor_per_major())),
        _ => Target::Customers((last().count() as u64).max(1)),
    };
    (Ask::new(target, by), Origin::LastDays)
}

pub fn aim_of(ask: &Ask) -> Aim {
    match ask.target {
        Target::Customers(_) => Aim::Customers,
        Target::Revenue(_) => Aim::Revenue,
    }
}

/// Takes out what a form sends and is the default: tomorrow's plan is then of tomorrow's default.
pub fn settle(body: &mut PlanBody, usual: &Ask, zone: &TimeZone) {
    let is_usual = match usual.target {
        Target::Customers(count) => body.customers == Some(count),
        Target::Revenue(minor) => body.revenue_minor == Some(minor),
    };
    if is_usual {
        (body.customers, body.revenue_minor) = (None, None);
    }
    body.by = body.by.take().filter(|by| body::end_of(by, zone).ok() != Some(usual.by));
    body.probability = body.probability.filter(|chance| *chance != FOCUS);
}

fn in_three_months(record: &Record, as_of: Instant) -> Instant {
    let month = as_of.in_zone(&record.zone).date().first_of_month().saturating_add(4.months());
    month.to_zoned(record.zone.clone()).map_or(as_of.plus_days(120), |end| Instant::from_timestamp(end.timestamp()))
}

fn last_day_reached(record: &Record, as_of: Instant, period: Period) -> Instant {
    let last = as_of.in_zone(&record.zone).checked_add((MONTHS_MAX as i32).months());
    last.map_or(period.to, |end| Instant::from_timestamp(end.timestamp()))
}
