//! Settings, Notifications: what I am told, where and when.

use std::collections::HashMap;

use alignment::notice::Choice;
use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use tower_sessions::Session;

use super::{
    Medium, NoticeKind, channels, outbox,
    pages::me,
    person::{self, Person, Wishes},
};
use crate::{
    Office,
    ui::Frame,
    web::{Allow, AppError, Endpoint, Page, redirect},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::get("/settings/notifications", Allow::SignedIn, page), Endpoint::post("/settings/notifications", Allow::SignedIn, save)]
}

#[derive(Template)]
#[template(path = "notifications/person.html")]
struct PersonPage {
    frame: Frame,
    media: [Medium; 3],
    rows: Vec<Row>,
    wishes: Wishes,
    mail_works: bool,
    wrong: Option<String>,
}

impl PersonPage {
    /// Whether messages reach this person that way, as things stand.
    fn works(&self, medium: &Medium) -> bool {
        match medium {
            Medium::Email => self.mail_works,
            Medium::Slack => !self.wishes.slack_url.trim().is_empty(),
            Medium::Teams => !self.wishes.teams_url.trim().is_empty(),
        }
    }
}

struct Row {
    key: &'static str,
    name: &'static str,
    cells: Vec<Cell>,
}

struct Cell {
    medium: Medium,
    options: Vec<(&'static str, &'static str, bool)>,
}

async fn page(State(office): State<Office>, frame: Frame) -> Result<Page<PersonPage>, AppError> {
    let person = person::load_one(&office, me(&frame.actor)?).await?;
    shown(&office, frame, &person, None).await
}

async fn save(
    State(office): State<Office>,
    session: Session,
    frame: Frame,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Response, AppError> {
    let wishes = wishes_of(&form);
    match person::save(&office, &frame.actor, &wishes, outbox::reach()).await {
        Ok(()) => redirect(&session, "/settings/notifications", "Your choices are saved.", None).await,
        Err(AppError::Refused(words)) => {
            let person = person::load_one(&office, me(&frame.actor)?).await?;
            let mut page = shown(&office, frame, &person, Some(words)).await?;
            page.0.rows = rows(|kind, medium| chosen(&wishes, kind, medium).unwrap_or_else(|| person.choice(kind, medium)));
            page.0.wishes = wishes;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

async fn shown(office: &Office, frame: Frame, person: &Person, wrong: Option<String>) -> Result<Page<PersonPage>, AppError> {
    let mut record = office.facts().read().await?;
    let mail_works = channels::load(record.conn()).await?.smtp.is_some();
    let wishes = Wishes {
        time_zone: person.zone_name.clone(),
        quiet_from: person.quiet_from.clone(),
        quiet_to: person.quiet_to.clone(),
        digest_at: person.digest_at.clone(),
        slack_url: person.slack_url.clone().unwrap_or_default(),
        teams_url: person.teams_url.clone().unwrap_or_default(),
        choices: Vec::new(),
    };
    let rows = rows(|kind, medium| person.choice(kind, medium));
    Ok(Page(PersonPage { frame, media: Medium::ALL, rows, wishes, mail_works, wrong }))
}

fn rows(choice: impl Fn(NoticeKind, Medium) -> Choice) -> Vec<Row> {
    let cell = |kind, medium| Cell {
        medium,
        options: Choice::ALL.into_iter().map(|one| (one.key(), one.name(), one == choice(kind, medium))).collect(),
    };
    let row = |kind: NoticeKind| Row {
        key: kind.key(),
        name: kind.name(),
        cells: Medium::ALL.into_iter().map(|medium| cell(kind, medium)).collect(),
    };
    NoticeKind::ALL.into_iter().map(row).collect()
}

/// A field per kind and medium, named `kind.medium`.
fn wishes_of(form: &HashMap<String, String>) -> Wishes {
    let text = |name: &str| form.get(name).cloned().unwrap_or_default();
    let mut choices = Vec::new();
    for kind in NoticeKind::ALL {
        for medium in Medium::ALL {
            if let Some(choice) = form.get(&format!("{}.{}", kind.key(), medium.key())).and_then(|key| Choice::parse(key)) {
                choices.push((kind, medium, choice));
            }
        }
    }
    Wishes {
        time_zone: text("time_zone"),
        quiet_from: text("quiet_from"),
        quiet_to: text("quiet_to"),
        digest_at: text("digest_at"),
        slack_url: text("slack_url"),
        teams_url: text("teams_url"),
        choices,
    }
}

fn chosen(wishes: &Wishes, kind: NoticeKind, medium: Medium) -> Option<Choice> {
    wishes.choices.iter().find(|(known, by, _)| (*known, *by) == (kind, medium)).map(|(_, _, choice)| *choice)
}
