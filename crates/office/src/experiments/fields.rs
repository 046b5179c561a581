//! What an experiment is made of, as it comes in.

use alignment::{Instant, instant::MICROS_PER_DAY};
use facts::experiments::NewExperiment;
use insight::question::Dimension;
use jiff::{civil::Date, tz::TimeZone};
use serde::Deserialize;
use utoipa::ToSchema;

use super::outcome;
use crate::{
    api::{ask::filled, wire},
    promises::waivers::text,
    web::AppError,
};

/// Written down before the first look. What decides can't be changed later: remove it and write another one.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ExperimentFields {
    pub name: String,
    /// What tells the two versions apart: `campaign`, `content`, `source`, `channel` or `custom:<field>`.
    pub dimension: String,
    /// Name or id of version A in that dimension, the one there is.
    pub a: String,
    /// Of version B, the new one.
    pub b: String,
    /// B is a source, a channel or a value of an own field that nothing on record has yet. Campaigns and content must be there.
    pub b_is_new: bool,
    /// The number that decides: `mql_rate`, `sql_rate` (unless said), `customer_rate` or `revenue_per_lead`.
    pub number: Option<String>,
    /// The smallest change worth finding, in percent of what A has: 1 to 500; 20 unless said.
    pub worth_finding_percent: Option<i64>,
    /// Count only leads so many days old or older, with what they brought in that time: 1 to 730; all leads unless said.
    pub within_days: Option<i64>,
    /// 2026-03-01T09:00:00Z, or a date for its first instant in the Agreement's time zone; now, unless said.
    pub starts_at: Option<String>,
    /// As `starts_at`; the first instant whose leads don't count any more.
    pub ends_at: Option<String>,
    pub note: Option<String>,
}

const NAME_MAX: usize = 200;
const NOTE_MAX: usize = 10_000;
const AHEAD_DAYS_MAX: i64 = 730;
/// Of `2026-03-01`.
const DATE_LENGTH: usize = 10;

impl ExperimentFields {
    /// All but whether the versions are on record. `zone` is the Agreement's.
    pub fn checked(self, now: i64, zone: &TimeZone) -> Result<NewExperiment, AppError> {
        let name = text("name", &self.name, NAME_MAX)?;
        let dimension = Dimension::parse(self.dimension.trim()).ok_or_else(|| {
            AppError::refused(format!("dimension `{}`: write source, campaign, channel, content or custom:<field>", self.dimension))
        })?;
        // Who has the lead, where it comes from and what became of it are no versions of anything.
        let tells_versions =
            matches!(dimension, Dimension::Source | Dimension::Campaign | Dimension::Channel | Dimension::Content | Dimension::Custom(_));
        if !tells_versions {
            return Err(AppError::refused(format!(
                "dimension: {} tells no versions apart; write source, campaign, channel, content or custom:<field>",
                dimension.key()
            )));
        }
        let (a, b) = (value("a", &self.a)?, value("b", &self.b)?);
        if a == b {
            return Err(AppError::refused("b: it is the same as a; an experiment compares two versions"));
        }
        let number = outcome(filled(&self.number).unwrap_or("sql_rate"))?.key().to_owned();
        let starts_at = filled(&self.starts_at).map_or(Ok(now), |text| instant("starts_at", text, zone))?;
        let ends_at = filled(&self.ends_at).map(|text| instant("ends_at", text, zone)).transpose()?;
        if ends_at.is_some_and(|ends_at| ends_at <= starts_at) {
            return Err(AppError::refused("ends_at: the end must be after the start"));
        }
        if starts_at > now.saturating_add(AHEAD_DAYS_MAX * MICROS_PER_DAY) {
            return Err(AppError::refused(format!("starts_at: it is more than {AHEAD_DAYS_MAX} days away")));
        }
        let note = filled(&self.note).map(|note| text("note", note, NOTE_MAX)).transpose()?;
        Ok(NewExperiment {
            name,
            dimension: dimension.key(),
            a,
            b,
            number,
            worth_finding_percent: within("worth_finding_percent", self.worth_finding_percent, 500)?.unwrap_or(20),
            within_days: within("within_days", self.within_days, 730)?,
            starts_at,
            ends_at,
            note,
        })
    }
}

fn value(name: &str, value: &str) -> Result<String, AppError> {
    if value.trim().is_empty() {
        return Err(AppError::refused(format!("{name}: write the name or id of the version, as the record has it")));
    }
    text(name, value, NAME_MAX)
}

/// A date alone means its first instant in the zone.
pub fn instant(name: &str, text: &str, zone: &TimeZone) -> Result<i64, AppError> {
    match text.trim().parse::<Date>() {
        Ok(date) if text.trim().len() == DATE_LENGTH => {
            let start = date.to_zoned(zone.clone()).map_err(|_| AppError::refused(format!("{name}: there is no day `{text}`")))?;
            Ok(Instant::from_timestamp(start.timestamp()).0)
        }
        _ => wire::instant(name, text),
    }
}

fn within(name: &str, value: Option<i64>, max: i64) -> Result<Option<i64>, AppError> {
    match value {
        Some(number) if !(1..=max).contains(&number) => Err(AppError::refused(format!("{name}: {number} is not in 1 to {max}"))),
        value => Ok(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named() {
        let good = ExperimentFields {
            name: "Shorter form".into(),
            dimension: "content".into(),
            a: "Old".into(),
            b: "New".into(),
            ..ExperimentFields::default()
        };
        let checked = good.clone().checked(1_000, &TimeZone::UTC).unwrap();
        assert_eq!((checked.number.as_str(), checked.worth_finding_percent, checked.starts_at), ("sql_rate", 20, 1_000));
        type Change = fn(&mut ExperimentFields);
        let cases: [(Change, &str); 11] = [
            (|fields| fields.name = " ".into(), "name:"),
            (|fields| fields.dimension = "colour".into(), "dimension `colour`"),
            (|fields| fields.dimension = "owner".into(), "dimension: owner"),
            (|fields| fields.dimension = "rejection_reason".into(), "dimension: rejection_reason"),
            (|fields| fields.dimension = "tag:topic".into(), "dimension: tag:topic"),
            (|fields| fields.b = "Old".into(), "b: it is the same"),
            (|fields| fields.a = String::new(), "a:"),
            (|fields| fields.number = Some("clicks".into()), "number `clicks`"),
            (|fields| fields.worth_finding_percent = Some(0), "worth_finding_percent"),
            (|fields| fields.within_days = Some(1_000), "within_days"),
            (|fields| fields.ends_at = Some("1969-01-01".into()), "ends_at"),
        ];
        for (change, expected) in cases {
            let mut fields = good.clone();
            change(&mut fields);
            let refused = fields.checked(1_000, &TimeZone::UTC).unwrap_err().problem().detail;
            assert!(refused.starts_with(expected), "{expected}: {refused}");
        }
    }

    #[test]
    fn a_date_is_of_the_agreements_zone() {
        let zone = TimeZone::get("America/New_York").unwrap();
        for (text, expected) in [
            ("2026-03-01", Some("2026-03-01T05:00:00Z")),
            ("2026-07-01", Some("2026-07-01T04:00:00Z")),
            ("2026-03-01T00:00:00Z", Some("2026-03-01T00:00:00Z")),
            ("2026-03-01T09:00:00+01:00", Some("2026-03-01T08:00:00Z")),
            ("2026-13-01", None),
            ("soon", None),
        ] {
            let read = instant("starts_at", text, &zone).ok().map(|at| Instant(at).to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }
}
