//! Plans that are kept: both teams write them, everybody reads them.

use facts::{
    FactsError, WriteTx,
    changes::Author,
    plans::{self, PlanRow},
};

use super::body::PlanBody;
use crate::{Office, web::AppError};

const NAME_CHARACTERS_MAX: usize = 120;

pub async fn one(office: &Office, id: i64) -> Result<PlanRow, AppError> {
    let mut record = office.facts().reader().await?;
    let plan = plans::one(&mut record, id).await?;
    match plan.removed_at {
        None => Ok(plan),
        Some(_) => Err(FactsError::not_found("plan", id).into()),
    }
}

pub fn body(plan: &PlanRow) -> Result<PlanBody, AppError> {
    serde_json::from_str(&plan.body).map_err(|error| AppError::Internal(anyhow::anyhow!("the body of plan {}: {error}", plan.id)))
}

pub async fn create(tx: &mut WriteTx, author: &Author, name: &str, body: &PlanBody) -> Result<i64, AppError> {
    let (name, body) = (checked_name(name)?, text(body)?);
    Ok(plans::add(tx, author, name, &body).await?)
}

/// `edits`: of the plan that was seen; if somebody saved it since, nothing is written.
pub async fn edit(tx: &mut WriteTx, author: &Author, id: i64, edits: i64, name: &str, body: &PlanBody) -> Result<(), AppError> {
    let (name, body) = (checked_name(name)?, text(body)?);
    let plan = plans::held(tx, id).await?;
    if plan.edits != edits {
        let who = plan.author_name.as_deref().unwrap_or("somebody");
        return Err(AppError::Conflict(format!(
            "The plan `{}` of {who} was saved since you opened it (edit {}, you saw {edits}). Load it again, or save yours under another name.",
            plan.name, plan.edits
        )));
    }
    plans::edit(tx, author, &plan, name, &body).await?;
    Ok(())
}

pub async fn remove(tx: &mut WriteTx, author: &Author, id: i64) -> Result<(), AppError> {
    Ok(plans::remove(tx, author, id).await?)
}

pub async fn put_back(tx: &mut WriteTx, author: &Author, id: i64) -> Result<(), AppError> {
    Ok(plans::put_back(tx, author, id).await?)
}

fn checked_name(name: &str) -> Result<&str, AppError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARACTERS_MAX || name.contains('\0') {
        return Err(AppError::refused(format!("name: write 1 to {NAME_CHARACTERS_MAX} characters")));
    }
    Ok(name)
}

fn text(body: &PlanBody) -> Result<String, AppError> {
    body.check()?;
    serde_json::to_string(body).map_err(|error| AppError::Internal(error.into()))
}
