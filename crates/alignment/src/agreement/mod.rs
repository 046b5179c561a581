//! The Agreement: the one document, held as data, by which both teams work. Every judgement names the version that made it.

use serde::{Deserialize, Serialize};

use crate::{
    Currency, Instant, Money,
    lifecycle::{Side, Stage},
};

mod clauses;
mod criteria;
mod defaults;
pub mod diagnosis;
pub mod diff;
pub mod parts;
pub mod rebase;

pub use clauses::*;
pub use criteria::*;
pub use diagnosis::Fault;
pub use diff::{Difference, DifferenceKind, diff};
pub use parts::Part;

/// The text of one version. Its TOML form is what is exported, imported and (later) signed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    pub title: String,
    /// The currency in which both teams read money.
    pub currency: Currency,
    pub calendar: Calendar,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calendars: Vec<RegionalCalendar>,
    pub ideal_customer: IdealCustomer,
    pub promises: Promises,
    #[serde(default)]
    pub escalation: Escalation,
    #[serde(default)]
    pub scoring: Scoring,
    #[serde(default)]
    pub routing: Routing,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub product_lines: Vec<ProductLine>,
    #[serde(default)]
    pub rights: Rights,
    /// Months after taking effect that both teams are reminded to sign anew; 0 is never.
    #[serde(default = "six")]
    pub resign_months: u32,
    pub attribution: AttributionSettings,
    pub maturity: Maturity,
    pub data: DataPromise,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revenue_target: Option<RevenueTarget>,
    pub stages: Vec<StageClause>,
    pub reasons: Vec<Reason>,
    pub glossary: Vec<Term>,
}

/// One stage as the teams define it. The order is the funnel's and can't be changed; words and checklist can.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageClause {
    pub stage: Stage,
    pub name: String,
    pub owner: Side,
    pub definition: String,
    /// What a person confirms before the lead enters, where a person decides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checklist: Vec<String>,
    /// When a lead enters by itself. Without criteria only a person, or the source that the lead comes from, brings it here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criteria: Option<Criterion>,
}

/// Working time, against which clocks run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// IANA name, such as `Europe/Lisbon`. Days and months in reports are of this zone.
    pub time_zone: String,
    /// Shifts in order; several on one day make a split shift.
    pub shifts: Vec<Shift>,
    /// Dates (`2026-12-25`) on which nobody works.
    #[serde(default)]
    pub holidays: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`.
    pub days: Vec<String>,
    /// `HH:MM`, from `from` up to `to`.
    pub from: String,
    pub to: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdealCustomer {
    pub industries: Vec<String>,
    pub countries: Vec<String>,
    pub employees_min: i64,
    pub employees_max: i64,
    pub roles: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pain_points: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buying_triggers: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objections: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preferred_channels: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub competitors: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub budget: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub decision_process: String,
    /// How long a decision usually takes; 0 where nobody said.
    #[serde(default)]
    pub decision_days: u32,
}

/// What each team owes the other, per month unless the name says otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promises {
    /// Marketing: MQLs a month.
    pub mqls_per_month_min: u32,
    /// Marketing: share of decided MQLs that sales accepts, 0..=1.
    pub acceptance_rate_min: f64,
    /// Sales: an MQL is accepted or rejected within this many working hours.
    pub review_hours_max: u32,
    /// Sales: contact attempts with each accepted lead ...
    pub attempts_min: u32,
    /// ... within this many days.
    pub attempts_days: u32,
    /// Sales: share of accepted leads with a logged activity in 7 days, 0..=1.
    pub logged_rate_min: f64,
    /// Sales: the first attempt within this many working hours of accepting.
    #[serde(default = "eight")]
    pub first_attempt_hours_max: u32,
    /// Sales: an accepted lead is qualified, sent back or lost within this many days of 24 hours.
    #[serde(default = "thirty")]
    pub qualification_days_max: u32,
    /// Sales: share of rejections and recycles that carry a reason of the Agreement, 0..=1.
    #[serde(default = "all_of_them")]
    pub reasons_rate_min: f64,
    /// Marketing: looks through what sales said about its leads at least once in so many days.
    #[serde(default = "seven")]
    pub feedback_review_days_max: u32,
}

fn six() -> u32 {
    6
}

fn seven() -> u32 {
    7
}

fn eight() -> u32 {
    8
}

fn thirty() -> u32 {
    30
}

fn all_of_them() -> f64 {
    1.0
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributionSettings {
    /// Touches older than this before the signature get no share.
    pub lookback_days: u32,
    /// Time decay: a touch this old weighs half.
    pub half_life_days: f64,
    /// The model that is shown first; the others stand beside it.
    pub model: String,
    /// `person`: touches of the people on the deal. `company`: of everybody at the company.
    pub journey: String,
}

/// When a cohort is old enough to be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Maturity {
    /// A rate asks who got there within this many days; a cohort that has not had as long is marked young.
    pub horizon_days: u32,
}

/// The fields that marketing promises to fill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataPromise {
    /// Field keys of the person and its company: `email`, `name`, `job_title`, `phone`, `country`, `company`, `industry`, `employees`.
    pub required_fields: Vec<String>,
    pub completeness_rate_min: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevenueTarget {
    pub from: Instant,
    pub to: Instant,
    pub amount: Money,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonFor {
    Rejection,
    Recycle,
    Loss,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    #[serde(rename = "for")]
    pub reason_for: ReasonFor,
    pub key: String,
    pub name: String,
    /// Of a rejection: the lead was outside the ideal customer profile, so marketing owes another one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outside_icp: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    pub term: String,
    pub words: String,
}

/// An Agreement with its number and the instant from which it judges.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    pub number: u32,
    pub effective_at: Instant,
    pub agreement: Agreement,
}

impl Agreement {
    /// Written so that [`Agreement::from_toml`] gives back the same Agreement.
    pub fn to_toml(&self) -> String {
        toml::to_string_pretty(self).expect("an Agreement holds only what TOML can write")
    }

    /// Reads and checks; the error names the clause and what it should be.
    pub fn from_toml(text: &str) -> Result<Agreement, AgreementError> {
        let agreement: Agreement = toml::from_str(text).map_err(|error| AgreementError::Text(error.to_string()))?;
        let faults = agreement.faults();
        if faults.is_empty() { Ok(agreement) } else { Err(AgreementError::Faults(faults)) }
    }

    pub fn time_zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get(&self.calendar.time_zone).unwrap_or(jiff::tz::TimeZone::UTC)
    }

    pub fn clause(&self, stage: Stage) -> Option<&StageClause> {
        self.stages.iter().find(|clause| clause.stage == stage)
    }

    pub fn reason_name(&self, key: &str) -> Option<&str> {
        self.reasons.iter().find(|reason| reason.key == key).map(|reason| reason.name.as_str())
    }
}

#[derive(Debug, thiserror::Error)]
pub enum AgreementError {
    #[error("the Agreement can't be read: {0}")]
    Text(String),
    #[error("the Agreement does not hold together: {}", .0.iter().map(|fault| format!("{}: {}", fault.clause, fault.words)).collect::<Vec<_>>().join("; "))]
    Faults(Vec<Fault>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_holds_together_and_reads_back() {
        let agreement = Agreement::default_for(Currency::EUR, "Europe/Lisbon");
        assert_eq!(agreement.faults(), []);
        let text = agreement.to_toml();
        assert_eq!(Agreement::from_toml(&text).unwrap(), agreement, "{text}");
    }

    #[test]
    fn faults_name_the_clause() {
        let mut agreement = Agreement::default_for(Currency::EUR, "Mars/Olympus");
        agreement.promises.acceptance_rate_min = 40.0;
        agreement.calendar.shifts[0].to = "25:00".into();
        let clauses: Vec<_> = agreement.faults().into_iter().map(|fault| fault.clause).collect();
        assert_eq!(clauses, ["calendar.time_zone", "calendar.shifts", "promises.acceptance_rate_min"]);
    }

    #[test]
    fn an_unknown_clause_is_refused() {
        let text = Agreement::default_for(Currency::EUR, "UTC").to_toml() + "\n[surprise]\nx = 1\n";
        assert!(Agreement::from_toml(&text).unwrap_err().to_string().contains("surprise"));
    }
}
