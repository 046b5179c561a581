//! Drafts as pages: the list, one draft with what it changes, its TOML, and what can be done with it.

use alignment::{
    Instant,
    agreement::{Agreement, Difference, diff},
};
use askama::Template;
use axum::{
    Form,
    extract::{Multipart, Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use tower_sessions::Session;

use super::{
    By,
    by::side_key,
    drafts::{self, Draft, Start},
    form::{SECTIONS, Section},
    signing,
};
use crate::{
    Office,
    office::News,
    ui::{Frame, format},
    web::{Allow, AppError, Endpoint, Page, redirect},
};

pub fn endpoints() -> Vec<Endpoint> {
    let all = Allow::SignedIn;
    vec![
        Endpoint::get("/agreement/drafts", all, list),
        Endpoint::post("/agreement/drafts", all, start),
        Endpoint::get("/agreement/drafts/{id}", all, one),
        Endpoint::get("/agreement/drafts/{id}/text", all, text),
        Endpoint::post("/agreement/drafts/{id}/text", all, set_text),
        Endpoint::get("/agreement/drafts/{id}/download", all, download),
        Endpoint::post("/agreement/drafts/{id}/effect", all, set_effect),
        Endpoint::post("/agreement/drafts/{id}/taking-over", all, take_over),
        Endpoint::post("/agreement/drafts/{id}/withdrawal", all, withdraw),
        Endpoint::post("/agreement/drafts/{id}/reopening", all, reopen),
        Endpoint::get("/agreement/compare", all, compare),
    ]
}

#[derive(Template)]
#[template(path = "agreement/drafts.html")]
struct DraftsPage {
    open: Vec<DraftShown>,
    closed: Vec<DraftShown>,
    open_max: usize,
    is_first: bool,
    wrong: Option<String>,
    frame: Frame,
}

pub(super) struct DraftShown {
    pub id: i64,
    pub note: String,
    pub by: String,
    pub base: i64,
    pub edited: String,
    pub state: &'static str,
    pub class: &'static str,
    pub signed: String,
    pub changes: String,
}

pub(super) fn shown(draft: &Draft, frame: &Frame, last_number: u32, against: &Agreement) -> DraftShown {
    let row = &draft.row;
    let (state, class) = match row.state.as_str() {
        "signed" => ("signed", "good"),
        "withdrawn" => ("withdrawn", ""),
        _ if draft.is_outdated(last_number) => ("outdated", "warn"),
        _ if draft.signatures.is_empty() => ("open", ""),
        _ => ("waits for a signature", "warn"),
    };
    let signed: Vec<_> = draft.signatures.iter().map(signature_words).collect();
    DraftShown {
        id: row.id,
        note: row.note.clone().unwrap_or_else(|| format!("Draft {}", row.id)),
        by: row.author_name.clone().unwrap_or_else(|| "command line".into()),
        base: row.base,
        edited: frame.date_time(Instant(row.edited_at)),
        state,
        class,
        signed: if signed.is_empty() { "nobody yet".into() } else { signed.join(", ") },
        changes: format::plural(diff(against, &draft.agreement).len() as u64, "change", "changes"),
    }
}

/// "Ana for marketing", "Rui for Ana (sales)".
pub(super) fn signature_words(signature: &facts::drafts::SignatureRow) -> String {
    match &signature.deputy_of_name {
        Some(head) => format!("{} for {head} ({})", signature.user_name, signature.side),
        None => format!("{} ({})", signature.user_name, signature.side),
    }
}

async fn list_page(office: &Office, frame: Frame, wrong: Option<String>) -> Result<DraftsPage, AppError> {
    let versions = office.versions().await?;
    let last = versions.last_number();
    let (open, closed) = drafts::list(office, false).await?.into_iter().partition::<Vec<_>, _>(Draft::is_open);
    let all = |drafts: Vec<Draft>| -> Vec<DraftShown> {
        let base = |draft: &Draft| versions.number(draft.row.base as u32).map_or(&frame.agreement.agreement, |version| &version.agreement);
        drafts.iter().map(|draft| shown(draft, &frame, last, base(draft))).collect()
    };
    Ok(DraftsPage { open: all(open), closed: all(closed), open_max: drafts::OPEN_MAX, is_first: last <= 1, wrong, frame })
}

async fn list(State(office): State<Office>, frame: Frame) -> Result<Page<DraftsPage>, AppError> {
    Ok(Page(list_page(&office, frame, None).await?))
}

#[derive(Deserialize)]
struct StartForm {
    #[serde(default)]
    from: String,
    #[serde(default)]
    note: String,
}

async fn start(State(office): State<Office>, session: Session, frame: Frame, Form(form): Form<StartForm>) -> Result<Response, AppError> {
    let by = By::now(&office, &frame.actor).await?;
    let from = if form.from == "proposal" { Start::Proposal } else { Start::InForce };
    let mut tx = office.facts().write().await?;
    match drafts::start(&mut tx, &by, from, &form.note).await {
        Ok(id) => {
            tx.commit().await?;
            tell(&office);
            let undo = Some(format!("/agreement/drafts/{id}/withdrawal"));
            redirect(&session, &format!("/agreement/drafts/{id}"), "The draft is started.", undo).await
        }
        Err(AppError::Conflict(words)) => {
            drop(tx);
            Ok((StatusCode::CONFLICT, Page(list_page(&office, frame, Some(words)).await?)).into_response())
        }
        Err(other) => Err(other),
    }
}

pub(super) fn tell(office: &Office) {
    office.tell(News::Record { tables: vec!["agreement_drafts".into(), "agreements".into()] });
}

#[derive(Template)]
#[template(path = "agreement/draft.html")]
struct DraftPage {
    draft: DraftShown,
    edits: i64,
    is_open: bool,
    is_outdated: bool,
    is_withdrawn: bool,
    last_number: u32,
    number: Option<i64>,
    sections: Vec<(&'static Section, usize)>,
    differences: Vec<Difference>,
    faults: Vec<(String, String)>,
    backtest: Option<String>,
    effect: String,
    effect_typed: String,
    frame: Frame,
}

async fn one(State(office): State<Office>, frame: Frame, Path(id): Path<i64>) -> Result<Page<DraftPage>, AppError> {
    let draft = drafts::one(&office, id).await?;
    let versions = office.versions().await?;
    let last_number = versions.last_number();
    let base = versions.number(draft.row.base as u32).unwrap_or(&frame.agreement).agreement.clone();
    let differences = diff(&base, &draft.agreement);
    let faults = signing::faults(&draft).into_iter().map(|fault| (fault.clause, fault.words)).collect();
    let in_section = |section: &Section| {
        let within =
            |clause: &str| section.fields.iter().any(|field| clause == field.path || clause.starts_with(&format!("{}.", field.path)));
        differences.iter().filter(|difference| within(&difference.clause)).count()
    };
    let backtest = facts::drafts::backtest(&mut *office.facts().reader().await?, id).await?;
    let backtest = backtest.map(|saved| {
        let stale = if saved.hash == draft.row.hash { "" } else { ", of an earlier text" };
        format!("made {}{stale}", frame.date_time(Instant(saved.recorded_at)))
    });
    Ok(Page(DraftPage {
        edits: draft.row.edits,
        is_open: draft.is_open(),
        is_outdated: draft.is_outdated(last_number),
        is_withdrawn: draft.row.state == "withdrawn",
        last_number,
        number: draft.row.number,
        sections: SECTIONS.iter().map(|section| (section, in_section(section))).collect(),
        faults,
        backtest,
        effect: effect(&draft, &frame),
        effect_typed: draft.row.effective_at.map_or_else(String::new, |at| Instant(at).to_string()),
        draft: shown(&draft, &frame, last_number, &base),
        differences,
        frame,
    }))
}

pub(super) fn effect(draft: &Draft, frame: &Frame) -> String {
    draft.row.effective_at.map_or_else(|| "at the second signature".into(), |at| frame.date_time(Instant(at)))
}

#[derive(Template)]
#[template(path = "agreement/text.html")]
struct TextPage {
    id: i64,
    edits: i64,
    text: String,
    may_save: bool,
    faults: Vec<(String, String)>,
    wrong: Option<String>,
    frame: Frame,
}

async fn text(State(office): State<Office>, frame: Frame, Path(id): Path<i64>) -> Result<Page<TextPage>, AppError> {
    let draft = drafts::one(&office, id).await?;
    let faults = signing::faults(&draft).into_iter().map(|fault| (fault.clause, fault.words)).collect();
    let (edits, may_save) = (draft.row.edits, draft.is_open());
    Ok(Page(TextPage { id, edits, text: draft.row.text, may_save, faults, wrong: None, frame }))
}

/// The text as typed, or as the file says where one was chosen.
async fn set_text(
    State(office): State<Office>,
    session: Session,
    frame: Frame,
    Path(id): Path<i64>,
    mut parts: Multipart,
) -> Result<Response, AppError> {
    let (mut text, mut seen) = (String::new(), -1);
    let refused = |error: axum::extract::multipart::MultipartError| AppError::refused(error.body_text());
    while let Some(part) = parts.next_field().await.map_err(refused)? {
        let name = part.name().unwrap_or_default().to_owned();
        let value = part.text().await.map_err(refused)?;
        match name.as_str() {
            "edits" => seen = value.parse().unwrap_or(-1),
            "file" if value.trim().is_empty() => {}
            "text" | "file" => text = value.replace("\r\n", "\n"),
            _ => {}
        }
    }
    let by = By::now(&office, &frame.actor).await?;
    let saved = match drafts::read(&text) {
        Ok(agreement) => {
            let mut tx = office.facts().write().await?;
            match drafts::edit(&mut tx, &by, id, seen, &agreement).await {
                Ok(differences) => {
                    tx.commit().await?;
                    Ok(differences.len())
                }
                Err(error) => Err(error),
            }
        }
        Err(error) => Err(error),
    };
    match saved {
        Ok(changes) => {
            tell(&office);
            let words = match changes {
                0 => "Nothing was changed.".to_owned(),
                changes => format!("Saved: {}.", format::plural(changes as u64, "change", "changes")),
            };
            redirect(&session, &format!("/agreement/drafts/{id}"), &words, None).await
        }
        Err(error) => {
            let words = beside(error)?;
            let draft = drafts::one(&office, id).await?;
            let page =
                TextPage { id, edits: draft.row.edits, text, may_save: draft.is_open(), faults: Vec::new(), wrong: Some(words), frame };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
        }
    }
}

/// What is said beside what was typed, which is kept.
pub(super) fn beside(error: AppError) -> Result<String, AppError> {
    match error {
        AppError::Refused(words) | AppError::Conflict(words) | AppError::Forbidden(words) => Ok(words),
        other => Err(other),
    }
}

async fn download(State(office): State<Office>, Path(id): Path<i64>) -> Result<Response, AppError> {
    let draft = drafts::one(&office, id).await?;
    Ok(toml_file(&format!("agreement-draft-{id}.toml"), draft.row.text))
}

pub(super) fn toml_file(name: &str, text: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, "application/toml; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)], text)
        .into_response()
}

#[derive(Deserialize)]
struct EffectForm {
    #[serde(default)]
    edits: i64,
    #[serde(default)]
    effective_at: String,
}

async fn set_effect(
    State(office): State<Office>,
    session: Session,
    frame: Frame,
    Path(id): Path<i64>,
    Form(form): Form<EffectForm>,
) -> Result<Response, AppError> {
    let at = match form.effective_at.trim() {
        "" => None,
        text => Some(in_zone(text, &frame)?),
    };
    let by = By::now(&office, &frame.actor).await?;
    let mut tx = office.facts().write().await?;
    drafts::set_effective(&mut tx, &by, id, form.edits, at).await?;
    tx.commit().await?;
    redirect(&session, &format!("/agreement/drafts/{id}"), "Saved when it is to take effect.", None).await
}

/// A day is its beginning in the Agreement's zone; an instant is itself.
pub(super) fn in_zone(text: &str, frame: &Frame) -> Result<Instant, AppError> {
    if let Ok(day) = text.parse::<jiff::civil::Date>()
        && text.len() == 10
        && let Ok(at) = day.to_zoned(frame.zone.clone())
    {
        return Ok(Instant::from_timestamp(at.timestamp()));
    }
    text.parse().map_err(|error| AppError::refused(format!("{error}")))
}

#[derive(Deserialize)]
struct EditsForm {
    #[serde(default)]
    edits: i64,
}

async fn take_over(
    State(office): State<Office>,
    session: Session,
    frame: Frame,
    Path(id): Path<i64>,
    Form(form): Form<EditsForm>,
) -> Result<Response, AppError> {
    let by = By::now(&office, &frame.actor).await?;
    let mut tx = office.facts().write().await?;
    let both = drafts::take_over(&mut tx, &by, id, form.edits).await?;
    tx.commit().await?;
    let words = match both.as_slice() {
        [] => "The new version’s text is taken over, and your changes are kept.".to_owned(),
        both => format!("The new version’s text is taken over. Both changed {}: the draft’s wording stands.", both.join(", ")),
    };
    redirect(&session, &format!("/agreement/drafts/{id}"), &words, None).await
}

async fn withdraw(State(office): State<Office>, session: Session, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let by = By::now(&office, &frame.actor).await?;
    let mut tx = office.facts().write().await?;
    drafts::withdraw(&mut tx, &by, id).await?;
    tx.commit().await?;
    let undo = Some(format!("/agreement/drafts/{id}/reopening"));
    redirect(&session, "/agreement/drafts", &format!("Draft {id} is withdrawn."), undo).await
}

async fn reopen(State(office): State<Office>, session: Session, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let by = By::now(&office, &frame.actor).await?;
    let mut tx = office.facts().write().await?;
    drafts::reopen(&mut tx, &by, id).await?;
    tx.commit().await?;
    redirect(&session, &format!("/agreement/drafts/{id}"), &format!("Draft {id} is open again."), None).await
}

#[derive(Deserialize)]
struct CompareQuery {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

#[derive(Template)]
#[template(path = "agreement/compare.html")]
struct ComparePage {
    from: String,
    to: String,
    choices: Vec<(String, String)>,
    differences: Vec<Difference>,
    frame: Frame,
}

async fn compare(State(office): State<Office>, frame: Frame, Query(query): Query<CompareQuery>) -> Result<Page<ComparePage>, AppError> {
    let versions = office.versions().await?;
    let drafts = drafts::list(&office, false).await?;
    let mut choices: Vec<_> =
        versions.iter().rev().map(|version| (format!("v{}", version.number), format!("Version {}", version.number))).collect();
    choices.extend(drafts.iter().map(|draft| (format!("d{}", draft.row.id), format!("Draft {} ({})", draft.row.id, draft.row.state))));
    let or = |text: String, default: String| if text.is_empty() { default } else { text };
    let last = versions.last_number();
    let (from, to) = (or(query.from, format!("v{}", last.saturating_sub(1).max(1))), or(query.to, format!("v{last}")));
    let differences = diff(&text_of(&office, &from).await?, &text_of(&office, &to).await?);
    Ok(Page(ComparePage { from, to, choices, differences, frame }))
}

/// `v2` is version 2, `d7` draft 7.
pub async fn text_of(office: &Office, name: &str) -> Result<Agreement, AppError> {
    let unknown = || AppError::NotFound(format!("There is no text `{name}`: write v2 for version 2, d7 for draft 7."));
    match (name.get(..1), name.get(1..).and_then(|number| number.parse::<i64>().ok())) {
        (Some("v"), Some(number)) => {
            office.versions().await?.number(number as u32).map(|version| version.agreement.clone()).ok_or_else(unknown)
        }
        (Some("d"), Some(id)) => Ok(drafts::one(office, id).await?.agreement),
        _ => Err(unknown()),
    }
}

/// Whether this actor has signed, for pages.
pub(super) fn signed_by_me(draft: &Draft, frame: &Frame, side: alignment::lifecycle::Side) -> bool {
    let me = frame.actor.user.map(|user| user.0);
    draft.signatures.iter().any(|signature| signature.side == side_key(side) && Some(signature.user_id) == me)
}
