//! The desk's rows as the API gives them.

use facts::handoff::{AppealRow, handed_over::RejectedThenWonRow, inbox::InboxRow};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::wire::{self, Money, at, at_or_none},
    handoff::marketing::Handover,
};

#[derive(Serialize, ToSchema)]
pub struct InboxLead {
    pub id: i64,
    pub person_id: i64,
    pub person_name: Option<String>,
    pub person_email: Option<String>,
    pub job_title: Option<String>,
    pub company_id: Option<i64>,
    pub company_name: Option<String>,
    pub stage: String,
    #[schema(format = DateTime)]
    pub stage_at: Option<String>,
    pub owner_id: Option<i64>,
    pub owner_name: Option<String>,
    /// The queue that it waits in, where no rule could place it.
    pub queue: Option<String>,
    /// When the next of its clocks runs out.
    #[schema(format = DateTime)]
    pub due_at: Option<String>,
}

impl From<InboxRow> for InboxLead {
    fn from(row: InboxRow) -> InboxLead {
        InboxLead {
            id: row.id,
            person_id: row.person_id,
            person_name: row.person_name,
            person_email: row.person_email,
            job_title: row.job_title,
            company_id: row.company_id,
            company_name: row.company_name,
            stage: row.stage,
            stage_at: at_or_none(row.stage_at),
            owner_id: row.owner_id,
            owner_name: row.owner_name,
            queue: row.queue,
            due_at: at_or_none(row.due_at),
        }
    }
}

/// Leads that were decided about together.
#[derive(Serialize, ToSchema)]
pub struct Decided {
    pub leads: Vec<i64>,
}

/// A lead that marketing handed over, and what became of it.
#[derive(Serialize, ToSchema)]
pub struct HandedOver {
    pub lead_id: i64,
    pub person_name: Option<String>,
    pub company_name: Option<String>,
    pub source: Option<String>,
    pub campaign_name: Option<String>,
    pub owner_name: Option<String>,
    /// Where it stands now.
    pub stage: String,
    /// When it became an MQL; null where nobody wrote it down.
    #[schema(format = DateTime)]
    pub handed_over_at: Option<String>,
    /// `sal`, `rejected`, `recycled` or `lost`; null while sales has not decided.
    pub decision: Option<String>,
    #[schema(format = DateTime)]
    pub decided_at: Option<String>,
    pub decided_by: Option<String>,
    pub reason: Option<String>,
    pub note: Option<String>,
    /// From the hand-over to the decision, by the clock on the wall.
    pub review_minutes: Option<i64>,
}

impl From<Handover> for HandedOver {
    fn from(row: Handover) -> HandedOver {
        HandedOver {
            lead_id: row.lead.id,
            person_name: row.lead.person_name.or(row.lead.person_email),
            company_name: row.lead.company_name,
            source: row.lead.source,
            campaign_name: row.lead.campaign_name,
            owner_name: row.lead.owner_name,
            stage: row.lead.stage,
            handed_over_at: at_or_none(row.handed_over_at),
            review_minutes: row.review_micros.map(|micros| micros / 60_000_000),
            decided_at: row.decision.as_ref().and_then(|step| at_or_none(step.at)),
            decided_by: row.decision.as_ref().and_then(|step| step.actor_name.clone()),
            reason: row.decision.as_ref().and_then(|step| step.reason.clone()),
            note: row.decision.as_ref().and_then(|step| step.note.clone()),
            decision: row.decision.map(|step| step.stage),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct RejectedThenWon {
    pub lead_id: i64,
    pub person_name: Option<String>,
    pub company_name: Option<String>,
    pub reason: Option<String>,
    pub rejected_by: Option<String>,
    #[schema(format = DateTime)]
    pub rejected_at: String,
    pub deal_id: i64,
    #[schema(format = DateTime)]
    pub won_at: String,
    pub days_between: i64,
    pub amount: Option<Money>,
}

impl From<RejectedThenWonRow> for RejectedThenWon {
    fn from(row: RejectedThenWonRow) -> RejectedThenWon {
        RejectedThenWon {
            lead_id: row.lead_id,
            person_name: row.person_name,
            company_name: row.company_name,
            reason: row.reason,
            rejected_by: row.rejected_by,
            rejected_at: at(row.rejected_at),
            deal_id: row.deal_id,
            won_at: at(row.won_at),
            days_between: crate::handoff::marketing::days_between(row.rejected_at, row.won_at),
            amount: wire::money(row.amount_minor, row.amount_currency),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct Appeal {
    pub id: i64,
    pub lead_id: i64,
    pub person_name: Option<String>,
    pub company_name: Option<String>,
    /// Why sales rejected the lead.
    pub reason: Option<String>,
    pub text: String,
    pub appealed_by: Option<String>,
    #[schema(format = DateTime)]
    pub at: String,
    /// `upheld` or `overturned`; null while it waits.
    pub decision: Option<String>,
    pub decision_note: Option<String>,
    pub decided_by: Option<String>,
    #[schema(format = DateTime)]
    pub decided_at: Option<String>,
    /// The pass that an overturned rejection opened.
    pub new_lead_id: Option<i64>,
}

impl From<AppealRow> for Appeal {
    fn from(row: AppealRow) -> Appeal {
        Appeal {
            id: row.id,
            lead_id: row.lead_id,
            person_name: row.person_name,
            company_name: row.company_name,
            reason: row.reason,
            text: row.text,
            appealed_by: row.appealer,
            at: at(row.at),
            decision: row.decision,
            decision_note: row.decision_note,
            decided_by: row.decider,
            decided_at: at_or_none(row.decided_at),
            new_lead_id: row.new_lead_id,
        }
    }
}
