//! A question to the history. It carries both times, so that the same question has the same answer for ever.

use alignment::{Currency, Instant};
use jiff::tz::TimeZone;
use serde::Serialize;

/// What a number is broken down by, or filtered on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    Source,
    Campaign,
    Channel,
    Content,
    Owner,
    Industry,
    Country,
    /// One of the company's or lead's own fields, by key.
    Custom(String),
}

impl Dimension {
    /// `source`, `campaign`, `channel`, `content`, `owner`, `industry`, `country`, or `custom:<field key>`.
    pub fn parse(text: &str) -> Option<Dimension> {
        Some(match text {
            "source" => Dimension::Source,
            "campaign" => Dimension::Campaign,
            "channel" => Dimension::Channel,
            "content" => Dimension::Content,
            "owner" => Dimension::Owner,
            "industry" => Dimension::Industry,
            "country" => Dimension::Country,
            other => Dimension::Custom(other.strip_prefix("custom:").filter(|key| !key.is_empty())?.to_owned()),
        })
    }

    pub fn key(&self) -> String {
        match self {
            Dimension::Source => "source".into(),
            Dimension::Campaign => "campaign".into(),
            Dimension::Channel => "channel".into(),
            Dimension::Content => "content".into(),
            Dimension::Owner => "owner".into(),
            Dimension::Industry => "industry".into(),
            Dimension::Country => "country".into(),
            Dimension::Custom(key) => format!("custom:{key}"),
        }
    }
}

/// From (inclusive) up to (exclusive).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Period {
    pub from: Instant,
    pub to: Instant,
}

impl Period {
    pub const ALL: Period = Period { from: Instant::MIN, to: Instant::MAX };

    pub fn contains(&self, at: Instant) -> bool {
        self.from <= at && at < self.to
    }
}

/// Keeps the rows whose value in `dimension` is `value`; `None` keeps those where it is not recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Filter {
    pub dimension: Dimension,
    pub value: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Journey {
    /// The touches of the people on the deal.
    Person,
    /// The touches of everybody at the company.
    Company,
}

#[derive(Clone, Debug)]
pub struct Question {
    /// Nothing that happened later counts.
    pub as_of: Instant,
    /// Nothing that we learned later counts.
    pub known_at: Instant,
    pub period: Period,
    pub by: Option<Dimension>,
    pub filters: Vec<Filter>,
    /// Amounts in another currency are left out and said so; they are never added up as if they were the same.
    pub currency: Currency,
    pub zone: TimeZone,
    pub settings: Settings,
}

/// What the Agreement in force says about measuring.
#[derive(Clone, Debug)]
pub struct Settings {
    pub agreement_version: u32,
    pub lookback_days: u32,
    pub half_life_days: f64,
    pub journey: Journey,
    /// The model for numbers that need one.
    pub model: String,
    pub horizon_days: u32,
    pub review_minutes_max: i64,
    pub required_fields: Vec<String>,
    pub targets: Targets,
}

/// What the Agreement promises, for the numbers that have a target.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    pub mqls_per_month: Option<f64>,
    pub acceptance_rate: Option<f64>,
    pub logged_rate: Option<f64>,
    pub completeness_rate: Option<f64>,
    /// Revenue to sign, with the period it is for.
    pub revenue: Option<(Period, i64)>,
}
