//! Marketing's objection to a rejection. The head of sales or a leader upholds the rejection, or overturns it: then the person is an MQL
//! again in a new pass, which names the rejected one.

use alignment::lifecycle::Stage;
use facts::{
    WriteTx,
    bulk::Value,
    changes, handoff,
    leads::{self, LeadRow},
    schema,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Acting, Step, question::Words, rights};
use crate::{
    api::{Field, wire::Sets},
    leads::NewLead,
    notifications::NoticeKind,
    web::AppError,
};

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Decision {
    /// `upheld` (the rejection stays) or `overturned` (a new pass opens).
    #[schema(example = "overturned")]
    pub decision: String,
    #[schema(value_type = Option<String>)]
    pub note: Field<String>,
}

/// A rejection is appealed once.
pub async fn appeal(tx: &mut WriteTx, acting: &Acting, id: i64, words: Words) -> Result<(), AppError> {
    let (lead, stage) = super::held(tx, id).await?;
    rights::check_answers(acting.actor.role)?;
    Step::Appeal.check(id, stage)?;
    if handoff::appeal_of(tx.conn(), id).await?.is_some() {
        return Ok(());
    }
    let mut sets = Sets::default();
    sets.note("text", Field(Some(Some(words.text))))?;
    sets.required(&["text"])?;
    let text = sets.get("text").as_text().unwrap_or_default().to_owned();
    sets.0.extend([("lead_id", Value::Int(id)), ("appealed_by", Value::int(acting.author.actor)), ("at", Value::Int(acting.author.now))]);
    changes::add(tx, &acting.author, &schema::APPEALS, acting.author.now, &sets.0).await?;
    let to = match handoff::head_of(tx.conn(), "sales").await? {
        Some(head) => vec![head],
        None => handoff::users_of_role(tx.conn(), "leader").await?,
    };
    let title = format!("{} appeals the rejection of {}", acting.name(), super::name_of(&lead));
    super::tell(tx, acting, id, NoticeKind::Appeal, to, title, text).await?;
    super::conclude(tx, acting, id, "rejection_appealed", None).await
}

pub async fn decide(tx: &mut WriteTx, acting: &Acting, id: i64, decision: Decision) -> Result<(), AppError> {
    let (lead, _) = super::held(tx, id).await?;
    if !rights::decides(tx.conn(), &acting.actor).await? {
        return Err(AppError::Forbidden("Appeals are decided by the head of sales or a leader.".into()));
    }
    let overturned = match decision.decision.as_str() {
        "upheld" => false,
        "overturned" => true,
        other => return Err(AppError::refused(format!("decision: `{other}` is not one of upheld, overturned"))),
    };
    let Some(appeal) = handoff::appeal_of(tx.conn(), id).await? else {
        return Err(AppError::Conflict(format!("lead {id} has no appeal to decide")));
    };
    match appeal.decision.as_deref() {
        Some(decided) if decided == decision.decision => return Ok(()),
        Some(decided) => return Err(AppError::Conflict(format!("the appeal of lead {id} was {decided} already"))),
        None => {}
    }
    let mut sets = Sets::default();
    sets.note("decision_note", decision.note)?;
    sets.word("decision", &decision.decision);
    sets.0.extend([("decided_by", Value::int(acting.author.actor)), ("decided_at", Value::Int(acting.author.now))]);
    if overturned {
        let pass = new_pass(tx, acting, &lead).await?;
        sets.0.push(("new_lead_id", Value::Int(pass)));
    }
    let note = sets.get("decision_note").as_text().unwrap_or_default().to_owned();
    changes::set(tx, &acting.author, &schema::APPEALS, "appeal", appeal.id, sets.0).await?;
    let title = format!("Your appeal for {} was {}", super::name_of(&lead), decision.decision);
    super::tell(tx, acting, id, NoticeKind::AppealDecided, appeal.appealed_by.into_iter().collect(), title, note).await?;
    super::conclude(tx, acting, id, if overturned { "rejection_overturned" } else { "rejection_upheld" }, None).await
}

/// The person's open pass, or a new one that begins as an MQL and is routed as any other.
async fn new_pass(tx: &mut WriteTx, acting: &Acting, rejected: &LeadRow) -> Result<i64, AppError> {
    if let Some(open) = leads::open_of_person(tx.conn(), rejected.person_id).await? {
        return Ok(open);
    }
    let new = NewLead {
        person_id: rejected.person_id,
        source: Field(rejected.source.clone().map(Some)),
        campaign_id: Field(rejected.campaign_id.map(Some)),
        content_id: Field(rejected.content_id.map(Some)),
        ..NewLead::default()
    };
    let pass = crate::leads::create(tx, &acting.author, new).await?;
    super::enter(tx, acting, pass, Stage::Mql, Some(format!("appeal of lead {}", rejected.id)), Field(None)).await?;
    crate::routing::route(tx, &acting.author, &acting.versions, &[(pass, alignment::Instant(acting.author.now))]).await?;
    super::conclude(tx, acting, pass, "pass_opened", Some(format!("appeal of lead {}", rejected.id))).await?;
    Ok(pass)
}
