//! The one table of all endpoints: what can be asked, and who may. The guard is made from it and a test walks it as every role.

use axum::{
    handler::Handler,
    http::Method,
    routing::{MethodFilter, MethodRouter, on},
};

use crate::{
    access::{Role, Scope},
    web::Server,
};

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allow {
    /// Everybody, signed in or not.
    Anyone,
    SignedIn,
    Roles(&'static [Role]),
}

/// Those who may bring records in.
pub const IMPORTERS: Allow = Allow::Roles(&[Role::Marketing, Role::Leader, Role::Admin]);
pub const ADMINS: Allow = Allow::Roles(&[Role::Admin]);

pub struct Endpoint {
    pub method: Method,
    /// As axum writes it: `/leads/{id}`.
    pub path: &'static str,
    pub allow: Allow,
    /// What an API token needs, where the endpoint is the API's.
    pub scope: Scope,
    pub body_bytes_max: usize,
    pub route: MethodRouter<Server>,
}

/// Of anything but an upload.
pub const BODY_BYTES_MAX: usize = 1 << 20;
/// Of all the files of one import together.
pub const UPLOAD_BYTES_MAX: usize = 2 << 30;

/// Every endpoint of the product.
pub fn all() -> Vec<Endpoint> {
    [
        crate::web::health::endpoints(),
        crate::web::live::endpoints(),
        crate::web::assets::endpoints(),
        crate::access::pages::endpoints(),
        crate::settings::endpoints(),
        crate::today::pages::endpoints(),
        crate::score::pages::endpoints(),
        crate::scoreboard::pages::endpoints(),
        crate::scoreboard::api::endpoints(),
        crate::questions::pages::endpoints(),
        crate::closed_loop::pages::endpoints(),
        crate::misalignment::pages::endpoints(),
        crate::misalignment::api::endpoints(),
        crate::effect::pages::endpoints(),
        crate::effect::api::endpoints(),
        crate::experiments::pages::endpoints(),
        crate::cohorts::pages::endpoints(),
        crate::cohorts::api::endpoints(),
        crate::journeys::pages::endpoints(),
        crate::journeys::api::endpoints(),
        crate::why::pages::endpoints(),
        crate::why::api::endpoints(),
        crate::plan::pages::endpoints(),
        crate::plan::api::endpoints(),
        crate::forecast::pages::endpoints(),
        crate::forecast::api::endpoints(),
        crate::handoff::pages::endpoints(),
        crate::agreement::pages::endpoints(),
        crate::promises::pages::endpoints(),
        crate::checklist::pages::endpoints(),
        crate::imports::pages::endpoints(),
        crate::routing::pages::endpoints(),
        crate::api::endpoints(),
        crate::lists::endpoints(),
        crate::notifications::endpoints(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

impl Endpoint {
    pub fn get<H: Handler<T, Server>, T: 'static>(path: &'static str, allow: Allow, handler: H) -> Endpoint {
        Endpoint::of(Method::GET, path, allow, handler)
    }

    pub fn post<H: Handler<T, Server>, T: 'static>(path: &'static str, allow: Allow, handler: H) -> Endpoint {
        Endpoint::of(Method::POST, path, allow, handler)
    }

    pub fn put<H: Handler<T, Server>, T: 'static>(path: &'static str, allow: Allow, handler: H) -> Endpoint {
        Endpoint::of(Method::PUT, path, allow, handler)
    }

    pub fn patch<H: Handler<T, Server>, T: 'static>(path: &'static str, allow: Allow, handler: H) -> Endpoint {
        Endpoint::of(Method::PATCH, path, allow, handler)
    }

    pub fn delete<H: Handler<T, Server>, T: 'static>(path: &'static str, allow: Allow, handler: H) -> Endpoint {
        Endpoint::of(Method::DELETE, path, allow, handler)
    }

    /// Another scope than reading for `GET` and writing for the rest.
    pub fn scope(mut self, scope: Scope) -> Endpoint {
        self.scope = scope;
        self
    }

    /// Takes files: the body may be as large as an import.
    pub fn takes_files(mut self) -> Endpoint {
        self.body_bytes_max = UPLOAD_BYTES_MAX;
        self
    }

    pub fn is_api(&self) -> bool {
        is_api(self.path)
    }

    fn of<H: Handler<T, Server>, T: 'static>(method: Method, path: &'static str, allow: Allow, handler: H) -> Endpoint {
        let scope = if method == Method::GET { Scope::Read } else { Scope::Write };
        let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET);
        Endpoint { method, path, allow, scope, body_bytes_max: BODY_BYTES_MAX, route: on(filter, handler) }
    }
}

/// Whether errors on this path are for programs.
pub fn is_api(path: &str) -> bool {
    path.starts_with("/api/v")
}
