//! Closing a month, one side after the other, and opening it again.

use alignment::{Instant, lifecycle::Side, promise::Month};
use facts::{
    WriteTx,
    ledger::acts::{self, SettlementRow},
};

use super::{
    lines::{self, Scope},
    month,
    rights::{Speaker, other},
    waivers::text,
};
use crate::{
    Role,
    agreement::Versions,
    leads::pages::{side_key, side_name},
    notifications::{self, Notice, NoticeKind},
    web::AppError,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The other side is to close too.
    BySide,
    /// The other side had closed an older text, which has lapsed.
    OtherLapsed,
    /// Both sides have closed the same text.
    Settled,
}

impl Closed {
    pub fn words(self) -> &'static str {
        match self {
            Closed::BySide => "Closed for your side. The month is settled when the other side closes it too.",
            Closed::OtherLapsed => {
                "Closed for your side. The record had changed since the other side closed, so it is asked to close again."
            }
            Closed::Settled => "The month is settled.",
        }
    }
}

/// Closes the month for a side. `seen` is the hash of the text that the closer looked at. Closing again what stands changes nothing.
pub async fn close(
    tx: &mut WriteTx,
    speaker: &Speaker,
    versions: &Versions,
    period: Month,
    side: Side,
    seen: Option<&str>,
) -> Result<Closed, AppError> {
    speaker.may_close(side)?;
    let user = speaker.author.actor.ok_or_else(|| AppError::refused("user: a month is closed by a person; name one with --user"))?;
    acts::hold_month(tx, &period.to_string()).await?;
    let now = Instant(speaker.author.now);
    if !Scope::new(versions, period, now).is_over() {
        return Err(AppError::Conflict(format!(
            "{} is not over yet: it can be closed from the first day of the next month.",
            period.name()
        )));
    }
    let standing = acts::closings(tx.conn(), &period.to_string()).await?;
    let (mine, theirs) = (of_side(&standing, side), of_side(&standing, other(side)));
    if let (Some(mine), Some(theirs)) = (mine, theirs)
        && mine.hash == theirs.hash
    {
        return Ok(Closed::Settled);
    }
    refuse_out_of_order(tx, period).await?;
    if theirs.is_some_and(|theirs| theirs.user_id == user) {
        return Err(AppError::Forbidden("You closed this month for the other side: somebody else must close it for this one.".into()));
    }
    let ledger = lines::ledger(tx.conn(), versions, period, now).await?;
    let (body, hash) = month::body(&ledger)?;
    if seen.is_some_and(|seen| seen != hash) {
        return Err(AppError::Conflict("The record has changed since you looked at this month: look again, then close it.".into()));
    }
    if mine.is_some_and(|mine| mine.hash == hash) {
        return Ok(Closed::BySide);
    }
    for lapsed in mine.into_iter().chain(theirs.filter(|theirs| theirs.hash != hash)) {
        acts::reopen(tx, &speaker.author, lapsed.id, "the record changed").await?;
    }
    let id = acts::add_closing(tx, &speaker.author, (&period.to_string(), side_key(side)), &hash, &body, user).await?;
    let closed = match theirs {
        Some(theirs) if theirs.hash == hash => {
            acts::note_settled(tx, &speaker.author, id);
            Closed::Settled
        }
        Some(_) => Closed::OtherLapsed,
        None => Closed::BySide,
    };
    tell_other(tx, speaker, period, side, closed, &hash).await?;
    Ok(closed)
}

/// Takes the side's own closing back before the other has closed; of a settled month, asks for it to be opened again, which happens when
/// both sides have asked, or when an administrator does. True where the month is open now.
pub async fn reopen(tx: &mut WriteTx, speaker: &Speaker, period: Month, side: Option<Side>, reason: &str) -> Result<bool, AppError> {
    let reason = text("reason", reason, 1_000)?;
    acts::hold_month(tx, &period.to_string()).await?;
    let standing = acts::closings(tx.conn(), &period.to_string()).await?;
    let is_settled = matches!(standing.as_slice(), [first, second] if first.hash == second.hash);
    if standing.is_empty() {
        return Ok(true);
    }
    if is_settled {
        refuse_out_of_order(tx, period).await?;
    }
    if speaker.role == Role::Admin {
        for closing in &standing {
            acts::reopen(tx, &speaker.author, closing.id, &reason).await?;
        }
        return Ok(true);
    }
    let side = side.ok_or_else(|| AppError::refused("side: write marketing or sales"))?;
    speaker.may_close(side)?;
    let Some(mine) = of_side(&standing, side) else {
        return Err(AppError::Conflict(format!("{} has not closed {}.", side_name(side), period.name())));
    };
    if !is_settled {
        acts::reopen(tx, &speaker.author, mine.id, &reason).await?;
        return Ok(true);
    }
    let other_asked = of_side(&standing, other(side)).is_some_and(|theirs| theirs.reopen_asked_at.is_some());
    // One person does not speak for both sides here either.
    if !other_asked || of_side(&standing, other(side)).is_some_and(|theirs| theirs.reopen_asked_by == speaker.author.actor) {
        acts::ask_to_reopen(tx, &speaker.author, mine.id, &reason).await?;
        return Ok(false);
    }
    for closing in &standing {
        acts::reopen(tx, &speaker.author, closing.id, &reason).await?;
    }
    Ok(true)
}

fn of_side(standing: &[SettlementRow], side: Side) -> Option<&SettlementRow> {
    standing.iter().find(|row| row.side == side_key(side))
}

/// What a settled month carries over went into the months after it: these must not change under them.
async fn refuse_out_of_order(tx: &mut WriteTx, period: Month) -> Result<(), AppError> {
    let latest = acts::settled(tx.conn(), "9999-99", 1).await?;
    match latest.first().and_then(|(name, _)| name.parse::<Month>().ok()).filter(|latest| *latest > period) {
        Some(latest) => {
            let words = format!("{} is settled already, and months are settled in order: open that one again first.", latest.name());
            Err(AppError::Conflict(words))
        }
        None => Ok(()),
    }
}

async fn tell_other(tx: &mut WriteTx, speaker: &Speaker, period: Month, side: Side, closed: Closed, hash: &str) -> Result<(), AppError> {
    let to = acts::answerable(tx.conn(), side_key(other(side)), speaker.author.now).await?;
    let to: Vec<i64> = to.into_iter().filter(|user| Some(*user) != speaker.author.actor).collect();
    let (mine, name) = (side_name(side), period.name());
    let (title, body) = match closed {
        Closed::Settled => (format!("{name} is settled"), format!("{mine} has closed it too.")),
        _ => (format!("{mine} has closed {name}"), "Look through the ledger, and close it for your side.".to_owned()),
    };
    let notice = Notice {
        kind: NoticeKind::Promise,
        once: format!("month {period} closed by {} {hash}", side_key(side)),
        to,
        title,
        body,
        url: Some(format!("/promises/{period}")),
    };
    Ok(notifications::tell(tx, &speaker.author, notice).await?)
}
