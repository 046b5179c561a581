//! A lead that a person gives to somebody, or takes out of the queue.

use alignment::lifecycle::Stage;
use facts::{
    FactsError, WriteTx,
    changes::{self, Author},
    routing::{self as record, Move, NewAssignment},
    schema, users,
};

use super::{as_sentence, placing::lead_name};
use crate::{
    agreement::Versions,
    clocks,
    notifications::{self, Notice, NoticeKind},
    web::AppError,
};

const NOTE_CHARACTERS_MAX: usize = 500;

/// [`assign`], and the lead's clocks with it.
pub async fn assign_and_sync(
    tx: &mut WriteTx,
    author: &Author,
    versions: &Versions,
    lead: i64,
    owner: i64,
    note: Option<&str>,
) -> Result<(), AppError> {
    assign(tx, author, lead, owner, note).await?;
    clocks::sync(tx, author, versions, &[lead]).await.map_err(AppError::Internal)
}

/// Gives a lead to this user, out of the queue where it waited in one. A lead that they have already stays as it is. Whoever calls this
/// brings the lead's clocks to it with [`crate::clocks::sync`].
pub async fn assign(tx: &mut WriteTx, author: &Author, lead: i64, owner: i64, note: Option<&str>) -> Result<(), AppError> {
    changes::hold(tx, &schema::LEADS, "lead", lead).await?;
    let fields = record::leads(tx.conn(), &[lead]).await?.pop().ok_or_else(|| FactsError::not_found("lead", lead))?;
    let stage = Stage::parse(&fields.stage).unwrap_or(Stage::Lead);
    if stage.is_terminal() {
        return Err(AppError::Conflict(format!("lead {lead} is {} and its pass is over; a new signal opens a new one", stage.name())));
    }
    let user = match users::one(tx.conn(), owner).await {
        Err(FactsError::NotFound { .. }) => {
            return Err(AppError::refused(format!("owner_id: there is no user {owner}; choose one of the list of users")));
        }
        other => other?,
    };
    if user.disabled_at.is_some() {
        return Err(AppError::refused(format!("owner_id: {} can no longer sign in; choose somebody else", user.name)));
    }
    let note = note.map(str::trim).filter(|note| !note.is_empty());
    if let Some(length) = note.map(|note| note.chars().count()).filter(|length| *length > NOTE_CHARACTERS_MAX) {
        return Err(AppError::refused(format!("note: {length} characters are more than {NOTE_CHARACTERS_MAX}; shorten it")));
    }
    if fields.owner_id == Some(owner) && fields.queue.is_none() {
        return Ok(());
    }
    let by = match author.actor {
        Some(actor) if actor == owner => format!("{} took it", user.name),
        Some(actor) => format!("{} gave it to {}", users::one(tx.conn(), actor).await?.name, user.name),
        None => format!("Given to {} by hand", user.name),
    };
    let reason = as_sentence(&note.map_or(by.clone(), |note| format!("{by}: {note}")));
    let new = NewAssignment {
        to: Move { lead, owner: Some(owner), queue: None, owner_before: fields.owner_id, queue_before: fields.queue.clone() },
        rule: None,
        pool: None,
        reason: reason.clone(),
        body: None,
        at: author.now,
        agreement_version: author.agreement_version.unwrap_or(1),
    };
    let assignment = record::write(tx, author, None, &[new]).await?;
    if author.actor != Some(owner) {
        let notice = Notice {
            kind: NoticeKind::LeadAssigned,
            once: format!("assignment {assignment}"),
            to: vec![owner],
            title: format!("New lead: {}", lead_name(&fields)),
            body: reason,
            url: Some(format!("/handoff/{lead}")),
        };
        notifications::tell(tx, author, notice).await.map_err(AppError::Internal)?;
    }
    Ok(())
}
