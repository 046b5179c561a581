use axum::{
    Json,
    extract::{Multipart, Path, State},
    http::StatusCode,
};
use exchange::Recipe;
use facts::imports::Import as ImportRow;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{ImportReport, get, list, no_progress, run, undo, upload};
use crate::{
    Actor, Office,
    access::Scope,
    api::{Asked, Described, ask, describe, wire::at, write::ListPage},
    web::{AppError, Endpoint, endpoints::IMPORTERS},
};

pub fn described() -> Vec<Described> {
    vec![
        describe::get("/api/v1/imports", "List imports", all)
            .words("Newest first. The cursor is the id of the last one seen.")
            .query::<ImportQuery>()
            .lists::<Import>(),
        describe::get("/api/v1/imports/{id}", "One import", one).gives::<Import>(),
        Described::of(Endpoint::post("/api/v1/imports", IMPORTERS, bring_in).takes_files().scope(Scope::Import), "Import files")
            .words("The body is `multipart/form-data` with one part per file; 2 GiB and 50 files at most. Answers when it is done; whole or not at all.")
            .query::<NewImportQuery>()
            .gives::<ImportReport>(),
        Described::of(Endpoint::delete("/api/v1/imports/{id}", IMPORTERS, take_back).scope(Scope::Import), "Undo an import")
            .words("Takes away what it made and sets back what it changed. Refused where records that came later stand on its records.")
            .gives::<UndoneImport>(),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct ImportQuery {
    pub limit: Option<usize>,
    pub cursor: Option<String>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct NewImportQuery {
    /// Name of a built-in recipe: `tandem`, `hubspot`, `salesforce` or `marketo`.
    pub recipe: String,
    /// `true` does everything and then takes it back.
    #[serde(default)]
    pub dry_run: bool,
}

#[derive(Serialize, ToSchema)]
pub struct Import {
    pub import_id: String,
    pub recipe: String,
    pub files: Vec<String>,
    /// `running`, `done`, `failed`, `interrupted` or `undone`.
    pub state: String,
    pub message: Option<String>,
    pub rows: i64,
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub duplicates: i64,
    pub rejected: i64,
    pub skipped: i64,
    pub unresolved: i64,
    pub actor_id: Option<i64>,
    #[schema(format = DateTime)]
    pub started_at: String,
    #[schema(format = DateTime)]
    pub finished_at: Option<String>,
    #[schema(format = DateTime)]
    pub undone_at: Option<String>,
}

/// What an undo did.
#[derive(Serialize, ToSchema)]
pub struct UndoneImport {
    pub import_id: String,
    /// Rows taken away.
    pub removed: i64,
    /// Fields set back to what they were.
    pub restored: u64,
    /// Fields left as they are because they were changed again since.
    pub kept: u64,
}

impl From<ImportRow> for Import {
    fn from(row: ImportRow) -> Import {
        Import {
            import_id: row.id.to_string(),
            recipe: row.recipe,
            files: row.files.lines().map(str::to_owned).collect(),
            state: row.state,
            message: row.message,
            rows: row.rows_total,
            created: row.created,
            updated: row.updated,
            unchanged: row.unchanged,
            duplicates: row.duplicates,
            rejected: row.rejected,
            skipped: row.skipped,
            unresolved: row.unresolved,
            actor_id: row.actor_id,
            started_at: at(row.started_at),
            finished_at: row.finished_at.map(at),
            undone_at: row.undone_at.map(at),
        }
    }
}

async fn all(State(office): State<Office>, Asked(query): Asked<ImportQuery>) -> Result<Json<ListPage<Import>>, AppError> {
    let limit = ask::turn(&None, query.limit)?.limit;
    let before = query.cursor.as_deref().map(str::parse).transpose();
    let before = before.map_err(|_| AppError::refused("`cursor`: take the `next` of the page before."))?;
    let mut rows = list(&office, before, limit as i64 + 1).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
    Ok(Json(ListPage { items: rows.into_iter().map(Import::from).collect(), next }))
}

async fn one(State(office): State<Office>, Path(id): Path<i64>) -> Result<Json<Import>, AppError> {
    Ok(Json(get(&office, id).await?.into()))
}

async fn bring_in(
    State(office): State<Office>,
    actor: Actor,
    Asked(query): Asked<NewImportQuery>,
    form: Multipart,
) -> Result<(StatusCode, Json<ImportReport>), AppError> {
    let recipe = Recipe::built_in(&query.recipe).map_err(|error| AppError::refused(error.to_string()))?;
    let received = upload::receive(&office, actor.user.map(|user| user.0), form).await?;
    // In a task of its own: a client that hangs up must not leave the import half told.
    let work = tokio::spawn(async move {
        let files = received.files(&office);
        let plan = tokio::task::spawn_blocking(move || recipe.plan_named(&files)).await.map_err(anyhow::Error::from)?;
        let done = match plan {
            Ok(plan) => run(&office, &actor, plan, query.dry_run, no_progress()).await.map_err(AppError::from),
            Err(error) => Err(AppError::refused(error.to_string())),
        };
        upload::remove(&office, &received).await;
        done
    });
    let report = work.await.map_err(anyhow::Error::from)??;
    let status = if report.dry_run { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(report)))
}

async fn take_back(State(office): State<Office>, actor: Actor, Path(id): Path<i64>) -> Result<Json<UndoneImport>, AppError> {
    let undone = undo(&office, &actor, id).await?;
    let removed = undone.removed.iter().map(|(_, rows)| rows).sum();
    Ok(Json(UndoneImport { import_id: id.to_string(), removed, restored: undone.restored, kept: undone.kept }))
}
