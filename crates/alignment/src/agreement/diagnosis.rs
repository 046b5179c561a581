//! What is wrong with an Agreement, clause by clause, in words that say what to write instead.

use super::{Agreement, ReasonFor};
use crate::lifecycle::Stage;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Path of the clause as it stands in the TOML.
    pub clause: &'static str,
    pub words: String,
}

impl Agreement {
    /// All faults, in the order of the document; empty where it holds together.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |clause: &'static str, words: String| faults.push(Fault { clause, words });
        if self.title.trim().is_empty() {
            fault("title", "give the Agreement a title".into());
        }
        if jiff::tz::TimeZone::get(&self.calendar.time_zone).is_err() {
            fault("calendar.time_zone", format!("`{}` is no time zone: write an IANA name such as Europe/Lisbon", self.calendar.time_zone));
        }
        for shift in &self.calendar.shifts {
            let (from, to) = (minute_of_day(&shift.from), minute_of_day(&shift.to));
            if from.is_none() || to.is_none() || from >= to {
                fault("calendar.shifts", format!("`{}` to `{}`: write HH:MM, the start before the end", shift.from, shift.to));
            }
            for day in shift.days.iter().filter(|day| !DAYS.contains(&day.as_str())) {
                fault("calendar.shifts", format!("`{day}` is no day: write one of {}", DAYS.join(", ")));
            }
        }
        for day in self.calendar.holidays.iter().filter(|day| day.parse::<jiff::civil::Date>().is_err()) {
            fault("calendar.holidays", format!("`{day}` is no date: write 2026-12-25"));
        }
        if self.ideal_customer.employees_min > self.ideal_customer.employees_max {
            fault("ideal_customer.employees_min", "must not be above employees_max".into());
        }
        let rates = [
            ("promises.acceptance_rate_min", self.promises.acceptance_rate_min),
            ("promises.logged_rate_min", self.promises.logged_rate_min),
            ("data.completeness_rate_min", self.data.completeness_rate_min),
        ];
        for (clause, rate) in rates {
            if !(0.0..=1.0).contains(&rate) {
                fault(clause, format!("`{rate}` is no rate: write a number from 0 to 1, such as 0.4 for 40%"));
            }
        }
        if self.promises.review_hours_max == 0 {
            fault("promises.review_hours_max", "must be at least 1 hour".into());
        }
        if !(1..=3650).contains(&self.attribution.lookback_days) {
            fault("attribution.lookback_days", "must be from 1 to 3650 days".into());
        }
        if !(self.attribution.half_life_days > 0.0 && self.attribution.half_life_days <= 3650.0) {
            fault("attribution.half_life_days", "must be above 0 and at most 3650 days".into());
        }
        if !["person", "company"].contains(&self.attribution.journey.as_str()) {
            fault("attribution.journey", format!("`{}`: write person or company", self.attribution.journey));
        }
        if !(1..=3650).contains(&self.maturity.horizon_days) {
            fault("maturity.horizon_days", "must be from 1 to 3650 days".into());
        }
        if let Some(target) = &self.revenue_target
            && target.from >= target.to
        {
            fault("revenue_target", "must end after it starts".into());
        }
        if self.stages.iter().map(|clause| clause.stage).ne(Stage::ALL) {
            let order: Vec<_> = Stage::ALL.iter().map(|stage| stage.key()).collect();
            fault("stages", format!("define each stage once, in this order: {}", order.join(", ")));
        }
        for reason_for in [ReasonFor::Rejection, ReasonFor::Recycle, ReasonFor::Loss] {
            let mut keys: Vec<_> = self.reasons.iter().filter(|reason| reason.reason_for == reason_for).map(|reason| &reason.key).collect();
            if keys.is_empty() {
                fault("reasons", format!("give at least one reason for {reason_for:?}"));
            }
            keys.sort();
            if let Some(pair) = keys.windows(2).find(|pair| pair[0] == pair[1]) {
                fault("reasons", format!("`{}` stands twice", pair[0]));
            }
        }
        faults
    }
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn minute_of_day(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes) = (hours.parse::<u32>().ok()?, minutes.parse::<u32>().ok()?);
    (minutes < 60 && hours * 60 + minutes <= 24 * 60).then_some(hours * 60 + minutes)
}
