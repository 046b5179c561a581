//! API tokens: made once, shown once.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use tower_sessions::Session;

use super::{account::user_id, shown_beside};
use crate::{
    Office,
    access::{Scope, tokens},
    ui::Frame,
    web::{Allow, AppError, Endpoint, Page, redirect},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/settings/tokens", Allow::SignedIn, page),
        Endpoint::post("/settings/tokens", Allow::SignedIn, create),
        Endpoint::post("/settings/tokens/{id}/revocation", Allow::SignedIn, revoke),
    ]
}

#[derive(Template)]
#[template(path = "settings/tokens.html")]
struct TokensPage {
    tokens: Vec<TokenRow>,
    scopes: &'static [Scope],
    made: Option<String>,
    name: String,
    wrong: Option<String>,
    frame: Frame,
}

struct TokenRow {
    id: i64,
    name: String,
    scopes: String,
    made: String,
    used: String,
}

async fn page(State(office): State<Office>, frame: Frame) -> Result<Page<TokensPage>, AppError> {
    Ok(Page(list(&office, frame).await?))
}

async fn list(office: &Office, frame: Frame) -> Result<TokensPage, AppError> {
    let mut record = office.facts().read().await?;
    let tokens = facts::access::tokens_of(record.conn(), user_id(&frame.actor)?).await?;
    let row = |token: facts::access::ApiToken| TokenRow {
        id: token.id,
        name: token.name,
        scopes: token.scopes.replace(' ', ", "),
        made: frame.date_time(alignment::Instant(token.recorded_at)),
        used: token.last_used_at.map_or_else(|| "never".into(), |at| frame.date_time(alignment::Instant(at))),
    };
    let tokens = tokens.into_iter().map(row).collect();
    Ok(TokensPage { tokens, scopes: frame.actor.role.scopes(), made: None, name: String::new(), wrong: None, frame })
}

/// A box per scope.
#[derive(Deserialize)]
struct TokenForm {
    name: String,
    read: Option<String>,
    write: Option<String>,
    import: Option<String>,
    admin: Option<String>,
}

async fn create(State(office): State<Office>, frame: Frame, Form(form): Form<TokenForm>) -> Result<Response, AppError> {
    let boxes = [(Scope::Read, &form.read), (Scope::Write, &form.write), (Scope::Import, &form.import), (Scope::Admin, &form.admin)];
    let wanted: Vec<_> = boxes.into_iter().filter(|(_, checked)| checked.is_some()).map(|(scope, _)| scope).collect();
    let made = shown_beside(tokens::create(&office, &frame.actor, &form.name, &wanted).await)?;
    let mut page = list(&office, frame).await?;
    let status = if made.is_ok() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    match made {
        Ok(token) => page.made = Some(token),
        Err(words) => (page.wrong, page.name) = (Some(words), form.name),
    }
    Ok((status, Page(page)).into_response())
}

async fn revoke(State(office): State<Office>, session: Session, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    tokens::revoke(&office, &frame.actor, id).await?;
    redirect(&session, "/settings/tokens", "The token is revoked; programs that use it are refused from now on.", None).await
}
