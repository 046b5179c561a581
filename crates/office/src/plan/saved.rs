//! Plans that are kept: both teams write them, everybody reads them.

use facts::{
    FactsError, WriteTx,
    changes::{self, Author},
    plans::{self, PlanRow},
    schema,
};

use super::{Planned, body::PlanBody, report};
use crate::{
    Actor, Office,
    api::write,
    question::{QuestionParams, ask},
    web::AppError,
};

const NAME_CHARACTERS_MAX: usize = 120;
/// A save writes four.
const CHANGES_READ: i64 = 20;

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

/// A body as it is kept: with its currency, which is the record's where it names none.
pub async fn in_own_currency(office: &Office, body: &PlanBody) -> Result<PlanBody, AppError> {
    let body = body.clone();
    match body.currency {
        Some(_) => Ok(body),
        None => body.in_currency(ask(office, &QuestionParams::default(), "all").await?.1.currency),
    }
}

/// What a plan says, with the target and the date that it was worked out for, so that it stays the same plan whenever it is opened.
pub fn whole(found: &Planned) -> PlanBody {
    let answer = &found.answer;
    PlanBody {
        customers: answer.target_customers,
        revenue_minor: answer.target_revenue_minor,
        by: Some(report::last_day(found)),
        probability: Some(answer.focus),
        ..found.body.clone()
    }
}

/// As a plan of its own, or over the one with this id and these edits; gives it as it is kept.
pub async fn keep(office: &Office, actor: &Actor, name: &str, body: &PlanBody, over: Option<(i64, i64)>) -> Result<PlanRow, AppError> {
    let author = write::author(office, actor).await?;
    let mut tx = office.facts().write().await?;
    let id = match over {
        Some((id, edits)) => edit(&mut tx, &author, id, edits, name, body).await.map(|_| id)?,
        None => create(&mut tx, &author, name, body).await?,
    };
    let plan = plans::one(tx.conn(), id).await?;
    tx.commit().await?;
    Ok(plan)
}

/// Takes one out of the list, or puts it back.
pub async fn set_removed(office: &Office, actor: &Actor, id: i64, is_removed: bool) -> Result<PlanRow, AppError> {
    let author = write::author(office, actor).await?;
    let mut tx = office.facts().write().await?;
    match is_removed {
        true => remove(&mut tx, &author, id).await?,
        false => put_back(&mut tx, &author, id).await?,
    }
    let plan = plans::one(tx.conn(), id).await?;
    tx.commit().await?;
    Ok(plan)
}

pub async fn create(tx: &mut WriteTx, author: &Author, name: &str, body: &PlanBody) -> Result<i64, AppError> {
    let (name, body) = (checked_name(name)?, text(body)?);
    Ok(plans::add(tx, author, name, &body).await?)
}

/// `edits`: of the plan that was seen; if somebody saved it since, nothing is written. Gives whether anything differed.
pub async fn edit(tx: &mut WriteTx, author: &Author, id: i64, edits: i64, name: &str, body: &PlanBody) -> Result<bool, AppError> {
    let (name, body) = (checked_name(name)?, text(body)?);
    let plan = seen(tx, id, edits).await?;
    Ok(!plans::edit(tx, author, &plan, name, &body).await?.is_empty())
}

/// Saves the name and the body that were there before the last save. `edits` as of [`edit`].
pub async fn take_back(tx: &mut WriteTx, author: &Author, id: i64, edits: i64) -> Result<(), AppError> {
    let plan = seen(tx, id, edits).await?;
    let (mut name, mut body) = (plan.name.clone(), plan.body.clone());
    let changes = changes::of(tx.conn(), &schema::PLANS, id, CHANGES_READ).await?;
    // Newest first: those of the last save stand around its `edits`, in the order name, body, edits, edited_at.
    let earlier = |field: &str| field == "edits" || field == "edited_at";
    let of_save = changes.iter().skip_while(|change| change.field != "edits").skip(1).take_while(|change| !earlier(&change.field));
    for change in of_save {
        match (change.field.as_str(), &change.old_value) {
            ("name", Some(old)) => name.clone_from(old),
            ("body", Some(old)) => body.clone_from(old),
            _ => {}
        }
    }
    plans::edit(tx, author, &plan, &name, &body).await?;
    Ok(())
}

/// The plan, held, as whoever changes it has seen it.
async fn seen(tx: &mut WriteTx, id: i64, edits: i64) -> Result<PlanRow, AppError> {
    let plan = plans::held(tx, id).await?;
    if plan.edits != edits {
        let who = plan.author_name.as_deref().unwrap_or("somebody");
        return Err(AppError::Conflict(format!(
            "The plan `{}` of {who} was saved since you opened it (edit {}, you saw {edits}). Load it again, or save yours under another name.",
            plan.name, plan.edits
        )));
    }
    Ok(plan)
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
