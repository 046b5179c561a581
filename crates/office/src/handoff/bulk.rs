//! The same decision about many leads at once: all of them, or none.

use facts::WriteTx;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Acting, accept, assign, recycle, reject};
use crate::{api::Field, web::AppError};

/// Leads of one decision, at most.
pub const LEADS_MAX: usize = 200;

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BulkDecision {
    /// `accept`, `reject`, `recycle` or `assign`.
    #[schema(example = "accept")]
    pub action: String,
    /// Up to 200 ids of leads.
    pub leads: Vec<i64>,
    /// For `reject` and `recycle`: a key of the Agreement's reasons.
    #[schema(value_type = Option<String>)]
    pub reason: Field<String>,
    #[schema(value_type = Option<String>)]
    pub note: Field<String>,
    /// For `recycle`.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub return_at: Field<String>,
    /// For `assign`: a user.
    #[schema(value_type = Option<i64>)]
    pub owner_id: Field<i64>,
}

/// Gives the leads, each once. The first that can't be decided so ends it, and nothing is kept.
pub async fn decide(tx: &mut WriteTx, acting: &Acting, bulk: BulkDecision) -> Result<Vec<i64>, AppError> {
    let mut leads = bulk.leads.clone();
    leads.sort_unstable();
    leads.dedup();
    if leads.is_empty() || leads.len() > LEADS_MAX {
        return Err(AppError::refused(format!("leads: choose 1 to {LEADS_MAX} leads; {} are chosen", leads.len())));
    }
    for lead in &leads {
        one(tx, acting, *lead, &bulk).await.map_err(|error| naming(*lead, error))?;
    }
    Ok(leads)
}

async fn one(tx: &mut WriteTx, acting: &Acting, lead: i64, bulk: &BulkDecision) -> Result<(), AppError> {
    let reason = bulk.reason.clone().value().unwrap_or_default();
    let note = bulk.note.clone();
    match bulk.action.as_str() {
        "accept" => accept::accept(tx, acting, lead, accept::Acceptance { note }).await,
        "reject" => reject::reject(tx, acting, lead, reject::Rejection { reason, note }).await,
        "recycle" => {
            let recycling = recycle::Recycling { reason, note, return_at: bulk.return_at.clone() };
            recycle::recycle(tx, acting, lead, recycling).await
        }
        "assign" => {
            let owner_id = bulk.owner_id.clone().value().ok_or_else(|| AppError::refused("owner_id: choose whom to give them to"))?;
            assign::assign(tx, acting, lead, owner_id, note.value().as_deref()).await
        }
        other => Err(AppError::refused(format!("action: `{other}` is not one of accept, reject, recycle, assign"))),
    }
}

/// Says which lead it was, where the words don't.
fn naming(lead: i64, error: AppError) -> AppError {
    match error {
        AppError::Conflict(words) => AppError::Conflict(format!("{words}. Nothing was changed.")),
        AppError::NotFound(_) => AppError::NotFound(format!("There is no lead {lead}. Nothing was changed.")),
        other => other,
    }
}
