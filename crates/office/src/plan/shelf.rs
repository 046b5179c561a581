//! The saved plans on the command line: which there are, and what one says.

use alignment::{Currency, Instant, Money};
use facts::{list::Turn, plans};
use jiff::tz::TimeZone;
use serde_json::json;

use super::{api::Plan, body::PlanBody, lines, saved};
use crate::{
    Actor, Office,
    plan::Planned,
    report::{Report, Sheet, plain_major},
    ui::format,
    web::AppError,
};

/// What is said of a plan beside how it is worked out.
#[derive(Clone, Debug, Default)]
pub struct Said {
    pub name: String,
    /// Over the saved plan that it was worked out from, and not as one of its own.
    pub over: bool,
    /// `2026-07:paid_search:12000`; instead of those that were there.
    pub spend: Vec<String>,
    pub note: Option<String>,
}

/// Keeps a plan as it was worked out.
pub async fn save(office: &Office, found: &Planned, said: &Said) -> Result<Plan, AppError> {
    let mut body = saved::whole(found);
    if !said.spend.is_empty() {
        let read = |text: &String| {
            lines::of_text(text, found.question.currency).map_err(|words| AppError::refused(format!("spend line `{text}`: {words}")))
        };
        (body.spend, body.spend_minor) = (said.spend.iter().map(read).collect::<Result<_, _>>()?, None);
    }
    body.note = said.note.clone().or(body.note);
    let of_saved = found.saved.as_ref().filter(|_| said.over).map(|plan| (plan.id, plan.edits));
    Plan::try_from(saved::keep(office, &Actor::command_line(), &said.name, &body, of_saved).await?.plan)
}

pub async fn list(office: &Office, limit: usize) -> anyhow::Result<Report> {
    let zone = office.agreement().await?.agreement.time_zone();
    let page = plans::list(&mut office.facts().read().await?, Turn { cursor: None, limit }).await?;
    let plans = page.items.into_iter().map(Plan::try_from).collect::<Result<Vec<_>, _>>()?;
    let row = |plan: &Plan| {
        let body = &plan.body;
        let by = body.by.clone().unwrap_or_default();
        vec![plan.id.to_string(), plan.name.clone(), target(body), by, author(plan), day(&plan.edited_at, &zone)]
    };
    let listed = || Sheet::new("Saved plans", ["id", "plan", "target", "by", "saved by", "saved on"], plans.iter().map(row));
    let heading =
        if plans.is_empty() { "No plan is saved yet".into() } else { format::plural(plans.len() as u64, "saved plan", "saved plans") };
    Ok(Report { json: json!({"items": plans, "next": page.next}), heading, sheets: vec![listed()], csv: listed() })
}

pub async fn show(office: &Office, id: i64) -> anyhow::Result<Report> {
    let zone = office.agreement().await?.agreement.time_zone();
    let plan = Plan::try_from(saved::one(office, id).await?)?;
    let heading = format!("{}: plan {id}, saved by {} on {} (edit {})", plan.name, author(&plan), day(&plan.edited_at, &zone), plan.edits);
    let mut sheets = vec![Sheet::new("What it says", ["what", "as saved"], said(&plan.body))];
    if !plan.body.spend.is_empty() {
        sheets.push(spend(&plan.body));
    }
    if !plan.body.territories.is_empty() {
        let row = |territory: &super::body::Territory| vec![territory.region.clone(), format::rate(territory.share)];
        sheets.push(Sheet::new("Territories", ["region", "share"], plan.body.territories.iter().map(row)));
    }
    Ok(Report { json: json!(plan), heading, sheets, csv: spend_csv(&plan.body) })
}

fn said(body: &PlanBody) -> Vec<Vec<String>> {
    let rate = |rate: Option<f64>| rate.map(format::rate);
    let number = |number: Option<f64>| number.map(format::decimal);
    let minor = |minor: Option<i64>| minor.map(|minor| money(minor, body));
    let rows = [
        ("target", Some(target(body)).filter(|target| !target.is_empty())),
        ("by", body.by.clone()),
        ("chance to plan for", body.probability.map(super::report::percent)),
        ("lead to the next stage", rate(body.lead_rate)),
        ("MQL to the next stage", rate(body.mql_rate)),
        ("SAL to the next stage", rate(body.sal_rate)),
        ("SQL to customer", rate(body.sql_rate)),
        ("deal size", minor(body.deal_size_minor)),
        ("spend a month", minor(body.spend_minor)),
        ("time each step takes", body.cycle_factor.map(|factor| format!("× {}", format::fixed(factor, 2)))),
        ("reps who take MQLs", number(body.reps)),
        ("MQLs a rep a month", number(body.mqls_per_rep)),
        ("note", body.note.clone()),
    ];
    rows.into_iter().filter_map(|(what, said)| Some(vec![what.to_owned(), said?])).collect()
}

fn spend(body: &PlanBody) -> Sheet {
    let row =
        |line: &super::body::SpendLine| vec![line.month.clone(), format::label(line.source.as_deref()), money(line.amount_minor, body)];
    Sheet::new("Spend by month and source", ["month", "source", "amount"], body.spend.iter().map(row))
}

/// With plain numbers.
fn spend_csv(body: &PlanBody) -> Sheet {
    let currency = body.currency.unwrap_or(Currency::EUR);
    let row = |line: &super::body::SpendLine| {
        let amount = plain_major(Money::new(line.amount_minor, currency));
        vec![line.month.clone(), line.source.clone().unwrap_or_default(), amount, currency.to_string()]
    };
    Sheet::untitled(["month", "source", "amount", "currency"], body.spend.iter().map(row))
}

fn target(body: &PlanBody) -> String {
    match (body.customers, body.revenue_minor) {
        (Some(customers), _) => format::plural(customers, "customer", "customers"),
        (None, Some(minor)) => money(minor, body),
        (None, None) => String::new(),
    }
}

fn money(minor: i64, body: &PlanBody) -> String {
    format::money_brief(Money::new(minor, body.currency.unwrap_or(Currency::EUR)))
}

fn author(plan: &Plan) -> String {
    plan.author_name.clone().unwrap_or_else(|| "the command line".into())
}

fn day(at: &str, zone: &TimeZone) -> String {
    at.parse::<Instant>().map_or_else(|_| at.to_owned(), |at| format::iso_date(at, zone))
}
