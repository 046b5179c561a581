//! Shows every error once, for whom it is: a page in words for people, problem+json for programs. Also where a panic ends.

use std::panic::AssertUnwindSafe;

use askama::Template;
use axum::{
    Json,
    body::to_bytes,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{Html, IntoResponse, Redirect, Response},
};
use futures_util::FutureExt;
use serde_json::json;

use crate::web::{AppError, endpoints::is_api, error::Problem};

#[derive(Template)]
#[template(path = "web/error.html")]
struct ErrorPage<'a> {
    title: &'a str,
    detail: &'a str,
    signed_out: bool,
}

pub async fn show_errors(request: Request, next: Next) -> Response {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let wants = Wants::of(&uri, request.headers());
    let response = match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => AppError::Internal(anyhow::anyhow!("a handler of {method} {uri} panicked")).into_response(),
    };
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return response;
    }
    match problem_of(response).await {
        Ok(problem) => show(&problem, wants, &method, &uri),
        Err(shown) => shown,
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Wants {
    Page,
    /// htmx asked for a piece of a page.
    Piece,
    Problem,
}

impl Wants {
    fn of(uri: &Uri, headers: &HeaderMap) -> Wants {
        let accepts_json = headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"application/json"));
        if is_api(uri.path()) || accepts_json {
            return Wants::Problem;
        }
        if headers.contains_key("hx-request") { Wants::Piece } else { Wants::Page }
    }
}

/// The problem that a response stands for; a response that shows its error already comes back as it is.
async fn problem_of(mut response: Response) -> Result<Problem, Response> {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        return Ok(problem);
    }
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    if !kind.is_empty() && !kind.starts_with("text/plain") {
        return Err(response);
    }
    // Written by axum or one of the layers: a short text.
    let status = response.status();
    let text = to_bytes(response.into_body(), 4096).await.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let detail = match status {
        StatusCode::NOT_FOUND => "There is no page at this address.".into(),
        StatusCode::METHOD_NOT_ALLOWED => "This address takes other methods.".into(),
        StatusCode::PAYLOAD_TOO_LARGE => "That is too large: 1 MiB is the limit for a form, 2 GiB for the files of one import.".into(),
        StatusCode::FORBIDDEN if text.is_empty() => {
            "The request came from another site, so nothing was done. Open Tandem itself and try again.".into()
        }
        status if status.is_server_error() => {
            tracing::error!("{status}: {text}");
            "Something went wrong on our side; it has been written to the log.".into()
        }
        _ => text,
    };
    Ok(Problem { status, code: "request", detail, retry_seconds: None })
}

fn show(problem: &Problem, wants: Wants, method: &Method, uri: &Uri) -> Response {
    let mut response = match wants {
        Wants::Problem => as_json(problem),
        _ if problem.status == StatusCode::UNAUTHORIZED => return to_sign_in(wants, method, uri),
        _ => as_page(problem),
    };
    *response.status_mut() = problem.status;
    if let Some(seconds) = problem.retry_seconds
        && let Ok(value) = HeaderValue::from_str(&seconds.to_string())
    {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

fn as_json(problem: &Problem) -> Response {
    let title = problem.status.canonical_reason().unwrap_or("Error");
    let body = json!({
        "type": "about:blank", "title": title, "status": problem.status.as_u16(), "code": problem.code, "detail": problem.detail,
    });
    let mut response = Json(body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if problem.status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn as_page(problem: &Problem) -> Response {
    let title = match problem.status {
        StatusCode::NOT_FOUND => "Not here",
        StatusCode::FORBIDDEN => "Not for your role",
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST => "That can’t be done as asked",
        StatusCode::CONFLICT => "Not in this state",
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => "A moment, please",
        status if status.is_server_error() => "That went wrong",
        _ => "That did not work",
    };
    let page = ErrorPage { title, detail: &problem.detail, signed_out: false };
    Html(page.render().unwrap_or_else(|_| problem.detail.clone())).into_response()
}

fn to_sign_in(wants: Wants, method: &Method, uri: &Uri) -> Response {
    let back = if method == Method::GET && uri.path() != "/" { uri.path_and_query().map_or("", |path| path.as_str()) } else { "" };
    let address = if back.is_empty() { "/sign-in".to_owned() } else { format!("/sign-in?next={}", crate::ui::url::encode(back)) };
    match wants {
        Wants::Piece => ([("hx-redirect", address)], StatusCode::UNAUTHORIZED).into_response(),
        _ => Redirect::to(&address).into_response(),
    }
}
