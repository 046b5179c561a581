//! Typed ids. Each noun of the record has its own, so that a lead's id can't be passed where a deal's is wanted.
//!
//! Ids are positive 64-bit integers, allocated in blocks by `facts`, in the order in which records arrive. They are ours and say
//! nothing about the outside; what another system calls the same record is an external id.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }
    )*};
}

ids! {
    CompanyId, PersonId,
    /// A lead: one pass of a person through the funnel.
    LeadId,
    TransitionId, TouchId, ActivityId, DealId, DealLineId, CampaignId, SpendId, ContentId, UserId, TeamId, ImportId, EventId,
    AgreementId,
}
