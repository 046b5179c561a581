//! Drafts of the Agreement: started from the version in force or from a proposal, edited by both teams, compared, withdrawn.

use alignment::{
    Instant,
    agreement::{Agreement, Difference, diff, parts, rebase},
};
use facts::{
    WriteTx,
    bulk::Value,
    drafts::{self, DraftRow, NewDraft, SignatureRow},
};

use super::{
    by::{By, side_of},
    hash, said,
};
use crate::{Office, web::AppError};

/// Open at the same time, at most: more can't be told apart in a meeting.
pub const OPEN_MAX: usize = 5;
/// Bytes of a text, at most.
pub const TEXT_BYTES_MAX: usize = 512 * 1024;

/// A draft with its text read.
pub struct Draft {
    pub row: DraftRow,
    pub agreement: Agreement,
    /// Those that stand.
    pub signatures: Vec<SignatureRow>,
}

impl Draft {
    pub fn is_open(&self) -> bool {
        self.row.state == "open"
    }

    /// A version was signed since this draft was started: its text must be taken over first.
    pub fn is_outdated(&self, last_number: u32) -> bool {
        self.is_open() && self.row.base < i64::from(last_number)
    }
}

/// What a draft starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    InForce,
    /// For a company that has not agreed on anything yet.
    Proposal,
}

pub async fn list(office: &Office, only_open: bool) -> Result<Vec<Draft>, AppError> {
    let mut record = office.facts().read().await?;
    let mut found = Vec::new();
    for row in drafts::list(record.conn(), only_open).await? {
        found.push(with_signatures(record.conn(), row).await?);
    }
    Ok(found)
}

pub async fn one(office: &Office, id: i64) -> Result<Draft, AppError> {
    let mut record = office.facts().read().await?;
    let row = drafts::one(record.conn(), id).await?;
    with_signatures(record.conn(), row).await
}

pub(super) async fn with_signatures(connection: &mut facts::Connection, row: DraftRow) -> Result<Draft, AppError> {
    let signatures = drafts::signatures(connection, row.id).await?;
    let agreement = read_back(&row)?;
    Ok(Draft { row, agreement, signatures })
}

fn read_back(row: &DraftRow) -> Result<Agreement, AppError> {
    toml::from_str(&row.text).map_err(|error| AppError::Internal(anyhow::anyhow!("the text of draft {}: {error}", row.id)))
}

pub async fn start(tx: &mut WriteTx, by: &By, start: Start, note: &str) -> Result<i64, AppError> {
    let newest = by.versions.number(by.versions.last_number()).unwrap_or_else(|| by.in_force());
    let agreement = match start {
        Start::InForce => newest.agreement.clone(),
        Start::Proposal => super::proposal(&newest.agreement),
    };
    room_for_one_more(tx).await?;
    let text = agreement.to_toml();
    let note = note.trim();
    let new = NewDraft { base: i64::from(newest.number), text: &text, hash: &hash(&text), note: (!note.is_empty()).then_some(note) };
    let id = drafts::add(tx, &by.author, &new).await?;
    drafts::note(tx, &by.author, "draft_started", "agreement_drafts", id, None);
    Ok(id)
}

async fn room_for_one_more(tx: &mut WriteTx) -> Result<(), AppError> {
    let open = drafts::list(tx.conn(), true).await?;
    if open.len() < OPEN_MAX {
        return Ok(());
    }
    let words =
        format!("There are {OPEN_MAX} open drafts, and that is the limit. Withdraw one of them, or edit it instead of starting another.");
    Err(AppError::Conflict(words))
}

/// Reads a text as TOML; what it says may still have faults, which only keep it from being signed.
pub fn read(text: &str) -> Result<Agreement, AppError> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(AppError::refused(format!("The text has {} bytes; {TEXT_BYTES_MAX} are the limit.", text.len())));
    }
    toml::from_str(text).map_err(|error| AppError::refused(format!("The text can’t be read as an Agreement: {error}")))
}

/// Sets the text. `seen` is the count of edits that the editor saw: if somebody edited meanwhile, nothing is changed. Gives what
/// differs from the text before; where nothing does, nothing is written.
pub async fn edit(tx: &mut WriteTx, by: &By, id: i64, seen: i64, agreement: &Agreement) -> Result<Vec<Difference>, AppError> {
    let row = held(tx, id, seen).await?;
    let before = read_back(&row)?;
    let differences = diff(&before, agreement);
    if differences.is_empty() {
        return Ok(differences);
    }
    may(by, &differences)?;
    let clauses: Vec<_> = differences.iter().map(|difference| difference.clause.as_str()).collect();
    write_text(tx, by, &row, agreement, "draft_edited", &clauses.join(", "), vec![]).await?;
    Ok(differences)
}

/// Refuses what the actor's team may not change, by the rights of the Agreement in force.
fn may(by: &By, differences: &[Difference]) -> Result<(), AppError> {
    let Some(side) = side_of(by.actor.role) else { return Ok(()) };
    let rights = &by.in_force().agreement.rights;
    match parts::forbidden(side, differences, rights) {
        None => Ok(()),
        Some(difference) => Err(AppError::Forbidden(format!(
            "{}: this is {}, and your role is {}. The Agreement in force does not let you change it ({}). Ask the other team, or a leader.",
            difference.clause,
            difference.part.words(),
            by.actor.role.key(),
            difference.words
        ))),
    }
}

/// When the version is to take effect: at the second signature, or later.
pub async fn set_effective(tx: &mut WriteTx, by: &By, id: i64, seen: i64, at: Option<Instant>) -> Result<(), AppError> {
    let row = held(tx, id, seen).await?;
    if let Some(at) = at.filter(|at| at.0 < by.author.now) {
        return Err(AppError::refused(format!(
            "effective_at: {at} is in the past, and history is never judged anew; leave it empty for the second signature"
        )));
    }
    if row.effective_at == at.map(|at| at.0) {
        return Ok(());
    }
    let agreement = read_back(&row)?;
    write_text(tx, by, &row, &agreement, "draft_edited", "effective_at", vec![("effective_at", Value::int(at.map(|at| at.0)))]).await
}

/// Takes over the newest version's text and keeps the draft's own changes on top. Gives the clauses that both changed.
pub async fn take_over(tx: &mut WriteTx, by: &By, id: i64, seen: i64) -> Result<Vec<String>, AppError> {
    let row = held(tx, id, seen).await?;
    let newest = by.versions.number(by.versions.last_number()).unwrap_or_else(|| by.in_force());
    let base = by.versions.number(row.base as u32).ok_or_else(|| AppError::not_found("version of the Agreement", row.base))?;
    if base.number == newest.number {
        return Ok(Vec::new());
    }
    let rebased = rebase::rebase(&base.agreement, &read_back(&row)?, &newest.agreement).ok_or_else(|| {
        AppError::Conflict("The draft and the new version can’t be read together. Compare them, and start a new draft.".into())
    })?;
    let body = rebased.both_changed.join(", ");
    let sets = vec![("base", Value::Int(i64::from(newest.number)))];
    write_text(tx, by, &row, &rebased.agreement, "draft_rebased", &body, sets).await?;
    Ok(rebased.both_changed)
}

pub async fn withdraw(tx: &mut WriteTx, by: &By, id: i64) -> Result<(), AppError> {
    let row = drafts::hold(tx, id).await?;
    match row.state.as_str() {
        "withdrawn" => Ok(()),
        "open" => {
            void(tx, by, &row).await?;
            Ok(drafts::set(tx, &by.author, id, "draft_withdrawn", None, vec![("state", Value::Text("withdrawn".into()))]).await?)
        }
        _ => Err(closed(&row)),
    }
}

/// Undoes a withdrawal.
pub async fn reopen(tx: &mut WriteTx, by: &By, id: i64) -> Result<(), AppError> {
    let row = drafts::hold(tx, id).await?;
    match row.state.as_str() {
        "open" => Ok(()),
        "withdrawn" => {
            room_for_one_more(tx).await?;
            Ok(drafts::set(tx, &by.author, id, "draft_reopened", None, vec![("state", Value::Text("open".into()))]).await?)
        }
        _ => Err(closed(&row)),
    }
}

/// The draft, if it is open and as the editor saw it.
async fn held(tx: &mut WriteTx, id: i64, seen: i64) -> Result<DraftRow, AppError> {
    let row = drafts::hold(tx, id).await?;
    if row.state != "open" {
        return Err(closed(&row));
    }
    if row.edits != seen {
        let who = drafts::last_editor(tx.conn(), id).await?.unwrap_or_else(|| "somebody".into());
        return Err(AppError::Conflict(format!(
            "{who} changed this draft meanwhile (it has {} edits, you saw {seen}). Nothing of yours was saved yet: look at the draft as it is now, and save again.",
            row.edits
        )));
    }
    Ok(row)
}

pub(super) fn closed(row: &DraftRow) -> AppError {
    AppError::Conflict(match row.number {
        Some(number) => format!("Draft {} was signed and is version {number}; its text stays. Start a new draft.", row.id),
        None => format!("Draft {} was withdrawn. Reopen it, or start a new one.", row.id),
    })
}

async fn write_text(
    tx: &mut WriteTx,
    by: &By,
    row: &DraftRow,
    agreement: &Agreement,
    kind: &'static str,
    body: &str,
    mut sets: Vec<(&str, Value)>,
) -> Result<(), AppError> {
    let text = agreement.to_toml();
    if text.len() > TEXT_BYTES_MAX {
        return Err(AppError::refused(format!("The text would have {} bytes; {TEXT_BYTES_MAX} are the limit.", text.len())));
    }
    sets.extend([
        ("hash", Value::Text(hash(&text))),
        ("text", Value::Text(text)),
        ("edits", Value::Int(row.edits + 1)),
        ("edited_at", Value::Int(by.author.now)),
    ]);
    drafts::set(tx, &by.author, row.id, kind, Some(body.to_owned()), sets).await?;
    void(tx, by, row).await
}

/// Any change re-opens signing.
async fn void(tx: &mut WriteTx, by: &By, row: &DraftRow) -> Result<(), AppError> {
    let voided = drafts::void(tx, &by.author, row.id, None, "signature_voided").await?;
    if voided.is_empty() {
        return Ok(());
    }
    let to = voided.iter().flat_map(|signature| [Some(signature.user_id), signature.deputy_of_id]).flatten().collect();
    said::signature_voided(tx, by, row, to).await
}
