//! The learned score on a lead's page, or why there is none.

use super::{lead::with_article, of_lead};
use crate::{Office, ui::Frame, ui::format, web::AppError};

/// Parts that are shown.
const PARTS_SHOWN: usize = 6;

pub struct Block {
    /// That was asked.
    pub version: Option<i64>,
    pub score: Result<Shown, String>,
}

pub struct Shown {
    pub probability: String,
    pub what: String,
    pub judged: String,
    /// Words and log-odds, the largest first.
    pub parts: Vec<(String, String)>,
}

pub async fn block(office: &Office, frame: &Frame, lead: i64) -> Result<Block, AppError> {
    let found = match of_lead(office, lead).await {
        Err(AppError::NotFound(_)) => {
            return Ok(Block { version: None, score: Err("The lead was recorded a moment ago. Look again in a minute.".into()) });
        }
        other => other?,
    };
    let version = found.standing.as_ref().map(|standing| standing.head.number);
    let (Some(standing), Some(score)) = (&found.standing, &found.score) else {
        let why = found.reason().unwrap_or_else(|| "The version says nothing of it.".into());
        return Ok(Block { version, score: Err(why) });
    };
    let parts = score.explained.contributions.iter().take(PARTS_SHOWN);
    let shown = Shown {
        probability: format::rate(score.explained.probability),
        what: format!("to become {} within {} days", with_article(standing.report.outcome.name()), standing.report.horizon_days),
        judged: format!("By what was known when it became {}, {}", with_article(score.judged_as.name()), frame.date_time(score.judged_at)),
        parts: parts.map(|part| (format::with_groups(&part.words), format::signed(part.log_odds, 2))).collect(),
    };
    Ok(Block { version, score: Ok(shown) })
}
