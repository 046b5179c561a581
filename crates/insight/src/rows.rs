//! The rows that history is built from: plain records as the facts have them, handed over by the glue in `office`.
//!
//! Labels (channel, source, ...) are strings here and dictionary codes inside the columns. `None` means *not recorded*.

use alignment::{
    Instant, Money,
    handoff::{ClockKind, Outcome},
    lifecycle::{DealStage, Side, Stage, StageSet},
    touch::{ActivityKind, TouchKind},
};

/// What has changed since the history last looked: rows that are new or differ (matched by id), and ids that are gone.
#[derive(Clone, Debug, Default)]
pub struct Delta {
    /// Id of the last event that this delta covers.
    pub last_event: i64,
    pub companies: Vec<CompanyRow>,
    pub people: Vec<PersonRow>,
    pub leads: Vec<LeadRow>,
    pub transitions: Vec<TransitionRow>,
    pub touches: Vec<TouchRow>,
    pub activities: Vec<ActivityRow>,
    pub deals: Vec<DealRow>,
    pub deal_transitions: Vec<DealTransitionRow>,
    pub campaigns: Vec<NamedRow>,
    pub content: Vec<NamedRow>,
    pub users: Vec<NamedRow>,
    pub spend: Vec<SpendRow>,
    pub clocks: Vec<ClockRow>,
    pub waivers: Vec<WaiverRow>,
    pub removed: Vec<Removed>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Table {
    Companies,
    People,
    Leads,
    Transitions,
    Touches,
    Activities,
    Deals,
    DealTransitions,
    Campaigns,
    Content,
    Users,
    Spend,
    Clocks,
    Waivers,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Removed {
    pub table: Table,
    pub id: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct CompanyRow {
    pub id: i64,
    pub name: Option<String>,
    pub domain: Option<String>,
    pub industry: Option<String>,
    pub country: Option<String>,
    pub region: Option<String>,
    pub employees: Option<i64>,
    pub annual_revenue: Option<Money>,
    /// When it stopped being a customer, where somebody wrote that down.
    pub churned_at: Option<Instant>,
    /// The company's own fields: (key, value).
    pub custom: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PersonRow {
    pub id: i64,
    pub company: Option<i64>,
    pub has_name: bool,
    pub has_email: bool,
    pub has_phone: bool,
    pub has_job_title: bool,
    pub job_title: Option<String>,
    /// Of the e-mail address; the address itself, the name and the phone number stay in the record alone.
    pub email_domain: Option<String>,
    pub country: Option<String>,
    pub custom: Vec<(String, String)>,
}

/// A lead: one pass of a person through the funnel.
#[derive(Clone, Debug, PartialEq)]
pub struct LeadRow {
    pub id: i64,
    pub person: i64,
    pub company: Option<i64>,
    pub source: Option<String>,
    pub campaign: Option<i64>,
    pub content: Option<i64>,
    pub owner: Option<i64>,
    pub opened_at: Instant,
    pub recorded_at: Instant,
    pub stages_recorded: StageSet,
    pub custom: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TransitionRow {
    pub id: i64,
    pub lead: i64,
    pub stage: Stage,
    /// `None`: it happened, nobody wrote down when.
    pub at: Option<Instant>,
    pub recorded_at: Instant,
    pub reason: Option<String>,
    pub agreement_version: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TouchRow {
    /// Ids grow in recording order, which breaks ties of `at`.
    pub id: i64,
    pub person: Option<i64>,
    pub company: Option<i64>,
    pub kind: TouchKind,
    pub at: Instant,
    pub recorded_at: Instant,
    pub channel: Option<String>,
    pub source: Option<String>,
    pub campaign: Option<i64>,
    pub content: Option<i64>,
    /// Its own fields: key and value.
    pub tags: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ActivityRow {
    pub id: i64,
    pub person: Option<i64>,
    pub company: Option<i64>,
    pub deal: Option<i64>,
    pub user: Option<i64>,
    pub kind: ActivityKind,
    pub at: Instant,
    pub recorded_at: Instant,
    pub content: Option<i64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct DealRow {
    pub id: i64,
    pub company: Option<i64>,
    pub lead: Option<i64>,
    /// People on the deal; the first is the one it came from.
    pub people: Vec<i64>,
    pub owner: Option<i64>,
    pub amount: Option<Money>,
    pub opened_at: Option<Instant>,
    pub expected_close_at: Option<Instant>,
    pub recorded_at: Instant,
    pub reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct DealTransitionRow {
    pub id: i64,
    pub deal: i64,
    pub stage: DealStage,
    pub at: Option<Instant>,
    pub recorded_at: Instant,
}

/// A campaign, a piece of content or a user: an id with a name, and what else its kind has.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedRow {
    pub id: i64,
    pub name: String,
    /// Campaign: its channel. Content: its kind. User: its region.
    pub group: Option<String>,
    pub at: Option<Instant>,
    /// Of users.
    pub email: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SpendRow {
    pub id: i64,
    pub campaign: Option<i64>,
    pub channel: Option<String>,
    pub source: Option<String>,
    pub side: Side,
    pub at: Instant,
    pub recorded_at: Instant,
    pub amount: Money,
}

/// A promise about one lead, and what became of it. It runs until `ended_at`.
#[derive(Clone, Debug, PartialEq)]
pub struct ClockRow {
    pub id: i64,
    pub lead: i64,
    pub kind: ClockKind,
    /// Whose promise it is, or was when it was broken.
    pub owner: Option<i64>,
    pub started_at: Instant,
    pub due_at: Instant,
    pub ended_at: Option<Instant>,
    pub outcome: Option<Outcome>,
    pub breached_at: Option<Instant>,
    /// It stands still since.
    pub paused_at: Option<Instant>,
    pub agreement_version: u32,
    pub recorded_at: Instant,
}

/// A promise that was let off: one clock, or all of a month.
#[derive(Clone, Debug, PartialEq)]
pub struct WaiverRow {
    pub id: i64,
    /// Key of the promise.
    pub promise: Option<String>,
    /// The month, such as `2026-11`.
    pub period: Option<String>,
    pub clock: Option<i64>,
    pub at: Instant,
    pub revoked_at: Option<Instant>,
    pub recorded_at: Instant,
}
