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
    office::News,
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

/// A plan as it is kept.
pub struct Kept {
    pub plan: PlanRow,
    /// Whether anything differed from what was there.
    pub has_changed: bool,
}

/// As a plan of its own, or over the one with this id and these edits.
pub async fn keep(office: &Office, actor: &Actor, name: &str, body: &PlanBody, over: Option<(i64, i64)>) -> Result<Kept, AppError> {
    let (mut tx, author) = begin(office, actor).await?;
    let (id, has_changed) = match over {
        Some((id, edits)) => (id, edit(&mut tx, &author, id, edits, name, body).await?),
        None => (create(&mut tx, &author, name, body).await?, true),
    };
    Ok(Kept { plan: done(office, tx, id).await?, has_changed })
}

/// Takes one out of the list.
pub async fn remove(office: &Office, actor: &Actor, id: i64) -> Result<PlanRow, AppError> {
    let (mut tx, author) = begin(office, actor).await?;
    plans::remove(&mut tx, &author, id).await?;
    done(office, tx, id).await
}

/// Puts one that was removed back.
pub async fn put_back(office: &Office, actor: &Actor, id: i64) -> Result<PlanRow, AppError> {
    let (mut tx, author) = begin(office, actor).await?;
    plans::put_back(&mut tx, &author, id).await?;
    done(office, tx, id).await
}

/// Saves the name and the body that were there before the last save. `edits` as of [`edit`].
pub async fn take_back(office: &Office, actor: &Actor, id: i64, edits: i64) -> Result<PlanRow, AppError> {
    let (mut tx, author) = begin(office, actor).await?;
    let plan = seen(&mut tx, id, edits).await?;
    let (name, body) = before_last_save(&mut tx, &plan).await?;
    plans::edit(&mut tx, &author, &plan, &name, &body).await?;
    done(office, tx, id).await
}

async fn before_last_save(tx: &mut WriteTx, plan: &PlanRow) -> Result<(String, String), AppError> {
    let (mut name, mut body) = (plan.name.clone(), plan.body.clone());
    let changes = changes::of(tx.conn(), &schema::PLANS, plan.id, CHANGES_READ).await?;
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
    Ok((name, body))
}

async fn begin(office: &Office, actor: &Actor) -> Result<(WriteTx, Author), AppError> {
    let tx = office.facts().write().await?;
    // Once it is this writer's turn: a row must not be older than what was answered while it waited.
    Ok((tx, write::author(office, actor).await?))
}

/// Commits, tells those who listen, and gives the plan as it is now.
async fn done(office: &Office, mut tx: WriteTx, id: i64) -> Result<PlanRow, AppError> {
    let plan = plans::one(tx.conn(), id).await?;
    tx.commit().await?;
    office.tell(News::Record { tables: vec!["plans".into()] });
    Ok(plan)
}

/// Inside a transaction that also keeps the answer for a retry.
pub async fn create(tx: &mut WriteTx, author: &Author, name: &str, body: &PlanBody) -> Result<i64, AppError> {
    let (name, body) = (checked_name(name)?, text(body)?);
    Ok(plans::add(tx, author, name, &body).await?)
}

/// As [`create`]. `edits`: of the plan that was seen; if somebody saved it since, nothing is written. Gives whether anything differed.
pub async fn edit(tx: &mut WriteTx, author: &Author, id: i64, edits: i64, name: &str, body: &PlanBody) -> Result<bool, AppError> {
    let (name, body) = (checked_name(name)?, text(body)?);
    let plan = seen(tx, id, edits).await?;
    Ok(!plans::edit(tx, author, &plan, name, &body).await?.is_empty())
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
