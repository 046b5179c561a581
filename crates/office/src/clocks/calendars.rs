//! The working calendars of each version of the Agreement, made ready once.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use alignment::{
    agreement::{Agreement, Version},
    calendar::WorkCalendar,
};
use rustc_hash::FxHashMap;

use crate::agreement::Versions;

/// The company's calendar and those of regions.
pub struct Calendars {
    company: WorkCalendar,
    regional: Vec<Regional>,
}

struct Regional {
    key: String,
    regions: Vec<String>,
    calendar: WorkCalendar,
}

/// Of this many texts of the Agreement; a company that has signed more makes its oldest anew.
const KEPT_MAX: usize = 64;

/// By the hash of the Agreement's text: what was signed never changes.
static KEPT: LazyLock<Mutex<FxHashMap<String, Arc<Calendars>>>> = LazyLock::new(Mutex::default);

impl Calendars {
    pub fn of(versions: &Versions, version: &Version) -> Arc<Calendars> {
        let Some(hash) = versions.hash(version.number) else { return Arc::new(Calendars::new(&version.agreement)) };
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = kept.get(hash) {
            return Arc::clone(found);
        }
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        let made = Arc::new(Calendars::new(&version.agreement));
        kept.insert(hash.to_owned(), Arc::clone(&made));
        made
    }

    fn new(agreement: &Agreement) -> Calendars {
        let regional = agreement.calendars.iter().map(|calendar| Regional {
            key: calendar.key.clone(),
            regions: calendar.regions.iter().map(|region| name(region)).collect(),
            calendar: WorkCalendar::of_region(calendar),
        });
        Calendars { company: WorkCalendar::of(&agreement.calendar), regional: regional.collect() }
    }

    /// The key of the regional calendar of somebody who works there; `None` is the company's.
    pub fn key_of(&self, region: Option<&str>) -> Option<&str> {
        let region = name(region?);
        self.regional.iter().find(|regional| regional.regions.contains(&region)).map(|regional| regional.key.as_str())
    }

    /// The calendar of that key; the company's without one.
    pub fn by_key(&self, key: Option<&str>) -> &WorkCalendar {
        let found = self.regional.iter().find(|regional| Some(regional.key.as_str()) == key);
        found.map_or(&self.company, |regional| &regional.calendar)
    }

    pub fn of_region(&self, region: Option<&str>) -> &WorkCalendar {
        self.by_key(self.key_of(region))
    }
}

fn name(region: &str) -> String {
    region.trim().to_lowercase()
}
