//! The reminder to sign anew, some months after a version took effect.

use alignment::{Instant, agreement::Version};
use facts::drafts;
use jiff::ToSpan;

use crate::{
    Actor, Office,
    api::write,
    notifications::{Notice, NoticeKind, tell},
    web::AppError,
};

/// When the version is to be signed anew; `None` where it never is, or has been in force since ever.
pub fn due(version: &Version) -> Option<Instant> {
    let months = version.agreement.resign_months;
    if months == 0 || version.effective_at == Instant::MIN {
        return None;
    }
    let at = version.effective_at.in_zone(&version.agreement.time_zone());
    at.checked_add(i64::from(months).months()).ok().map(|at| Instant::from_timestamp(at.timestamp()))
}

/// Tells the heads once that the version in force waits to be signed anew. Gives whether it does.
pub async fn remind(office: &Office) -> Result<bool, AppError> {
    let version = office.agreement().await?;
    let now = office.clock().now();
    if due(&version).is_none_or(|due| now < due) {
        return Ok(false);
    }
    let author = write::author(office, &Actor::command_line()).await?;
    let mut tx = office.facts().write().await?;
    let notice = Notice {
        kind: NoticeKind::Agreement,
        once: format!("agreement version {} to be signed anew", version.number),
        to: drafts::heads(tx.conn()).await?.into_iter().map(|head| head.user_id).collect(),
        title: "The Agreement waits to be signed anew".into(),
        body: format!(
            "Version {} has been in force for {} months. Look at it together, change what no longer fits, and sign.",
            version.number, version.agreement.resign_months
        ),
        url: Some("/agreement".into()),
    };
    tell(&mut tx, &author, notice).await?;
    tx.commit().await?;
    Ok(true)
}

const HOURS_BETWEEN: u64 = 6;

/// For as long as the server runs.
pub async fn remind_daily(office: Office) {
    loop {
        if let Err(error) = remind(&office).await {
            tracing::warn!("nobody is reminded to sign the Agreement anew for now: {error}");
        }
        tokio::time::sleep(std::time::Duration::from_secs(HOURS_BETWEEN * 3600)).await;
    }
}
