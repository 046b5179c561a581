//! The months by which promises are kept: calendar months of the Agreement's time zone.

use std::{fmt, str::FromStr};

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::Instant;

/// Written `2026-11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    first: Date,
}

#[derive(Debug, thiserror::Error, PartialEq)]
#[error("`{0}` is no month: write 2026-11")]
pub struct MonthError(pub String);

impl Month {
    pub fn of(at: Instant, zone: &TimeZone) -> Month {
        Month { first: at.in_zone(zone).date().first_of_month() }
    }

    /// Its first instant.
    pub fn from(self, zone: &TimeZone) -> Instant {
        self.first.to_zoned(zone.clone()).map_or(Instant::MAX, |start| Instant::from_timestamp(start.timestamp()))
    }

    /// The first instant after it.
    pub fn to(self, zone: &TimeZone) -> Instant {
        self.next().from(zone)
    }

    pub fn next(self) -> Month {
        Month { first: self.first.saturating_add(1.month()).first_of_month() }
    }

    pub fn previous(self) -> Month {
        Month { first: self.first.saturating_sub(1.month()).first_of_month() }
    }

    /// `November 2026`
    pub fn name(self) -> String {
        self.first.strftime("%B %Y").to_string()
    }

    /// `Nov 26`, for axes.
    pub fn short_name(self) -> String {
        self.first.strftime("%b %y").to_string()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.first.year(), self.first.month())
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Month, MonthError> {
        let refused = || MonthError(text.to_owned());
        let (year, month) = text.trim().split_once('-').ok_or_else(refused)?;
        if year.len() != 4 || month.len() != 2 {
            return Err(refused());
        }
        let (year, month) = (year.parse().map_err(|_| refused())?, month.parse().map_err(|_| refused())?);
        let first = Date::new(year, month, 1).map_err(|_| refused())?;
        Ok(Month { first })
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_follow_each_other() {
        let lisbon = TimeZone::get("Europe/Lisbon").unwrap();
        let month: Month = "2026-12".parse().unwrap();
        assert_eq!((month.next().to_string(), month.previous().to_string()), ("2027-01".into(), "2026-11".into()));
        assert_eq!(month.name(), "December 2026");
        let july: Month = "2026-07".parse().unwrap();
        assert_eq!(july.from(&lisbon).to_string(), "2026-06-30T23:00:00Z", "summer time");
        assert_eq!(Month::of("2026-06-30T23:00:00Z".parse().unwrap(), &lisbon), july);
        assert_eq!(july.to(&lisbon), "2026-08".parse::<Month>().unwrap().from(&lisbon));
        for text in ["", "2026", "2026-13", "2026-1", "26-01", "2026-01-01", "xxxx-yy"] {
            assert!(text.parse::<Month>().is_err(), "{text}");
        }
    }
}
