//! What stands beside a number, in words and in its own unit.

use alignment::Currency;
use insight::answer::{KpiAnswer, Unit};

use crate::ui::format;

#[derive(Clone, Copy)]
enum Shown {
    Count,
    Rate,
    Money,
    Days,
    Hours,
    Months,
    /// As the number itself.
    Own,
}

static NAMES: &[(&str, &str, Shown)] = &[
    ("mean", "Mean", Shown::Own),
    ("median", "Median", Shown::Own),
    ("p75", "3 in 4 below", Shown::Own),
    ("p90", "9 in 10 below", Shown::Own),
    ("sum", "In all", Shown::Own),
    ("within_sla", "Inside the SLA, by the clock", Shown::Rate),
    ("within_sla_working", "Inside the SLA, in working hours", Shown::Rate),
    ("working_hours", "Median in working hours", Shown::Hours),
    ("working_hours_p90", "9 in 10 below, in working hours", Shown::Hours),
    ("never_share", "Never followed up, of all due", Shown::Rate),
    ("within_horizon", "Within the horizon, old cohorts", Shown::Rate),
    ("corrected", "Corrected for young cohorts", Shown::Rate),
    ("corrected_low", "Corrected, low end", Shown::Rate),
    ("corrected_high", "Corrected, high end", Shown::Rate),
    ("horizon_days", "Horizon", Shown::Days),
    ("money", "Out of", Shown::Money),
    ("money_of_hits", "In money", Shown::Money),
    ("spend", "Spent", Shown::Money),
    ("amount", "Open", Shown::Money),
    ("out_of", "Target", Shown::Money),
    ("lagged", "Lagged: by where these leads came from", Shown::Money),
    ("lagged_n", "Got there since, of the period’s leads", Shown::Count),
    ("revenue_per_customer", "Revenue per customer", Shown::Money),
    ("payback_months", "Paid back after", Shown::Months),
    ("planned", "Planned by now", Shown::Money),
    ("signed_of_plan", "Signed within the plan’s time", Shown::Money),
    ("ahead", "Ahead of the plan", Shown::Money),
    ("ahead_days", "Ahead of the plan, in days", Shown::Days),
    ("beyond_plan", "Signed outside the plan’s time", Shown::Money),
    ("with_open", "Median with open deals", Shown::Days),
    ("with_open_n", "Deals in it", Shown::Count),
    ("per_quarter", "A quarter", Shown::Count),
    ("rate", "Of the leads of these months", Shown::Rate),
    ("money_of_best_piece", "Most revenue with one piece", Shown::Money),
];

/// Name and value of each, where it is defined.
pub fn beside(answer: &KpiAnswer, currency: Currency) -> Vec<(String, String)> {
    let also = &answer.measure.also;
    let shown = |(name, value): &(&'static str, Option<f64>)| {
        let value = (*value)?;
        // How much of the time has a target is said in one line.
        match *name {
            "months" => return None,
            "months_with_target" => {
                let of = also.iter().find(|(name, _)| *name == "months").and_then(|(_, months)| *months).unwrap_or(0.0);
                let words = format!("{} of {} months", format::fixed(value, 0), format::fixed(of, 0));
                return Some(("The target covers".to_owned(), words));
            }
            _ => {}
        }
        let (words, kind) = named(name);
        Some((words, in_words(value, kind, answer.unit, currency)))
    };
    also.iter().filter_map(shown).collect()
}

fn named(name: &str) -> (String, Shown) {
    if let Some((_, words, kind)) = NAMES.iter().find(|(known, _, _)| *known == name) {
        return ((*words).to_owned(), *kind);
    }
    let spaced = name.replace('_', " ");
    let kind = if name.ends_with("rate") || name.ends_with("share") { Shown::Rate } else { Shown::Count };
    (spaced[..1].to_uppercase() + &spaced[1..], kind)
}

fn in_words(value: f64, kind: Shown, unit: Unit, currency: Currency) -> String {
    match kind {
        Shown::Count => format::fixed(value, if value.fract() == 0.0 { 0 } else { 1 }),
        Shown::Rate => format::rate(value),
        Shown::Money => format::money_short(value, currency),
        Shown::Days => format::value(value, Unit::Days, currency),
        Shown::Hours => format::value(value, Unit::Hours, currency),
        Shown::Months => format!("{} months", format::fixed(value, 1)),
        Shown::Own => format::value(value, unit, currency),
    }
}
