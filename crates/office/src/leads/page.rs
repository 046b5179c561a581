//! One lead: who owns the customer now, how far it came, and what happened.

use alignment::{
    Instant,
    intake::Noun,
    lifecycle::{Stage, StageSet},
};
use askama::Template;
use axum::extract::{Path, State};
use facts::{
    changes::{self, ChangeRow},
    custom::{self, CustomValue, ExternalId},
    deals::{self, DealFilter, DealRow, DealSort},
    leads::{self, LeadRow, TransitionRow},
    list::{Sort, Turn},
    schema,
    timeline::Subject,
};

use super::pages::{side_key, side_name};
use crate::{
    Office,
    api::Asked,
    handoff::{
        Acting, Points, points,
        undo::{self, Offer},
    },
    lists::{
        RecordQuery,
        timeline::{self, TimelineView},
    },
    ui::{Frame, format},
    web::{AppError, Page},
};

#[derive(Template)]
#[template(path = "leads/lead.html")]
pub struct LeadPage {
    frame: Frame,
    lead: LeadRow,
    name: String,
    stage: Stage,
    side: &'static str,
    side_name: &'static str,
    steps: Vec<Step>,
    /// Those that run.
    clocks: Vec<crate::handoff::ClockView>,
    /// Of what the one who looks decided minutes ago.
    undo: Option<Offer>,
    deals: Vec<DealRow>,
    points: Points,
    score: crate::score::Block,
    external_ids: Vec<ExternalId>,
    custom: Vec<CustomValue>,
    changes: Vec<ChangeRow>,
    timeline: TimelineView,
}

/// A stage on the track.
pub struct Step {
    pub key: &'static str,
    pub name: &'static str,
    pub side: &'static str,
    pub state: StepState,
    /// When, by which version, by whom, why.
    pub detail: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    Reached,
    /// Passed, though nobody wrote it down: a later stage was entered.
    Implied,
    /// Where the lead comes from writes this stage down nowhere.
    NotRecorded,
    Ahead,
}

pub async fn page(
    State(office): State<Office>,
    frame: Frame,
    Path(id): Path<i64>,
    Asked(query): Asked<RecordQuery>,
) -> Result<Page<LeadPage>, AppError> {
    let mut record = office.facts().read().await?;
    let lead = leads::one(record.conn(), id).await?;
    let transitions = leads::transitions(record.conn(), id).await?;
    let stage = Stage::parse(&lead.stage).unwrap_or(Stage::Lead);
    let filter = DealFilter { lead: Some(id), ..DealFilter::default() };
    let deals = deals::list(&mut record, &filter, Sort { key: DealSort::StageAt, descending: true }, Turn::first()).await?.items;
    let timeline = timeline::of(&mut record, &frame, Subject::Lead(id), &format!("/leads/{id}"), query.before.as_deref()).await?;
    let score = crate::score::block(&office, &frame, id).await?;
    let connection = record.conn();
    let versions = office.versions().await?;
    let acting = Acting::of(&office, &frame.actor).await?;
    let clocks = facts::clocks::running_of(connection, &[id]).await?;
    Ok(Page(LeadPage {
        clocks: clocks.iter().map(|clock| crate::handoff::clock_view(clock, &versions, &frame)).collect(),
        name: lead.person_name.clone().or(lead.person_email.clone()).unwrap_or_else(|| format!("Person {}", lead.person_id)),
        stage,
        side: side_key(stage.definition().owner),
        side_name: side_name(stage.definition().owner),
        steps: steps(&frame, &lead, stage, &transitions),
        points: points(connection, &frame, lead.person_id).await?,
        undo: undo::offered(connection, &acting, id).await?,
        deals,
        score,
        external_ids: custom::external_ids(connection, Noun::Lead, id).await?,
        custom: custom::values(connection, Noun::Lead, id).await?,
        changes: changes::of(connection, &schema::LEADS, id, 50).await?,
        timeline,
        lead,
        frame,
    }))
}

fn steps(frame: &Frame, lead: &LeadRow, now: Stage, transitions: &[TransitionRow]) -> Vec<Step> {
    let recorded = StageSet(lead.stages_recorded as u16);
    let entered: Vec<Stage> = transitions.iter().filter_map(|transition| Stage::parse(&transition.stage)).collect();
    let funnel = Stage::FUNNEL.into_iter();
    let exits = Stage::ALL.into_iter().filter(|stage| stage.is_exit() && (*stage == now || entered.contains(stage)));
    let step = |stage: Stage| {
        let of_stage = |goes_back| move |row: &&TransitionRow| row.stage == stage.key() && (row.goes_back != 0) == goes_back;
        let transition = transitions.iter().find(of_stage(false));
        let returns = transitions.iter().filter(of_stage(true)).map(|row| format!("; taken back here {}", self::detail(frame, row)));
        let (state, mut detail) = match transition {
            Some(transition) => (StepState::Reached, detail(frame, transition)),
            None if stage == Stage::Lead => (StepState::Reached, frame.date_time(Instant(lead.opened_at))),
            None if !recorded.contains(stage) => (StepState::NotRecorded, format::NOT_RECORDED.to_owned()),
            None if entered.iter().any(|later| later.implies(stage)) => (StepState::Implied, "passed, not written down".to_owned()),
            None => (StepState::Ahead, String::new()),
        };
        detail.extend(returns);
        let definition = stage.definition();
        Step { key: stage.key(), name: definition.name, side: side_key(definition.owner), state, detail }
    };
    funnel.chain(exits).map(step).collect()
}

fn detail(frame: &Frame, transition: &TransitionRow) -> String {
    let reason = transition.reason.as_deref().map(|key| frame.agreement.agreement.reason_name(key).unwrap_or(key).to_owned());
    let parts = [
        Some(transition.at.map_or_else(|| "date not recorded".to_owned(), |at| frame.date_time(Instant(at)))),
        Some(format!("v{}", transition.agreement_version)),
        transition.actor_name.clone(),
        reason,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// A deal's amount for a list.
pub fn amount(deal: &DealRow) -> String {
    format::money_or_none(crate::deals::pages::money_of(deal.amount_minor, deal.amount_currency.as_deref()))
}
