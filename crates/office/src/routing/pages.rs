//! The page of routing: what waits to be placed, how pools share, who is away, and the log of decisions; and the replay.

use alignment::{Instant, instant::MICROS_PER_DAY};
use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};
use facts::{
    list::Turn,
    routing::{self as record, AbsenceRow, AssignmentRow, QueueRow},
};
use serde::Deserialize;
use tower_sessions::Session;

use super::{
    AbsenceFields,
    absences::is_lead,
    api::{ASSIGNERS, ReplayAnswer, ReplayQuery, replayed},
    known,
    log::{LogQuery, MemberShare, PoolShares, shares},
    replay,
};
use crate::{
    Actor, Office, Role,
    api::{Asked, ask, write},
    leads::pages::{chips, select, stage_name},
    lists::{Filter, Place, view},
    office::News,
    ui::{Frame, format},
    web::{Allow, AppError, Endpoint, Page, redirect},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/routing", Allow::SignedIn, page),
        Endpoint::get("/routing/replay", Allow::SignedIn, replay_page),
        Endpoint::post("/routing/leads/{id}/assignment", ASSIGNERS, assign),
        Endpoint::post("/routing/absences", ASSIGNERS, add_absence),
        Endpoint::post("/routing/absences/{id}/revocation", ASSIGNERS, revoke_absence),
    ]
}

/// Leads of the queue on the page; the API has the rest.
const QUEUE_SHOWN: usize = 50;
const WAITING_COUNTED_MAX: i64 = 10_000;

#[derive(Template)]
#[template(path = "routing/page.html")]
struct RoutingPage {
    frame: Frame,
    queue: Vec<QueueRow>,
    waiting: String,
    pools: Vec<PoolShares>,
    absences: Vec<AbsenceRow>,
    log: Vec<AssignmentRow>,
    filters: Vec<Filter>,
    chips: Vec<(String, String)>,
    place: Place,
    next: Option<String>,
    /// Users to whom leads can be given: (id, name).
    people: Vec<(i64, String)>,
    me: Option<i64>,
    may_assign: bool,
    may_all: bool,
    has_rules: bool,
    today: String,
    tomorrow: String,
}

impl RoutingPage {
    fn lead_name(&self, person: &Option<String>, email: &Option<String>, lead: &i64) -> String {
        person.clone().or_else(|| email.clone()).unwrap_or_else(|| format!("Lead {lead}"))
    }

    fn stage(&self, key: &str) -> &'static str {
        stage_name(key)
    }

    fn at(&self, at: &i64) -> String {
        self.frame.date_time(Instant(*at))
    }

    fn share(&self, member: &MemberShare) -> String {
        format::fixed(member.by_weight, 1)
    }

    /// One's own; a leader anybody's.
    fn may_revoke(&self, absence: &AbsenceRow) -> bool {
        self.may_all || (self.may_assign && absence.kind == "absence" && self.me == Some(absence.user_id))
    }
}

async fn page(State(office): State<Office>, frame: Frame, Asked(query): Asked<LogQuery>) -> Result<Page<RoutingPage>, AppError> {
    let mut read = office.facts().read().await?;
    let log = record::log(&mut read, &query.filter()?, ask::turn(&query.cursor, query.limit)?).await?;
    let queue = record::queue(&mut read, Turn { cursor: None, limit: QUEUE_SHOWN }).await?;
    let absences = record::absences(&mut read, None, frame.now.0, Turn::first()).await?;
    let waiting = record::waiting(read.conn(), WAITING_COUNTED_MAX).await?;
    let pools = shares(read.conn(), &frame.agreement.agreement, frame.now).await?;
    let users = record::reps(read.conn()).await?;
    let rules = record::rules(read.conn()).await?;
    let people: Vec<(i64, String)> = users.into_iter().filter(known::takes_leads).map(|user| (user.id, user.name)).collect();
    let place = place(&query);
    let pool_names = frame.agreement.agreement.routing.pools.iter().map(|pool| (pool.key.clone(), pool.name.clone())).collect();
    let queues = vec![("any".to_owned(), "Went to a queue".to_owned())];
    let filters = vec![
        select(&place, "owner", "Owner", view::choices("Any owner", view::named(people.clone()), false)),
        select(&place, "rule", "Rule", view::choices("Any rule", view::plain(rules), false)),
        select(&place, "pool", "Pool", view::choices("Any pool", pool_names, false)),
        select(&place, "queue", "Queue", view::choices("Owner or queue", queues, false)),
    ];
    Ok(Page(RoutingPage {
        queue: queue.items,
        waiting: waiting_words(waiting),
        pools,
        absences: absences.items,
        log: log.items,
        filters,
        chips: chips(&place, &[("lead", "Lead")]),
        next: log.next.map(|cursor| place.page(&cursor)),
        place,
        people,
        me: frame.actor.user.map(|user| user.0),
        may_assign: frame.actor.role != Role::Marketing,
        may_all: is_lead(&frame.actor),
        has_rules: !frame.agreement.agreement.routing.rules.is_empty(),
        today: format::iso_date(frame.now, &frame.zone),
        tomorrow: format::iso_date(frame.now.plus_micros(MICROS_PER_DAY), &frame.zone),
        frame,
    }))
}

fn waiting_words(waiting: i64) -> String {
    match waiting {
        WAITING_COUNTED_MAX => "10,000 or more".to_owned(),
        waiting => format::count(waiting.max(0) as u64),
    }
}

fn place(query: &LogQuery) -> Place {
    let query = query.clone();
    Place::new(
        "/routing",
        [
            ("lead", query.lead),
            ("owner", query.owner),
            ("rule", query.rule),
            ("pool", query.pool),
            ("queue", query.queue),
            ("cursor", query.cursor),
        ],
    )
}

#[derive(Deserialize)]
struct AssignForm {
    owner_id: i64,
    #[serde(default)]
    note: String,
}

async fn assign(
    State(office): State<Office>,
    session: Session,
    frame: Frame,
    Path(id): Path<i64>,
    Form(form): Form<AssignForm>,
) -> Result<Response, AppError> {
    let given = give(&office, &frame, id, &form).await;
    say(&session, given.map(|words| (words, None))).await
}

async fn give(office: &Office, frame: &Frame, id: i64, form: &AssignForm) -> Result<String, AppError> {
    let versions = office.versions().await?;
    let author = write::author(office, &frame.actor).await?;
    let mut tx = office.facts().write().await?;
    super::assign_and_sync(&mut tx, &author, &versions, id, form.owner_id, Some(&form.note)).await?;
    let lead = facts::leads::one(tx.conn(), id).await?;
    tx.commit().await?;
    office.tell(News::Record { tables: vec!["leads".into(), "assignments".into()] });
    let person = lead.person_name.or(lead.person_email).unwrap_or_else(|| format!("Lead {id}"));
    Ok(format!("{person} went to {}.", lead.owner_name.as_deref().unwrap_or("nobody")))
}

/// A refusal is for the one who sits there: they stay where they were.
async fn say(session: &Session, done: Result<(String, Option<String>), AppError>) -> Result<Response, AppError> {
    match done {
        Ok((words, undo)) => redirect(session, "/routing", &words, undo).await,
        Err(AppError::Refused(words) | AppError::Conflict(words)) => redirect(session, "/routing", &words, None).await,
        Err(other) => Err(other),
    }
}

#[derive(Deserialize)]
struct AbsenceForm {
    user_id: Option<i64>,
    /// Days in the Agreement's zone; both are away.
    first_day: String,
    last_day: String,
    #[serde(default)]
    note: String,
}

async fn add_absence(
    State(office): State<Office>,
    session: Session,
    frame: Frame,
    Form(form): Form<AbsenceForm>,
) -> Result<Response, AppError> {
    let added = put_in(&office, &frame, form).await;
    say(&session, added).await
}

/// What to say of it, and how to take it back.
async fn put_in(office: &Office, frame: &Frame, form: AbsenceForm) -> Result<(String, Option<String>), AppError> {
    let first = day_start("first day", &form.first_day, 0, frame)?;
    let end = day_start("last day", &form.last_day, 1, frame)?;
    if end <= first {
        return Err(AppError::refused("Last day away: it comes before the first day."));
    }
    if end <= frame.now {
        return Err(AppError::refused("Last day away: it is over already, and leads of that time were routed. Choose today or later."));
    }
    let fields = AbsenceFields { user_id: form.user_id, starts_at: first.to_string(), ends_at: end.to_string(), note: Some(form.note) };
    let author = write::author(office, &frame.actor).await?;
    let mut tx = office.facts().write().await?;
    let id = super::add_absence(&mut tx, &author, &frame.actor, fields).await?;
    let absence = record::absence(tx.conn(), id).await?;
    tx.commit().await?;
    office.tell(News::Record { tables: vec!["absences".into()] });
    let who = absence.user_name.unwrap_or_default();
    let words = format!("{who} gets no leads until {}.", frame.date_time(end));
    Ok((words, Some(format!("/routing/absences/{id}/revocation"))))
}

fn day_start(name: &str, text: &str, plus_days: i64, frame: &Frame) -> Result<Instant, AppError> {
    let refused = || AppError::refused(format!("{name}: `{text}` is no day; write 2026-12-24"));
    let date: jiff::civil::Date = text.trim().parse().map_err(|_| refused())?;
    let date = date.checked_add(jiff::Span::new().days(plus_days)).map_err(|_| refused())?;
    let zoned = date.to_zoned(frame.zone.clone()).map_err(|_| refused())?;
    Ok(Instant::from_timestamp(zoned.timestamp()))
}

async fn revoke_absence(State(office): State<Office>, session: Session, actor: Actor, Path(id): Path<i64>) -> Result<Response, AppError> {
    let author = write::author(&office, &actor).await?;
    let mut tx = office.facts().write().await?;
    super::revoke_absence(&mut tx, &author, &actor, id).await?;
    tx.commit().await?;
    office.tell(News::Record { tables: vec!["absences".into()] });
    redirect(&session, "/routing", "The absence is taken back; leads come again.", None).await
}

#[derive(Template)]
#[template(path = "routing/replay.html")]
struct ReplayPage {
    frame: Frame,
    month: String,
    month_name: String,
    /// `version-2` or `draft-7`, with what it is called.
    texts: Vec<(String, String)>,
    text: String,
    answer: ReplayAnswer,
}

impl ReplayPage {
    fn decisions(&self) -> String {
        format::plural(self.answer.decisions as u64, "decision", "decisions")
    }

    fn change(&self, then: &usize, now: &usize) -> String {
        format::signed(*now as f64 - *then as f64, 0)
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ReplayPageQuery {
    month: Option<String>,
    text: Option<String>,
}

async fn replay_page(
    State(office): State<Office>,
    frame: Frame,
    Asked(query): Asked<ReplayPageQuery>,
) -> Result<Page<ReplayPage>, AppError> {
    let versions = office.versions().await?;
    let drafts = facts::drafts::list(&mut *office.facts().reader().await?, true).await?;
    let mut texts: Vec<(String, String)> =
        drafts.iter().map(|draft| (format!("draft-{}", draft.id), draft_name(draft.id, draft.note.as_deref()))).collect();
    texts.extend(versions.iter().rev().map(|version| (format!("version-{}", version.number), format!("Version {}", version.number))));
    let text = ask::filled(&query.text).map_or_else(|| format!("version-{}", frame.agreement.number), str::to_owned);
    let month = ask::filled(&query.month).map_or_else(|| replay::last_month(frame.now, &frame.agreement.agreement), str::to_owned);
    let (version, draft) = match text.split_once('-') {
        Some(("version", number)) => (Some(number.to_owned()), None),
        Some(("draft", id)) => (None, Some(id.to_owned())),
        _ => return Err(AppError::refused(format!("text: `{text}` is neither a version nor a draft; choose one of the list"))),
    };
    let answer = replayed(&office, &ReplayQuery { month: Some(month.clone()), version, draft }).await?;
    let (from, _) = replay::month_span(&month, &frame.agreement.agreement)?;
    let month_name = format::month(from, &frame.zone);
    Ok(Page(ReplayPage { month, month_name, texts, text, answer, frame }))
}

fn draft_name(id: i64, note: Option<&str>) -> String {
    match note.map(str::trim).filter(|note| !note.is_empty()) {
        Some(note) => format!("Draft {id}: {note}"),
        None => format!("Draft {id}"),
    }
}
