//! Two signatures over one text: the second makes it the next version.

use alignment::{Instant, agreement::Fault, lifecycle::Side};
use facts::{
    FactsError, WriteTx, agreements,
    bulk::Value,
    drafts::{self, DraftRow, NewSignature},
};

use super::{
    by::{By, side_key},
    drafts::{Draft, closed, with_signatures},
    heads, said,
};
use crate::web::AppError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// The other side has not signed yet.
    Waiting,
    /// Both have: this is the version's number.
    Version(u32),
}

/// What somebody read before signing: the text, and with its edits also the instant from which it is to judge.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    pub hash: &'a str,
    pub edits: i64,
}

/// Signs for a side what was read. A retry of a signature that stands changes nothing.
pub async fn sign(tx: &mut WriteTx, by: &By, id: i64, side: Side, seen: Seen<'_>) -> Result<Signed, AppError> {
    let user = by.user().ok_or_else(|| AppError::Forbidden("A signature is a person’s: sign in as the head of the team.".into()))?;
    let row = drafts::hold(tx, id).await?;
    let deputy_of = heads::signs_for(tx.conn(), user, side, by.author.now).await?;
    let draft = with_signatures(tx.conn(), row).await?;
    if let Some(number) = draft.row.number.filter(|_| draft.row.hash == seen.hash && stands(&draft, side, user)) {
        return Ok(Signed::Version(number as u32));
    }
    may_be_signed(tx, &draft, seen).await?;
    if stands(&draft, side, user) {
        return Ok(Signed::Waiting);
    }
    if let Some(other) = draft.signatures.iter().find(|signature| signature.side == side_key(side)) {
        return Err(AppError::Conflict(format!("{} has signed for {} already.", other.user_name, side_key(side))));
    }
    if draft.signatures.iter().any(|signature| signature.user_id == user) {
        return Err(same_person());
    }
    let new = NewSignature { draft: id, hash: &draft.row.hash, side: side_key(side), user, deputy_of };
    let signature = drafts::sign(tx, &by.author, &new).await.map_err(|error| match error {
        FactsError::Taken { .. } => same_person(),
        other => other.into(),
    })?;
    drafts::note(tx, &by.author, "draft_signed", "agreement_signatures", signature, Some(side_key(side).to_owned()));
    if draft.signatures.is_empty() {
        let other =
            drafts::heads(tx.conn()).await?.into_iter().filter(|head| head.side != side_key(side)).map(|head| head.user_id).collect();
        said::signature_wanted(tx, by, &draft.row, other).await?;
        return Ok(Signed::Waiting);
    }
    make_version(tx, by, &draft.row).await.map(Signed::Version)
}

/// Takes back the signature of a side before the other has signed.
pub async fn take_back(tx: &mut WriteTx, by: &By, id: i64, side: Side) -> Result<(), AppError> {
    let row = drafts::hold(tx, id).await?;
    if row.state != "open" {
        return Err(closed(&row));
    }
    let standing = drafts::signatures(tx.conn(), id).await?;
    let Some(own) = standing.iter().find(|signature| signature.side == side_key(side)) else { return Ok(()) };
    let mine = by.user().is_some_and(|user| own.user_id == user || own.deputy_of_id == Some(user));
    if !mine {
        return Err(AppError::Forbidden(format!("Only {} can take this signature back.", own.user_name)));
    }
    drafts::void(tx, &by.author, id, Some(side_key(side)), "signature_taken_back").await?;
    Ok(())
}

/// What keeps a draft from being signed; empty where nothing does.
pub fn faults(draft: &Draft) -> Vec<Fault> {
    draft.agreement.faults()
}

fn stands(draft: &Draft, side: Side, user: i64) -> bool {
    draft.signatures.iter().any(|signature| signature.side == side_key(side) && signature.user_id == user)
}

async fn may_be_signed(tx: &mut WriteTx, draft: &Draft, seen: Seen<'_>) -> Result<(), AppError> {
    let row = &draft.row;
    if row.state != "open" {
        return Err(closed(row));
    }
    if row.hash != seen.hash || row.edits != seen.edits {
        return Err(AppError::Conflict(
            "The text, or the instant from which it judges, was changed since you read it. Read what changed, then sign.".into(),
        ));
    }
    let last = agreements::stamp(tx.conn()).await?.map_or(0, |(number, _)| number);
    if row.base < last {
        return Err(AppError::Conflict(format!(
            "Version {last} was signed since this draft was started from version {}. Take over the new version’s text first.",
            row.base
        )));
    }
    if let Some(fault) = faults(draft).first() {
        return Err(AppError::refused(format!("{}: {}. A text with faults can’t be signed.", fault.clause, fault.words)));
    }
    Ok(())
}

/// The draft becomes the next version, in the same transaction as the second signature.
async fn make_version(tx: &mut WriteTx, by: &By, row: &DraftRow) -> Result<u32, AppError> {
    let versions = agreements::list(tx.conn()).await?;
    let number = versions.iter().map(|version| version.number).max().unwrap_or(0) + 1;
    // A planned instant that has passed while the draft waited is now: no version judges what happened before it was signed.
    let effective_at = row.effective_at.unwrap_or(by.author.now).max(by.author.now);
    if let Some(later) = versions.iter().find(|version| version.effective_at > effective_at) {
        return Err(AppError::Conflict(format!(
            "Version {} takes effect only at {}. Let this draft take effect at that instant or later.",
            later.number,
            Instant(later.effective_at)
        )));
    }
    let added = agreements::add(tx, number, &row.text, &row.hash, effective_at, by.author.now).await;
    let id = added.map_err(|error| match error {
        FactsError::Taken { .. } => AppError::Conflict("Another draft was signed at the same moment. Take over its text first.".into()),
        other => other.into(),
    })?;
    drafts::note(tx, &by.author, "agreement_signed", "agreements", id, Some(format!("version {number}, draft {}", row.id)));
    let sets = vec![("state", Value::Text("signed".into())), ("number", Value::Int(number)), ("effective_at", Value::Int(effective_at))];
    drafts::set(tx, &by.author, row.id, "draft_became_version", Some(number.to_string()), sets).await?;
    said::signed(tx, by, number as u32, Instant(effective_at)).await?;
    Ok(number as u32)
}

fn same_person() -> AppError {
    AppError::Conflict(
        "You have signed for the other team: the same person can’t sign for both. The head or a deputy of this team signs.".into(),
    )
}
