//! The sample company's Agreement: the default, with its own ideal customer, holidays and target.

use alignment::{
    Currency, Instant, Money,
    agreement::{Agreement, RevenueTarget},
};
use jiff::{ToSpan, civil::Date, tz::TimeZone};

use crate::{
    companies::{EMPLOYEES_MAX, EMPLOYEES_MIN, Industry, REGIONS},
    timeline::{Timeline, ZONE},
    words::titles::ICP_ROLES,
};

/// Whole euros to sign in the calendar year in which the history ends.
const YEAR_TARGET_EUROS: f64 = 6_200_000.0;

pub fn agreement(timeline: &Timeline, scale: f64) -> Agreement {
    let mut agreement = Agreement::default_for(Currency::EUR, ZONE);
    agreement.title = "Sales and marketing Agreement of Lumen Cloud (sample)".into();
    agreement.calendar.holidays = timeline.holidays.clone();
    let ideal = &mut agreement.ideal_customer;
    ideal.industries = Industry::ideal().map(|industry| industry.name().to_owned()).collect();
    ideal.countries = REGIONS.iter().flat_map(|region| region.countries()).map(|(country, _)| (*country).to_owned()).collect();
    ideal.employees_min = EMPLOYEES_MIN;
    ideal.employees_max = EMPLOYEES_MAX;
    ideal.roles = ICP_ROLES.iter().map(|role| (*role).to_owned()).collect();
    agreement.promises.mqls_per_month_min = ((150.0 * scale).round() as u32).max(1);
    agreement.revenue_target = year_of(timeline.ends_at).map(|(from, to)| RevenueTarget {
        from,
        to,
        amount: Money::new((YEAR_TARGET_EUROS * scale).round() as i64 * 100, Currency::EUR),
    });
    agreement
}

fn year_of(at: Instant) -> Option<(Instant, Instant)> {
    let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
    let first = Date::new(at.in_zone(&zone).year(), 1, 1).ok()?;
    let start = |date: Date| date.to_zoned(zone.clone()).ok().map(|zoned| Instant::from_timestamp(zoned.timestamp()));
    Some((start(first)?, start(first.checked_add(1.year()).ok()?)?))
}
