//! The doors: signing in, signing out, and the one-time link.

use std::net::SocketAddr;

use askama::Template;
use axum::{
    Form,
    extract::{ConnectInfo, Query, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use tower_sessions::Session;

use crate::{
    Office,
    access::{Actor, links, sessions, users},
    web::{Allow, AppError, Endpoint, Page, Server},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/sign-in", Allow::Anyone, sign_in_page),
        Endpoint::post("/sign-in", Allow::Anyone, sign_in),
        Endpoint::post("/sign-out", Allow::Anyone, sign_out),
        Endpoint::get("/welcome", Allow::Anyone, welcome_page),
        Endpoint::post("/welcome", Allow::Anyone, welcome),
    ]
}

#[derive(Template)]
#[template(path = "access/sign_in.html")]
struct SignInPage {
    next: String,
    email: String,
    wrong: Option<String>,
}

#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

async fn sign_in_page(actor: Option<Actor>, Query(query): Query<Next>) -> Response {
    match actor {
        Some(_) => Redirect::to(inside(&query.next)).into_response(),
        None => Page(SignInPage { next: query.next, email: String::new(), wrong: None }).into_response(),
    }
}

#[derive(Deserialize)]
struct SignInForm {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

async fn sign_in(
    State(server): State<Server>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    session: Session,
    Form(form): Form<SignInForm>,
) -> Result<Response, AppError> {
    let address = address.ip().to_string();
    match users::sign_in(&server.office, &server.attempts, &address, &form.email, form.password).await {
        Ok(user) => {
            sessions::sign_in(&session, &user, sessions::day(&server.office)).await?;
            Ok(Redirect::to(inside(&form.next)).into_response())
        }
        Err(error @ (AppError::Refused(_) | AppError::TooMany { .. })) => {
            let status = error.problem().status;
            let page = Page(SignInPage { next: form.next, email: form.email, wrong: Some(error.to_string()) });
            Ok((status, page).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn sign_out(session: Session) -> Result<Redirect, AppError> {
    sessions::sign_out(&session).await?;
    Ok(Redirect::to("/sign-in"))
}

#[derive(Template)]
#[template(path = "access/welcome.html")]
struct WelcomePage {
    token: String,
    first: bool,
    name: String,
    email: String,
    wrong: Option<String>,
}

#[derive(Deserialize)]
struct TokenQuery {
    #[serde(default)]
    token: String,
}

async fn welcome_page(State(office): State<Office>, Query(query): Query<TokenQuery>) -> Result<Page<WelcomePage>, AppError> {
    let (_, user) = links::open(&office, &query.token).await?;
    let first = user.is_none();
    let (name, email) = user.map_or_else(Default::default, |user| (user.name, user.email.unwrap_or_default()));
    Ok(Page(WelcomePage { token: query.token, first, name, email, wrong: None }))
}

#[derive(Deserialize)]
struct WelcomeForm {
    token: String,
    name: String,
    email: String,
    password: String,
}

async fn welcome(State(office): State<Office>, session: Session, Form(form): Form<WelcomeForm>) -> Result<Response, AppError> {
    let (link, _) = links::open(&office, &form.token).await?;
    match links::accept(&office, &form.token, &form.name, &form.email, form.password).await {
        Ok(user) => {
            sessions::sign_in(&session, &user, sessions::day(&office)).await?;
            Ok(Redirect::to("/").into_response())
        }
        Err(AppError::Refused(words)) => {
            let first = link.user_id.is_none();
            let page = WelcomePage { token: form.token, first, name: form.name, email: form.email, wrong: Some(words) };
            Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
        }
        Err(error) => Err(error),
    }
}

/// Only a path of this site: `//elsewhere` and `https://elsewhere` go home.
fn inside(next: &str) -> &str {
    if next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') { next } else { "/" }
}
