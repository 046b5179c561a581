//! From what a person asks (a URL, options on the command line) to a question to the history. One place for pages, API and command line.

pub mod filters;

use std::sync::Arc;

use alignment::{
    Currency, Instant,
    agreement::{Agreement, Version},
};
use insight::{
    attribution,
    history::History,
    question::{Dimension, Filter, Goal, Journey, Period, Question, Settings, Targets, WorkingTime},
};
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use rustc_hash::FxHashMap;

use crate::{Office, own_dates};

/// What was asked, as text; all of it may be left out.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize, utoipa::IntoParams)]
#[serde(from = "own_dates::Sent")]
pub struct QuestionParams {
    /// An instant or a date, which means its end: nothing later counts.
    pub as_of: Option<String>,
    /// An instant: nothing that was learned later counts.
    pub known_at: Option<String>,
    /// `all`, `this_month`, `last_month`, `this_quarter`, `last_quarter`, `this_year`, `last_year`, `last_12_months`, a month `2026-03`, a
    /// year `2026`, or `2026-01-01..2026-04-01` (the end is not included). Without an end: up to `as_of`; without a beginning: the twelve
    /// months before the end.
    pub period: Option<String>,
    /// A dimension, see [`Dimension::parse`].
    pub by: Option<String>,
    /// `dimension=value` or `dimension=` for "not recorded"; several stand one a line or separated by `;`, which is `\;` inside a value.
    pub filter: Option<String>,
    pub model: Option<String>,
    /// `person` or `company`.
    pub journey: Option<String>,
    pub lookback_days: Option<String>,
    /// `revenue`, `pipeline` or `customers`: what attribution shares out.
    pub goal: Option<String>,
    /// 1, 2 or 3.
    pub markov_order: Option<String>,
    pub currency: Option<String>,
    /// Share of the revenue that is left after what is delivered for it, 0 to 1: what a customer pays back.
    pub margin: Option<String>,
}

/// A question that can't be asked; says which part is wrong and what to write.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("{part} `{value}`: {what_to_do}")]
pub struct QuestionError {
    pub part: &'static str,
    pub value: String,
    pub what_to_do: String,
}

pub static PERIODS: &[(&str, &str)] = &[
    ("this_month", "This month"),
    ("last_month", "Last month"),
    ("this_quarter", "This quarter"),
    ("last_quarter", "Last quarter"),
    ("this_year", "This year"),
    ("last_year", "Last year"),
    ("last_12_months", "Last 12 months"),
    ("all", "All time"),
];

/// The history as it stands and the question over it; `period` counts where the params name none. With `known_at`, the history as it was
/// known then, judged by the Agreement that was in force.
pub async fn ask(office: &Office, params: &QuestionParams, period: &str) -> anyhow::Result<(Arc<History>, Question)> {
    let (versions, now) = (office.versions().await?, office.clock().now());
    let Some(text) = part(&params.known_at) else {
        let history = office.history().await?;
        let question = question(params, period, versions.at(now), &history, now)?;
        return Ok((history, question));
    };
    let known_at = instant("known_at", text, &versions.at(now).agreement.time_zone())?;
    let past = office.history_keeper().known_at(office.facts(), known_at).await?;
    let mut question = question(params, period, versions.at(known_at.min(now)), &past.history, now)?;
    question.gaps.clone_from(&past.gaps);
    Ok((Arc::clone(&past.history), question))
}

pub fn question(
    params: &QuestionParams,
    default_period: &str,
    version: &Version,
    history: &History,
    now: Instant,
) -> Result<Question, QuestionError> {
    let agreement = &version.agreement;
    let zone = agreement.time_zone();
    // One that is still to come means all that is known.
    let known_at = part(&params.known_at).map_or(Ok(now), |text| instant("known_at", text, &zone))?;
    let as_of = part(&params.as_of).map_or(Ok(known_at.min(now)), |text| past("as_of", text, &zone, now))?;
    let by = part(&params.by).map(|text| Dimension::parse(text).ok_or_else(|| dimension_unknown("by", text))).transpose()?;
    let currency = match part(&params.currency) {
        Some(text) => text.parse().map_err(|error| wrong("currency", text, &format!("{error}")))?,
        None => reporting_currency(history, agreement, known_at),
    };
    Ok(Question {
        as_of,
        known_at,
        period: period(own_dates::asked(params).unwrap_or(default_period), as_of, &zone)?,
        by,
        filters: filters(params.filter.as_deref().unwrap_or_default())?,
        currency,
        settings: settings(params, version)?,
        zone,
        gaps: Vec::new(),
    })
}

fn settings(params: &QuestionParams, version: &Version) -> Result<Settings, QuestionError> {
    let agreement = &version.agreement;
    let model = part(&params.model).unwrap_or(&agreement.attribution.model);
    if model != "all" {
        attribution::find(model).map_err(|error| wrong("model", model, &error.to_string()))?;
    }
    let journey = match part(&params.journey).unwrap_or(&agreement.attribution.journey) {
        "person" => Journey::Person,
        "company" => Journey::Company,
        other => return Err(wrong("journey", other, "write person or company")),
    };
    let lookback_days = match part(&params.lookback_days) {
        None => agreement.attribution.lookback_days,
        Some(text) => text
            .parse()
            .ok()
            .filter(|days| (1..=3650).contains(days))
            .ok_or_else(|| wrong("lookback_days", text, "write a number of days from 1 to 3650"))?,
    };
    let goal = match part(&params.goal) {
        None => Goal::Revenue,
        Some(text) => Goal::parse(text).ok_or_else(|| wrong("goal", text, "write revenue, pipeline or customers"))?,
    };
    let markov_order = match part(&params.markov_order) {
        None => 1,
        Some(text) => {
            let order = text.parse().ok().filter(|order| (1..=3).contains(order));
            order.ok_or_else(|| wrong("markov_order", text, "write 1, 2 or 3"))?
        }
    };
    let gross_margin = match part(&params.margin) {
        None => None,
        Some(text) => {
            let share = text.parse().ok().filter(|share: &f64| (0.0..=1.0).contains(share));
            Some(share.ok_or_else(|| wrong("margin", text, "write a share from 0 to 1, such as 0.8"))?)
        }
    };
    Ok(Settings {
        agreement_version: version.number,
        lookback_days,
        half_life_days: agreement.attribution.half_life_days,
        journey,
        model: if model == "all" { agreement.attribution.model.clone() } else { model.to_owned() },
        goal,
        markov_order,
        horizon_days: agreement.maturity.horizon_days,
        review_minutes_max: i64::from(agreement.promises.review_hours_max) * 60,
        required_fields: agreement.data.required_fields.clone(),
        working: WorkingTime::of(agreement),
        gross_margin,
        targets: Targets {
            mqls_per_month: Some(f64::from(agreement.promises.mqls_per_month_min)),
            acceptance_rate: Some(agreement.promises.acceptance_rate_min),
            logged_rate: Some(agreement.promises.logged_rate_min),
            completeness_rate: Some(agreement.data.completeness_rate_min),
            revenue: agreement.revenue_target.as_ref().map(|target| (Period { from: target.from, to: target.to }, target.amount.minor)),
            revenue_parts: Vec::new(),
        },
    })
}

/// The Agreement's currency, unless no deal and no spend is in it: then the one that most deals are in, so that a record kept in another
/// currency can be read before anybody has edited the Agreement.
pub fn reporting_currency(history: &History, agreement: &Agreement, known_at: Instant) -> Currency {
    let mut deals: FxHashMap<Currency, usize> = FxHashMap::default();
    for row in (0..history.deals.len()).filter(|row| history.deals.recorded_at.get(*row) <= known_at) {
        if let Some(money) = history.deals.amount.get(row) {
            *deals.entry(money.currency).or_default() += 1;
        }
    }
    let of_agreement = |row: usize| history.spend.amount.get(row).is_some_and(|money| money.currency == agreement.currency);
    let in_spend = (0..history.spend.len()).any(|row| history.spend.recorded_at.get(row) <= known_at && of_agreement(row));
    if in_spend || deals.contains_key(&agreement.currency) {
        return agreement.currency;
    }
    let most = deals.into_iter().max_by_key(|(currency, count)| (*count, std::cmp::Reverse(*currency)));
    most.map_or(agreement.currency, |(currency, _)| currency)
}

fn part(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

fn wrong(part: &'static str, value: &str, what_to_do: &str) -> QuestionError {
    QuestionError { part, value: value.to_owned(), what_to_do: what_to_do.to_owned() }
}

fn dimension_unknown(part: &'static str, text: &str) -> QuestionError {
    wrong(part, text, "write source, campaign, channel, content, owner, industry, country, rejection_reason, custom:<field> or tag:<key>")
}

/// A date alone means the end of that day.
fn instant(name: &'static str, text: &str, zone: &TimeZone) -> Result<Instant, QuestionError> {
    if let Ok(date) = text.parse::<Date>()
        && !text.contains('T')
    {
        return start_of(date.saturating_add(1.day()), zone).map(|end| end.plus_micros(-1)).ok_or_else(|| wrong(name, text, "no such day"));
    }
    text.parse().map_err(|_| wrong(name, text, "write 2026-03-01 or 2026-03-01T09:00:00Z"))
}

/// An instant up to now: what is still to come has not been written down. The day of today is as long as it has lasted.
fn past(name: &'static str, text: &str, zone: &TimeZone, now: Instant) -> Result<Instant, QuestionError> {
    let at = instant(name, text, zone)?;
    if at > now && at.in_zone(zone).date() > now.in_zone(zone).date() {
        return Err(wrong(name, text, &format!("that is still to come; write an instant up to now, {now}, or leave it out")));
    }
    Ok(at.min(now))
}

fn start_of(date: Date, zone: &TimeZone) -> Option<Instant> {
    Some(Instant::from_timestamp(date.to_zoned(zone.clone()).ok()?.timestamp()))
}

fn period(text: &str, as_of: Instant, zone: &TimeZone) -> Result<Period, QuestionError> {
    let today = as_of.in_zone(zone).date();
    let month = today.first_of_month();
    let quarter = Date::constant(today.year(), (today.month() - 1) / 3 * 3 + 1, 1);
    let year = today.first_of_year();
    let what_to_do = || {
        let names: Vec<_> = PERIODS.iter().map(|(key, _)| *key).collect();
        wrong("period", text, &format!("write {}, a month 2026-03, a year 2026 or 2026-01-01..2026-04-01", names.join(", ")))
    };
    let (from, to) = match text {
        "all" => return Ok(Period::ALL),
        "this_month" => (month, month.saturating_add(1.month())),
        "last_month" => (month.saturating_sub(1.month()), month),
        "this_quarter" => (quarter, quarter.saturating_add(3.months())),
        "last_quarter" => (quarter.saturating_sub(3.months()), quarter),
        "this_year" => (year, year.saturating_add(1.year())),
        "last_year" => (year.saturating_sub(1.year()), year),
        "last_12_months" => (month.saturating_sub(11.months()), month.saturating_add(1.month())),
        _ => match written_period(text).ok_or_else(what_to_do)? {
            (Some(from), Some(to)) => (from, to),
            (Some(from), None) => (from, today.saturating_add(1.day())),
            (None, Some(to)) => (to.saturating_sub(12.months()), to),
            (None, None) => return Err(what_to_do()),
        },
    };
    match (start_of(from, zone), start_of(to, zone)) {
        (Some(from), Some(to)) if from < to => Ok(Period { from, to }),
        _ => Err(what_to_do()),
    }
}

/// Beginning and end, of which one may be left open.
pub(crate) fn written_period(text: &str) -> Option<(Option<Date>, Option<Date>)> {
    if let Some((from, to)) = text.split_once("..") {
        let day = |text: &str| if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) };
        return Some((day(from.trim())?, day(to.trim())?));
    }
    let numbers: Vec<i16> = text.split('-').map(|number| number.parse().ok()).collect::<Option<_>>()?;
    match numbers.as_slice() {
        [year] => Date::new(*year, 1, 1).ok().map(|from| (Some(from), Some(from.saturating_add(1.year())))),
        [year, month] => {
            Date::new(*year, i8::try_from(*month).ok()?, 1).ok().map(|from| (Some(from), Some(from.saturating_add(1.month()))))
        }
        _ => None,
    }
}

fn filters(text: &str) -> Result<Vec<Filter>, QuestionError> {
    let filter = |part| {
        let (name, value) = filters::read(part).ok_or_else(|| wrong("filter", part, "write dimension=value, such as source=webinar"))?;
        let dimension = Dimension::parse(&name).ok_or_else(|| dimension_unknown("filter", &name))?;
        Ok(Filter { dimension, value: Some(value).filter(|value| !value.is_empty()) })
    };
    filters::parts(text).into_iter().map(filter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(params: &QuestionParams) -> Result<Question, QuestionError> {
        let agreement = Agreement::default_for(Currency::EUR, "Europe/Lisbon");
        let version = Version { number: 1, effective_at: Instant::MIN, agreement };
        question(params, "all", &version, &History::empty(), "2026-05-20T12:00:00Z".parse().unwrap())
    }

    fn period_of(text: &str) -> String {
        let params = QuestionParams { period: Some(text.into()), ..QuestionParams::default() };
        match ask(&params) {
            Ok(question) => format!("{} {}", question.period.from, question.period.to),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn periods_are_of_the_agreements_zone() {
        for (text, expected) in [
            ("this_month", "2026-04-30T23:00:00Z 2026-05-31T23:00:00Z"),
            ("last_month", "2026-03-31T23:00:00Z 2026-04-30T23:00:00Z"),
            ("this_quarter", "2026-03-31T23:00:00Z 2026-06-30T23:00:00Z"),
            ("last_quarter", "2026-01-01T00:00:00Z 2026-03-31T23:00:00Z"),
            ("this_year", "2026-01-01T00:00:00Z 2027-01-01T00:00:00Z"),
            ("last_12_months", "2025-05-31T23:00:00Z 2026-05-31T23:00:00Z"),
            ("2026-02", "2026-02-01T00:00:00Z 2026-03-01T00:00:00Z"),
            ("2025", "2025-01-01T00:00:00Z 2026-01-01T00:00:00Z"),
            ("2026-01-01..2026-01-03", "2026-01-01T00:00:00Z 2026-01-03T00:00:00Z"),
            ("2026-01-01..", "2026-01-01T00:00:00Z 2026-05-20T23:00:00Z"),
            ("..2026-01-01", "2025-01-01T00:00:00Z 2026-01-01T00:00:00Z"),
        ] {
            assert_eq!(period_of(text), expected, "{text}");
        }
        assert_eq!(period_of("own"), period_of("all"), "own dates without a date are the usual period");
        for wrong in ["2026-13", "yesterday", "2026-01-03..2026-01-01", ".."] {
            assert!(period_of(wrong).contains("write this_month"), "{wrong}");
        }
    }

    #[test]
    fn a_date_as_of_means_its_end() {
        let question = ask(&QuestionParams { as_of: Some("2026-03-01".into()), ..QuestionParams::default() }).unwrap();
        assert_eq!(question.as_of.to_string(), "2026-03-01T23:59:59.999999Z");
    }

    #[test]
    fn what_is_still_to_come_can_not_be_asked() {
        let as_of = |text: &str| ask(&QuestionParams { as_of: Some(text.into()), ..QuestionParams::default() });
        assert!(as_of("2026-05-21").unwrap_err().to_string().contains("still to come"));
        assert_eq!(as_of("2026-05-20").unwrap().as_of.to_string(), "2026-05-20T12:00:00Z", "today lasts until now");
        let known_at = ask(&QuestionParams { known_at: Some("2026-03-01".into()), ..QuestionParams::default() }).unwrap();
        assert_eq!(known_at.as_of, known_at.known_at, "nothing later was known");
        let all = ask(&QuestionParams { known_at: Some("2100-01-01".into()), ..QuestionParams::default() }).unwrap();
        assert_eq!(all.as_of.to_string(), "2026-05-20T12:00:00Z", "all that is known, as of now");
    }

    #[test]
    fn wrong_parts_are_named() {
        let wrong = |params: QuestionParams| ask(&params).unwrap_err().part;
        assert_eq!(wrong(QuestionParams { by: Some("colour".into()), ..Default::default() }), "by");
        assert_eq!(wrong(QuestionParams { model: Some("best".into()), ..Default::default() }), "model");
        assert_eq!(wrong(QuestionParams { goal: Some("fame".into()), ..Default::default() }), "goal");
        assert_eq!(wrong(QuestionParams { markov_order: Some("4".into()), ..Default::default() }), "markov_order");
        assert_eq!(wrong(QuestionParams { filter: Some("source".into()), ..Default::default() }), "filter");
        assert_eq!(wrong(QuestionParams { lookback_days: Some("0".into()), ..Default::default() }), "lookback_days");
        assert_eq!(wrong(QuestionParams { as_of: Some("noon".into()), ..Default::default() }), "as_of");
    }

    #[test]
    fn an_empty_filter_value_means_not_recorded() {
        let question = ask(&QuestionParams { filter: Some("source=; country=Portugal".into()), ..Default::default() }).unwrap();
        assert_eq!(question.filters[0], Filter { dimension: Dimension::Source, value: None });
        assert_eq!(question.filters[1].value.as_deref(), Some("Portugal"));
    }
}
