//! One's own name, address and password.

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use tower_sessions::Session;

use super::shown_beside;
use crate::{
    Office,
    access::{Actor, sessions, users},
    ui::Frame,
    web::{Allow, AppError, Endpoint, Page, redirect},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/settings", Allow::SignedIn, page),
        Endpoint::post("/settings/profile", Allow::SignedIn, change_profile),
        Endpoint::post("/settings/password", Allow::SignedIn, change_password),
    ]
}

#[derive(Template)]
#[template(path = "settings/account.html")]
struct AccountPage {
    frame: Frame,
    name: String,
    email: String,
    wrong_profile: Option<String>,
    wrong_password: Option<String>,
}

async fn page(State(office): State<Office>, frame: Frame) -> Result<Page<AccountPage>, AppError> {
    let mut record = office.facts().read().await?;
    let user = facts::access::user(record.conn(), user_id(&frame.actor)?).await?;
    let email = user.email.unwrap_or_default();
    Ok(Page(AccountPage { frame, name: user.name, email, wrong_profile: None, wrong_password: None }))
}

#[derive(Deserialize)]
struct ProfileForm {
    name: String,
    email: String,
}

async fn change_profile(
    State(office): State<Office>,
    session: Session,
    frame: Frame,
    Form(form): Form<ProfileForm>,
) -> Result<Response, AppError> {
    let id = user_id(&frame.actor)?;
    match shown_beside(users::change_profile(&office, id, &form.name, &form.email).await)? {
        Ok(()) => redirect(&session, "/settings", "Your profile is saved.", None).await,
        Err(words) => {
            let page = AccountPage { frame, name: form.name, email: form.email, wrong_profile: Some(words), wrong_password: None };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
        }
    }
}

#[derive(Deserialize)]
struct PasswordForm {
    old: String,
    new: String,
}

async fn change_password(
    State(office): State<Office>,
    session: Session,
    frame: Frame,
    Form(form): Form<PasswordForm>,
) -> Result<Response, AppError> {
    let id = user_id(&frame.actor)?;
    match shown_beside(users::change_password(&office, id, form.old, form.new).await)? {
        Ok(user) => {
            sessions::sign_in(&session, &user, sessions::day(&office)).await?;
            redirect(&session, "/settings", "Your password is changed; other sessions of yours have ended.", None).await
        }
        Err(words) => {
            let mut record = office.facts().read().await?;
            let user = facts::access::user(record.conn(), id).await?;
            let email = user.email.unwrap_or_default();
            let page = AccountPage { frame, name: user.name, email, wrong_profile: None, wrong_password: Some(words) };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
        }
    }
}

pub fn user_id(actor: &Actor) -> Result<i64, AppError> {
    actor.user.map(|user| user.0).ok_or(AppError::SignedOut)
}
