//! Calendars: the company's and those of its regions.

use super::Faults;
use crate::agreement::{Agreement, Shift};

pub(super) fn check(agreement: &Agreement, faults: &mut Faults) {
    let calendar = &agreement.calendar;
    one("calendar", &calendar.time_zone, &calendar.shifts, &calendar.holidays, faults);
    faults.check_keys(agreement.calendars.iter().map(|calendar| calendar.key.as_str()), |index| format!("calendars[{index}].key"));
    let mut regions: Vec<String> = Vec::new();
    for (index, calendar) in agreement.calendars.iter().enumerate() {
        let path = format!("calendars[{index}]");
        one(&path, &calendar.time_zone, &calendar.shifts, &calendar.holidays, faults);
        if calendar.regions.is_empty() {
            faults.add(format!("{path}.regions"), "name at least one region or country whose users work by this calendar");
        }
        for region in &calendar.regions {
            let region = region.trim().to_lowercase();
            if regions.contains(&region) {
                faults.add(format!("{path}.regions"), format!("`{region}` stands twice: a region works by one calendar"));
            }
            regions.push(region);
        }
    }
}

fn one(path: &str, time_zone: &str, shifts: &[Shift], holidays: &[String], faults: &mut Faults) {
    if jiff::tz::TimeZone::get(time_zone).is_err() {
        faults.add(format!("{path}.time_zone"), format!("`{time_zone}` is no time zone: write an IANA name such as Europe/Lisbon"));
    }
    for shift in shifts {
        let (from, to) = (minute_of_day(&shift.from), minute_of_day(&shift.to));
        if from.is_none() || to.is_none() || from >= to {
            let words = format!("`{}` to `{}`: write HH:MM, the start before the end", shift.from, shift.to);
            faults.add(format!("{path}.shifts"), words);
        }
        for day in shift.days.iter().filter(|day| !DAYS.contains(&day.as_str())) {
            faults.add(format!("{path}.shifts"), format!("`{day}` is no day: write one of {}", DAYS.join(", ")));
        }
    }
    for day in holidays.iter().filter(|day| day.parse::<jiff::civil::Date>().is_err()) {
        faults.add(format!("{path}.holidays"), format!("`{day}` is no date: write 2026-12-25"));
    }
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn minute_of_day(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes) = (u32::from(hours.parse::<u8>().ok()?), u32::from(minutes.parse::<u8>().ok()?));
    (minutes < 60 && hours * 60 + minutes <= 24 * 60).then_some(hours * 60 + minutes)
}
