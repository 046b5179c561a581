//! Who may do what: roles, the actor of a request, signing in, sessions and API tokens.

use alignment::ids::UserId;
use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::request::Parts,
};
use serde::{Deserialize, Serialize};

use crate::web::AppError;

pub mod attempts;
pub mod links;
pub mod pages;
pub mod password;
pub mod secret;
pub mod sessions;
pub mod tokens;
pub mod users;

pub use links::first_link;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Marketing,
    Sales,
    Leader,
    Admin,
}

impl Role {
    pub const ALL: [Role; 4] = [Role::Marketing, Role::Sales, Role::Leader, Role::Admin];

    pub fn key(self) -> &'static str {
        ["marketing", "sales", "leader", "admin"][self as usize]
    }

    pub fn parse(key: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.key() == key)
    }

    pub fn name(self) -> &'static str {
        ["Marketing", "Sales", "Leader", "Administrator"][self as usize]
    }

    /// The team that somebody of this role is counted with in the record.
    pub fn side(self) -> &'static str {
        if self == Role::Sales { "sales" } else { "marketing" }
    }

    /// What an API token of this role may at most hold.
    pub fn scopes(self) -> &'static [Scope] {
        match self {
            Role::Sales => &[Scope::Read, Scope::Write],
            Role::Marketing | Role::Leader => &[Scope::Read, Scope::Write, Scope::Import],
            Role::Admin => &Scope::ALL,
        }
    }
}

/// Who asks: a signed-in user, or the person at the command line, who has the machine and so may do all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Actor {
    pub user: Option<UserId>,
    pub name: String,
    pub role: Role,
    /// Of an API token; `None` for a signed-in person, who has all that the role has.
    pub scopes: Option<Vec<Scope>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    Read,
    Write,
    Import,
    Admin,
}

impl Scope {
    pub const ALL: [Scope; 4] = [Scope::Read, Scope::Write, Scope::Import, Scope::Admin];

    pub fn key(self) -> &'static str {
        ["read", "write", "import", "admin"][self as usize]
    }

    pub fn parse(key: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.key() == key)
    }

    pub fn words(self) -> &'static str {
        ["read all records and reports", "change records", "import files and undo imports", "manage users and settings"][self as usize]
    }
}

impl Actor {
    pub fn command_line() -> Actor {
        Actor { user: None, name: "command line".into(), role: Role::Admin, scopes: None }
    }
}

/// Put there by the guard; behind an endpoint that asks for a signed-in user it is always there.
impl<S: Send + Sync> FromRequestParts<S> for Actor {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Actor, AppError> {
        parts.extensions.get::<Actor>().cloned().ok_or(AppError::SignedOut)
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Actor {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Actor>, AppError> {
        Ok(parts.extensions.get::<Actor>().cloned())
    }
}
