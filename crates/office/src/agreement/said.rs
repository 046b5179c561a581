//! What people are told of the Agreement.

use alignment::Instant;
use facts::{WriteTx, drafts::DraftRow};

use super::by::By;
use crate::{
    notifications::{Notice, NoticeKind, tell},
    web::AppError,
};

pub(super) async fn signature_voided(tx: &mut WriteTx, by: &By, row: &DraftRow, to: Vec<i64>) -> Result<(), AppError> {
    let notice = Notice {
        kind: NoticeKind::Agreement,
        once: format!("draft {} signatures voided at edit {}", row.id, row.edits),
        to,
        title: "A draft that you signed was changed".into(),
        body: format!("{} changed draft {}. Your signature no longer stands; look at what changed and sign again.", by.actor.name, row.id),
        url: Some(format!("/agreement/drafts/{}", row.id)),
    };
    Ok(tell(tx, &by.author, notice).await?)
}

pub(super) async fn signature_wanted(tx: &mut WriteTx, by: &By, row: &DraftRow, to: Vec<i64>) -> Result<(), AppError> {
    let notice = Notice {
        kind: NoticeKind::Agreement,
        once: format!("draft {} waits, edit {}", row.id, row.edits),
        to,
        title: "A draft of the Agreement waits for your signature".into(),
        body: format!("{} signed draft {}. It takes effect when you have signed too.", by.actor.name, row.id),
        url: Some(format!("/agreement/drafts/{}/signature", row.id)),
    };
    Ok(tell(tx, &by.author, notice).await?)
}

pub(super) async fn signed(tx: &mut WriteTx, by: &By, number: u32, effective_at: Instant) -> Result<(), AppError> {
    let users = facts::access::users_with_role(tx.conn()).await?;
    let notice = Notice {
        kind: NoticeKind::Agreement,
        once: format!("agreement version {number} signed"),
        to: users.into_iter().filter(|user| user.disabled_at.is_none()).map(|user| user.id).collect(),
        title: format!("Version {number} of the Agreement is signed"),
        body: format!("Both teams signed version {number}. It judges from {effective_at} on."),
        url: Some("/agreement/history".into()),
    };
    Ok(tell(tx, &by.author, notice).await?)
}
