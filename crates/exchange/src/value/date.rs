//! Instants, in the many ways in which exports write them.

use alignment::{
    Instant,
    instant::{MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_MINUTE, MICROS_PER_SECOND},
};
use jiff::{
    civil::{Date, DateTime},
    fmt::strtime,
    tz::TimeZone,
};

use super::{Reason, quoted};

pub const WRONG_DATE_FORMAT: &str =
    "write a format such as \"%d/%m/%Y\" or \"%m/%d/%Y %H:%M\", or one of \"excel\" (day numbers), \"unix\" (seconds), \"unix_ms\"";

/// Years outside are typing errors or another system's "never".
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// How dates are read: ISO first (`2024-12-31`, `2024-12-31 3:15:52.5`, with `Z`, `UTC` or an offset, or none), then `formats` in order.
#[derive(Clone, Debug)]
pub struct DateFormats {
    /// Of dates that name no zone.
    zone: TimeZone,
    zone_is_utc: bool,
    formats: Vec<Format>,
}

#[derive(Clone, Debug)]
enum Format {
    Pattern(String),
    Excel,
    UnixSeconds,
    UnixMillis,
}

impl DateFormats {
    /// The error is what is wrong with the zone or the format, in words.
    pub fn new(zone: &str, formats: &[String]) -> Result<DateFormats, Reason> {
        let time_zone = match zone {
            "UTC" => TimeZone::UTC,
            zone => TimeZone::get(zone)
                .map_err(|_| format!("`{zone}` is not a time zone: write a name such as \"Europe/Lisbon\" or \"UTC\""))?,
        };
        let formats = formats.iter().map(|format| parse_format(format)).collect::<Result<_, _>>()?;
        Ok(DateFormats { zone_is_utc: zone == "UTC", zone: time_zone, formats })
    }

    pub fn instant(&self, text: &str) -> Result<Instant, Reason> {
        let text = text.trim();
        let found =
            iso(text).and_then(|iso| self.resolve(iso)).or_else(|| self.formats.iter().find_map(|format| self.by_format(format, text)));
        let Some(instant) = found else {
            let also = if self.formats.is_empty() { ", or state its format in the recipe's `dates`" } else { "" };
            return Err(format!("{} is not a date: write 2024-12-31 or 2024-12-31 18:30:00{also}", quoted(text)));
        };
        let year = i32::from(instant.to_timestamp().to_zoned(TimeZone::UTC).year());
        if YEARS.contains(&year) {
            Ok(instant)
        } else {
            Err(format!("{} is outside the years {} to {}", quoted(text), YEARS.start(), YEARS.end()))
        }
    }

    fn resolve(&self, iso: Iso) -> Option<Instant> {
        match iso.offset_minutes {
            Some(minutes) => Some(Instant(iso.local_micros - i64::from(minutes) * MICROS_PER_MINUTE)),
            None if self.zone_is_utc => Some(Instant(iso.local_micros)),
            None => self.local(Instant(iso.local_micros).in_zone(&TimeZone::UTC).datetime()),
        }
    }

    /// A local time that a clock change skips is moved on, one that it repeats is the first of the two.
    fn local(&self, datetime: DateTime) -> Option<Instant> {
        Some(Instant::from_timestamp(datetime.to_zoned(self.zone.clone()).ok()?.timestamp()))
    }

    fn by_format(&self, format: &Format, text: &str) -> Option<Instant> {
        match format {
            Format::Pattern(pattern) => {
                let parts = strtime::parse(pattern, text).ok()?;
                if let Ok(timestamp) = parts.to_timestamp() {
                    return Some(Instant::from_timestamp(timestamp));
                }
                let datetime = parts.to_datetime().or_else(|_| parts.to_date().map(Date::into)).ok()?;
                self.local(datetime)
            }
            Format::Excel => self.excel(text.parse().ok()?),
            Format::UnixSeconds => Some(Instant(text.parse::<i64>().ok()?.checked_mul(MICROS_PER_SECOND)?)),
            Format::UnixMillis => Some(Instant(text.parse::<i64>().ok()?.checked_mul(1000)?)),
        }
    }

    /// Days since 1899-12-30, as Excel counts from March 1900 on.
    fn excel(&self, days: f64) -> Option<Instant> {
        if !(61.0..110_000.0).contains(&days) {
            return None;
        }
        const DAYS_TO_1970: f64 = 25_569.0;
        let seconds = ((days - DAYS_TO_1970) * 86_400.0).round() as i64;
        self.resolve(Iso { local_micros: seconds * MICROS_PER_SECOND, offset_minutes: None })
    }
}

fn parse_format(format: &str) -> Result<Format, Reason> {
    match format {
        "excel" => Ok(Format::Excel),
        "unix" => Ok(Format::UnixSeconds),
        "unix_ms" => Ok(Format::UnixMillis),
        // A format that can write a date can read one.
        pattern
            if pattern.contains('%')
                && jiff::civil::date(2024, 12, 31)
                    .at(18, 30, 0, 0)
                    .to_zoned(TimeZone::UTC)
                    .is_ok_and(|sample| strtime::format(pattern, &sample).is_ok()) =>
        {
            Ok(Format::Pattern(pattern.to_owned()))
        }
        other => Err(format!("`{other}` is not a date format: {WRONG_DATE_FORMAT}")),
    }
}

struct Iso {
    local_micros: i64,
    offset_minutes: Option<i32>,
}

/// `YYYY-MM-DD`, then perhaps `T` or a space and `H:MM[:SS[.fraction]]`, then perhaps `Z`, ` UTC` or an offset. By hand, since
/// nearly every date cell of nearly every import passes here.
fn iso(text: &str) -> Option<Iso> {
    let bytes = text.as_bytes();
    let year: i16 = digits(bytes.get(..4)?)?.try_into().ok()?;
    let separator = *bytes.get(4)?;
    if !matches!(separator, b'-' | b'/') || bytes.get(7) != Some(&separator) {
        return None;
    }
    let (month, day) = (digits(bytes.get(5..7)?)?, digits(bytes.get(8..10)?)?);
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()?;
    let days = days_from_civil(i64::from(year), i64::from(month), i64::from(day));
    let midnight = days * MICROS_PER_DAY;
    let rest = match bytes.get(10) {
        None => return Some(Iso { local_micros: midnight, offset_minutes: None }),
        Some(b'T' | b't' | b' ') => &text[11..],
        _ => return None,
    };
    let zone_at = rest.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(rest.len());
    let time = clock(&rest[..zone_at])?;
    Some(Iso { local_micros: midnight + time, offset_minutes: zone(rest[zone_at..].trim())? })
}

fn clock(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let hour = parts.next().and_then(|part| bounded(part, 1..=2, 23))?;
    let minute = parts.next().and_then(|part| bounded(part, 2..=2, 59))?;
    let (seconds, fraction) = match parts.next() {
        Some(part) => part.split_once('.').unwrap_or((part, "")),
        None => ("0", ""),
    };
    // 60 is a leap second, which the time line here does not have.
    let second = bounded(seconds, 1..=2, 60)?;
    let micros = match fraction.len() {
        0 => 0,
        len => i64::from(digits(&fraction.as_bytes()[..len.min(6)])?) * 10_i64.pow(6 - len.min(6) as u32),
    };
    if parts.next().is_some() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(hour * MICROS_PER_HOUR + minute * MICROS_PER_MINUTE + second * MICROS_PER_SECOND + micros)
}

fn bounded(text: &str, len: std::ops::RangeInclusive<usize>, max: i64) -> Option<i64> {
    if !len.contains(&text.len()) {
        return None;
    }
    digits(text.as_bytes()).map(i64::from).filter(|number| *number <= max)
}

/// Minutes east of UTC; `Some(None)` where no zone is named.
fn zone(text: &str) -> Option<Option<i32>> {
    match text {
        "" => return Some(None),
        "Z" | "z" | "UTC" | "GMT" => return Some(Some(0)),
        _ => {}
    }
    let sign = match text.as_bytes()[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = match text[1..].split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if text.len() == 5 => (text.get(1..3)?, text.get(3..5)?),
        None => (&text[1..], "00"),
    };
    let offset = bounded(hours, 1..=2, 18)? * 60 + bounded(minutes, 2..=2, 59)?;
    Some(Some(sign * offset as i32))
}

fn digits(bytes: &[u8]) -> Option<i32> {
    if bytes.is_empty() || bytes.len() > 9 || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(bytes.iter().fold(0, |number, byte| number * 10 + i32::from(byte - b'0')))
}

/// Days since 1970-01-01 of a date of the Gregorian calendar, counting years from March so that the leap day comes last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> Option<String> {
        let formats = ["%d/%m/%Y".to_owned(), "%d.%m.%Y %H:%M".to_owned(), "excel".to_owned(), "unix_ms".to_owned()];
        DateFormats::new("UTC", &formats).unwrap().instant(text).ok().map(|instant| instant.to_string())
    }

    #[test]
    fn dates_read_in_their_many_forms() {
        for (text, instant) in [
            ("2018-02-01", Some("2018-02-01T00:00:00Z")),
            ("2018/02/01", Some("2018-02-01T00:00:00Z")),
            ("2020-12-30 3:15:52", Some("2020-12-30T03:15:52Z")),
            ("2020-12-30T03:15", Some("2020-12-30T03:15:00Z")),
            ("2023-05-03 08:51:08.199000 UTC", Some("2023-05-03T08:51:08.199Z")),
            ("2023-05-03T08:51:08.1234567Z", Some("2023-05-03T08:51:08.123456Z")),
            ("2023-05-03T08:51:08+02:00", Some("2023-05-03T06:51:08Z")),
            ("2023-05-03T08:51:08.000-0330", Some("2023-05-03T12:21:08Z")),
            ("2023-05-03 08:51:08+00", Some("2023-05-03T08:51:08Z")),
            ("31/12/2024", Some("2024-12-31T00:00:00Z")),
            ("31.12.2024 18:30", Some("2024-12-31T18:30:00Z")),
            ("45292", Some("2024-01-01T00:00:00Z")),
            ("45292.5", Some("2024-01-01T12:00:00Z")),
            ("1704067200000", Some("2024-01-01T00:00:00Z")),
            ("2024-02-30", None),
            ("2023-02-29", None),
            ("9999-12-31 23:59:59", None),
            ("0201-05-01", None),
            ("2024-01-01 24:00:00", None),
            ("2024-01-01T", None),
            ("2024-01-01é", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(utc(text).as_deref(), instant, "{text}");
        }
    }

    #[test]
    fn a_date_without_a_zone_is_in_the_zone_of_the_recipe() {
        let formats = DateFormats::new("America/Sao_Paulo", &[]).unwrap();
        assert_eq!(formats.instant("2018-02-01 10:00:00").unwrap().to_string(), "2018-02-01T12:00:00Z");
        assert_eq!(formats.instant("2018-02-01T10:00:00Z").unwrap().to_string(), "2018-02-01T10:00:00Z");
        // Clocks went forward at midnight: this local time never was.
        assert_eq!(formats.instant("2018-11-04").unwrap().to_string(), "2018-11-04T03:00:00Z");
        assert!(DateFormats::new("Moon/Crater", &[]).is_err());
        assert!(DateFormats::new("UTC", &["dd/mm".to_owned()]).is_err());
    }

    #[test]
    fn days_agree_with_the_calendar() {
        for (year, month, day) in [(1970, 1, 1), (2000, 2, 29), (1900, 3, 1), (2199, 12, 31), (2024, 2, 29)] {
            let date = jiff::civil::date(year, month, day);
            let days = date.to_zoned(TimeZone::UTC).unwrap().timestamp().as_second() / 86_400;
            assert_eq!(days_from_civil(year.into(), month.into(), day.into()), days);
        }
    }
}
