//! Each kind of row of the record as a row of the history.

use alignment::{
    Instant, Money,
    fields::email_domain,
    handoff::{ClockKind, Outcome},
    lifecycle::{DealStage, Side, Stage, StageSet},
    touch::{ActivityKind, TouchKind},
};
use facts::feed;
use insight::rows;

pub type Custom = Vec<(String, String)>;

pub fn company(custom: Option<Custom>, fact: feed::CompanyFact) -> rows::CompanyRow {
    rows::CompanyRow {
        id: fact.id,
        name: fact.name,
        domain: fact.domain,
        industry: fact.industry,
        country: fact.country,
        region: fact.region,
        employees: fact.employees,
        annual_revenue: money(fact.annual_revenue_minor, fact.annual_revenue_currency.as_deref()),
        churned_at: fact.churned_at.map(Instant),
        custom: custom.unwrap_or_default(),
    }
}

pub fn person(custom: Option<Custom>, fact: feed::PersonFact) -> rows::PersonRow {
    rows::PersonRow {
        id: fact.id,
        company: fact.company_id,
        has_name: fact.name.is_some(),
        has_email: fact.email.is_some(),
        has_phone: fact.phone.is_some(),
        has_job_title: fact.job_title.is_some(),
        job_title: fact.job_title,
        email_domain: fact.email.as_deref().and_then(email_domain).map(str::to_lowercase),
        country: fact.country,
        custom: custom.unwrap_or_default(),
    }
}

pub fn lead(custom: Option<Custom>, fact: feed::LeadFact) -> rows::LeadRow {
    rows::LeadRow {
        id: fact.id,
        person: fact.person_id,
        company: fact.company_id,
        source: fact.source,
        campaign: fact.campaign_id,
        content: fact.content_id,
        owner: fact.owner_id,
        opened_at: Instant(fact.opened_at),
        recorded_at: Instant(fact.recorded_at),
        stages_recorded: StageSet(fact.stages_recorded as u16),
        custom: custom.unwrap_or_default(),
    }
}

/// A stage that this program does not know was written by a newer one; it is left out here and stays in the record.
pub fn transition(fact: feed::TransitionFact) -> Option<rows::TransitionRow> {
    Some(rows::TransitionRow {
        id: fact.id,
        lead: fact.lead_id,
        stage: Stage::parse(&fact.stage)?,
        at: fact.at.map(Instant),
        recorded_at: Instant(fact.recorded_at),
        reason: fact.reason,
        agreement_version: fact.agreement_version as u32,
    })
}

pub fn touch(tags: Option<Custom>, fact: feed::TouchFact) -> rows::TouchRow {
    rows::TouchRow {
        id: fact.id,
        person: fact.person_id,
        company: fact.company_id,
        kind: TouchKind::parse(&fact.kind).unwrap_or(TouchKind::Other),
        at: Instant(fact.at),
        recorded_at: Instant(fact.recorded_at),
        channel: fact.channel,
        source: fact.source,
        campaign: fact.campaign_id,
        content: fact.content_id,
        tags: tags.unwrap_or_default(),
    }
}

pub fn activity(fact: feed::ActivityFact) -> Option<rows::ActivityRow> {
    Some(rows::ActivityRow {
        id: fact.id,
        person: fact.person_id,
        company: fact.company_id,
        deal: fact.deal_id,
        user: fact.user_id,
        kind: ActivityKind::parse(&fact.kind)?,
        at: Instant(fact.at),
        recorded_at: Instant(fact.recorded_at),
        content: fact.content_id,
    })
}

pub fn deal(people: Vec<i64>, fact: feed::DealFact) -> rows::DealRow {
    rows::DealRow {
        id: fact.id,
        company: fact.company_id,
        lead: fact.lead_id,
        people,
        owner: fact.owner_id,
        amount: money(fact.amount_minor, fact.amount_currency.as_deref()),
        opened_at: fact.opened_at.map(Instant),
        expected_close_at: fact.expected_close_at.map(Instant),
        recorded_at: Instant(fact.recorded_at),
        reason: fact.reason,
    }
}

pub fn deal_transition(fact: feed::DealTransitionFact) -> Option<rows::DealTransitionRow> {
    Some(rows::DealTransitionRow {
        id: fact.id,
        deal: fact.deal_id,
        stage: DealStage::parse(&fact.stage)?,
        at: fact.at.map(Instant),
        recorded_at: Instant(fact.recorded_at),
    })
}

pub fn spend(fact: feed::SpendFact) -> Option<rows::SpendRow> {
    Some(rows::SpendRow {
        id: fact.id,
        campaign: fact.campaign_id,
        channel: fact.channel,
        source: fact.source,
        side: match fact.side.as_str() {
            "sales" => Side::Sales,
            "success" => Side::Success,
            _ => Side::Marketing,
        },
        at: Instant(fact.at),
        recorded_at: Instant(fact.recorded_at),
        amount: money(Some(fact.amount_minor), Some(&fact.amount_currency))?,
    })
}

/// A kind or an outcome that this program does not know was written by a newer one, as with stages.
pub fn clock(fact: feed::ClockFact) -> Option<rows::ClockRow> {
    let outcome = fact.outcome.as_deref().map(Outcome::parse);
    Some(rows::ClockRow {
        id: fact.id,
        lead: fact.lead_id,
        kind: ClockKind::parse(&fact.kind)?,
        owner: fact.owner_id,
        started_at: Instant(fact.started_at),
        due_at: Instant(fact.due_at),
        ended_at: fact.ended_at.map(Instant),
        outcome: if let Some(outcome) = outcome { Some(outcome?) } else { None },
        breached_at: fact.breached_at.map(Instant),
        paused_at: fact.paused_at.map(Instant),
        agreement_version: fact.agreement_version as u32,
        recorded_at: Instant(fact.recorded_at),
    })
}

pub fn waiver(fact: feed::WaiverFact) -> rows::WaiverRow {
    rows::WaiverRow {
        id: fact.id,
        promise: Some(fact.promise),
        period: Some(fact.period),
        clock: fact.clock_id,
        at: Instant(fact.at),
        revoked_at: fact.revoked_at.map(Instant),
        recorded_at: Instant(fact.recorded_at),
    }
}

fn money(minor: Option<i64>, currency: Option<&str>) -> Option<Money> {
    Some(Money::new(minor?, currency?.parse().ok()?))
}
