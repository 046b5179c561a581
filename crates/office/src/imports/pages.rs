//! Imports: the list, and one import while it runs and after.

use alignment::Instant;
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::{HeaderName, header},
    response::Response,
};
use facts::imports::Import;
use serde::Deserialize;
use tower_sessions::Session;

use super::{get, list, rejected_csv, rejected_files, undo, wizard};
use crate::{
    Office,
    access::Scope,
    ui::{Frame, format},
    web::{Allow, AppError, Endpoint, Page, endpoints::IMPORTERS, redirect},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/imports", Allow::SignedIn, list_page),
        Endpoint::get("/imports/new", IMPORTERS, wizard::new),
        Endpoint::post("/imports/new", IMPORTERS, wizard::receive).takes_files().scope(Scope::Import),
        Endpoint::get("/imports/new/{upload}", IMPORTERS, wizard::mapping),
        Endpoint::post("/imports/new/{upload}", IMPORTERS, wizard::act).scope(Scope::Import),
        Endpoint::get("/imports/{id}", Allow::SignedIn, page),
        Endpoint::get("/imports/{id}/rejected", Allow::SignedIn, rejected),
        Endpoint::post("/imports/{id}/undo", IMPORTERS, take_back).scope(Scope::Import),
    ]
}

const ROWS_PER_PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "imports/list.html")]
struct ListPage {
    rows: Vec<ImportShown>,
    may_import: bool,
    next: Option<String>,
    first: Option<String>,
    frame: Frame,
}

struct ImportShown {
    id: i64,
    recipe: String,
    files: String,
    state: String,
    class: &'static str,
    message: String,
    counts: Vec<(&'static str, String)>,
    started: String,
    took: String,
    may_undo: bool,
    running: bool,
}

#[derive(Deserialize)]
struct ListQuery {
    before: Option<i64>,
}

async fn list_page(State(office): State<Office>, frame: Frame, Query(query): Query<ListQuery>) -> Result<Page<ListPage>, AppError> {
    let imports = list(&office, query.before, ROWS_PER_PAGE).await?;
    let next = imports.last().filter(|_| imports.len() as i64 == ROWS_PER_PAGE).map(|last| format!("/imports?before={}", last.id));
    let rows = imports.into_iter().map(|import| shown(import, &frame)).collect();
    Ok(Page(ListPage { rows, may_import: may_import(&frame), next, first: query.before.map(|_| "/imports".into()), frame }))
}

#[derive(Template)]
#[template(path = "imports/one.html")]
struct OnePage {
    import: ImportShown,
    rejected: Vec<(String, String, String)>,
    frame: Frame,
}

async fn page(State(office): State<Office>, frame: Frame, Path(id): Path<i64>) -> Result<Page<OnePage>, AppError> {
    let import = get(&office, id).await?;
    let file = |(name, rows): (String, i64)| {
        let address = format!("/imports/{id}/rejected?file={}", crate::ui::url::encode(&name));
        (name, format::plural(rows.max(0) as u64, "row", "rows"), address)
    };
    let rejected = rejected_files(&office, id).await?.into_iter().map(file).collect();
    Ok(Page(OnePage { import: shown(import, &frame), rejected, frame }))
}

#[derive(Deserialize)]
struct FileQuery {
    #[serde(default)]
    file: String,
}

/// The rejected rows of one file as CSV, to mend and import again.
async fn rejected(
    State(office): State<Office>,
    Path(id): Path<i64>,
    Query(query): Query<FileQuery>,
) -> Result<([(HeaderName, String); 2], Vec<u8>), AppError> {
    let bytes = rejected_csv(&office, id, &query.file).await?;
    let disposition = format!("attachment; filename=\"rejected-{id}.csv\"");
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8".into()), (header::CONTENT_DISPOSITION, disposition)], bytes))
}

async fn take_back(State(office): State<Office>, session: Session, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let undone = undo(&office, &frame.actor, id).await?;
    let removed: i64 = undone.removed.iter().map(|(_, count)| count).sum();
    let mut words = format!("Import {id} is undone: {} taken away", format::plural(removed.max(0) as u64, "row", "rows"));
    if undone.restored > 0 {
        words += &format!(", {} set back", format::plural(undone.restored, "field", "fields"));
    }
    if undone.kept > 0 {
        words += &format!(", {} left because somebody changed them since", format::plural(undone.kept, "field", "fields"));
    }
    redirect(&session, &format!("/imports/{id}"), &(words + "."), None).await
}

fn shown(import: Import, frame: &Frame) -> ImportShown {
    let class = match import.state.as_str() {
        "done" => "good",
        "failed" | "interrupted" => "bad",
        "running" => "warn",
        _ => "",
    };
    let number = |count: i64| format::count(count.max(0) as u64);
    let counts = vec![
        ("Rows", number(import.rows_total)),
        ("New", number(import.created)),
        ("Updated", number(import.updated)),
        ("Unchanged", number(import.unchanged)),
        ("Rejected", number(import.rejected)),
        ("Left out by the recipe", number(import.skipped)),
    ];
    ImportShown {
        id: import.id,
        recipe: import.recipe,
        files: import.files.lines().collect::<Vec<_>>().join(", "),
        may_undo: import.state == "done" && may_import(frame),
        running: import.state == "running",
        class,
        message: import.message.unwrap_or_default(),
        counts,
        started: frame.date_time(Instant(import.started_at)),
        took: import.finished_at.map(|at| format::took(at - import.started_at)).unwrap_or_default(),
        state: import.state,
    }
}

fn may_import(frame: &Frame) -> bool {
    frame.actor.role != crate::Role::Sales
}
