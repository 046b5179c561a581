//! The numbers that are compared, and what enters them.

use alignment::{
    Instant,
    calendar::{WorkCalendar, working_micros_between},
    instant::MICROS_PER_HOUR,
    lifecycle::Stage,
    rate::Rate,
};

use super::{Pair, Settings, Side};
use crate::{
    answer::{Better, Unit},
    engine::{Amount, Context, percentile},
    experiment::{
        proportions,
        resample::{self, Sparse},
    },
    kpi::first_contact,
    misalignment::answer_of,
    question::Period,
    rows::Table,
};

pub struct Number {
    pub key: &'static str,
    pub name: &'static str,
    pub words: &'static str,
    pub unit: Unit,
    pub better: Better,
    /// What its rows are.
    pub table: Table,
    enter: fn(&Context, &WorkCalendar, Settings) -> Entrants,
}

pub static ALL: [Number; 6] = [
    Number {
        key: "mql_to_sql_rate",
        name: "MQL to SQL",
        words: "Of the MQLs of the window, the share that became SQLs within the days that count.",
        unit: Unit::Rate,
        better: Better::Up,
        table: Table::Leads,
        enter: |context, _, _| each_mql(context, |row, at| by_stage(context, row, at, Stage::Sql)),
    },
    Number {
        key: "mql_to_sal_rate",
        name: "Acceptance",
        words: "Of the MQLs of the window that sales decided on within the days that count, the share that it accepted.",
        unit: Unit::Rate,
        better: Better::Up,
        table: Table::Leads,
        enter: |context, _, _| each_mql(context, |row, at| decided(context, row, at)),
    },
    Number {
        key: "answered_in_time_rate",
        name: "Followed up in time",
        words: "Of the MQLs of the window whose promised time is over, the share that sales answered inside it, by today's promise on both sides.",
        unit: Unit::Rate,
        better: Better::Up,
        table: Table::Leads,
        enter: |context, calendar, settings| {
            each_mql(context, |row, _| {
                let answer = answer_of(context, calendar, settings.review_minutes_max, settings.first_attempt_minutes_max, row)?;
                Some(Enter { row, after_days: 0.0, brings: Brings::Decision(answer.is_in_time()?) })
            })
        },
    },
    Number {
        key: "follow_up_working_hours",
        name: "Follow-up time",
        words: "Working hours from MQL to the first attempt, of those attempted within the days that count: the median.",
        unit: Unit::Hours,
        better: Better::Down,
        table: Table::Leads,
        enter: |context, calendar, _| each_mql(context, |row, at| waited(context, calendar, row, at)),
    },
    Number {
        key: "sales_cycle_days",
        name: "Sales cycle",
        words: "Days from the first contact to the signature, of the deals signed in the window: the median.",
        unit: Unit::Days,
        better: Better::Down,
        table: Table::Deals,
        enter: |context, _, _| cycles(context),
    },
    Number {
        key: "revenue_per_lead",
        name: "Revenue per lead",
        words: "What the leads opened in the window signed within the days that count, per lead.",
        unit: Unit::Money,
        better: Better::Up,
        table: Table::Leads,
        enter: |context, _, _| revenue(context),
    },
];

/// By instant.
pub type Entrants = Vec<(Instant, Enter)>;

pub struct Enter {
    /// Of its table.
    pub row: usize,
    /// How long after entering what it brings came.
    after_days: f64,
    brings: Brings,
}

pub enum Brings {
    /// A hit once `after_days` have passed, always in the denominator.
    Hit,
    /// Hit or miss, in the denominator only once `after_days` have passed.
    Decision(bool),
    /// A duration or an amount, once `after_days` have passed.
    Value(f64),
    /// Minor units by when they came; always in the denominator.
    Amounts(Vec<(f64, i64)>),
}

pub fn entrants(context: &Context, calendar: &WorkCalendar, settings: Settings, number: &Number) -> Entrants {
    context.view.work();
    let mut found = (number.enter)(context, calendar, settings);
    found.sort_by_key(|(at, _)| *at);
    found
}

/// The number before and after.
pub fn pair(number: &Number, entrants: &Entrants, before: Period, after: Period, within_days: f64) -> Pair {
    let (before, after) = (inside(entrants, before), inside(entrants, after));
    let seed = number.key.bytes().fold(0_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
    match number.unit {
        Unit::Rate => {
            let (before, after) = (rate(before, within_days), rate(after, within_days));
            Pair { difference: proportions::difference(before, after), before: of_rate(before), after: of_rate(after) }
        }
        Unit::Money => {
            let (before, after) = (amounts(before, within_days), amounts(after, within_days));
            let difference = resample::means(&before, &after, seed).map(|(difference, _)| difference);
            let side = |sample: &Sparse| Side { value: sample.mean(), n: sample.n, hits: None, interval: sample.interval(seed) };
            Pair { before: side(&before), after: side(&after), difference }
        }
        _ => {
            let (before, after) = (values(before, within_days), values(after, within_days));
            let side = |sorted: &[f64]| Side {
                value: (!sorted.is_empty()).then(|| percentile(sorted, 0.5)),
                n: sorted.len() as u64,
                hits: None,
                interval: resample::median_interval(sorted, seed),
            };
            Pair { difference: resample::medians(&before, &after, seed), before: side(&before), after: side(&after) }
        }
    }
}

pub fn inside(entrants: &Entrants, period: Period) -> &[(Instant, Enter)] {
    let place = |at: Instant| entrants.partition_point(|(entered, _)| *entered < at);
    &entrants[place(period.from)..place(period.to).max(place(period.from))]
}

/// Whether an entrant counts, as a hit or not, and with what: 1 or 0, a duration, minor units.
pub fn counted(enter: &Enter, within_days: f64) -> Option<(bool, f64)> {
    let is_in_time = enter.after_days <= within_days;
    let of = |hit: bool| Some((hit, f64::from(u8::from(hit))));
    match &enter.brings {
        Brings::Hit => of(is_in_time),
        Brings::Decision(hit) if is_in_time => of(*hit),
        Brings::Value(value) if is_in_time => Some((true, *value)),
        Brings::Decision(_) | Brings::Value(_) => None,
        Brings::Amounts(amounts) => {
            let sum: i64 = amounts.iter().filter(|(after_days, _)| *after_days <= within_days).map(|(_, minor)| minor).sum();
            Some((sum != 0, sum as f64))
        }
    }
}

fn rate(entrants: &[(Instant, Enter)], within_days: f64) -> Rate {
    let counted = entrants.iter().filter_map(|(_, enter)| counted(enter, within_days));
    counted.fold(Rate::default(), |rate, (hit, _)| Rate::new(rate.hits + u64::from(hit), rate.of + 1))
}

fn of_rate(rate: Rate) -> Side {
    Side { value: rate.value(), n: rate.of, hits: Some(rate.hits), interval: rate.interval() }
}

fn values(entrants: &[(Instant, Enter)], within_days: f64) -> Vec<f64> {
    let mut values: Vec<f64> = entrants.iter().filter_map(|(_, enter)| counted(enter, within_days)).map(|(_, value)| value).collect();
    values.sort_unstable_by(f64::total_cmp);
    values
}

fn amounts(entrants: &[(Instant, Enter)], within_days: f64) -> Sparse {
    let mut sample = Sparse::default();
    for (hit, value) in entrants.iter().filter_map(|(_, enter)| counted(enter, within_days)) {
        sample.n += 1;
        if hit {
            sample.values.push(value);
        }
    }
    sample
}

/// MQLs whose instant was written down.
fn each_mql(context: &Context, enter: impl Fn(usize, Instant) -> Option<Enter>) -> Entrants {
    let rows = (0..context.history.leads.len()).filter(|row| context.keeps(Table::Leads, *row));
    let mql = |row: usize| {
        let facts = &context.view.leads[row];
        let at = facts.at(Stage::Mql).filter(|_| facts.is_known())?;
        Some((at, enter(row, at)?))
    };
    rows.filter_map(mql).collect()
}

/// Nothing that came is later than any horizon. `None`: its source does not write the stage down.
fn by_stage(context: &Context, row: usize, at: Instant, stage: Stage) -> Option<Enter> {
    let facts = &context.view.leads[row];
    let reached = facts.source_records(stage).then(|| facts.from(stage))?;
    Some(Enter { row, after_days: reached.map_or(f64::INFINITY, |reached| reached.days_since(at)), brings: Brings::Hit })
}

fn decided(context: &Context, row: usize, at: Instant) -> Option<Enter> {
    let facts = &context.view.leads[row];
    let (decided_at, accepted) = match (facts.from(Stage::Sal), facts.from(Stage::Rejected)) {
        (Some(accepted_at), _) => (accepted_at, true),
        (None, Some(rejected_at)) => (rejected_at, false),
        (None, None) => return None,
    };
    Some(Enter { row, after_days: decided_at.days_since(at), brings: Brings::Decision(accepted) })
}

fn waited(context: &Context, calendar: &WorkCalendar, row: usize, at: Instant) -> Option<Enter> {
    let first_at = context.view.work().first_with(&context.view, row, at, true)?;
    let hours = working_micros_between(calendar, at, first_at) as f64 / MICROS_PER_HOUR as f64;
    Some(Enter { row, after_days: first_at.days_since(at), brings: Brings::Value(hours) })
}

fn cycles(context: &Context) -> Entrants {
    let cycle = |row: usize| {
        let (_, signed_at) = context.won(row)?;
        let (signed_at, first_at) = (signed_at?, first_contact(context, row)?);
        (first_at <= signed_at).then(|| (signed_at, Enter { row, after_days: 0.0, brings: Brings::Value(signed_at.days_since(first_at)) }))
    };
    (0..context.history.deals.len()).filter(|row| context.keeps(Table::Deals, *row)).filter_map(cycle).collect()
}

fn revenue(context: &Context) -> Entrants {
    let leads = &context.view.leads;
    let mut found: Vec<Option<Vec<(f64, i64)>>> = leads.iter().map(|facts| facts.begins().map(|_| Vec::new())).collect();
    for row in 0..context.history.deals.len() {
        let (Some((at, _)), Amount::Minor(minor)) = (context.won(row), context.deal_amount(row)) else { continue };
        let Some(lead) = context.view.lead_of_deal(row) else { continue };
        if let (Some(opened_at), Some(amounts)) = (leads[lead].begins(), &mut found[lead]) {
            amounts.push((at.days_since(opened_at), minor));
        }
    }
    let entrants = found.into_iter().enumerate().filter(|(row, _)| context.keeps(Table::Leads, *row));
    entrants
        .filter_map(|(row, amounts)| Some((leads[row].begins()?, Enter { row, after_days: 0.0, brings: Brings::Amounts(amounts?) })))
        .collect()
}
