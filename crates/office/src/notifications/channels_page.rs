//! Settings, Mail and chat: the ways out of this installation, for administrators.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use exchange::mail::{Security, SmtpServer};
use serde::Deserialize;
use tower_sessions::Session;

use super::{
    Medium,
    channels::{self, Channels},
    outbox,
};
use crate::{
    Office,
    ui::Frame,
    web::{AppError, Endpoint, Page, endpoints::ADMINS, redirect},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/settings/channels", ADMINS, page),
        Endpoint::post("/settings/channels", ADMINS, save),
        Endpoint::post("/settings/channels/{medium}/test", ADMINS, test),
    ]
}

#[derive(Template)]
#[template(path = "notifications/channels.html")]
struct ChannelsPage {
    frame: Frame,
    form: ChannelsForm,
    /// A password is kept; it is never shown.
    has_password: bool,
    securities: [Security; 3],
    /// Ways that can be tried.
    tests: Vec<Medium>,
    wrong: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ChannelsForm {
    host: String,
    port: String,
    security: String,
    user: String,
    password: String,
    from: String,
    public_url: String,
    slack_url: String,
    teams_url: String,
}

impl ChannelsPage {
    fn secures(&self, security: &Security) -> bool {
        self.form.security == security.key()
    }
}

async fn page(State(office): State<Office>, frame: Frame) -> Result<Page<ChannelsPage>, AppError> {
    let channels = load(&office).await?;
    Ok(Page(shown(frame, &channels, form_of(&channels), None)))
}

async fn save(State(office): State<Office>, session: Session, frame: Frame, Form(form): Form<ChannelsForm>) -> Result<Response, AppError> {
    let before = load(&office).await?;
    let result = match read(&form, &before) {
        Ok(channels) => channels::save(&office, &frame.actor, &channels, outbox::reach()).await,
        Err(error) => Err(error),
    };
    match result {
        Ok(()) => redirect(&session, "/settings/channels", "Saved. Send a test message to see that it works.", None).await,
        Err(error) => refused(frame, &before, form, error),
    }
}

async fn test(State(office): State<Office>, session: Session, frame: Frame, Path(medium): Path<String>) -> Result<Response, AppError> {
    let medium = Medium::parse(&medium).ok_or_else(|| AppError::not_found("medium", &medium))?;
    let before = load(&office).await?;
    match channels::try_out(&office, &frame.actor, medium, outbox::reach()).await {
        Ok(place) => redirect(&session, "/settings/channels", &format!("A test message went to {place}."), None).await,
        Err(error) => refused(frame, &before, form_of(&before), error),
    }
}

fn refused(frame: Frame, before: &Channels, form: ChannelsForm, error: AppError) -> Result<Response, AppError> {
    match error {
        AppError::Refused(words) | AppError::Conflict(words) => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(shown(frame, before, form, Some(words)))).into_response())
        }
        other => Err(other),
    }
}

async fn load(office: &Office) -> Result<Channels, AppError> {
    let mut record = office.facts().read().await?;
    Ok(channels::load(record.conn()).await?)
}

fn shown(frame: Frame, kept: &Channels, form: ChannelsForm, wrong: Option<String>) -> ChannelsPage {
    let set_up =
        [(Medium::Email, kept.smtp.is_some()), (Medium::Slack, kept.slack_url.is_some()), (Medium::Teams, kept.teams_url.is_some())];
    ChannelsPage {
        frame,
        has_password: kept.smtp.as_ref().is_some_and(|smtp| smtp.password.is_some()),
        form: ChannelsForm { password: String::new(), ..form },
        securities: Security::ALL,
        tests: set_up.into_iter().filter(|(_, there)| *there).map(|(medium, _)| medium).collect(),
        wrong,
    }
}

fn form_of(channels: &Channels) -> ChannelsForm {
    let url = |url: &Option<String>| url.clone().unwrap_or_default();
    let mut form = ChannelsForm {
        security: Security::Starttls.key().into(),
        port: "587".into(),
        public_url: url(&channels.public_url),
        slack_url: url(&channels.slack_url),
        teams_url: url(&channels.teams_url),
        ..ChannelsForm::default()
    };
    if let Some(smtp) = channels.smtp.clone() {
        form.host = smtp.host;
        form.port = smtp.port.to_string();
        form.security = smtp.security.key().into();
        form.user = smtp.user.unwrap_or_default();
        form.from = smtp.from;
    }
    form
}

/// An empty password keeps the one that is there, as long as the server and its user stay.
fn read(form: &ChannelsForm, before: &Channels) -> Result<Channels, AppError> {
    let filled = |text: &str| Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
    let smtp = match filled(&form.host) {
        None => None,
        Some(host) => {
            let port = form
                .port
                .trim()
                .parse()
                .map_err(|_| AppError::refused(format!("Port: `{}` is not one; usual are 587 and 465.", form.port)))?;
            let security = Security::parse(&form.security).ok_or_else(|| AppError::refused("Security: choose one of the list."))?;
            let user = filled(&form.user);
            let known = before.smtp.as_ref().filter(|known| known.host == host && known.user == user);
            let password =
                Some(form.password.clone()).filter(|text| !text.is_empty()).or_else(|| known.and_then(|smtp| smtp.password.clone()));
            Some(SmtpServer { host, port, security, user, password, from: form.from.trim().to_owned() })
        }
    };
    Ok(Channels {
        smtp,
        public_url: filled(&form.public_url).map(|url| url.trim_end_matches('/').to_owned()),
        slack_url: filled(&form.slack_url),
        teams_url: filled(&form.teams_url),
    })
}
