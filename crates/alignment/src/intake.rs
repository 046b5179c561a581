//! What arrives from outside: records that name each other by external id, address or name, before they have ids of ours.
//!
//! Files, connectors, forms and the sample company all end in these types; `office::imports` is the one place that turns them into
//! facts. An absent value (`None`) says nothing about the field: it neither sets nor clears it.

use crate::{
    Instant, Money,
    lifecycle::{DealStage, Side, Stage, StageSet},
    touch::{ActivityKind, TouchKind},
};

/// The nouns that can be brought in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Noun {
    User,
    Campaign,
    Spend,
    Content,
    Company,
    Person,
    Lead,
    Touch,
    Deal,
    DealLine,
    Activity,
}

impl Noun {
    pub const ALL: [Noun; 11] = [
        Noun::User,
        Noun::Campaign,
        Noun::Spend,
        Noun::Content,
        Noun::Company,
        Noun::Person,
        Noun::Lead,
        Noun::Touch,
        Noun::Deal,
        Noun::DealLine,
        Noun::Activity,
    ];

    pub fn key(self) -> &'static str {
        ["user", "campaign", "spend", "content", "company", "person", "lead", "touch", "deal", "deal_line", "activity"][self as usize]
    }

    pub fn parse(key: &str) -> Option<Noun> {
        Noun::ALL.into_iter().find(|noun| noun.key() == key)
    }
}

/// How one record names another (or itself).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// The id that the system `system` gave it. External ids are keys: two records never share one.
    External { system: String, id: String },
    /// A person's or user's e-mail address, compared in lower case.
    Email(String),
    /// A company's domain, compared in lower case without `www.`.
    Domain(String),
    /// A name, compared after trimming, without regard to case. For companies, campaigns, content and users.
    Name(String),
}

/// A reference to another record. Where it can't be found, a required one rejects the row; an optional one is left empty and counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    pub key: Key,
    pub required: bool,
}

/// One row of a file, turned into records. The first is what the row is about: the row counts as created, updated or unchanged
/// with it. The others are there because it needs them (the owner, the landing page) and come first in effect.
#[derive(Clone, Debug, PartialEq)]
pub struct IntakeRow {
    /// 1-based line of the data row in its file (the header is not counted), for messages.
    pub line: u64,
    pub subject: Record,
    pub needs: Vec<Record>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    User(UserIntake),
    Campaign(CampaignIntake),
    Spend(SpendIntake),
    Content(ContentIntake),
    Company(CompanyIntake),
    Person(PersonIntake),
    Lead(LeadIntake),
    Touch(TouchIntake),
    Deal(DealIntake),
    DealLine(DealLineIntake),
    Activity(ActivityIntake),
}

impl Record {
    pub fn noun(&self) -> Noun {
        match self {
            Record::User(_) => Noun::User,
            Record::Campaign(_) => Noun::Campaign,
            Record::Spend(_) => Noun::Spend,
            Record::Content(_) => Noun::Content,
            Record::Company(_) => Noun::Company,
            Record::Person(_) => Noun::Person,
            Record::Lead(_) => Noun::Lead,
            Record::Touch(_) => Noun::Touch,
            Record::Deal(_) => Noun::Deal,
            Record::DealLine(_) => Noun::DealLine,
            Record::Activity(_) => Noun::Activity,
        }
    }
}

/// Values of the customer's own fields, by field key.
pub type CustomValues = Vec<(String, String)>;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserIntake {
    pub keys: Vec<Key>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub side: Option<Side>,
    /// Name of the team; made when it does not exist.
    pub team: Option<String>,
    /// Region or country the user works in.
    pub region: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct CampaignIntake {
    pub keys: Vec<Key>,
    pub name: Option<String>,
    pub channel: Option<String>,
    pub starts_at: Option<Instant>,
    pub ends_at: Option<Instant>,
    pub budget: Option<Money>,
}

/// Money spent on one campaign (or a channel as a whole) in the period that starts at `at`.
#[derive(Clone, Debug, PartialEq)]
pub struct SpendIntake {
    pub keys: Vec<Key>,
    pub campaign: Option<Reference>,
    pub channel: Option<String>,
    pub source: Option<String>,
    /// Which team's cost it is: marketing's spend, or sales' cost for CAC.
    pub side: Side,
    pub at: Instant,
    pub amount: Money,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContentIntake {
    pub keys: Vec<Key>,
    pub title: Option<String>,
    /// `guide`, `case_study`, `battle_card`, `landing_page`, ...: free text.
    pub kind: Option<String>,
    pub url: Option<String>,
    pub published_at: Option<Instant>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct CompanyIntake {
    pub keys: Vec<Key>,
    pub name: Option<String>,
    pub domain: Option<String>,
    pub industry: Option<String>,
    pub country: Option<String>,
    pub region: Option<String>,
    pub employees: Option<i64>,
    pub annual_revenue: Option<Money>,
    /// When it stopped being a customer.
    pub churned_at: Option<Instant>,
    pub owner: Option<Reference>,
    pub created_at: Option<Instant>,
    pub custom: CustomValues,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct PersonIntake {
    pub keys: Vec<Key>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub job_title: Option<String>,
    pub country: Option<String>,
    pub company: Option<Reference>,
    pub created_at: Option<Instant>,
    pub custom: CustomValues,
}

/// A stage that was entered. Where the instant was never recorded `at` is `None`: the stage counts in rates and in no duration.
#[derive(Clone, Debug, PartialEq)]
pub struct StageEntry {
    pub stage: Stage,
    pub at: Option<Instant>,
    /// For rejected, recycled and lost: a key of the Agreement's reasons, or free text.
    pub reason: Option<String>,
    pub actor: Option<Reference>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct LeadIntake {
    /// Keys of the lead itself. A lead without a key is matched with the person's open pass.
    pub keys: Vec<Key>,
    pub person: Reference,
    pub source: Option<String>,
    pub campaign: Option<Reference>,
    pub content: Option<Reference>,
    pub owner: Option<Reference>,
    pub opened_at: Option<Instant>,
    pub stages: Vec<StageEntry>,
    /// The stages that where this lead comes from writes down at all. A stage outside is *not recorded*, neither 0% nor 100%.
    pub stages_recorded: StageSet,
    pub custom: CustomValues,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TouchIntake {
    /// Without a key, a touch is the same as another when person, company, instant, kind, channel, source, campaign and content agree.
    pub keys: Vec<Key>,
    pub person: Option<Reference>,
    pub company: Option<Reference>,
    pub kind: TouchKind,
    pub at: Instant,
    pub channel: Option<String>,
    pub source: Option<String>,
    pub campaign: Option<Reference>,
    pub content: Option<Reference>,
    /// Its own fields: utm_term, creative, ...
    pub tags: CustomValues,
}

#[derive(Clone, Debug, PartialEq)]
pub struct DealStageEntry {
    pub stage: DealStage,
    pub at: Option<Instant>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct DealIntake {
    pub keys: Vec<Key>,
    pub name: Option<String>,
    pub company: Option<Reference>,
    /// The buying committee: people with their role in the decision.
    pub people: Vec<(Reference, Option<String>)>,
    /// The lead that became this deal. Where absent, the latest lead of the deal's first person.
    pub lead: Option<Reference>,
    pub owner: Option<Reference>,
    pub amount: Option<Money>,
    pub opened_at: Option<Instant>,
    pub expected_close_at: Option<Instant>,
    pub stages: Vec<DealStageEntry>,
    pub reason: Option<String>,
    pub custom: CustomValues,
}

/// One product line of a deal. A deal that has lines has their sum as its amount.
#[derive(Clone, Debug, PartialEq)]
pub struct DealLineIntake {
    pub keys: Vec<Key>,
    pub deal: Reference,
    pub product: Option<String>,
    pub quantity: i64,
    pub amount: Money,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ActivityIntake {
    pub keys: Vec<Key>,
    pub kind: ActivityKind,
    pub at: Instant,
    pub person: Option<Reference>,
    pub company: Option<Reference>,
    pub deal: Option<Reference>,
    pub user: Option<Reference>,
    pub subject: Option<String>,
    pub note: Option<String>,
    pub outcome: Option<String>,
    pub content: Option<Reference>,
}

/// A file's row that can't be taken: where, what is wrong, and the row as it stood.
#[derive(Clone, Debug, PartialEq)]
pub struct RowRejection {
    pub line: u64,
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noun_keys_read_back() {
        for noun in Noun::ALL {
            assert_eq!(Noun::parse(noun.key()), Some(noun));
        }
    }
}
