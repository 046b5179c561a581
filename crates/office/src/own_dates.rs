//! A period by its first and last day, as people say it and forms ask for it. Everywhere else a period is `2026-01-01..2026-04-01`,
//! without its end, so what a form sends is turned into that where it is read.

use jiff::civil::Date;
use serde::Deserialize;

use crate::question::QuestionParams;

/// The choice in the list of periods that asks for dates; without dates it is the page's usual period.
pub const OWN: &str = "own";

/// The question's parameters as forms send them.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    as_of: Option<String>,
    known_at: Option<String>,
    period: Option<String>,
    /// First and last day, which count where `period` is [`OWN`].
    period_from: Option<String>,
    period_to: Option<String>,
    by: Option<String>,
    filter: Option<String>,
    model: Option<String>,
    journey: Option<String>,
    lookback_days: Option<String>,
    goal: Option<String>,
    markov_order: Option<String>,
    currency: Option<String>,
    margin: Option<String>,
}

impl From<Sent> for QuestionParams {
    fn from(sent: Sent) -> QuestionParams {
        let period = match sent.period.as_deref().map(str::trim) {
            Some(OWN) => Some(between(part(&sent.period_from), part(&sent.period_to))),
            _ => sent.period,
        };
        QuestionParams {
            as_of: sent.as_of,
            known_at: sent.known_at,
            period,
            by: sent.by,
            filter: sent.filter,
            model: sent.model,
            journey: sent.journey,
            lookback_days: sent.lookback_days,
            goal: sent.goal,
            markov_order: sent.markov_order,
            currency: sent.currency,
            margin: sent.margin,
        }
    }
}

/// The period that was asked for; [`OWN`] without dates asks for none.
pub fn asked(params: &QuestionParams) -> Option<&str> {
    params.period.as_deref().map(str::trim).filter(|period| !period.is_empty() && *period != OWN)
}

/// The question with the period that the page shows written out, so that what is kept or opened elsewhere is of the very same time.
pub fn settled(params: &QuestionParams, default: &str) -> QuestionParams {
    QuestionParams { period: Some(asked(params).unwrap_or(default).to_owned()), ..params.clone() }
}

fn part(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default().trim()
}

/// Both days inclusive; either may be left out.
fn between(first: &str, last: &str) -> String {
    if first.is_empty() && last.is_empty() {
        return OWN.to_owned();
    }
    // What is no date is handed on, so that the error names it.
    let end = last.parse::<Date>().and_then(Date::tomorrow).map_or_else(|_| last.to_owned(), |end| end.to_string());
    format!("{first}..{end}")
}

/// First and last day of a written period, for the inputs; empty where it has none.
pub fn days(period: &str) -> (String, String) {
    let month_or_year = |from: &str, to: Option<Date>| Some((from.to_owned(), to?.yesterday().ok()?.to_string()));
    let found = match period.split_once("..") {
        Some((from, to)) => {
            let last = to.trim().parse::<Date>().and_then(Date::yesterday).map_or_else(|_| to.trim().to_owned(), |day| day.to_string());
            Some((from.trim().to_owned(), last))
        }
        None => crate::question::written_period(period).and_then(|(from, to)| month_or_year(&from?.to_string(), to)),
    };
    found.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_and_last_day_become_a_period_without_its_end() {
        for (period, from, to, expected) in [
            ("own", "2026-01-01", "2026-01-31", "2026-01-01..2026-02-01"),
            ("own", "2026-01-01", "2026-01-01", "2026-01-01..2026-01-02"),
            ("own", "2026-01-01", "", "2026-01-01.."),
            ("own", "", "2025-12-31", "..2026-01-01"),
            ("own", "", "", "own"),
            ("own", "2026-01-01", "soon", "2026-01-01..soon"),
            // Dates that were left in the form when a named period was chosen.
            ("last_month", "2026-01-01", "2026-01-31", "last_month"),
        ] {
            let text = |text: &str| Some(text.to_owned());
            let sent = Sent { period: text(period), period_from: text(from), period_to: text(to), ..Sent::default() };
            assert_eq!(QuestionParams::from(sent).period.as_deref(), Some(expected), "{period} {from} {to}");
        }
    }

    #[test]
    fn the_inputs_show_the_days_of_a_period() {
        for (period, from, to) in [
            ("2026-01-01..2026-02-01", "2026-01-01", "2026-01-31"),
            ("2026-02", "2026-02-01", "2026-02-28"),
            ("2025", "2025-01-01", "2025-12-31"),
            ("2026-01-01..", "2026-01-01", ""),
            ("..2026-01-01", "", "2025-12-31"),
            ("own", "", ""),
            ("last_month", "", ""),
        ] {
            assert_eq!(days(period), (from.to_owned(), to.to_owned()), "{period}");
        }
    }
}
