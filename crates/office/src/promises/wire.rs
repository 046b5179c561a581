//! Shapes of the ledger over the API.

use alignment::promise::{self, Correction, Line};
use facts::ledger::{acts, rows::LedgerRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::MonthSeen;
use crate::{
    api::wire::{at, at_or_none},
    leads::pages::side_key,
};

/// A month of the ledger.
#[derive(Serialize, ToSchema)]
pub struct MonthLedger {
    pub period: String,
    #[schema(format = DateTime)]
    pub from: String,
    /// The first instant after it.
    #[schema(format = DateTime)]
    pub to: String,
    #[schema(format = DateTime)]
    pub as_of: String,
    pub is_over: bool,
    pub is_settled: bool,
    /// In force when the month began.
    pub agreement_version: u32,
    pub lines: Vec<PromiseLine>,
    pub credits: LeadGuarantee,
    pub closings: Vec<Closing>,
    pub changed_since: Vec<Changed>,
    /// Names the text that would be closed now.
    pub hash: String,
}

/// One promise in a month.
#[derive(Serialize, ToSchema)]
pub struct PromiseLine {
    pub key: String,
    pub name: &'static str,
    /// `marketing` or `sales`.
    pub side: &'static str,
    /// `kept`, `at_risk`, `breached`, `waived`, `not_due` or `not_recorded`.
    pub status: &'static str,
    /// The month is over and nothing is open.
    pub is_final: bool,
    /// `count` or `rate`.
    pub unit: &'static str,
    /// Null where there is nothing to divide by, never 0.
    pub value: Option<f64>,
    pub target: f64,
    pub numerator: u64,
    pub denominator: u64,
    pub open: u64,
    pub waived: u64,
    pub promised: String,
    pub projection: String,
    pub formula: &'static str,
    pub waived_by: Option<String>,
    pub waived_because: Option<String>,
    pub sources: Vec<SourceLine>,
}

/// Of complete data: one source of leads.
#[derive(Serialize, ToSchema)]
pub struct SourceLine {
    pub source: Option<String>,
    pub numerator: u64,
    pub denominator: u64,
}

/// In MQLs: what marketing owes is above zero, what it has ahead below.
#[derive(Serialize, ToSchema)]
pub struct LeadGuarantee {
    pub carried_in: i64,
    /// Rejected as outside the profile: marketing owes one more for each.
    pub outside_icp: u64,
    /// Reviewed too late: marketing owes one less for each.
    pub late_reviews: u64,
    pub carried_out: i64,
}

#[derive(Serialize, ToSchema)]
pub struct Closing {
    pub side: &'static str,
    pub who: String,
    #[schema(format = DateTime)]
    pub at: String,
    pub hash: String,
    pub reopen_asked: bool,
}

/// Something that the record tells differently since the month was settled.
#[derive(Serialize, ToSchema)]
pub struct Changed {
    pub key: String,
    pub was: String,
    pub is: String,
}

/// A row behind a promise.
#[derive(Serialize, ToSchema)]
pub struct PromiseRow {
    /// Of the clock where the promise counts clocks, else of the transition.
    pub id: i64,
    pub lead_id: i64,
    #[schema(format = DateTime)]
    pub at: String,
    /// What it counts by: `at`, or when the clock is due.
    #[schema(format = DateTime)]
    pub counted_at: String,
    pub verdict: String,
    /// The reason given, or the fields that are missing.
    pub detail: Option<String>,
    pub person_name: Option<String>,
    pub company_name: Option<String>,
    pub owner_name: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Waiver {
    pub id: i64,
    pub promise: String,
    pub period: String,
    pub clock_id: Option<i64>,
    pub lead_id: Option<i64>,
    pub reason: String,
    pub user_id: Option<i64>,
    pub user_name: Option<String>,
    #[schema(format = DateTime)]
    pub at: String,
    #[schema(format = DateTime)]
    pub revoked_at: Option<String>,
}

/// Newest first, 500 at most.
#[derive(Serialize, ToSchema)]
pub struct WaiverList {
    pub items: Vec<Waiver>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewClosing {
    /// `marketing` or `sales`.
    pub side: String,
    /// The `hash` of the month as you saw it; where it is given and the record has changed, nothing is closed.
    pub hash: Option<String>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewReopening {
    /// `marketing` or `sales`; administrators need none.
    pub side: Option<String>,
    pub reason: String,
}

#[derive(Serialize, ToSchema)]
pub struct Review {
    pub id: i64,
    #[schema(format = DateTime)]
    pub at: String,
    pub note: String,
    pub user_id: Option<i64>,
    pub user_name: Option<String>,
}

/// Newest first, 500 at most.
#[derive(Serialize, ToSchema)]
pub struct ReviewList {
    pub items: Vec<Review>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewReview {
    /// What marketing takes from it.
    pub note: String,
}

impl From<MonthSeen> for MonthLedger {
    fn from(seen: MonthSeen) -> MonthLedger {
        let credits = seen.ledger.credits;
        let closing = |closing: promise::Closing| Closing {
            side: side_key(closing.side),
            who: closing.who,
            at: at(closing.at.0),
            hash: closing.hash,
            reopen_asked: closing.reopen_asked,
        };
        MonthLedger {
            period: seen.ledger.period.to_string(),
            from: at(seen.from.0),
            to: at(seen.to.0),
            as_of: at(seen.as_of.0),
            is_over: seen.is_over,
            is_settled: seen.is_settled,
            agreement_version: seen.ledger.agreement_version,
            lines: seen.ledger.lines.into_iter().filter_map(line).collect(),
            credits: LeadGuarantee {
                carried_in: credits.carried_in,
                outside_icp: credits.counts.outside_icp,
                late_reviews: credits.counts.late_reviews,
                carried_out: credits.carried_out,
            },
            closings: seen.closings.into_iter().map(closing).collect(),
            changed_since: seen.changed_since.into_iter().map(|Correction { key, was, is }| Changed { key, was, is }).collect(),
            hash: seen.hash,
        }
    }
}

fn line(line: Line) -> Option<PromiseLine> {
    let promise = promise::find(&line.key)?;
    let (waived_by, waived_because) = line.waiver.map(|waiver| (waiver.who, waiver.why)).unzip();
    let source =
        |share: promise::SourceShare| SourceLine { source: share.source, numerator: share.numerator, denominator: share.denominator };
    Some(PromiseLine {
        name: promise.name,
        side: side_key(promise.side),
        status: line.status.key(),
        is_final: line.is_final,
        unit: promise.unit.key(),
        value: line.value,
        target: line.target,
        numerator: line.numerator,
        denominator: line.denominator,
        open: line.open,
        waived: line.waived,
        promised: line.promised,
        projection: line.projection,
        formula: promise.formula,
        waived_by,
        waived_because,
        sources: line.sources.into_iter().map(source).collect(),
        key: line.key,
    })
}

impl From<LedgerRow> for PromiseRow {
    fn from(row: LedgerRow) -> PromiseRow {
        PromiseRow {
            id: row.id,
            lead_id: row.lead_id,
            at: at(row.at),
            counted_at: at(row.counted_at),
            verdict: row.verdict,
            detail: row.detail.map(|text| text.trim().to_owned()),
            person_name: row.person_name,
            company_name: row.company_name,
            owner_name: row.owner_name,
        }
    }
}

impl From<acts::WaiverRow> for Waiver {
    fn from(row: acts::WaiverRow) -> Waiver {
        Waiver {
            id: row.id,
            promise: row.promise,
            period: row.period,
            clock_id: row.clock_id,
            lead_id: row.lead_id,
            reason: row.reason,
            user_id: row.user_id,
            user_name: row.user_name,
            at: at(row.at),
            revoked_at: at_or_none(row.revoked_at),
        }
    }
}

impl From<acts::ReviewRow> for Review {
    fn from(row: acts::ReviewRow) -> Review {
        Review { id: row.id, at: at(row.at), note: row.note, user_id: row.user_id, user_name: row.user_name }
    }
}
