//! What waits for the one who looks: leads that are due, and the Agreement where it wants a signature.

use crate::{
    Office,
    agreement::{
        self,
        by::{SIDES, side_key},
        drafts::{self, Draft},
        heads,
    },
    ui::{Frame, format},
    web::AppError,
};

pub struct WaitRow {
    pub words: String,
    pub address: String,
    /// The button's words.
    pub act: &'static str,
}

pub async fn waiting(office: &Office, frame: &Frame) -> Result<Vec<WaitRow>, AppError> {
    let Some(user) = frame.actor.user else { return Ok(Vec::new()) };
    let mut rows: Vec<WaitRow> = leads_due(&frame.handoff_due).into_iter().collect();
    let mine = sides_of(office, user.0, frame.now.0).await?;
    if mine.is_empty() {
        return Ok(rows);
    }
    for draft in drafts::list(office, true).await? {
        if !draft.is_outdated(frame.agreement.number) {
            rows.extend(signature_wanted(&draft, &mine));
        }
    }
    if let Some(due) = agreement::due(&frame.agreement).filter(|due| *due <= frame.now) {
        rows.push(WaitRow {
            words: format!("Agreement v{} has been due to be signed anew since {}.", frame.agreement.number, frame.date(due)),
            address: "/agreement".into(),
            act: "Look",
        });
    }
    Ok(rows)
}

fn leads_due(due: &str) -> Option<WaitRow> {
    let count = due.parse().ok()?;
    let words = format!("{} due for you within the hour, or late.", format::plural(count, "lead is", "leads are"));
    Some(WaitRow { words, address: "/handoff?whose=mine".into(), act: "Open the desk" })
}

/// The sides that a user heads, or signs for meanwhile.
async fn sides_of(office: &Office, user: i64, now: i64) -> Result<Vec<&'static str>, AppError> {
    let mut record = office.facts().read().await?;
    let mut sides = Vec::new();
    for side in SIDES {
        match heads::signs_for(record.conn(), user, side, now).await {
            Ok(_) => sides.push(side_key(side)),
            Err(AppError::Forbidden(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(sides)
}

/// A draft that one side has signed waits for the other; one that nobody has signed is still being written.
fn signature_wanted(draft: &Draft, mine: &[&str]) -> Option<WaitRow> {
    let [signed] = draft.signatures.as_slice() else { return None };
    let other = SIDES.into_iter().map(side_key).find(|side| *side != signed.side)?;
    let (words, act) = match mine.contains(&other) {
        true => (format!("{} has signed draft {} of the Agreement: it waits for your signature.", signed.user_name, draft.row.id), "Sign"),
        false => (format!("Draft {} of the Agreement waits for the signature of {other}.", draft.row.id), "Look"),
    };
    Some(WaitRow { words, address: format!("/agreement/drafts/{}/signature", draft.row.id), act })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_that_are_due_are_counted_in_words() {
        for (due, words) in [
            ("", None),
            ("1", Some("1 lead is due for you within the hour, or late.")),
            ("12", Some("12 leads are due for you within the hour, or late.")),
        ] {
            assert_eq!(leads_due(due).map(|row| row.words).as_deref(), words);
        }
    }
}
