//! The form in which a plan is tried: its amount, what is said beside a field, and what the address keeps of it.

use alignment::Money;
use axum::{
    http::{HeaderMap, HeaderValue},
    response::{Html, IntoResponse, Response},
};

use super::{PlanParams, Planned, lines::amount_of, pages::PATH, params::Aim, report, shown::sentence};
use crate::{
    question::QuestionParams,
    scoreboard::params::{address, text},
    ui::format,
    web::{AppError, Page},
};

/// Of which instants the page is, so that a slider asks the same record again, while the address names none.
const AS_OF: &str = "tandem-as-of";
const KNOWN_AT: &str = "tandem-known-at";

/// The amount and what is said of it.
pub struct Tried {
    pub aims_at_revenue: bool,
    /// Of the field: each aim has its own, so that an amount of one is never taken for one of the other.
    pub name: &'static str,
    pub amount: String,
    pub step: &'static str,
    pub note: String,
    /// Somebody may be writing in the field: it stays as it is.
    pub is_steady: bool,
}

impl Tried {
    pub fn of(found: &Planned, own: &PlanParams, is_piece: bool) -> Tried {
        let answer = &found.answer;
        let (aim, amount) = match (answer.target_revenue_minor, answer.target_customers) {
            (Some(minor), _) => (Aim::Revenue, amount_of(minor, answer.currency)),
            (None, customers) => (Aim::Customers, customers.unwrap_or_default().to_string()),
        };
        let other = if aim == Aim::Revenue { &own.customers } else { &own.revenue };
        let has_amount = own.said_amount(aim).is_some();
        Tried {
            aims_at_revenue: aim == Aim::Revenue,
            name: aim.key(),
            amount,
            step: if aim == Aim::Revenue { "any" } else { "1" },
            note: note(found, has_amount, is_piece && text(other).is_none()),
            is_steady: is_piece && (has_amount || text(other).is_none()),
        }
    }
}

/// `is_emptied`: the field stands on the page and nothing is in it.
fn note(found: &Planned, has_amount: bool, is_emptied: bool) -> String {
    let answer = &found.answer;
    let target = || match answer.target_revenue_minor {
        Some(minor) => format::money_brief(Money::new(minor, answer.currency)),
        None => report::target(answer),
    };
    match (found.origin.words(), is_emptied && !has_amount) {
        (Some(words), false) => format!("{}.", format::capitalized(words)),
        (Some(words), true) => format!("Empty: counted with {}, {words}.", target()),
        (None, true) => format!("Empty: counted with {}, as saved.", target()),
        (None, false) => String::new(),
    }
}

/// The question with the instants of the page that asks, where it names none of its own.
pub fn as_seen(params: &QuestionParams, headers: &HeaderMap) -> QuestionParams {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let or_seen = |own: &Option<String>, name: &str| if text(own).is_some() { own.clone() } else { said(name) };
    QuestionParams { as_of: or_seen(&params.as_of, AS_OF), known_at: or_seen(&params.known_at, KNOWN_AT), ..params.clone() }
}

/// The address of the same plan: whatever stands where the record does is left out, and follows the record.
pub fn address_of(found: &Planned, params: &QuestionParams, own: &PlanParams) -> String {
    let own = if found.saved.is_some() { own } else { &found.canonical };
    address(&own.address(PATH, &[]), params, &[])
}

/// The same target by the same date, as the record has it.
pub fn own_target(found: &Planned, params: &QuestionParams) -> String {
    let (answer, canonical) = (&found.answer, &found.canonical);
    let own = match found.saved {
        None => PlanParams {
            customers: canonical.customers.clone(),
            revenue: canonical.revenue.clone(),
            by: canonical.by.clone(),
            probability: canonical.probability.clone(),
            aim: canonical.aim.clone(),
            ..PlanParams::default()
        },
        Some(_) => PlanParams {
            customers: answer.target_customers.map(|count| count.to_string()),
            revenue: answer.target_revenue_minor.map(|minor| amount_of(minor, answer.currency)),
            by: Some(report::last_day(found)),
            ..PlanParams::default()
        },
    };
    address(&own.address(PATH, &[]), params, &[])
}

/// A page, and for a form that asks from within it the address to show.
pub fn answered<T: askama::Template>(page: T, address: Option<String>) -> Result<Response, AppError> {
    let mut response = Page(page).into_response();
    if let Some(address) = address {
        let address = HeaderValue::from_str(&address).map_err(|error| AppError::Internal(error.into()))?;
        response.headers_mut().insert("hx-replace-url", address);
    }
    Ok(response)
}

/// Words beside the field that can't be planned with. The answer stays, and the words say of what it is.
pub fn refused(words: &str) -> Result<Response, AppError> {
    let (part, rest) = words.split_once(": ").unwrap_or(("", words));
    let (field, rest) = match part {
        "customers" | "revenue" | "aim" => ("amount", rest),
        "by" => ("by", rest),
        _ => ("try", words),
    };
    let words = sentence(rest.trim_end_matches('.')).replace('&', "&amp;").replace('<', "&lt;");
    let body = Html(format!("<span id=\"{field}-refusal\">{words} The answer is still of what was there before.</span>"));
    let value = |text: String| HeaderValue::from_str(&text).map_err(|error| AppError::Internal(error.into()));
    let mut response = body.into_response();
    for (name, text) in [
        ("hx-retarget", format!("#{field}-wrong")),
        ("hx-reselect", format!("#{field}-refusal")),
        ("hx-reswap", "innerHTML".into()),
        ("hx-replace-url", "false".into()),
    ] {
        response.headers_mut().insert(name, value(text)?);
    }
    Ok(response)
}
