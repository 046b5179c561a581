//! The sample company as a history: what the office does over the database, in memory.

use alignment::{
    Currency, Instant,
    intake::*,
    lifecycle::{Stage, StageSet},
};
use insight::{
    history::History,
    question::{Goal, Journey, Period, Question, Settings, Targets, WorkingTime},
    rows::*,
};
use jiff::tz::TimeZone;

pub const ENDS_AT: &str = "2026-06-30T12:00:00Z";

pub fn history(seed: u64, scale: f64) -> History {
    let company = sample::generate(seed, ENDS_AT.parse().expect("an instant"), scale);
    let mut delta = Delta::default();
    for (_, rows) in company.batches() {
        rows.into_iter().for_each(|row| take(&mut delta, row.line as i64, row.subject));
    }
    History::empty().apply(delta)
}

pub fn question() -> Question {
    Question {
        as_of: ENDS_AT.parse().expect("an instant"),
        known_at: Instant::MAX,
        period: Period::ALL,
        by: None,
        filters: Vec::new(),
        currency: Currency::EUR,
        zone: TimeZone::get("Europe/Lisbon").expect("a zone"),
        settings: Settings {
            agreement_version: 1,
            lookback_days: 90,
            half_life_days: 7.0,
            journey: Journey::Company,
            model: "linear".into(),
            goal: Goal::Revenue,
            markov_order: 1,
            horizon_days: 90,
            review_minutes_max: 24 * 60,
            required_fields: vec!["email".into(), "company".into()],
            working: WorkingTime::around_the_clock(),
            gross_margin: None,
            targets: Targets::default(),
        },
        gaps: Vec::new(),
    }
}

/// Ids of the sample are `lead-17`; learned when it happened.
fn id(key: &Key) -> i64 {
    match key {
        Key::External { id, .. } => id.rsplit('-').next().and_then(|number| number.parse().ok()).expect("the sample's ids are numbered"),
        other => panic!("{other:?} is no id of the sample"),
    }
}

fn to(reference: &Option<Reference>) -> Option<i64> {
    reference.as_ref().map(|reference| id(&reference.key))
}

fn own(keys: &[Key]) -> i64 {
    id(&keys[0])
}

fn take(delta: &mut Delta, line: i64, record: Record) {
    let long_ago = Instant::MIN;
    match record {
        Record::User(user) => delta.users.push(NamedRow {
            id: own(&user.keys),
            name: user.name.unwrap_or_default(),
            group: user.region,
            at: None,
            email: user.email,
        }),
        Record::Campaign(campaign) => delta.campaigns.push(NamedRow {
            id: own(&campaign.keys),
            name: campaign.name.unwrap_or_default(),
            group: campaign.channel,
            at: campaign.starts_at,
            email: None,
        }),
        Record::Content(piece) => delta.content.push(NamedRow {
            id: own(&piece.keys),
            name: piece.title.unwrap_or_default(),
            group: piece.kind,
            at: piece.published_at,
            email: None,
        }),
        Record::Spend(spend) => delta.spend.push(SpendRow {
            id: own(&spend.keys),
            campaign: to(&spend.campaign),
            channel: spend.channel,
            source: spend.source,
            side: spend.side,
            at: spend.at,
            recorded_at: spend.at,
            amount: spend.amount,
        }),
        Record::Company(company) => delta.companies.push(CompanyRow {
            id: own(&company.keys),
            name: company.name,
            domain: company.domain,
            industry: company.industry,
            country: company.country,
            region: company.region,
            employees: company.employees,
            annual_revenue: company.annual_revenue,
            churned_at: None,
            custom: company.custom,
        }),
        Record::Person(person) => delta.people.push(PersonRow {
            id: own(&person.keys),
            company: to(&person.company),
            has_name: person.name.is_some(),
            has_email: person.email.is_some(),
            has_phone: person.phone.is_some(),
            has_job_title: person.job_title.is_some(),
            job_title: person.job_title,
            email_domain: None,
            country: person.country,
            custom: person.custom,
        }),
        Record::Lead(lead) => take_lead(delta, lead),
        Record::Touch(touch) => delta.touches.push(TouchRow {
            id: line,
            person: to(&touch.person),
            company: to(&touch.company),
            kind: touch.kind,
            at: touch.at,
            recorded_at: touch.at,
            channel: touch.channel,
            source: touch.source,
            campaign: to(&touch.campaign),
            content: to(&touch.content),
            tags: touch.tags,
        }),
        Record::Deal(deal) => take_deal(delta, deal, long_ago),
        Record::DealLine(_) => {}
        Record::Activity(activity) => delta.activities.push(ActivityRow {
            id: own(&activity.keys),
            person: to(&activity.person),
            company: to(&activity.company),
            deal: to(&activity.deal),
            user: to(&activity.user),
            kind: activity.kind,
            at: activity.at,
            recorded_at: activity.at,
            content: to(&activity.content),
        }),
    }
}

fn take_lead(delta: &mut Delta, lead: LeadIntake) {
    let number = own(&lead.keys);
    let opened_at = lead.opened_at.expect("the sample's leads have a start");
    for entry in lead.stages.iter().filter(|entry| entry.stage != Stage::Lead) {
        let recorded_at = entry.at.unwrap_or(opened_at);
        let (stage, at, reason) = (entry.stage, entry.at, entry.reason.clone());
        let id = delta.transitions.len() as i64 + 1;
        delta.transitions.push(TransitionRow { id, lead: number, stage, at, recorded_at, reason, agreement_version: 1 });
    }
    delta.leads.push(LeadRow {
        id: number,
        person: id(&lead.person.key),
        company: None,
        source: lead.source,
        campaign: to(&lead.campaign),
        content: to(&lead.content),
        owner: to(&lead.owner),
        opened_at,
        recorded_at: opened_at,
        stages_recorded: StageSet::ALL,
        custom: lead.custom,
    });
}

fn take_deal(delta: &mut Delta, deal: DealIntake, long_ago: Instant) {
    let number = own(&deal.keys);
    let recorded_at = deal.opened_at.unwrap_or(long_ago);
    for entry in &deal.stages {
        let id = delta.deal_transitions.len() as i64 + 1;
        let recorded_at = entry.at.unwrap_or(recorded_at);
        delta.deal_transitions.push(DealTransitionRow { id, deal: number, stage: entry.stage, at: entry.at, recorded_at });
    }
    delta.deals.push(DealRow {
        id: number,
        company: to(&deal.company),
        lead: to(&deal.lead),
        people: deal.people.iter().map(|(person, _)| id(&person.key)).collect(),
        owner: to(&deal.owner),
        amount: deal.amount,
        opened_at: deal.opened_at,
        expected_close_at: deal.expected_close_at,
        recorded_at,
        reason: deal.reason,
    });
}
