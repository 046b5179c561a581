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
mod saving;
pub mod shelf;
mod shown;
mod sliders;
mod spend;
#[cfg(test)]
mod spend_tests;
mod target;
#[cfg(test)]
mod tests;
mod trying;

use std::sync::Arc;

use alignment::Instant;
use facts::{
    list::{LIMIT_MAX, Turn},
    plans::PlanRow,
    users,
};
use insight::{
    plan::{Backtest, MONTHS_MAX, PlanAnswer, Record},
    question::Question,
};
use jiff::ToSpan;

use self::{
    body::PlanBody,
    params::PlanParams,
    target::{Origin, default},
};
use crate::{
    Office,
    question::{QuestionParams, ask},
    scoreboard::params::text,
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
    /// Where the amount of the target is from.
    origin: Origin,
    /// What an address has to say for the same plan, where none is saved.
    canonical: PlanParams,
    lately: Option<Lately>,
    sliders: Vec<sliders::Slider>,
}

/// The leads of the last whole months, which "as leads come now" is of.
#[derive(Clone, Copy)]
struct Lately {
    from: Instant,
    to: Instant,
    months: u64,
    leads: u64,
}

impl Lately {
    fn of(record: &Record) -> Option<Lately> {
        let last = record.recent_months();
        let (from, to) = (last.first()?.0.from, last.last()?.0.to);
        Some(Lately { from, to, months: last.len() as u64, leads: last.iter().map(|(_, leads)| leads).sum() })
    }
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
    let aim = own.aim()?;
    let mut body = own.over(of_saved.clone(), question.currency)?;
    // A date that is said goes over the one that is past.
    let notice = gone_by.filter(|_| text(&own.by).is_none());
    let team = team(office).await?;
    let of_form = text(&own.sliders).is_some();
    let record = kept::record(&history, &question).await?;
    let (usual, origin) = default(&record, &question, aim);
    if of_form {
        sliders::settle(&mut body, of_saved.as_ref(), &record);
    }
    if of_form && saved.is_none() {
        target::settle(&mut body, &usual, &question.zone);
    }
    let is_said = body.customers.is_some() || body.revenue_minor.is_some();
    let mut canonical = PlanParams::of(&body, question.currency);
    canonical.aim = aim.filter(|aim| !is_said && target::aim_of(&default(&record, &question, None).0) != *aim).map(|aim| aim.key().into());
    let ask = body.ask(usual, &question.zone)?;
    if !is_within_reach(&question, ask.by) {
        return Err(AppError::refused(format!("by: write a day after today and within {MONTHS_MAX} months")));
    }
    let worked = kept::plan(&history, &question, &record, &ask).await?;
    let (mut answer, base) = (worked.answer.clone(), worked.base.clone());
    answer.words.extend(notice.map(|by| {
        let until = ask.by.plus_micros(-1).in_zone(&question.zone).date();
        format!(
            "the plan was saved for {by}, which is past or too far away: it is worked out up to {until} instead; choose a day and save it"
        )
    }));
    let sliders = sliders::all(&body, &record);
    let origin = if is_said { Origin::Said } else { origin };
    let lately = Lately::of(&record);
    Ok(Planned { question, body, saved, answer, base, team, origin, canonical, lately, sliders })
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
    let tried = kept::past(&history, &question, PAST_MONTHS, PAST_DAYS).await?;
    Ok((question, tried))
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
