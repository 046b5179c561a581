//! Stands before every endpoint: finds out who asks, and lets through whom the table allows.

use std::time::Instant as Stopwatch;

use axum::{
    extract::{Request, State},
    http::header,
    middleware::Next,
    response::{IntoResponse, Response},
};
use tower_sessions::Session;

use crate::{
    access::{Actor, Scope, sessions, tokens},
    web::{Allow, AppError, Server, endpoints::is_api, measure},
};

#[derive(Clone)]
pub struct Gate {
    pub server: Server,
    pub path: &'static str,
    pub allow: Allow,
    pub scope: Scope,
}

pub async fn guard(State(gate): State<Gate>, session: Session, mut request: Request, next: Next) -> Response {
    let started = Stopwatch::now();
    let method = request.method().clone();
    let response = match enter(&gate, &session, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    };
    measure::request(gate.path, method.as_str(), response.status().as_u16(), started.elapsed());
    response
}

async fn enter(gate: &Gate, session: &Session, request: &mut Request) -> Result<(), AppError> {
    // Health checks and styles must be answered without asking the database who wants them.
    if gate.allow == Allow::Anyone && !gate.path.starts_with("/sign-in") {
        return Ok(());
    }
    // A request's body can't be shared between threads, so a future may not hold on to it while it waits.
    let bearer = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let actor = who(gate, session, bearer).await?;
    match (&actor, gate.allow) {
        (_, Allow::Anyone) => {}
        (None, _) => return Err(AppError::SignedOut),
        (Some(actor), allow) => may(actor, allow, gate.scope)?,
    }
    if let Some(actor) = actor {
        request.extensions_mut().insert(actor);
    }
    Ok(())
}

async fn who(gate: &Gate, session: &Session, bearer: Option<String>) -> Result<Option<Actor>, AppError> {
    let office = &gate.server.office;
    match bearer {
        // Tokens are for programs: a page never takes one.
        Some(value) if is_api(gate.path) => tokens::actor_of(office, &value).await.map(Some),
        _ => sessions::actor_of(office, session).await,
    }
}

fn may(actor: &Actor, allow: Allow, scope: Scope) -> Result<(), AppError> {
    if let Allow::Roles(roles) = allow
        && !roles.contains(&actor.role)
    {
        let names: Vec<_> = roles.iter().map(|role| role.key()).collect();
        let words =
            format!("Your role is {}; this is for {}. An administrator can change roles in Settings.", actor.role.key(), names.join(", "));
        return Err(AppError::Forbidden(words));
    }
    match &actor.scopes {
        Some(scopes) if !scopes.contains(&scope) => {
            Err(AppError::Forbidden(format!("This token lacks the scope `{}`. Make one that has it in Settings, API tokens.", scope.key())))
        }
        _ => Ok(()),
    }
}
