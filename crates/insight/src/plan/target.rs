//! The revenue target by the plan's own season, and what it comes to: one rule for the plan's pace and for the number of revenue.

use alignment::{Instant, instant::MICROS_PER_DAY, money::split_by_weights};
use jiff::tz::TimeZone;

use super::{
    calendar::{self, Month},
    deals, record,
    season::Season,
};
use crate::{
    engine::{Amount, Context},
    question::Period,
    rows::Table,
};

const MONTHS_MAX: usize = 36;

/// Minor units of a part of the plan's time, over which they are spread evenly.
pub type Part = (Period, i64);

/// The months that a target covers, each as far as it does, to the cent: as its parts say; or else by the days of the month and its
/// season.
pub fn by_month((period, target_minor): Part, parts: &[Part], season: &Season, zone: &TimeZone) -> Vec<(Month, Part)> {
    let months = calendar::touched(period.from, period.to, zone, MONTHS_MAX);
    let inside = |month: &Month| Period { from: month.from.max(period.from), to: month.to.min(period.to) };
    let weight = |month: &Month| match parts {
        [] => season.factors[month.index] * inside(month).to.days_since(inside(month).from),
        parts => planned_between(parts, inside(month).from, inside(month).to),
    };
    let weights: Vec<f64> = months.iter().map(weight).collect();
    months.iter().zip(split_by_weights(target_minor, &weights)).map(|(month, minor)| (*month, (inside(month), minor))).collect()
}

/// The parts of the company's target: its own, or else its months by the season of what has been signed. Empty without a target.
pub fn parts<'a>(context: &'a Context) -> &'a [Part] {
    context.revenue_plan.get_or_init(|| {
        let targets = &context.question.settings.targets;
        let Some(target) = targets.revenue.filter(|_| targets.revenue_parts.is_empty()) else { return targets.revenue_parts.clone() };
        let rows = (0..context.view.deals.len()).filter(|row| context.keeps(Table::Deals, *row));
        let signed = rows.filter(|row| matches!(context.deal_amount(*row), Amount::Minor(_))).filter_map(|row| context.won(row));
        let season = deals::season(signed.map(|(at, _)| at), &record::whole_months(context));
        by_month(target, &[], &season, &context.question.zone).into_iter().map(|(_, part)| part).collect()
    })
}

/// Minor units that the plan wants between two instants.
pub fn planned_between(parts: &[Part], from: Instant, to: Instant) -> f64 {
    let share = |(part, minor): &Part| {
        let (start, end, whole) = (from.max(part.from), to.min(part.to), part.to.days_since(part.from));
        if end > start && whole > 0.0 { *minor as f64 * end.days_since(start) / whole } else { 0.0 }
    };
    parts.iter().map(share).sum()
}

/// When the plan reaches an amount; beyond its end it goes on at the pace of its last part. `None`: that is nothing.
pub fn reached_at(parts: &[Part], from: Instant, minor: f64) -> Option<Instant> {
    let mut left = minor;
    for (index, (part, amount)) in parts.iter().enumerate().filter(|(_, (part, _))| part.to > from) {
        let start = part.from.max(from);
        let whole_days = part.to.days_since(part.from);
        if *amount <= 0 || whole_days <= 0.0 {
            continue;
        }
        let of_part = *amount as f64 * part.to.days_since(start) / whole_days;
        if left <= of_part || index + 1 == parts.len() {
            return Some(start.plus_micros((left / *amount as f64 * whole_days * MICROS_PER_DAY as f64) as i64));
        }
        left -= of_part;
    }
    None
}
