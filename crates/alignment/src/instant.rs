//! A point on the time line, in microseconds since 1970-01-01T00:00:00Z.

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

pub const MICROS_PER_SECOND: i64 = 1_000_000;
pub const MICROS_PER_MINUTE: i64 = 60 * MICROS_PER_SECOND;
pub const MICROS_PER_HOUR: i64 = 60 * MICROS_PER_MINUTE;
pub const MICROS_PER_DAY: i64 = 24 * MICROS_PER_HOUR;

/// Microseconds since the Unix epoch, UTC. Written as RFC 3339 in JSON and TOML; stored as a BIGINT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(pub i64);

impl Instant {
    /// The far ends of the time line, for questions without a bound (years -9999 and 9999).
    pub const MIN: Instant = Instant(-377_705_023_201_000_000);
    pub const MAX: Instant = Instant(253_402_207_200_000_000);

    pub fn from_timestamp(timestamp: Timestamp) -> Instant {
        Instant(timestamp.as_microsecond())
    }

    /// Instants outside what a calendar can hold are clamped to its ends.
    pub fn to_timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0.clamp(Self::MIN.0, Self::MAX.0)).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    pub fn in_zone(self, zone: &TimeZone) -> jiff::Zoned {
        self.to_timestamp().to_zoned(zone.clone())
    }

    pub fn plus_micros(self, micros: i64) -> Instant {
        Instant(self.0.saturating_add(micros))
    }

    pub fn plus_days(self, days: i64) -> Instant {
        self.plus_micros(days.saturating_mul(MICROS_PER_DAY))
    }

    /// Days of 24 hours from `earlier` to `self`; negative where `self` comes first.
    pub fn days_since(self, earlier: Instant) -> f64 {
        (self.0 - earlier.0) as f64 / MICROS_PER_DAY as f64
    }

    /// Midnight that starts the day of `self` in `zone`.
    pub fn day_start(self, zone: &TimeZone) -> Instant {
        let zoned = self.in_zone(zone);
        Instant::from_timestamp(zoned.start_of_day().map_or(zoned.timestamp(), |day| day.timestamp()))
    }
}

impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.to_timestamp().fmt(f)
    }
}

impl std::str::FromStr for Instant {
    type Err = InstantError;

    /// RFC 3339 (`2026-03-01T09:00:00Z`), or a date alone, which means its first instant in UTC.
    fn from_str(text: &str) -> Result<Instant, InstantError> {
        let text = text.trim();
        let refused = || InstantError { text: text.to_owned() };
        if let Ok(timestamp) = text.parse::<Timestamp>() {
            return Ok(Instant::from_timestamp(timestamp));
        }
        let date: jiff::civil::Date = text.parse().map_err(|_| refused())?;
        let zoned = date.to_zoned(TimeZone::UTC).map_err(|_| refused())?;
        Ok(Instant::from_timestamp(zoned.timestamp()))
    }
}

#[derive(Debug, thiserror::Error, PartialEq)]
#[error("`{text}` is not an instant: write 2026-03-01 or 2026-03-01T09:00:00Z")]
pub struct InstantError {
    pub text: String,
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_dates_and_instants() {
        let day: Instant = "2018-02-01".parse().unwrap();
        assert_eq!(day.to_string(), "2018-02-01T00:00:00Z");
        assert_eq!("2018-02-01T00:00:00Z".parse(), Ok(day));
        assert!("".parse::<Instant>().is_err());
        assert!("2018-02-30".parse::<Instant>().is_err());
    }

    #[test]
    fn the_ends_of_the_time_line_can_be_shown() {
        assert!(Instant::MIN.to_string().starts_with("-009999"));
        assert!(Instant::MAX.to_string().starts_with("9999"));
        assert_eq!(Instant(i64::MAX).to_timestamp(), Instant::MAX.to_timestamp());
    }
}
