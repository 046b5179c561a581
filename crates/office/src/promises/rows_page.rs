//! The rows behind a line, as a page and as a CSV file.

use alignment::{
    Instant,
    promise::{self, Month, SourceShare},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use facts::{ledger::rows::LedgerRow, list::Turn};
use serde::Deserialize;

use super::{
    pages::{LineShown, line_shown},
    rights::speaker,
    rows::{self, OUTSIDE_ICP, VERDICTS, verdict_name},
    waivers,
};
use crate::{
    Office,
    api::{Asked, ask, write},
    lists::csv,
    ui::{Frame, format, url},
    web::{Allow, AppError, Endpoint, Page},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/promises/{period}/{key}", Allow::SignedIn, page),
        Endpoint::get("/promises/{period}/{key}/rows.csv", Allow::SignedIn, export),
    ]
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RowsQuery {
    verdict: Option<String>,
    cursor: Option<String>,
    /// A clock that is about to be waived.
    waive: Option<i64>,
}

#[derive(Template)]
#[template(path = "promises/rows.html")]
struct RowsPage {
    period: Month,
    key: String,
    title: &'static str,
    words: &'static str,
    line: Option<LineShown>,
    is_clock: bool,
    verdict: String,
    verdicts: &'static [(&'static str, &'static str)],
    rows: Vec<RowShown>,
    sources: Vec<(String, String)>,
    waive: Option<i64>,
    shown: String,
    first: Option<String>,
    next: Option<String>,
    export: String,
    frame: Frame,
}

struct RowShown {
    lead: i64,
    name: String,
    company: String,
    at: String,
    due: String,
    owner: String,
    verdict: &'static str,
    class: &'static str,
    detail: String,
    /// Where the clock can be waived.
    waive: Option<String>,
}

async fn page(
    State(office): State<Office>,
    frame: Frame,
    Path((period, key)): Path<(String, String)>,
    Asked(query): Asked<RowsQuery>,
) -> Result<Response, AppError> {
    if key == "feedback_review" {
        return Ok(Redirect::to("/promises/feedback").into_response());
    }
    let period = waivers::month(&period)?;
    let known = if key == OUTSIDE_ICP { None } else { Some(waivers::of_key(&key)?) };
    let verdict = ask::filled(&query.verdict);
    let found = rows::page(&office, period, &key, frame.now, verdict, ask::turn(&query.cursor, None)?).await?;
    let seen = super::look(&office, period, frame.now).await?;
    let line = known.and_then(|promise| Some(line_shown(promise, seen.ledger.lines.iter().find(|line| line.key == promise.key)?, period)));
    let author = write::author(&office, &frame.actor).await?;
    let who = speaker(&mut *office.facts().reader().await?, &frame.actor, author).await?;
    let is_clock = known.is_some_and(|promise| promise.clock.is_some());
    let may_waive = is_clock && !seen.is_settled && known.is_some_and(|promise| who.may_waive(promise.side).is_ok());
    let path = format!("/promises/{period}/{key}");
    let with = |cursor: &str| url::with(&path, [("verdict", verdict.unwrap_or_default()), ("cursor", cursor)]);
    let shown: Vec<_> = found.items.into_iter().map(|row| row_shown(row, &frame, may_waive.then_some(path.as_str()))).collect();
    let page = RowsPage {
        title: known.map_or("Rejected as outside the profile", |promise| promise.name),
        words: known.map_or("Leads that sales rejected with a reason that the Agreement marks as outside the ideal customer profile. For each, marketing owes another one.", |promise| promise.formula),
        sources: line.as_ref().map(|line| line.line.sources.iter().map(source_shown).collect()).unwrap_or_default(),
        line,
        is_clock,
        verdict: verdict.unwrap_or_default().to_owned(),
        verdicts: &VERDICTS,
        waive: query.waive.filter(|_| may_waive),
        shown: format!("{} on this page", format::count(shown.len() as u64)),
        rows: shown,
        first: ask::filled(&query.cursor).map(|_| with("")),
        next: found.next.map(|cursor| with(&cursor)),
        export: url::with(&format!("{path}/rows.csv"), [("verdict", verdict.unwrap_or_default())]),
        period,
        key,
        frame,
    };
    Ok(Page(page).into_response())
}

fn source_shown(share: &SourceShare) -> (String, String) {
    let rate = (share.denominator > 0).then(|| share.numerator as f64 / share.denominator as f64);
    let words = format!("{} of {}", format::rate_or_none(rate), format::plural(share.denominator, "field", "fields"));
    (format::label(share.source.as_deref().map(format::spaced).as_deref()), words)
}

fn row_shown(row: LedgerRow, frame: &Frame, path: Option<&str>) -> RowShown {
    let waivable = matches!(row.verdict.as_str(), "broken" | "pressing" | "open");
    RowShown {
        lead: row.lead_id,
        name: row.person_name.unwrap_or_else(|| format!("Lead {}", row.lead_id)),
        company: row.company_name.unwrap_or_else(|| "–".to_owned()),
        at: frame.date_time(Instant(row.at)),
        due: frame.date_time(Instant(row.counted_at)),
        owner: row.owner_name.unwrap_or_else(|| "–".to_owned()),
        class: class(&row.verdict),
        detail: detail(row.detail, frame),
        waive: path.filter(|_| waivable).map(|path| format!("{path}?waive={}#waive", row.id)),
        verdict: verdict_name(&row.verdict),
    }
}

/// A reason's name, or what it says.
fn detail(text: Option<String>, frame: &Frame) -> String {
    let text = text.unwrap_or_default();
    frame.agreement.agreement.reason_name(&text).map_or_else(|| text.trim().to_owned(), str::to_owned)
}

fn class(verdict: &str) -> &'static str {
    match verdict {
        "kept" => "good",
        "broken" => "bad",
        "pressing" => "warn",
        _ => "",
    }
}

const EXPORTED: [&str; 9] = ["id", "lead_id", "name", "company", "owner", "at", "counted_at", "verdict", "detail"];

async fn export(
    State(office): State<Office>,
    frame: Frame,
    Path((period, key)): Path<(String, String)>,
    Asked(query): Asked<RowsQuery>,
) -> Result<Response, AppError> {
    let period = waivers::month(&period)?;
    if key != OUTSIDE_ICP && promise::find(&key).is_none() {
        waivers::of_key(&key)?;
    }
    let (name, as_of) = (format!("promise-{key}-{period}"), frame.now);
    let page = move |cursor: Option<String>| {
        let (office, key, verdict) = (office.clone(), key.clone(), query.verdict.clone());
        async move {
            let turn = Turn { cursor: cursor.as_deref(), limit: facts::list::LIMIT_MAX };
            let page = rows::page(&office, period, &key, as_of, ask::filled(&verdict), turn).await?;
            Ok((page.items.into_iter().map(exported).collect(), page.next))
        }
    };
    csv::export(&name, &EXPORTED, page).await
}

fn exported(row: LedgerRow) -> Vec<String> {
    vec![
        row.id.to_string(),
        row.lead_id.to_string(),
        csv::text(row.person_name),
        csv::text(row.company_name),
        csv::text(row.owner_name),
        csv::instant(Some(row.at)),
        csv::instant(Some(row.counted_at)),
        row.verdict,
        csv::text(row.detail).trim().to_owned(),
    ]
}
