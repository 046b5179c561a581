//! By what the figures of a page were judged, and what of the past they can't bring back: said on every page beside "As of".

use insight::question::Question;

pub struct Judged {
    /// The version of the Agreement that was in force at `known_at`, which need not be today's.
    pub version: u32,
    /// What was known then and is missing in the figures.
    pub gaps: Vec<String>,
}

impl Judged {
    pub fn of(question: &Question) -> Judged {
        Judged { version: question.settings.agreement_version, gaps: question.gaps.clone() }
    }
}
