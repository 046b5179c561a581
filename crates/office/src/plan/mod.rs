//! The plan: what it takes to win so many customers, or to sign so much, by a date; tried over the record, saved by both teams.

pub mod api;
pub mod body;
mod kept;
pub mod lines;
pub mod pages;
pub mod params;
mod pictures;
pub mod report;
pub mod saved;
pub mod shelf;
mod shown;
mod sliders;
mod spend;
#[cfg(test)]
mod spend_tests;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use alignment::{Instant, instant::MICROS_PER_DAY};
use facts::{
    list::{LIMIT_MAX, Turn},
    plans::PlanRow,
    users,
};
use insight::{
    plan::{Ask, Backtest, MONTHS_MAX, PlanAnswer, Record, Target},
    question::Question,
};
use jiff::ToSpan;

use self::{body::PlanBody, params::PlanParams};
use crate::{
    Office,
    question::{QuestionParams, ask},
    scoreboard::{aside, params::text},
    web::AppError,
};

/// A plan over the record, with the one that assumes nothing beside it.
pub struct Planned {
    pub question: Question,
    pub body: PlanBody,
    pub saved: Option<PlanRow>,
    pub answer: PlanAnswer,
    /// The same target by the same date as the record has it. `None`: nothing is assumed otherwise.
    pub base: Option<PlanAnswer>,
    pub team: Team,
    sliders: Vec<sliders::Slider>,
}

/// Who is on the two sides, for the guide of 3 to 5 salespeople a marketer.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Team {
    pub marketers: u64,
    pub salespeople: u64,
    pub salespeople_per_marketer: Option<f64>,
}

pub async fn planned(office: &Office, params: &QuestionParams, own: &PlanParams) -> Result<Planned, AppError> {
    let saved = match crate::api::ask::id("plan", &own.plan)? {
        Some(id) => Some(saved::one(office, id).await?),
        None => None,
    };
    let of_saved = saved.as_ref().map(saved::body).transpose()?;
    let mut params = question_of(params);
    // A plan is looked at in its own currency, unless another one is asked for.
    if let Some(currency) = of_saved.as_ref().and_then(|body| body.currency).filter(|_| text(&params.currency).is_none()) {
        params.currency = Some(currency.to_string());
    }
    let (history, question) = ask(office, &params, "all").await?;
    let (of_saved, gone_by) = of_saved.map_or((None, None), |body| within_reach(body, &question));
    let mut body = own.over(of_saved, question.currency)?;
    // A date that is said goes over the one that is past.
    let notice = gone_by.filter(|_| text(&own.by).is_none());
    let team = team(office).await?;
    let of_form = text(&own.sliders).is_some();
    let worked = aside(move || {
        let record = kept::record(&history, &question);
        if of_form {
            sliders::settle(&mut body, &record);
        }
        let ask = body.ask(default(&record, &question), &question.zone)?;
        if !is_within_reach(&question, ask.by) {
            return Err(AppError::refused(format!("by: write a day after today and within {MONTHS_MAX} months")));
        }
        let worked = kept::plan(&history, &question, &record, &ask);
        let (mut answer, base) = (worked.answer.clone(), worked.base.clone());
        answer.words.extend(notice.map(|by| {
            let until = ask.by.plus_micros(-1).in_zone(&question.zone).date();
            format!("the plan was saved for {by}, which is past or too far away: it is worked out up to {until} instead; choose a day and save it")
        }));
        let sliders = sliders::all(&body, &record);
        Ok(Planned { question, body, saved, answer, base, team, sliders })
    });
    worked.await?
}

/// A plan's `by` is its date, and no dimension of the question in the same address.
fn question_of(params: &QuestionParams) -> QuestionParams {
    QuestionParams { by: None, ..params.clone() }
}

/// Months that a plan is tried on, and how far each looks ahead.
const PAST_MONTHS: usize = 12;
const PAST_DAYS: i64 = 90;

/// What plans of past months would have said, against what came.
pub async fn past(office: &Office, params: &QuestionParams) -> Result<(Question, Arc<Backtest>), AppError> {
    let (history, question) = ask(office, &question_of(params), "all").await?;
    aside(move || {
        let tried = kept::past(&history, &question, PAST_MONTHS, PAST_DAYS);
        (question, tried)
    })
    .await
}

/// What is asked for where nothing was said: what is missing from the Agreement's revenue target by its end; or else as many customers
/// as the last quarter brought, by the end of the next three months.
fn default(record: &Record, question: &Question) -> Ask {
    let as_of = question.as_of;
    // The Agreement's target is the whole company's.
    let of_company = question.settings.targets.revenue.filter(|_| question.filters.is_empty());
    if let Some((period, minor)) = of_company.filter(|(period, _)| period.to > as_of.plus_days(1)) {
        let signed: f64 = record.deals.signed.iter().filter(|(at, _)| period.contains(*at)).map(|(_, minor)| minor).sum();
        let last = as_of.in_zone(&record.zone).checked_add((MONTHS_MAX as i32).months());
        let last = last.map_or(period.to, |end| Instant::from_timestamp(end.timestamp()));
        return Ask::new(Target::Revenue((minor - signed as i64).max(1)), period.to.min(last));
    }
    let since = as_of.plus_micros(-91 * MICROS_PER_DAY);
    let signed = record.deals.signed.iter().filter(|(at, _)| *at >= since).count() as u64;
    let month = as_of.in_zone(&record.zone).date().first_of_month().saturating_add(4.months());
    let by = month.to_zoned(record.zone.clone()).map_or(as_of.plus_days(120), |end| Instant::from_timestamp(end.timestamp()));
    Ask::new(Target::Customers(signed.max(1)), by)
}

/// A saved plan without its date, and that date, where it can't be planned for any more.
fn within_reach(body: PlanBody, question: &Question) -> (Option<PlanBody>, Option<String>) {
    let is_reached = |by: &String| body::end_of(by, &question.zone).is_ok_and(|by| is_within_reach(question, by));
    match body.by.clone().filter(|by| !is_reached(by)) {
        Some(by) => (Some(PlanBody { by: None, ..body }), Some(by)),
        None => (Some(body), None),
    }
}

fn is_within_reach(question: &Question, by: Instant) -> bool {
    let latest = question.as_of.in_zone(&question.zone).checked_add((MONTHS_MAX as i32).months());
    let is_near = latest.is_ok_and(|latest| by <= Instant::from_timestamp(latest.timestamp()).plus_days(1));
    by > question.as_of && is_near
}

/// People of each side who were not disabled.
async fn team(office: &Office) -> Result<Team, AppError> {
    let mut record = office.facts().read().await?;
    let (mut team, mut cursor) = (Team::default(), None);
    loop {
        let page = users::list(&mut record, &users::UserFilter::default(), Turn { cursor: cursor.as_deref(), limit: LIMIT_MAX }).await?;
        for user in page.items.iter().filter(|user| user.disabled_at.is_none()) {
            match user.side.as_str() {
                "marketing" => team.marketers += 1,
                "sales" => team.salespeople += 1,
                _ => {}
            }
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    team.salespeople_per_marketer = (team.marketers > 0).then(|| team.salespeople as f64 / team.marketers as f64);
    Ok(team)
}
