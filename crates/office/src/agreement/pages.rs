//! The Agreement as a page to read, and as TOML.

use alignment::{
    Instant,
    agreement::{Agreement, ReasonFor},
    lifecycle::Side,
};
use askama::Template;
use axum::{
    Json,
    extract::{Path, State},
    http::header,
    response::IntoResponse,
};
use serde_json::{Value, json};

use crate::{
    Office, agreement,
    ui::{Frame, format},
    web::{Allow, AppError, Endpoint, Page},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/agreement", Allow::SignedIn, page),
        Endpoint::get("/agreement.toml", Allow::SignedIn, text),
        Endpoint::get("/api/v1/agreement", Allow::SignedIn, in_force),
        Endpoint::get("/api/v1/agreements", Allow::SignedIn, versions),
        Endpoint::get("/api/v1/agreements/{id}", Allow::SignedIn, version),
    ]
}

#[derive(Template)]
#[template(path = "agreement/page.html")]
struct AgreementPage {
    title: String,
    since: String,
    hash: String,
    stages: Vec<StageShown>,
    marketing: Vec<(String, String)>,
    sales: Vec<(String, String)>,
    reasons: Vec<(&'static str, Vec<String>)>,
    customer: Vec<(&'static str, String)>,
    calendar: Vec<(&'static str, String)>,
    measuring: Vec<(&'static str, String)>,
    glossary: Vec<(String, String)>,
    frame: Frame,
}

struct StageShown {
    key: &'static str,
    name: String,
    owner: &'static str,
    definition: String,
    checklist: Vec<String>,
}

async fn page(frame: Frame) -> Page<AgreementPage> {
    let version = &frame.agreement;
    let text = &version.agreement;
    let stage = |clause: &alignment::agreement::StageClause| StageShown {
        key: clause.stage.key(),
        name: clause.name.clone(),
        owner: side(clause.owner),
        definition: clause.definition.clone(),
        checklist: clause.checklist.clone(),
    };
    let since = if version.effective_at == Instant::MIN {
        "since the first record".into()
    } else {
        format!("since {}", frame.date(version.effective_at))
    };
    let (marketing, sales) = promises(text);
    Page(AgreementPage {
        title: text.title.clone(),
        since,
        hash: agreement::hash(&text.to_toml())[..12].to_owned(),
        stages: text.stages.iter().map(stage).collect(),
        marketing,
        sales,
        reasons: reasons(text),
        customer: customer(text),
        calendar: calendar(text),
        measuring: measuring(text),
        glossary: text.glossary.iter().map(|term| (term.term.clone(), term.words.clone())).collect(),
        frame,
    })
}

async fn text(State(office): State<Office>) -> Result<impl IntoResponse, AppError> {
    let version = office.agreement().await?;
    let name = format!("attachment; filename=\"agreement-v{}.toml\"", version.number);
    Ok((
        [(header::CONTENT_TYPE, "application/toml; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)],
        version.agreement.to_toml(),
    ))
}

async fn in_force(State(office): State<Office>) -> Result<Json<Value>, AppError> {
    Ok(Json(wire(&office.agreement().await?)))
}

async fn versions(State(office): State<Office>) -> Result<Json<Value>, AppError> {
    let versions = agreement::list(&office).await?;
    Ok(Json(json!({ "items": versions.iter().map(wire).collect::<Vec<_>>() })))
}

async fn version(State(office): State<Office>, Path(number): Path<u32>) -> Result<Json<Value>, AppError> {
    let versions = agreement::list(&office).await?;
    let found = versions.iter().find(|version| version.number == number);
    found.map(|version| Json(wire(version))).ok_or_else(|| AppError::not_found("version of the Agreement", number))
}

fn wire(version: &alignment::agreement::Version) -> Value {
    let text = version.agreement.to_toml();
    json!({
        "version": version.number,
        "effective_at": version.effective_at,
        "hash": agreement::hash(&text),
        "agreement": version.agreement,
    })
}

/// A promise and why it is made.
type Promise = (String, String);

fn promises(text: &Agreement) -> (Vec<Promise>, Vec<Promise>) {
    let promises = &text.promises;
    let marketing = vec![
        (format!("{} MQLs a month", promises.mqls_per_month_min), "Volume, so that sales has enough to work with.".into()),
        (
            format!("{} of decided MQLs accepted", format::agreed_rate(promises.acceptance_rate_min)),
            "Quality: what marketing sends is worth sales’ time.".into(),
        ),
        (
            format!("{} of required fields filled", format::agreed_rate(text.data.completeness_rate_min)),
            format!("The fields: {}.", text.data.required_fields.iter().map(|field| format::spaced(field)).collect::<Vec<_>>().join(", ")),
        ),
    ];
    let sales = vec![
        (format!("Review in {} working hours", promises.review_hours_max), "Every MQL is accepted, or rejected with a reason.".into()),
        (
            format!("{} attempts in {} days", promises.attempts_min, promises.attempts_days),
            "Every accepted lead is contacted, and each attempt logged.".into(),
        ),
        (
            format!("{} of accepted leads with logged activity", format::agreed_rate(promises.logged_rate_min)),
            "Within seven days of acceptance, so that marketing learns what became of them.".into(),
        ),
    ];
    (marketing, sales)
}

fn reasons(text: &Agreement) -> Vec<(&'static str, Vec<String>)> {
    let of = |wanted| text.reasons.iter().filter(|reason| reason.reason_for == wanted).map(|reason| reason.name.clone()).collect();
    vec![
        ("To reject a lead", of(ReasonFor::Rejection)),
        ("To send it back to nurture", of(ReasonFor::Recycle)),
        ("To close a deal as lost", of(ReasonFor::Loss)),
    ]
}

fn customer(text: &Agreement) -> Vec<(&'static str, String)> {
    let customer = &text.ideal_customer;
    let any = |list: &[String]| if list.is_empty() { "any".to_owned() } else { list.join(", ") };
    let (least, most) = (customer.employees_min.max(0) as u64, customer.employees_max.max(0) as u64);
    vec![
        ("Industries", any(&customer.industries)),
        ("Countries", any(&customer.countries)),
        ("Employees", format!("{} to {}", format::count(least), format::count(most))),
        ("Roles", any(&customer.roles)),
    ]
}

fn calendar(text: &Agreement) -> Vec<(&'static str, String)> {
    let shift = |shift: &alignment::agreement::Shift| format!("{} {} to {}", shift.days.join(", "), shift.from, shift.to);
    let holidays = if text.calendar.holidays.is_empty() { "none written down".into() } else { text.calendar.holidays.join(", ") };
    vec![
        ("Time zone", text.calendar.time_zone.clone()),
        ("Working hours", text.calendar.shifts.iter().map(shift).collect::<Vec<_>>().join("; ")),
        ("Holidays", holidays),
    ]
}

fn measuring(text: &Agreement) -> Vec<(&'static str, String)> {
    let attribution = &text.attribution;
    let journey = if attribution.journey == "company" { "everybody at the company" } else { "the people on the deal" };
    let model = insight::attribution::find(&attribution.model).map_or(attribution.model.as_str(), |model| model.name);
    vec![
        ("Currency", text.currency.to_string()),
        ("Attribution shown first", model.to_owned()),
        ("Touches of", journey.to_owned()),
        ("Lookback", format!("{} days before the signature", attribution.lookback_days)),
        ("Half-life of time decay", format!("{} days", format::agreed(attribution.half_life_days))),
        ("A cohort is read after", format!("{} days", text.maturity.horizon_days)),
        (
            "Revenue target",
            text.revenue_target.as_ref().map_or_else(
                || "none agreed".to_owned(),
                |target| {
                    let zone = text.time_zone();
                    let last = target.to.plus_micros(-1);
                    let (from, to) = (format::iso_date(target.from, &zone), format::iso_date(last, &zone));
                    format!("{} from {from} to {to}", format::money(target.amount))
                },
            ),
        ),
    ]
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Marketing => "marketing",
        Side::Sales => "sales",
        Side::Success => "success",
    }
}
