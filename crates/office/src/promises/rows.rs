//! The rows behind a line of the ledger.

use alignment::{Instant, promise::Month};
use facts::{
    ledger::rows::{self, Behind, LedgerRow},
    list::{Page, Turn},
};

use super::{
    lines::{Scope, known_reasons, outside_icp},
    waivers::of_key,
};
use crate::{Office, web::AppError};

/// What a row can be asked by; `late` of the credits is `review_time` with `broken`.
pub static VERDICTS: [(&str, &str); 8] = [
    ("kept", "kept"),
    ("broken", "not kept"),
    ("pressing", "nearly out of time"),
    ("open", "open"),
    ("waived", "waived"),
    ("waived_open", "waived, open"),
    ("gone", "left undecided"),
    ("not_recorded", "not recorded"),
];

/// The key of the leads rejected as outside the profile, beside those of the promises.
pub const OUTSIDE_ICP: &str = "outside_icp";

/// The rows of a promise in a month. Reviews of feedback are no leads: [`super::feedback`] lists them.
pub async fn page(
    office: &Office,
    period: Month,
    key: &str,
    as_of: Instant,
    verdict: Option<&str>,
    turn: Turn<'_>,
) -> Result<Page<LedgerRow>, AppError> {
    let versions = office.versions().await?;
    let scope = Scope::new(&versions, period, as_of);
    let agreement = scope.agreement();
    if let Some(verdict) = verdict.filter(|verdict| !VERDICTS.iter().any(|(known, _)| known == verdict)) {
        let known: Vec<_> = VERDICTS.iter().map(|(known, _)| *known).collect();
        return Err(AppError::refused(format!("verdict: `{verdict}` is not one of {}", known.join(", "))));
    }
    let behind = match key {
        OUTSIDE_ICP => Behind::OutsideIcp(outside_icp(agreement)),
        "feedback_review" => return Ok(Page { items: Vec::new(), next: None }),
        key => match (of_key(key)?.clock, key) {
            (Some(kind), _) => Behind::Clocks(kind.to_owned()),
            (None, "volume") => Behind::Mqls,
            (None, "quality") => Behind::Decisions,
            (None, "data_completeness") => Behind::Completeness(agreement.data.required_fields.clone()),
            (None, "logging") => Behind::Logging,
            _ => Behind::Reasons(known_reasons(agreement)),
        },
    };
    let mut record = office.facts().read().await?;
    Ok(rows::page(record.conn(), scope.span, &behind, verdict, turn).await?)
}

pub fn verdict_name(verdict: &str) -> &'static str {
    VERDICTS.iter().find(|(known, _)| *known == verdict).map_or("open", |(_, name)| name)
}
