//! From files to an import: choose them, say what the columns are, look at the first rows, try, run.

use alignment::intake::Noun;
use askama::Template;
use axum::{
    Form as FormBody,
    extract::{Multipart, Path, State},
    response::{IntoResponse, Redirect, Response},
};
use exchange::{
    Recipe,
    guess::{self, Choice},
    recipe::{ImportPlan, Outcome},
};

use super::{
    ImportReport,
    choices::{self, FileLook, Form},
    no_progress, run, run_started, start,
    upload::{self, Upload},
};
use crate::{
    Actor, Office,
    scoreboard::aside,
    ui::{Frame, format},
    web::{AppError, Page},
};

const PREVIEW_ROWS: usize = 20;

#[derive(Template)]
#[template(path = "imports/new.html")]
pub struct NewPage {
    frame: Frame,
    files_max: usize,
    recipes: Vec<&'static str>,
}

pub async fn new(frame: Frame) -> Page<NewPage> {
    Page(NewPage { frame, files_max: upload::FILES_MAX, recipes: Recipe::built_in_names() })
}

pub async fn receive(State(office): State<Office>, actor: Actor, form: Multipart) -> Result<Redirect, AppError> {
    let upload = upload::receive(&office, actor.user.map(|user| user.0), form).await?;
    Ok(Redirect::to(&format!("/imports/new/{}", upload.key)))
}

#[derive(Template)]
#[template(path = "imports/mapping.html")]
struct MappingPage {
    key: String,
    recipes: Vec<(&'static str, bool)>,
    own: bool,
    files: Vec<FileShown>,
    nouns: Vec<(&'static str, String)>,
    currency: String,
    time_zone: String,
    dates: String,
    decimal: String,
    system: String,
    keep_rest: bool,
    previews: Vec<Preview>,
    wrong: Option<String>,
    report: Option<ImportReport>,
    frame: Frame,
}

struct FileShown {
    name: String,
    format: String,
    noun: &'static str,
    columns: Vec<ColumnShown>,
    choices: Vec<Choice>,
}

struct ColumnShown {
    name: String,
    samples: String,
    field: String,
    sure: bool,
}

struct Preview {
    name: String,
    title: String,
    header: Vec<String>,
    rows: Vec<PreviewRow>,
    faults: usize,
}

struct PreviewRow {
    line: u64,
    cells: Vec<String>,
    /// Class and words of what becomes of the row.
    class: &'static str,
    words: String,
}

pub async fn mapping(State(office): State<Office>, frame: Frame, Path(key): Path<String>) -> Result<Response, AppError> {
    show(&office, frame, &key, Form::new(), None).await
}

/// The form's three buttons: look again, try without keeping anything, import.
pub async fn act(
    State(office): State<Office>,
    frame: Frame,
    Path(key): Path<String>,
    FormBody(form): FormBody<Form>,
) -> Result<Response, AppError> {
    let action = form.get("action").map(String::as_str).unwrap_or("look");
    if action == "look" {
        return show(&office, frame, &key, form, None).await;
    }
    let upload = upload::find(&office, frame.actor.user.map(|user| user.0), &key).await?;
    let plan = match planned(&office, &upload, &form).await {
        Ok((_, plan)) => plan,
        Err(AppError::Refused(_)) => return show(&office, frame, &key, form, None).await,
        Err(error) => return Err(error),
    };
    if action == "try" {
        let actor = frame.actor.clone();
        return match run(&office, &actor, plan, true, no_progress()).await.map_err(AppError::from) {
            Ok(report) => show(&office, frame, &key, form, Some(Ok(report))).await,
            Err(AppError::Refused(words)) => show(&office, frame, &key, form, Some(Err(words))).await,
            Err(error) => Err(error),
        };
    }
    let id = start(&office, &frame.actor, &plan).await?;
    tokio::spawn(async move {
        // The import's own record says how it ended.
        if let Err(error) = run_started(&office, &frame.actor, plan, Some(id), no_progress()).await {
            tracing::info!(import_id = id, "{error}");
        }
        upload::remove(&office, &upload).await;
    });
    Ok(Redirect::to(&format!("/imports/{id}")).into_response())
}

async fn planned(office: &Office, upload: &Upload, form: &Form) -> Result<(Vec<FileLook>, ImportPlan), AppError> {
    let (files, form) = (upload.files(office), form.clone());
    aside(move || {
        let looks = choices::look(&files, &form)?;
        let plan = choices::plan(&files, &looks, &form)?;
        Ok((looks, plan))
    })
    .await?
}

async fn show(
    office: &Office,
    frame: Frame,
    key: &str,
    form: Form,
    tried: Option<Result<ImportReport, String>>,
) -> Result<Response, AppError> {
    let upload = upload::find(office, frame.actor.user.map(|user| user.0), key).await?;
    let (files, asked) = (upload.files(office), form.clone());
    let (looks, previews) = aside(move || {
        let looks = choices::look(&files, &asked)?;
        let previews = choices::plan(&files, &looks, &asked).map(|plan| previews(&plan));
        Ok::<_, AppError>((looks, previews))
    })
    .await??;
    let (previews, mut wrong) = match previews {
        Ok(previews) => (previews, None),
        Err(AppError::Refused(words)) => (Vec::new(), Some(words)),
        Err(error) => return Err(error),
    };
    let report = match tried {
        Some(Ok(report)) => Some(report),
        Some(Err(words)) => {
            wrong = Some(words);
            None
        }
        None => None,
    };
    let chosen = form.get("recipe").cloned().unwrap_or_else(|| choices::suggested(&looks).to_owned());
    let text = |name: &str, default: &str| form.get(name).cloned().unwrap_or_else(|| default.to_owned());
    let page = MappingPage {
        key: key.to_owned(),
        recipes: Recipe::built_in_names().into_iter().map(|name| (name, name == chosen)).collect(),
        own: chosen == choices::OWN,
        files: looks.iter().enumerate().map(|(index, look)| file_shown(index, look, &form)).collect(),
        nouns: Noun::ALL.iter().map(|noun| (noun.key(), format::spaced(noun.key()))).collect(),
        currency: text("currency", frame.currency.as_str()),
        time_zone: text("time_zone", &frame.agreement.agreement.calendar.time_zone),
        dates: text("dates", ""),
        decimal: text("decimal", ""),
        system: text("system", "file"),
        keep_rest: form.contains_key("keep_rest"),
        previews,
        wrong,
        report,
        frame,
    };
    Ok(Page(page).into_response())
}

fn file_shown(index: usize, look: &FileLook, form: &Form) -> FileShown {
    let column = |(place, guessed): (usize, &guess::ColumnGuess)| ColumnShown {
        name: guessed.column.clone(),
        samples: guessed.samples.join(" · "),
        field: choices::field_of(form, index, place, look).unwrap_or_default(),
        sure: guessed.confidence >= 0.8 || guessed.field.is_none(),
    };
    FileShown {
        name: look.name.clone(),
        format: look.format.clone(),
        noun: look.guess.noun.key(),
        columns: look.guess.columns.iter().enumerate().map(column).collect(),
        choices: guess::choices(look.guess.noun),
    }
}

/// The first rows of each file, with what becomes of them.
fn previews(plan: &ImportPlan) -> Vec<Preview> {
    plan.files
        .iter()
        .map(|file| {
            let rows: Vec<PreviewRow> = match file.rows() {
                Ok(rows) => rows.take(PREVIEW_ROWS).map_while(Result::ok).map(preview_row).collect(),
                Err(_) => Vec::new(),
            };
            let faults = rows.iter().filter(|row| row.class == "bad").count();
            Preview { name: file.name.clone(), title: file.title.clone(), header: file.header.clone(), rows, faults }
        })
        .collect()
}

fn preview_row(row: exchange::ReadRow) -> PreviewRow {
    let (class, words) = match row.outcome {
        Outcome::Taken(_) => ("good", "taken".to_owned()),
        Outcome::Rejected(reason) => ("bad", reason),
        Outcome::Skipped(reason) => ("", reason),
    };
    PreviewRow { line: row.line, cells: row.cells.iter().map(|cell| cell.chars().take(60).collect()).collect(), class, words }
}
