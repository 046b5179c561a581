//! The clauses of the Agreement that say how leads are scored, routed, timed and escalated. What each does is in the module of its rule:
//! [`crate::judging`], [`crate::routing`], [`crate::calendar`], [`crate::handoff`].

use serde::{Deserialize, Serialize};

use super::{ActivityFilter, Criterion, Shift};

/// Points for who somebody is (fit) and for what they do (engagement).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scoring {
    /// Fit never counts more than this; 0 is no limit.
    pub fit_points_max: f64,
    /// Engagement never counts more than this; 0 is no limit.
    pub engagement_points_max: f64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fit: Vec<FitRule>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub engagement: Vec<EngagementRule>,
}

/// Points, below zero too, where a condition on fields holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FitRule {
    pub name: String,
    pub points: f64,
    /// On fields alone: neither scores nor activity.
    pub when: Criterion,
}

/// Points for each touch of a sort, half of which are gone after each half-life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngagementRule {
    pub name: String,
    pub points: f64,
    pub half_life_days: f64,
    /// All touches of this rule together never count more than this; 0 is no limit.
    #[serde(default)]
    pub points_max: f64,
    #[serde(default)]
    pub of: ActivityFilter,
}

/// Working time in other countries: the calendar of a rep who works there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionalCalendar {
    pub key: String,
    pub name: String,
    /// Regions or countries of users whose clocks run by this calendar, as written on the user.
    pub regions: Vec<String>,
    pub time_zone: String,
    pub shifts: Vec<Shift>,
    #[serde(default)]
    pub holidays: Vec<String>,
}

/// What happens to a review that is late.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Escalation {
    /// The owner is warned when this share of the time has gone, 0..=1.
    pub warn_share: f64,
    /// In the order of `after_minutes`.
    pub steps: Vec<EscalationStep>,
    /// A clock stands still while a question to marketing is open.
    pub question_pauses: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EscalationStep {
    /// Working minutes after the due instant.
    pub after_minutes: u32,
    pub action: EscalationAction,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EscalationAction {
    /// Tells the head of sales.
    Escalate,
    /// Routes the lead anew, past the owner who let it lie.
    Reassign,
    /// Routes nothing more to the owner until the end of the next working day.
    OffRota,
}

impl EscalationAction {
    pub const ALL: [EscalationAction; 3] = [EscalationAction::Escalate, EscalationAction::Reassign, EscalationAction::OffRota];

    pub fn key(self) -> &'static str {
        ["escalate", "reassign", "off_rota"][self as usize]
    }

    pub fn words(self) -> &'static str {
        [
            "tell the head of sales",
            "give the lead to somebody else",
            "route nothing more to the owner until the end of the next working day",
        ][self as usize]
    }
}

impl Default for Escalation {
    fn default() -> Escalation {
        Escalation {
            warn_share: 0.75,
            steps: vec![
                EscalationStep { after_minutes: 0, action: EscalationAction::Escalate },
                EscalationStep { after_minutes: 240, action: EscalationAction::Reassign },
            ],
            question_pauses: true,
        }
    }
}

/// Who gets a lead that becomes an MQL: the first rule that holds and finds somebody. What none takes goes to the fallback queue.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Routing {
    pub fallback: Fallback,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RoutingRule>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pools: Vec<Pool>,
}

/// Where a lead waits that no rule could place. Its owner is asked to place it by hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fallback {
    pub queue: String,
    /// E-mail address of the user who owns the queue; the head of sales where it is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

impl Default for Fallback {
    fn default() -> Fallback {
        Fallback { queue: "Not placed".into(), owner: None }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoutingRule {
    pub name: String,
    /// Conditions on fields of the person and its company; always, where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Criterion>,
    pub to: Target,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Who owns the company, or the company that is matched to the person by domain or name.
    AccountOwner,
    /// Key of a pool: round robin by weight and capacity.
    Pool(String),
    /// E-mail address of one user.
    User(String),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    pub key: String,
    pub name: String,
    /// Only to those who are at work at the instant by their calendar; while nobody is, to whoever starts first.
    #[serde(default)]
    pub at_work_only: bool,
    pub members: Vec<PoolMember>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolMember {
    /// E-mail address of the user.
    pub user: String,
    /// Of leads, in proportion to the weights of the others; 1 unless given.
    #[serde(default = "one")]
    pub weight: u32,
    /// Leads waiting for review or being worked on at one time; 0 is no limit.
    #[serde(default)]
    pub open_leads_max: u32,
    /// Product lines or skills; a lead of a product line goes to those who have it. Empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<String>,
}

fn one() -> u32 {
    1
}

/// A lead belongs to the first product line whose condition holds when it opens, or to none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductLine {
    pub key: String,
    pub name: String,
    pub when: Criterion,
}

/// Who may edit which part of a draft and act for whom. Leaders and administrators edit all of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rights {
    /// Scoring, product lines, data, attribution, and what makes a lead and an MQL are marketing's part.
    pub sales_edits_marketing_part: bool,
    /// Routing, escalation, calendars, reasons, and the stages from SAL on are sales' part.
    pub marketing_edits_sales_part: bool,
    /// Marketing may accept and reject leads, as in a team where both do both.
    pub marketing_reviews_leads: bool,
}
