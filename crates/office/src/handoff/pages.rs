//! The desk: the inbox beside the whole story of one lead.

use alignment::{
    agreement::ReasonFor,
    lifecycle::{Side, Stage},
};
use askama::Template;
use axum::extract::{Path, State};
use facts::{handoff::inbox::InboxRow, list::Turn, users};
use serde::Deserialize;

use super::{
    Acting, actions, due,
    inbox::{self, TABS, Whose},
    marketing_page, rights,
    story::{self, Story},
};
use crate::{
    Office,
    api::Asked,
    ui::{Frame, format, known, url},
    web::{Allow, AppError, Endpoint, Page},
};

pub fn endpoints() -> Vec<Endpoint> {
    let mut all = vec![
        Endpoint::get("/handoff", Allow::SignedIn, first),
        Endpoint::get("/handoff/marketing", Allow::SignedIn, marketing_page::page),
        Endpoint::get("/handoff/{id}", Allow::SignedIn, one),
    ];
    all.extend(actions::endpoints());
    all
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeskQuery {
    tab: Option<String>,
    whose: Option<String>,
    cursor: Option<String>,
    /// Cursor in the lead's history.
    before: Option<String>,
}

/// Leads of a page of the inbox.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "handoff/desk.html")]
pub struct DeskPage {
    frame: Frame,
    /// A lead's own address, where a phone shows it instead of the inbox.
    one: bool,
    tab: &'static inbox::TabName,
    whose: &'static str,
    tabs: Vec<TabView>,
    scopes: Vec<(&'static str, String, bool)>,
    under: String,
    items: Vec<ItemView>,
    more: Option<String>,
    start: Option<String>,
    here: String,
    story: Option<Story>,
    /// Address of the lead after this one, and of the one before.
    next: Option<String>,
    previous: Option<String>,
    next_id: i64,
    reject_reasons: Vec<(String, String)>,
    recycle_reasons: Vec<(String, String)>,
    loss_reasons: Vec<(String, String)>,
    owners: Vec<(i64, String)>,
    reviews: bool,
    return_date: String,
}

pub struct TabView {
    pub name: &'static str,
    pub address: String,
    pub count: String,
    pub here: bool,
}

pub struct ItemView {
    pub id: i64,
    pub address: String,
    pub name: String,
    pub detail: String,
    pub due: String,
    pub class: &'static str,
    pub owner: String,
    pub here: bool,
}

async fn first(State(office): State<Office>, frame: Frame, Asked(query): Asked<DeskQuery>) -> Result<Page<DeskPage>, AppError> {
    desk(&office, frame, query, None).await
}

async fn one(
    State(office): State<Office>,
    frame: Frame,
    Path(id): Path<i64>,
    Asked(query): Asked<DeskQuery>,
) -> Result<Page<DeskPage>, AppError> {
    desk(&office, frame, query, Some(id)).await
}

async fn desk(office: &Office, frame: Frame, query: DeskQuery, id: Option<i64>) -> Result<Page<DeskPage>, AppError> {
    let acting = Acting::of(office, &frame.actor).await?;
    let tab = inbox::tab(query.tab.as_deref())?;
    let whose = Whose::parse(query.whose.as_deref(), &frame.actor)?;
    let mut record = office.facts().read().await?;
    let turn = Turn { cursor: query.cursor.as_deref().filter(|text| !text.is_empty()), limit: SHOWN };
    let page = inbox::list(record.conn(), &frame.actor, tab.tab, whose, turn).await?;
    let shown = id.or(page.items.first().map(|row| row.id));
    let story = match shown {
        Some(lead) => Some(story::of(&mut record, &frame, &acting, lead, query.before.as_deref()).await?),
        None => None,
    };
    let connection = record.conn();
    let mut tabs = Vec::new();
    let mut under = String::new();
    for other in &TABS {
        let waiting = inbox::waiting(connection, &frame.actor, other.tab, whose, frame.now).await?;
        if other.tab == tab.tab {
            under = under_words(waiting);
        }
        tabs.push(TabView {
            name: other.name,
            address: address(None, other.key, whose, None),
            count: counted(waiting.found),
            here: other.tab == tab.tab,
        });
    }
    let to = |row: &InboxRow| address(Some(row.id), tab.key, whose, query.cursor.as_deref());
    let at = page.items.iter().position(|row| Some(row.id) == shown);
    let next = match at {
        Some(at) => page.items.get(at + 1),
        None => page.items.first(),
    };
    let previous = at.and_then(|at| at.checked_sub(1)).and_then(|before| page.items.get(before));
    let agreement = acting.agreement();
    Ok(Page(DeskPage {
        one: id.is_some(),
        tab,
        whose: whose.key(),
        tabs,
        scopes: Whose::ALL.iter().map(|(other, _, name)| (*name, address(None, tab.key, *other, None), *other == whose)).collect(),
        under,
        next: next.map(&to),
        next_id: next.or(previous).map_or(0, |row| row.id),
        previous: previous.map(&to),
        more: page.next.as_deref().map(|cursor| address(None, tab.key, whose, Some(cursor))),
        start: query.cursor.as_ref().map(|_| address(None, tab.key, whose, None)),
        here: address(id, tab.key, whose, query.cursor.as_deref()),
        items: page.items.iter().map(|row| item(row, to(row), shown, whose, &frame)).collect(),
        reject_reasons: story::reasons(agreement, ReasonFor::Rejection),
        recycle_reasons: story::reasons(agreement, ReasonFor::Recycle),
        loss_reasons: story::reasons(agreement, ReasonFor::Loss),
        owners: users::names(connection).await?,
        reviews: rights::reviews(frame.actor.role, agreement),
        return_date: format::iso_date(alignment::Instant(frame.now.0 + 90 * 86_400_000_000), &frame.zone),
        story,
        frame,
    }))
}

/// Of the desk, or of one lead at it.
pub fn address(lead: Option<i64>, tab: &str, whose: Whose, cursor: Option<&str>) -> String {
    let path = lead.map_or_else(|| "/handoff".to_owned(), |id| format!("/handoff/{id}"));
    url::with(&path, [("tab", tab), ("whose", whose.key()), ("cursor", cursor.unwrap_or_default())])
}

fn item(row: &InboxRow, address: String, shown: Option<i64>, whose: Whose, frame: &Frame) -> ItemView {
    let company = row.company_name.clone();
    let detail = match (row.job_title.clone(), company) {
        (Some(title), Some(company)) => format!("{title}, {company}"),
        (title, company) => title.or(company).or_else(|| row.source.as_deref().map(known::words)).unwrap_or_default(),
    };
    let waits = row.queue.clone().filter(|_| row.owner_id.is_none());
    ItemView {
        id: row.id,
        address,
        name: row.person_name.clone().or_else(|| row.person_email.clone()).unwrap_or_else(|| format!("Person {}", row.person_id)),
        detail,
        due: due::short(row.due_at, frame),
        class: due::class(row.due_at, frame.now),
        owner: if whose == Whose::Mine { String::new() } else { row.owner_name.clone().or(waits).unwrap_or_else(|| "nobody’s".into()) },
        here: Some(row.id) == shown,
    }
}

fn counted(found: i64) -> String {
    if found >= facts::handoff::inbox::COUNTED_MAX { "1,000+".into() } else { format::count(found.max(0) as u64) }
}

fn under_words(waiting: facts::handoff::inbox::Waiting) -> String {
    let leads = if waiting.found == 1 { "lead" } else { "leads" };
    let mut words = format!("{} {leads}", counted(waiting.found));
    for (count, what) in [(waiting.late, "late"), (waiting.due, "due within the hour")] {
        if count > 0 {
            words.push_str(&format!(", {} {what}", format::count(count.unsigned_abs())));
        }
    }
    words
}

impl DeskPage {
    fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

/// A stage's tag, in the colour of the side that owns it.
pub fn tag(stage: &Stage) -> &'static str {
    match stage.definition().owner {
        Side::Marketing => "tag marketing",
        Side::Sales => "tag sales",
        Side::Success => "tag success",
    }
}

/// What a new deal of the lead is called unless somebody says otherwise.
pub fn deal_name(lead: &facts::leads::LeadRow) -> String {
    lead.company_name.clone().or_else(|| lead.person_name.clone()).unwrap_or_default()
}
