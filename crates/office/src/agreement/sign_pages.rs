//! Signing a draft, and the history of what was signed.

use alignment::{
    Instant,
    agreement::{Agreement, Difference, diff},
};
use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};
use serde::Deserialize;
use tower_sessions::Session;

use super::{
    By,
    by::{SIDES, side_key, signing_side},
    draft_pages::{effect, signature_words, signed_by_me, tell, toml_file},
    drafts, heads,
    signing::{self, Seen, Signed},
};
use crate::{
    Office,
    ui::Frame,
    web::{Allow, AppError, Endpoint, Page, redirect},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/agreement/drafts/{id}/signature", Allow::SignedIn, page),
        Endpoint::post("/agreement/drafts/{id}/signature", Allow::SignedIn, sign),
        Endpoint::post("/agreement/drafts/{id}/signature/removal", Allow::SignedIn, take_back),
        Endpoint::get("/agreement/history", Allow::SignedIn, history),
        Endpoint::get("/agreement/versions/{id}", Allow::SignedIn, download),
    ]
}

#[derive(Template)]
#[template(path = "agreement/sign.html")]
struct SignPage {
    id: i64,
    note: String,
    hash: String,
    edits: i64,
    in_force: u32,
    effect: String,
    differences: Vec<Difference>,
    faults: Vec<(String, String)>,
    backtest: Option<(String, bool)>,
    is_open: bool,
    is_outdated: bool,
    sides: Vec<SideShown>,
    frame: Frame,
}

struct SideShown {
    key: &'static str,
    signed: Option<String>,
    mine: bool,
    may_sign: bool,
    /// Whom the reader would sign for.
    deputy_of: Option<String>,
    /// Who signs for this side.
    who: String,
}

async fn page(State(office): State<Office>, frame: Frame, Path(id): Path<i64>) -> Result<Page<SignPage>, AppError> {
    let draft = drafts::one(&office, id).await?;
    let versions = office.versions().await?;
    let newest = versions.number(versions.last_number()).unwrap_or(&frame.agreement);
    let faults: Vec<_> = signing::faults(&draft).into_iter().map(|fault| (fault.clause, fault.words)).collect();
    let is_outdated = draft.is_outdated(versions.last_number());
    let open = draft.is_open() && !is_outdated && faults.is_empty();
    let mut record = office.facts().reader().await?;
    let saved = facts::drafts::backtest(&mut record, id).await?;
    let sides = sides(&mut record, &draft, &frame, open).await?;
    Ok(Page(SignPage {
        id,
        note: draft.row.note.clone().unwrap_or_else(|| format!("Draft {id}")),
        hash: draft.row.hash.clone(),
        edits: draft.row.edits,
        in_force: newest.number,
        effect: effect(&draft, &frame),
        differences: diff(&newest.agreement, &draft.agreement),
        faults,
        backtest: saved.map(|saved| (frame.date_time(Instant(saved.recorded_at)), saved.hash == draft.row.hash)),
        is_open: draft.is_open(),
        is_outdated,
        sides,
        frame,
    }))
}

async fn sides(record: &mut facts::Connection, draft: &drafts::Draft, frame: &Frame, open: bool) -> Result<Vec<SideShown>, AppError> {
    let all = facts::drafts::heads(record).await?;
    let mut shown = Vec::new();
    for side in SIDES {
        let key = side_key(side);
        let head = all.iter().find(|head| head.side == key);
        let mine = match frame.actor.user {
            Some(user) => heads::signs_for(record, user.0, side, frame.now.0).await.ok(),
            None => None,
        };
        let signature = draft.signatures.iter().find(|signature| signature.side == key);
        shown.push(SideShown {
            key,
            signed: signature.map(|signature| format!("{}, {}", signature_words(signature), frame.date_time(Instant(signature.at)))),
            mine: signed_by_me(draft, frame, side),
            may_sign: open && signature.is_none() && mine.is_some(),
            deputy_of: mine
                .flatten()
                .and_then(|head_id| all.iter().find(|head| head.user_id == head_id))
                .map(|head| head.user_name.clone()),
            who: head.map_or_else(|| "nobody is named head yet".into(), |head| head.user_name.clone()),
        });
    }
    Ok(shown)
}

#[derive(Deserialize)]
struct SignForm {
    #[serde(default)]
    side: String,
    #[serde(default)]
    hash: String,
    #[serde(default)]
    edits: i64,
}

async fn sign(
    State(office): State<Office>,
    session: Session,
    frame: Frame,
    Path(id): Path<i64>,
    Form(form): Form<SignForm>,
) -> Result<Response, AppError> {
    let by = By::now(&office, &frame.actor).await?;
    let mut tx = office.facts().write().await?;
    let signed = signing::sign(&mut tx, &by, id, signing_side(&form.side)?, Seen { hash: &form.hash, edits: form.edits }).await?;
    tx.commit().await?;
    tell(&office);
    match signed {
        Signed::Version(number) => {
            redirect(&session, "/agreement/history", &format!("Both teams have signed: this is version {number}."), None).await
        }
        Signed::Waiting => {
            let undo = Some(format!("/agreement/drafts/{id}/signature/removal?side={}", form.side));
            redirect(&session, &format!("/agreement/drafts/{id}/signature"), "You have signed. The other team signs next.", undo).await
        }
    }
}

#[derive(Deserialize)]
struct SideQuery {
    #[serde(default)]
    side: String,
}

async fn take_back(
    State(office): State<Office>,
    session: Session,
    frame: Frame,
    Path(id): Path<i64>,
    axum::extract::Query(query): axum::extract::Query<SideQuery>,
) -> Result<Response, AppError> {
    let by = By::now(&office, &frame.actor).await?;
    let mut tx = office.facts().write().await?;
    signing::take_back(&mut tx, &by, id, signing_side(&query.side)?).await?;
    tx.commit().await?;
    tell(&office);
    redirect(&session, &format!("/agreement/drafts/{id}/signature"), "The signature is taken back.", None).await
}

#[derive(Template)]
#[template(path = "agreement/history.html")]
struct HistoryPage {
    versions: Vec<VersionShown>,
    frame: Frame,
}

struct VersionShown {
    number: u32,
    state: &'static str,
    class: &'static str,
    from: String,
    hash: String,
    signatures: Vec<String>,
    differences: Vec<Difference>,
}

async fn history(State(office): State<Office>, frame: Frame) -> Result<Page<HistoryPage>, AppError> {
    let versions = office.versions().await?;
    let signatures = facts::drafts::signatures_of_versions(&mut *office.facts().reader().await?).await?;
    let all: Vec<_> = versions.iter().collect();
    let before = |number: u32| -> Option<&Agreement> {
        all.iter().filter(|version| version.number < number).max_by_key(|version| version.number).map(|version| &version.agreement)
    };
    let mut shown: Vec<_> = all
        .iter()
        .map(|version| {
            let signed = signatures.iter().filter(|signature| signature.number == Some(i64::from(version.number)));
            let (state, class) = match version {
                version if version.number == frame.agreement.number => ("in force", "good"),
                version if version.effective_at > frame.now => ("takes effect later", "warn"),
                _ => ("past", ""),
            };
            VersionShown {
                number: version.number,
                state,
                class,
                from: if version.effective_at == Instant::MIN { "the first record".into() } else { frame.date_time(version.effective_at) },
                hash: versions.hash(version.number).unwrap_or_default().to_owned(),
                signatures: signed.map(|one| format!("{}, {}", signature_words(one), frame.date_time(Instant(one.at)))).collect(),
                differences: before(version.number).map_or_else(Vec::new, |before| diff(before, &version.agreement)),
            }
        })
        .collect();
    shown.sort_by_key(|version| std::cmp::Reverse(version.number));
    Ok(Page(HistoryPage { versions: shown, frame }))
}

/// The text of one version as it was signed.
async fn download(State(office): State<Office>, Path(number): Path<u32>) -> Result<Response, AppError> {
    let versions = office.versions().await?;
    let text = versions.text(number).ok_or_else(|| AppError::not_found("version of the Agreement", number))?;
    Ok(toml_file(&format!("agreement-v{number}.toml"), text.to_owned()))
}
