//! A contact attempt: a call, e-mail or meeting with the person, logged as an activity of sales.

use alignment::touch::ActivityKind;
use facts::WriteTx;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Acting, Step};
use crate::{activities::NewActivity, api::Field, web::AppError};

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Attempt {
    /// `call`, `email` or `meeting`.
    #[schema(example = "call")]
    pub kind: String,
    /// Such as `no answer` or `spoke with them`.
    #[schema(value_type = Option<String>)]
    pub outcome: Field<String>,
    #[schema(value_type = Option<String>)]
    pub note: Field<String>,
    /// When it happened; now, where it is left out.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Field<String>,
}

/// The same attempt again within this time is an impatient click.
const AGAIN_MICROS: i64 = 5_000_000;

/// Gives the activity.
pub async fn log(tx: &mut WriteTx, acting: &Acting, id: i64, attempt: Attempt) -> Result<i64, AppError> {
    let (lead, stage) = super::held(tx, id).await?;
    super::rights::check_reviews(acting.actor.role, acting.agreement())?;
    Step::Attempt.check(id, stage)?;
    if !ActivityKind::parse(&attempt.kind).is_some_and(ActivityKind::is_attempt) {
        return Err(AppError::refused(format!("kind: `{}` is not one of call, email, meeting", attempt.kind)));
    }
    if let Some(known) = logged_just_now(tx, acting, lead.person_id, &attempt).await? {
        return Ok(known);
    }
    let deal = facts::handoff::deal_of(tx.conn(), id).await?;
    let new = NewActivity {
        kind: attempt.kind.clone(),
        at: attempt.at,
        person_id: Field(Some(Some(lead.person_id))),
        company_id: Field(lead.company_id.map(Some)),
        deal_id: Field(deal.map(Some)),
        note: attempt.note,
        outcome: attempt.outcome,
        ..NewActivity::default()
    };
    let activity = crate::activities::create(tx, &acting.author, new).await?;
    super::conclude(tx, acting, id, "attempt_logged", Some(attempt.kind)).await?;
    Ok(activity)
}

async fn logged_just_now(tx: &mut WriteTx, acting: &Acting, person: i64, attempt: &Attempt) -> Result<Option<i64>, AppError> {
    let (Some(user), None) = (acting.author.actor, attempt.at.clone().value()) else { return Ok(None) };
    let text = |field: &Field<String>| field.clone().value().unwrap_or_default().trim().to_owned();
    let words = [attempt.kind.clone(), text(&attempt.outcome), text(&attempt.note)];
    Ok(facts::handoff::story::attempt_like(tx.conn(), person, user, words, acting.author.now - AGAIN_MICROS).await?)
}
