//! Who may do what at the desk. Sales decides about leads, marketing answers for those it handed over; leaders and administrators do both.

use alignment::{agreement::Agreement, lifecycle::Stage};
use facts::Connection;

use crate::{Actor, Role, web::AppError};

/// Sales' side: accepting, rejecting and all that follows. Marketing only where the Agreement lets both teams do both.
pub fn reviews(role: Role, agreement: &Agreement) -> bool {
    role != Role::Marketing || agreement.rights.marketing_reviews_leads
}

/// Marketing's side: answering questions and appealing rejections.
pub fn answers(role: Role) -> bool {
    role != Role::Sales
}

/// Whether only sales takes a lead from where it stood into this stage: accepting, rejecting and all that follows. What was never handed
/// over marketing may drop itself.
pub fn is_sales_word(stood: Stage, stage: Stage) -> bool {
    stage > Stage::Mql && (stood >= Stage::Mql || !stage.is_exit() || stage == Stage::Rejected)
}

pub fn check_reviews(role: Role, agreement: &Agreement) -> Result<(), AppError> {
    let words = "Leads are reviewed by sales. Both teams can sign an Agreement in which marketing may review them too.";
    if reviews(role, agreement) { Ok(()) } else { Err(AppError::Forbidden(words.into())) }
}

pub fn check_answers(role: Role) -> Result<(), AppError> {
    let words = "This is marketing's side of the desk: ask a marketer or a leader.";
    if answers(role) { Ok(()) } else { Err(AppError::Forbidden(words.into())) }
}

/// Appeals are decided by the head of sales or a leader.
pub async fn decides(connection: &mut Connection, actor: &Actor) -> Result<bool, AppError> {
    if matches!(actor.role, Role::Leader | Role::Admin) {
        return Ok(true);
    }
    let head = facts::handoff::head_of(connection, "sales").await?;
    Ok(head.is_some() && head == actor.user.map(|user| user.0))
}
