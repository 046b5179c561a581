//! That a page is of the past, because its address says so: told above everything, with the way back to today.

use std::collections::HashMap;

use alignment::Instant;
use axum::{extract::Query, http::Uri};
use jiff::{civil::Date, tz::TimeZone};

use super::format;

/// What pins a page to an instant.
const NAMES: [&str; 2] = ["as_of", "known_at"];

/// The pages that take a question, each with the pages below it; all others ignore an instant in their address. A test asks every page.
const ASKED: [&str; 11] = [
    "/scoreboard",
    "/why",
    "/closed-loop",
    "/journeys",
    "/cohorts",
    "/forecast",
    "/plan",
    "/misalignment",
    "/effect",
    "/experiments",
    "/questions/since",
];

fn takes_question(path: &str) -> bool {
    let is_below = |top: &str| path.strip_prefix(top).is_some_and(|rest| rest.starts_with('/'));
    // The list of experiments takes none, nor do the forms of a plan that is kept.
    let is_left_out = path == "/experiments" || is_below("/plan/saved");
    !is_left_out && ASKED.iter().any(|top| path == *top || is_below(top))
}

pub struct Past {
    pub words: String,
    /// The same page as of now.
    pub today: String,
}

impl Past {
    /// `None`: the address names no instant that is over, or none that can be read, or is of a page that takes none.
    pub fn of(uri: &Uri, zone: &TimeZone, now: Instant) -> Option<Past> {
        if !takes_question(uri.path()) {
            return None;
        }
        let Query(said) = Query::<HashMap<String, String>>::try_from_uri(uri).ok()?;
        let [as_of, known_at] = NAMES.map(|name| said.get(name).and_then(|text| day_or_instant(text.trim(), zone, now)));
        let words = match (as_of, known_at) {
            (None, None) => return None,
            (Some(as_of), None) => format!("As of {as_of}: what happened since is left out."),
            (None, Some(known_at)) => format!("As it was known on {known_at}: what was written down since is left out."),
            (Some(as_of), Some(known_at)) => {
                format!("As of {as_of}, as it was known on {known_at}: what happened or was written down since is left out.")
            }
        };
        let kept = uri.query().unwrap_or_default().split('&').filter(|pair| {
            let name = pair.split('=').next().unwrap_or_default();
            !pair.is_empty() && !NAMES.contains(&name)
        });
        let query = kept.collect::<Vec<_>>().join("&");
        let today = if query.is_empty() { uri.path().to_owned() } else { format!("{}?{query}", uri.path()) };
        Some(Past { words, today })
    }
}

/// In words, where it is over.
fn day_or_instant(text: &str, zone: &TimeZone, now: Instant) -> Option<String> {
    if let Some(day) = text.parse::<Date>().ok().filter(|_| !text.contains('T')) {
        return (day < now.in_zone(zone).date()).then(|| format!("the end of {}", day.strftime("%-d %b %Y")));
    }
    let at: Instant = text.parse().ok()?;
    let zoned = at.in_zone(zone);
    (at < now).then(|| format!("{} {}", format::full_date(at, zone), zoned.strftime("%H:%M")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_over_is_the_past() {
        let now: Instant = "2026-06-30T12:00:00Z".parse().unwrap();
        for (address, words, today) in [
            ("/plan", None, ""),
            ("/plan?by=2026-01-01", None, ""),
            ("/plan?as_of=", None, ""),
            ("/plan?as_of=noon", None, ""),
            ("/plan?as_of=2026-06-30", None, ""),
            ("/plan?known_at=2100-01-01", None, ""),
            ("/plan?as_of=2026-03-01&by=source", Some("As of the end of 1 Mar 2026: what happened"), "/plan?by=source"),
            ("/plan?known_at=2026-03-01T09:30:00Z", Some("As it was known on 1 Mar 2026 09:30:"), "/plan"),
            (
                "/why/rows?a=%26&as_of=2026-03-01&known_at=2026-03-02",
                Some("As of the end of 1 Mar 2026, as it was known on the end of"),
                "/why/rows?a=%26",
            ),
            ("/experiments/1?as_of=2026-03-01", Some("As of"), "/experiments/1"),
            ("/experiments?as_of=2026-03-01", None, ""),
            ("/plan/saved/1/spend?as_of=2026-03-01", None, ""),
            ("/planes?as_of=2026-03-01", None, ""),
            ("/deals?as_of=2026-03-01", None, ""),
        ] {
            let found = Past::of(&address.parse().unwrap(), &TimeZone::UTC, now);
            assert_eq!(found.is_some(), words.is_some(), "{address}");
            if let Some((found, words)) = found.zip(words) {
                assert!(found.words.starts_with(words), "{}", found.words);
                assert_eq!(found.today, today);
            }
        }
    }
}
