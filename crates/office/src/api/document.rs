//! The OpenAPI document, made from the described endpoints, and the page that shows it.

use std::sync::LazyLock;

use askama::Template;
use axum::{Json, http::header, response::IntoResponse};
use utoipa::openapi::{
    ComponentsBuilder, HttpMethod, Info, ObjectBuilder, OpenApi, OpenApiBuilder, PathsBuilder, Type,
    path::PathItem,
    security::{Http, HttpAuthScheme, SecurityScheme},
};

use super::describe::Described;
use crate::{
    ui::Frame,
    web::{Allow, Endpoint, Page},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::get("/api", Allow::SignedIn, page), Endpoint::get("/api/v1/openapi.json", Allow::SignedIn, json)]
}

#[derive(Template)]
#[template(path = "api/page.html")]
struct ApiPage {
    frame: Frame,
}

async fn page(frame: Frame) -> Page<ApiPage> {
    Page(ApiPage { frame })
}

async fn json() -> impl IntoResponse {
    static DOCUMENT: LazyLock<OpenApi> = LazyLock::new(|| document(&super::described()));
    ([(header::CACHE_CONTROL, "private, max-age=300")], Json(&*DOCUMENT))
}

const WORDS: &str = "Records and reports of this Tandem.

Send an API token (Settings, API tokens) as `Authorization: Bearer tdm_...`. Instants are RFC 3339 in UTC, money is `{\"minor\": 184000, \"currency\": \"EUR\"}` \
in minor units, and `null` means *not recorded*. Lists take `limit` (50, at most 200) and `cursor`; follow `next` until it is null. Errors are \
`application/problem+json` and say what to do. Bodies are at most 1 MiB.";

pub fn document(described: &[Described]) -> OpenApi {
    let mut paths = PathsBuilder::new();
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let problem = ObjectBuilder::new()
        .property("type", text())
        .property("title", text())
        .property("status", ObjectBuilder::new().schema_type(Type::Integer))
        .property("code", text().description(Some("A word for programs: not_found, refused, conflict, forbidden, ...")))
        .property("detail", text().description(Some("What was wrong, where, and what to do.")));
    let mut components = ComponentsBuilder::new()
        .schema("Problem", problem)
        .security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    for one in described {
        paths = paths.path(one.endpoint.path, PathItem::new(one.http_method(), one.operation()));
        components = components.schemas_from_iter(one.schemas.clone());
    }
    for told in super::reports::TOLD {
        paths = paths.path(told.path, PathItem::new(HttpMethod::Get, told.operation()));
    }
    let mut info = Info::new("Tandem", env!("CARGO_PKG_VERSION"));
    info.description = Some(WORDS.to_owned());
    OpenApiBuilder::new().info(info).paths(paths).components(Some(components.build())).build()
}
