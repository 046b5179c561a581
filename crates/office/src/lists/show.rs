//! Formats for templates, which hand over references.

use alignment::Instant;

use crate::ui::{Frame, format};

pub fn date(frame: &Frame, at: &i64) -> String {
    frame.date(Instant(*at))
}

pub fn date_time(frame: &Frame, at: &i64) -> String {
    frame.date_time(Instant(*at))
}

/// A date, or that nobody wrote it down.
pub fn date_or_words(frame: &Frame, at: &Option<i64>) -> String {
    crate::leads::pages::date_or_words(frame, *at)
}

pub fn count(number: &i64) -> String {
    format::count(number.unsigned_abs())
}
