//! The ledger of a month: both sides, the lead guarantee, waivers and the settlement.

use alignment::{
    lifecycle::Side,
    promise::{ALL, Credits, Ledger, Line, Month, Promise, Unit},
};
use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};
use facts::ledger::acts;
use serde::Deserialize;
use tower_sessions::Session;

use super::{
    MonthSeen,
    rights::{Speaker, side_of, speaker},
    settlement,
    trend::{self, Trend, class},
    waivers::{self, NewWaiver},
};
use crate::{
    Office, Role,
    api::{Asked, write},
    leads::pages::{side_key, side_name},
    office::News,
    ui::{Frame, format},
    web::{Allow, AppError, Endpoint, Page, redirect},
};

pub fn endpoints() -> Vec<Endpoint> {
    let mut all = vec![
        Endpoint::get("/promises", Allow::SignedIn, this_month),
        Endpoint::get("/promises/{period}", Allow::SignedIn, of_month),
        Endpoint::get("/promises/strip", Allow::SignedIn, strip),
        Endpoint::get("/promises/trend", Allow::SignedIn, trend_part),
        Endpoint::post("/promises/{period}/waivers", Allow::SignedIn, waive),
        Endpoint::post("/promises/waivers/{id}/revocation", Allow::SignedIn, revoke),
        Endpoint::post("/promises/{period}/closing", Allow::SignedIn, close),
        Endpoint::post("/promises/{period}/reopening", Allow::SignedIn, reopen),
    ];
    all.extend(super::rows_page::endpoints());
    all.extend(super::feedback_page::endpoints());
    all
}

#[derive(Template)]
#[template(path = "promises/page.html")]
struct PromisesPage {
    period: String,
    name: String,
    months: Vec<(String, String)>,
    earlier: String,
    later: Option<String>,
    seen: MonthSeen,
    sides: Vec<SideShown>,
    credits: CreditsShown,
    waivers: Vec<WaiverShown>,
    closings: Vec<ClosingShown>,
    changed: Vec<(String, String, String)>,
    may_reopen: Vec<&'static str>,
    is_admin: bool,
    over_from: String,
    frame: Frame,
}

struct SideShown {
    key: &'static str,
    name: &'static str,
    sum: String,
    lines: Vec<LineShown>,
}

/// A line ready to be shown.
pub struct LineShown {
    pub promise: &'static Promise,
    pub value: String,
    pub class: &'static str,
    pub status: &'static str,
    pub line: Line,
    pub may_waive: bool,
    pub address: String,
}

struct CreditsShown {
    counts: Credits,
    words: String,
}

struct WaiverShown {
    id: i64,
    what: String,
    lead: Option<i64>,
    who: String,
    why: String,
    at: String,
    may_revoke: bool,
}

struct ClosingShown {
    key: &'static str,
    name: &'static str,
    closed: Option<String>,
    reopen_asked: bool,
    may_close: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct MonthQuery {
    period: Option<String>,
}

async fn this_month(State(office): State<Office>, frame: Frame, Asked(query): Asked<MonthQuery>) -> Result<Page<PromisesPage>, AppError> {
    let period = match query.period.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => waivers::month(text)?,
        None => Month::of(frame.now, &frame.zone),
    };
    page(office, frame, period).await
}

async fn of_month(State(office): State<Office>, frame: Frame, Path(period): Path<String>) -> Result<Page<PromisesPage>, AppError> {
    page(office, frame, waivers::month(&period)?).await
}

async fn page(office: Office, frame: Frame, period: Month) -> Result<Page<PromisesPage>, AppError> {
    let current = Month::of(frame.now, &frame.zone);
    let seen = super::look(&office, period, frame.now).await?;
    let author = write::author(&office, &frame.actor).await?;
    let mut record = office.facts().read().await?;
    let who = speaker(record.conn(), &frame.actor, author).await?;
    let waivers = acts::waivers(record.conn(), &period.to_string()).await?;
    drop(record);
    let sides = [Side::Marketing, Side::Sales].map(|side| side_shown(side, &seen, &who)).into();
    let closings = [Side::Marketing, Side::Sales].map(|side| closing_shown(side, &seen, &who, &frame)).into();
    let may_reopen =
        [Side::Marketing, Side::Sales].into_iter().filter(|side| seen.closing(*side).is_some() && who.may_close(*side).is_ok());
    let may_reopen: Vec<_> = may_reopen.map(side_key).collect();
    let changed = seen.changed_since.iter().map(|change| (name_of(&change.key), change.was.clone(), change.is.clone()));
    Ok(Page(PromisesPage {
        name: period.name(),
        months: months(current, period),
        earlier: format!("/promises/{}", period.previous()),
        later: (period < current).then(|| format!("/promises/{}", period.next())),
        sides,
        credits: CreditsShown { counts: seen.ledger.credits, words: balance_words(seen.ledger.credits) },
        waivers: waivers.into_iter().map(|row| waiver_shown(row, &frame, &who, seen.is_settled)).collect(),
        closings,
        changed: changed.collect(),
        may_reopen,
        is_admin: frame.actor.role == Role::Admin,
        over_from: frame.date(seen.to),
        period: period.to_string(),
        seen,
        frame,
    }))
}

/// The last thirteen months, and the one that is shown.
fn months(current: Month, shown: Month) -> Vec<(String, String)> {
    let mut months: Vec<Month> = std::iter::successors(Some(current), |month| Some(month.previous())).take(13).collect();
    if !months.contains(&shown) {
        months.push(shown);
    }
    months.into_iter().map(|month| (month.to_string(), month.name())).collect()
}

fn side_shown(side: Side, seen: &MonthSeen, who: &Speaker) -> SideShown {
    let may_waive = !seen.is_settled && who.may_waive(side).is_ok();
    let lines: Vec<LineShown> = lines_shown(&seen.ledger).into_iter().filter(|line| line.promise.side == side).collect();
    let lines: Vec<_> = lines.into_iter().map(|line| LineShown { may_waive: may_waive && line.line.waiver.is_none(), ..line }).collect();
    SideShown { key: side_key(side), name: side_name(side), sum: sum(&lines), lines }
}

/// `3 kept, 1 at risk`
fn sum(lines: &[LineShown]) -> String {
    let parts = alignment::promise::Status::ALL.into_iter().filter_map(|status| {
        let count = lines.iter().filter(|line| line.line.status == status).count();
        (count > 0).then(|| format!("{count} {}", status.name().to_lowercase()))
    });
    parts.collect::<Vec<_>>().join(", ")
}

pub fn lines_shown(ledger: &Ledger) -> Vec<LineShown> {
    let known = ALL.iter().filter_map(|promise| Some((promise, ledger.lines.iter().find(|line| line.key == promise.key)?)));
    known.map(|(promise, line)| line_shown(promise, line, ledger.period)).collect()
}

pub fn line_shown(promise: &'static Promise, line: &Line, period: Month) -> LineShown {
    let address =
        if promise.key == "feedback_review" { "/promises/feedback".to_owned() } else { format!("/promises/{period}/{}", promise.key) };
    LineShown {
        promise,
        value: value(promise, line),
        class: class(line.status),
        status: line.status.name(),
        line: line.clone(),
        may_waive: false,
        address,
    }
}

/// `98 of 150`, `43.1% of 130`, or nothing where there is no value.
pub fn value(promise: &Promise, line: &Line) -> String {
    match (line.value, promise.unit) {
        (None, _) => "–".to_owned(),
        (Some(_), Unit::Count) => format!("{} of {}", format::count(line.numerator), format::count(line.denominator)),
        (Some(value), Unit::Rate) => format!("{} of {}", format::rate(value), format::count(line.denominator)),
    }
}

pub fn balance_words(credits: Credits) -> String {
    match credits.carried_out {
        0 => "Neither side owes the other a lead.".to_owned(),
        owed if owed > 0 => format!("Marketing owes {}.", format::plural(owed.unsigned_abs(), "MQL", "MQLs")),
        ahead => format!("Marketing is {} ahead.", format::plural(ahead.unsigned_abs(), "MQL", "MQLs")),
    }
}

/// Of a promise, or of the lead guarantee.
fn name_of(key: &str) -> String {
    alignment::promise::find(key).map_or_else(|| "Lead guarantee".to_owned(), |promise| promise.name.to_owned())
}

fn waiver_shown(row: acts::WaiverRow, frame: &Frame, who: &Speaker, is_settled: bool) -> WaiverShown {
    let promise = alignment::promise::find(&row.promise);
    let may_revoke = !is_settled && promise.is_some_and(|promise| who.may_waive(promise.side).is_ok());
    WaiverShown {
        id: row.id,
        what: promise.map_or(row.promise.clone(), |promise| promise.name.to_owned()),
        lead: row.lead_id,
        who: row.user_name.unwrap_or_else(|| "the command line".to_owned()),
        why: row.reason,
        at: frame.date(alignment::Instant(row.at)),
        may_revoke,
    }
}

fn closing_shown(side: Side, seen: &MonthSeen, who: &Speaker, frame: &Frame) -> ClosingShown {
    let closing = seen.closing(side);
    let lapsed = closing.is_some_and(|closing| closing.hash != seen.hash) && !seen.is_settled;
    let closed = closing.map(|closing| {
        let lapsed = if lapsed { "; the record has changed since, so it has to be closed again" } else { "" };
        format!("closed by {}, {}{lapsed}", closing.who, frame.date_time(closing.at))
    });
    let may_close = seen.is_over && !seen.is_settled && (closing.is_none() || lapsed) && who.may_close(side).is_ok();
    let reopen_asked = closing.is_some_and(|closing| closing.reopen_asked);
    ClosingShown { key: side_key(side), name: side_name(side), closed, reopen_asked, may_close }
}

#[derive(Debug, Deserialize)]
struct WaiverForm {
    promise: String,
    reason: String,
    clock_id: Option<i64>,
    /// Where to go on.
    back: Option<String>,
}

async fn waive(
    State(office): State<Office>,
    session: Session,
    frame: Frame,
    Path(period): Path<String>,
    Form(form): Form<WaiverForm>,
) -> Result<Response, AppError> {
    let versions = office.versions().await?;
    let author = write::author(&office, &frame.actor).await?;
    let mut tx = office.facts().write().await?;
    let who = speaker(tx.conn(), &frame.actor, author).await?;
    let new = NewWaiver { promise: Some(form.promise), period: Some(period.clone()), clock_id: form.clock_id, reason: form.reason };
    let id = waivers::waive(&mut tx, &who, &versions, new).await?;
    tx.commit().await?;
    office.tell(News::Record { tables: vec!["waivers".into()] });
    let back = form.back.filter(|path| path.starts_with("/promises/")).unwrap_or_else(|| format!("/promises/{period}"));
    redirect(&session, &back, "Waived.", Some(format!("/promises/waivers/{id}/revocation"))).await
}

async fn revoke(State(office): State<Office>, session: Session, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let author = write::author(&office, &frame.actor).await?;
    let mut tx = office.facts().write().await?;
    let who = speaker(tx.conn(), &frame.actor, author).await?;
    let waiver = waivers::revoke(&mut tx, &who, id).await?;
    tx.commit().await?;
    office.tell(News::Record { tables: vec!["waivers".into()] });
    redirect(&session, &format!("/promises/{}", waiver.period), "The waiver is taken back.", None).await
}

#[derive(Debug, Deserialize)]
struct ClosingForm {
    side: String,
    hash: String,
}

async fn close(
    State(office): State<Office>,
    session: Session,
    frame: Frame,
    Path(period): Path<String>,
    Form(form): Form<ClosingForm>,
) -> Result<Response, AppError> {
    let period = waivers::month(&period)?;
    let side = side_of(&form.side).ok_or_else(|| AppError::refused("side: write marketing or sales"))?;
    let versions = office.versions().await?;
    let author = write::author(&office, &frame.actor).await?;
    let mut tx = office.facts().write().await?;
    let who = speaker(tx.conn(), &frame.actor, author).await?;
    let closed = settlement::close(&mut tx, &who, &versions, period, side, Some(&form.hash)).await?;
    tx.commit().await?;
    office.tell(News::Record { tables: vec!["settlements".into()] });
    redirect(&session, &format!("/promises/{period}"), closed.words(), None).await
}

#[derive(Debug, Deserialize)]
struct ReopeningForm {
    side: Option<String>,
    reason: String,
}

async fn reopen(
    State(office): State<Office>,
    session: Session,
    frame: Frame,
    Path(period): Path<String>,
    Form(form): Form<ReopeningForm>,
) -> Result<Response, AppError> {
    let period = waivers::month(&period)?;
    let side = form.side.as_deref().and_then(side_of);
    let author = write::author(&office, &frame.actor).await?;
    let mut tx = office.facts().write().await?;
    let who = speaker(tx.conn(), &frame.actor, author).await?;
    let is_open = settlement::reopen(&mut tx, &who, period, side, &form.reason).await?;
    tx.commit().await?;
    office.tell(News::Record { tables: vec!["settlements".into()] });
    let words = if is_open { "The month is open again." } else { "Asked for. The month is opened again when the other side asks too." };
    redirect(&session, &format!("/promises/{period}"), words, None).await
}

#[derive(Template)]
#[template(path = "promises/trend.html")]
struct TrendPart {
    trends: Vec<Trend>,
}

async fn trend_part(State(office): State<Office>, frame: Frame, Asked(query): Asked<MonthQuery>) -> Result<Page<TrendPart>, AppError> {
    let last = match query.period.as_deref() {
        Some(text) => waivers::month(text)?,
        None => Month::of(frame.now, &frame.zone),
    };
    let ledgers = trend::ledgers(&office, last, frame.now).await?;
    Ok(Page(TrendPart { trends: trend::trends(&ledgers) }))
}

#[derive(Template)]
#[template(path = "promises/strip.html")]
struct Strip {
    name: String,
    lines: Vec<LineShown>,
    sum: String,
}

/// For the first page: what is at risk or broken this month, of the asker's own side where they have one.
async fn strip(State(office): State<Office>, frame: Frame) -> Result<Page<Strip>, AppError> {
    let period = Month::of(frame.now, &frame.zone);
    let ledger = super::ledger(&office, period, frame.now).await?;
    let mine = match frame.actor.role {
        Role::Marketing => Some(Side::Marketing),
        Role::Sales => Some(Side::Sales),
        _ => None,
    };
    let mut lines = lines_shown(&ledger);
    lines.retain(|line| mine.is_none_or(|side| line.promise.side == side));
    let sum = sum(&lines);
    lines.retain(|line| line.line.status.standing() < 2);
    Ok(Page(Strip { name: period.name(), lines, sum }))
}
