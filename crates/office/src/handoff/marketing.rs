//! Marketing's side of the desk: what became of each lead that it handed over.

use facts::{
    ReadTx,
    handoff::handed_over::{self, HandedOverFilter, HandedOverRow, StepRow},
    list::{Page, Turn},
};

use crate::web::AppError;

/// A lead that was handed over, and the first thing that sales decided about it.
pub struct Handover {
    pub lead: HandedOverRow,
    pub handed_over_at: Option<i64>,
    pub decision: Option<StepRow>,
    /// From one to the other, where both are known.
    pub review_micros: Option<i64>,
}

const DECISIONS: [&str; 4] = ["sal", "rejected", "recycled", "lost"];

pub async fn handed_over(tx: &mut ReadTx, filter: &HandedOverFilter, turn: Turn<'_>) -> Result<Page<Handover>, AppError> {
    let page = handed_over::list(tx, filter, turn).await?;
    let ids: Vec<i64> = page.items.iter().map(|lead| lead.id).collect();
    let steps = handed_over::steps(tx.conn(), &ids).await?;
    let items = page.items.into_iter().map(|lead| handover(lead, &steps)).collect();
    Ok(Page { items, next: page.next })
}

fn handover(lead: HandedOverRow, steps: &[StepRow]) -> Handover {
    let own = || steps.iter().filter(|step| step.lead_id == lead.id);
    let handed_over_at = own().find(|step| step.stage == "mql").and_then(|step| step.at);
    let decision = own().find(|step| DECISIONS.contains(&step.stage.as_str())).cloned();
    let decided_at = decision.as_ref().and_then(|step| step.at);
    let review_micros = handed_over_at.zip(decided_at).map(|(from, to)| to - from).filter(|micros| *micros >= 0);
    Handover { lead, handed_over_at, decision, review_micros }
}

/// Whole days of 24 hours.
pub fn days_between(from: i64, to: i64) -> i64 {
    (to - from) / 86_400_000_000
}
