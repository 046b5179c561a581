//! When a rep is at work, by the calendar of their region.

use crate::{
    Instant,
    agreement::Agreement,
    calendar::{self, WorkCalendar},
};

/// The calendars of an Agreement, made ready; empty where no pool asks for them.
pub(super) struct Duty {
    regional: Vec<(Vec<String>, WorkCalendar)>,
    common: Option<WorkCalendar>,
}

impl Duty {
    pub fn of(agreement: &Agreement) -> Duty {
        if !agreement.routing.pools.iter().any(|pool| pool.at_work_only) {
            return Duty { regional: Vec::new(), common: None };
        }
        let regional = agreement.calendars.iter().map(|known| {
            let regions = known.regions.iter().map(|region| region.trim().to_lowercase()).collect();
            (regions, WorkCalendar::of_region(known))
        });
        Duty { regional: regional.collect(), common: Some(WorkCalendar::of(&agreement.calendar)) }
    }

    /// `at` itself where somebody of this region is at work then, otherwise when they next start.
    pub fn starts_at(&self, region: Option<&str>, at: Instant) -> Instant {
        let region = region.map(|region| region.trim().to_lowercase());
        let of_region = region.and_then(|region| self.regional.iter().find(|(regions, _)| regions.contains(&region)));
        let calendar = of_region.map(|(_, calendar)| calendar).or(self.common.as_ref());
        calendar.map_or(at, |calendar| calendar::next_start(calendar, at))
    }
}
