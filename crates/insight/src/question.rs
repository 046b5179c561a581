//! A question to the history. It carries both times, so that the same question has the same answer for ever.

use std::sync::Arc;

use alignment::{Currency, Instant, agreement::Agreement, calendar::WorkCalendar};
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
    /// Why sales rejected the lead.
    RejectionReason,
    /// One of the company's or lead's own fields, by key.
    Custom(String),
    /// One of the touches' own fields, by key. A lead and a deal have that of their person's first touch.
    Tag(String),
}

impl Dimension {
    /// `source`, `campaign`, `channel`, `content`, `owner`, `industry`, `country`, `rejection_reason`, `custom:<field key>` or `tag:<key>`.
    pub fn parse(text: &str) -> Option<Dimension> {
        Some(match text {
            "source" => Dimension::Source,
            "campaign" => Dimension::Campaign,
            "channel" => Dimension::Channel,
            "content" => Dimension::Content,
            "owner" => Dimension::Owner,
            "industry" => Dimension::Industry,
            "country" => Dimension::Country,
            "rejection_reason" => Dimension::RejectionReason,
            other => match other.split_once(':').filter(|(_, key)| !key.is_empty())? {
                ("custom", key) => Dimension::Custom(key.to_owned()),
                ("tag", key) => Dimension::Tag(key.to_owned()),
                _ => return None,
            },
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
            Dimension::RejectionReason => "rejection_reason".into(),
            Dimension::Custom(key) => format!("custom:{key}"),
            Dimension::Tag(key) => format!("tag:{key}"),
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

/// What attribution shares out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// Won deals, by their signature.
    #[default]
    Revenue,
    /// Opened deals, by the instant they were opened, whatever became of them.
    Pipeline,
    /// First signatures: one for each company.
    Customers,
}

impl Goal {
    pub const ALL: [Goal; 3] = [Goal::Revenue, Goal::Pipeline, Goal::Customers];

    /// `revenue`, `pipeline` or `customers`.
    pub fn parse(text: &str) -> Option<Goal> {
        Goal::ALL.into_iter().find(|goal| goal.key() == text)
    }

    pub fn key(self) -> &'static str {
        match self {
            Goal::Revenue => "revenue",
            Goal::Pipeline => "pipeline",
            Goal::Customers => "customers",
        }
    }
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
    /// What was known at `known_at` and can't be brought back, in words; empty where all is as it was.
    pub gaps: Vec<String>,
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
    /// What attribution shares out.
    pub goal: Goal,
    /// How many of the last touches the Markov model's next step hangs on: 1 to 3.
    pub markov_order: u32,
    pub horizon_days: u32,
    pub review_minutes_max: i64,
    pub required_fields: Vec<String>,
    pub working: WorkingTime,
    /// Share of the revenue that is left after what is delivered for it has been paid, 0..=1, where somebody said so.
    pub gross_margin: Option<f64>,
    pub targets: Targets,
}

/// The calendars by which people work: the company's, and those of regions. Cheap to clone.
#[derive(Clone, Debug)]
pub struct WorkingTime {
    company: Arc<WorkCalendar>,
    /// Regions in small letters, with the calendar of each.
    regional: Arc<Vec<(String, WorkCalendar)>>,
}

impl WorkingTime {
    pub fn of(agreement: &Agreement) -> WorkingTime {
        let of_region = |calendar: &alignment::agreement::RegionalCalendar| {
            let made = WorkCalendar::of_region(calendar);
            calendar.regions.iter().map(|region| (region.trim().to_lowercase(), made.clone())).collect::<Vec<_>>()
        };
        let regional = agreement.calendars.iter().flat_map(of_region).collect();
        WorkingTime { company: Arc::new(WorkCalendar::of(&agreement.calendar)), regional: Arc::new(regional) }
    }

    pub fn around_the_clock() -> WorkingTime {
        WorkingTime { company: Arc::new(WorkCalendar::around_the_clock()), regional: Arc::default() }
    }

    /// The calendar of somebody who works in a region; the company's where it has none of its own.
    pub fn of_region(&self, region: Option<&str>) -> &WorkCalendar {
        let Some(region) = region.filter(|_| !self.regional.is_empty()).map(|region| region.trim().to_lowercase()) else {
            return &self.company;
        };
        self.regional.iter().find(|(known, _)| *known == region).map_or(&self.company, |(_, calendar)| calendar)
    }
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
    /// The same target in parts one after the other, such as months with their season; empty: evenly over its period.
    pub revenue_parts: Vec<(Period, i64)>,
}
