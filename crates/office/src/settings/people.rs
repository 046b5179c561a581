//! The users, for administrators: invite, give a role, let out and in.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use tower_sessions::Session;

use super::shown_beside;
use crate::{
    Office,
    access::{Role, links, users},
    ui::Frame,
    web::{AppError, Endpoint, Page, endpoints::ADMINS, redirect},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/settings/users", ADMINS, page),
        Endpoint::post("/settings/users", ADMINS, invite),
        Endpoint::post("/settings/users/{id}/role", ADMINS, change_role),
        Endpoint::post("/settings/users/{id}/link", ADMINS, new_link),
        Endpoint::post("/settings/users/{id}/disabling", ADMINS, disable),
        Endpoint::post("/settings/users/{id}/enabling", ADMINS, enable),
    ]
}

#[derive(Template)]
#[template(path = "settings/users.html")]
struct UsersPage {
    users: Vec<UserRow>,
    roles: [Role; 4],
    /// The address of a one-time link, and whom it is for.
    link: Option<(String, String)>,
    name: String,
    email: String,
    wrong: Option<String>,
    frame: Frame,
}

struct UserRow {
    id: i64,
    name: String,
    email: String,
    role: Option<Role>,
    me: bool,
    invited: bool,
    disabled: bool,
}

impl UserRow {
    fn has(&self, role: &Role) -> bool {
        self.role == Some(*role)
    }
}

async fn page(State(office): State<Office>, frame: Frame) -> Result<Page<UsersPage>, AppError> {
    Ok(Page(list(&office, frame).await?))
}

async fn list(office: &Office, frame: Frame) -> Result<UsersPage, AppError> {
    let mut record = office.facts().read().await?;
    let row = |user: facts::access::User| UserRow {
        id: user.id,
        name: user.name,
        email: user.email.unwrap_or_default(),
        role: user.role.as_deref().and_then(Role::parse),
        me: frame.actor.user.is_some_and(|me| me.0 == user.id),
        invited: user.password_hash.is_none(),
        disabled: user.disabled_at.is_some(),
    };
    let users = facts::access::users_with_role(record.conn()).await?.into_iter().map(row).collect();
    Ok(UsersPage { users, roles: Role::ALL, link: None, name: String::new(), email: String::new(), wrong: None, frame })
}

#[derive(Deserialize)]
struct InviteForm {
    name: String,
    email: String,
    role: String,
}

async fn invite(
    State(office): State<Office>,
    frame: Frame,
    headers: HeaderMap,
    Form(form): Form<InviteForm>,
) -> Result<Response, AppError> {
    let role = Role::parse(&form.role).ok_or_else(|| AppError::refused("Choose one of the roles."))?;
    let made = shown_beside(links::invite(&office, &frame.actor, &form.name, &form.email, role).await)?;
    let mut page = list(&office, frame).await?;
    let status = if made.is_ok() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    match made {
        Ok(path) => page.link = Some((whole_address(&headers, &path), form.name)),
        Err(words) => (page.wrong, page.name, page.email) = (Some(words), form.name, form.email),
    }
    Ok((status, Page(page)).into_response())
}

async fn new_link(
    State(office): State<Office>,
    frame: Frame,
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> Result<Page<UsersPage>, AppError> {
    let path = links::invite_again(&office, id).await?;
    let mut page = list(&office, frame).await?;
    let name = page.users.iter().find(|user| user.id == id).map_or_else(String::new, |user| user.name.clone());
    page.link = Some((whole_address(&headers, &path), name));
    Ok(Page(page))
}

#[derive(Deserialize)]
struct RoleForm {
    role: String,
}

async fn change_role(
    State(office): State<Office>,
    session: Session,
    frame: Frame,
    Path(id): Path<i64>,
    Form(form): Form<RoleForm>,
) -> Result<Response, AppError> {
    let role = Role::parse(&form.role).ok_or_else(|| AppError::refused("Choose one of the roles."))?;
    users::change_role(&office, &frame.actor, id, role).await?;
    redirect(&session, "/settings/users", &format!("The role is now {}.", role.name()), None).await
}

async fn disable(State(office): State<Office>, session: Session, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    users::disable(&office, &frame.actor, id, true).await?;
    let undo = Some(format!("/settings/users/{id}/enabling"));
    redirect(&session, "/settings/users", "The account is disabled; its sessions and tokens are refused.", undo).await
}

async fn enable(State(office): State<Office>, session: Session, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    users::disable(&office, &frame.actor, id, false).await?;
    redirect(&session, "/settings/users", "The account works again.", None).await
}

/// As the administrator's own browser reaches this server.
fn whole_address(headers: &HeaderMap, path: &str) -> String {
    let text = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), _) if origin != "null" => format!("{origin}{path}"),
        (_, Some(host)) => format!("http://{host}{path}"),
        _ => path.to_owned(),
    }
}
