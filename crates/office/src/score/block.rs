//! The learned score on a lead's page.

use super::{lead::with_article, of_lead};
use crate::{Office, ui::Frame, ui::format, web::AppError};

/// Parts that are shown.
const PARTS_SHOWN: usize = 6;

pub struct Block {
    pub version: i64,
    pub probability: String,
    pub what: String,
    pub judged: String,
    /// Words and log-odds, the largest first.
    pub parts: Vec<(String, String)>,
}

/// `None` where the score is not shown.
pub async fn block(office: &Office, frame: &Frame, lead: i64) -> Result<Option<Block>, AppError> {
    let found = match of_lead(office, lead).await {
        // A lead that was just made may not be in the history yet.
        Err(AppError::NotFound(_)) => return Ok(None),
        other => other?,
    };
    let (Some(standing), Some(score)) = (&found.standing, &found.score) else { return Ok(None) };
    let parts = score.explained.contributions.iter().take(PARTS_SHOWN);
    Ok(Some(Block {
        version: standing.head.number,
        probability: format::rate(score.explained.probability),
        what: format!("to become {} within {} days", with_article(standing.report.outcome.name()), standing.report.horizon_days),
        judged: format!("By what was known when it became {}, {}", with_article(score.judged_as.name()), frame.date_time(score.judged_at)),
        parts: parts.map(|part| (format::with_groups(&part.words), format::signed(part.log_odds, 2))).collect(),
    }))
}
