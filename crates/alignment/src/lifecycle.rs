//! The stages of a lead and how they follow each other.
//!
//! A **lead is one pass of a person through the funnel**. It moves by transitions, each with the instant it happened, the instant we
//! learned of it and the Agreement version that judged it; no field is overwritten. Reaching a stage means having entered it or any
//! later one: a customer has reached SQL even where nobody wrote down when.

use serde::{Deserialize, Serialize};

pub mod passes;

/// The stages, in the order of the funnel, then the three ways out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Stage {
    Lead = 0,
    Mql = 1,
    Sal = 2,
    Sql = 3,
    SalesReady = 4,
    Opportunity = 5,
    Customer = 6,
    /// Sales declined the lead, with a reason.
    Rejected = 7,
    /// Back to nurture: this pass is over, a later signal opens a new one.
    Recycled = 8,
    /// The opportunity was lost, or the lead left the funnel for good.
    Lost = 9,
}

/// Which team owns the lead in a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Marketing,
    Sales,
    Success,
}

pub struct StageDefinition {
    pub stage: Stage,
    /// The name in files, URLs, the API and the database.
    pub key: &'static str,
    pub name: &'static str,
    pub owner: Side,
    pub words: &'static str,
}

impl Stage {
    pub const ALL: [Stage; 10] = [
        Stage::Lead,
        Stage::Mql,
        Stage::Sal,
        Stage::Sql,
        Stage::SalesReady,
        Stage::Opportunity,
        Stage::Customer,
        Stage::Rejected,
        Stage::Recycled,
        Stage::Lost,
    ];
    /// The stages of the funnel, without the ways out.
    pub const FUNNEL: [Stage; 7] =
        [Stage::Lead, Stage::Mql, Stage::Sal, Stage::Sql, Stage::SalesReady, Stage::Opportunity, Stage::Customer];
    pub const COUNT: usize = 10;

    pub fn definition(self) -> &'static StageDefinition {
        &DEFINITIONS[self as usize]
    }

    pub fn key(self) -> &'static str {
        self.definition().key
    }

    pub fn name(self) -> &'static str {
        self.definition().name
    }

    pub fn parse(key: &str) -> Option<Stage> {
        DEFINITIONS.iter().find(|definition| definition.key == key).map(|definition| definition.stage)
    }

    pub fn is_exit(self) -> bool {
        self >= Stage::Rejected
    }

    /// No transition leaves these: the pass is over.
    pub fn is_terminal(self) -> bool {
        self >= Stage::Customer
    }

    /// Entering `self` means that `earlier` was reached too. A way out reaches nothing but itself.
    pub fn implies(self, earlier: Stage) -> bool {
        self == earlier || (!self.is_exit() && !earlier.is_exit() && earlier < self)
    }
}

static DEFINITIONS: [StageDefinition; Stage::COUNT] = [
    StageDefinition {
        stage: Stage::Lead,
        key: "lead",
        name: "Lead",
        owner: Side::Marketing,
        words: "A person we know by name or address who may buy, on one pass through the funnel.",
    },
    StageDefinition {
        stage: Stage::Mql,
        key: "mql",
        name: "MQL",
        owner: Side::Marketing,
        words: "Marketing qualified lead: fits the ideal customer profile and took an action that shows interest, such as downloading a guide or attending a webinar.",
    },
    StageDefinition {
        stage: Stage::Sal,
        key: "sal",
        name: "SAL",
        owner: Side::Sales,
        words: "Sales accepted lead: sales reviewed it and accepted it for outreach. This is the official hand-off.",
    },
    StageDefinition {
        stage: Stage::Sql,
        key: "sql",
        name: "SQL",
        owner: Side::Sales,
        words: "Sales qualified lead: a rep spoke with the person and confirmed need, budget, authority and timeline.",
    },
    StageDefinition {
        stage: Stage::SalesReady,
        key: "sales_ready",
        name: "Sales-ready",
        owner: Side::Sales,
        words: "Actively looking to buy, budget approved, decision maker involved.",
    },
    StageDefinition {
        stage: Stage::Opportunity,
        key: "opportunity",
        name: "Opportunity",
        owner: Side::Sales,
        words: "A deal is open for this lead.",
    },
    StageDefinition { stage: Stage::Customer, key: "customer", name: "Customer", owner: Side::Success, words: "The contract is signed." },
    StageDefinition {
        stage: Stage::Rejected,
        key: "rejected",
        name: "Rejected",
        owner: Side::Marketing,
        words: "Sales reviewed the lead and declined it, with a reason.",
    },
    StageDefinition {
        stage: Stage::Recycled,
        key: "recycled",
        name: "Recycled",
        owner: Side::Marketing,
        words: "Not ready: back to nurture. This pass is over; the next signal that qualifies opens a new one.",
    },
    StageDefinition {
        stage: Stage::Lost,
        key: "lost",
        name: "Lost",
        owner: Side::Sales,
        words: "Left the funnel: the deal was lost, or the person will not buy.",
    },
];

/// A set of stages, for saying which ones a source of data records at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct StageSet(pub u16);

impl StageSet {
    pub const ALL: StageSet = StageSet((1 << Stage::COUNT) - 1);

    pub fn of(stages: &[Stage]) -> StageSet {
        stages.iter().fold(StageSet::default(), |set, stage| set.with(*stage))
    }

    pub fn with(self, stage: Stage) -> StageSet {
        StageSet(self.0 | 1 << stage as u16)
    }

    pub fn contains(self, stage: Stage) -> bool {
        self.0 & (1 << stage as u16) != 0
    }

    pub fn union(self, other: StageSet) -> StageSet {
        StageSet(self.0 | other.0)
    }

    pub fn iter(self) -> impl Iterator<Item = Stage> {
        Stage::ALL.into_iter().filter(move |stage| self.contains(*stage))
    }
}

/// Where a deal stands. The first three are ours by default; `Won` and `Lost` end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum DealStage {
    Discovery = 0,
    Proposal = 1,
    Negotiation = 2,
    Won = 3,
    Lost = 4,
}

impl DealStage {
    pub const ALL: [DealStage; 5] = [DealStage::Discovery, DealStage::Proposal, DealStage::Negotiation, DealStage::Won, DealStage::Lost];

    pub fn key(self) -> &'static str {
        ["discovery", "proposal", "negotiation", "won", "lost"][self as usize]
    }

    pub fn name(self) -> &'static str {
        ["Discovery", "Proposal", "Negotiation", "Won", "Lost"][self as usize]
    }

    pub fn parse(key: &str) -> Option<DealStage> {
        DealStage::ALL.into_iter().find(|stage| stage.key() == key)
    }

    pub fn is_closed(self) -> bool {
        self >= DealStage::Won
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_stand_in_the_order_of_the_stages() {
        for (index, definition) in DEFINITIONS.iter().enumerate() {
            assert_eq!(definition.stage as usize, index);
            assert_eq!(Stage::parse(definition.key), Some(definition.stage));
            assert_eq!(serde_key(definition.stage), definition.key);
        }
        for stage in DealStage::ALL {
            assert_eq!(DealStage::parse(stage.key()), Some(stage));
        }
    }

    fn serde_key(stage: Stage) -> String {
        #[derive(Serialize)]
        struct Holder {
            stage: Stage,
        }
        let text = toml::to_string(&Holder { stage }).unwrap();
        text.trim().trim_start_matches("stage = ").trim_matches('"').to_owned()
    }

    #[test]
    fn a_later_stage_reaches_the_earlier_ones() {
        assert!(Stage::Customer.implies(Stage::Sql));
        assert!(Stage::Mql.implies(Stage::Lead));
        assert!(!Stage::Mql.implies(Stage::Sal));
        assert!(!Stage::Lost.implies(Stage::Sql));
        assert!(Stage::Rejected.implies(Stage::Rejected));
    }
}
