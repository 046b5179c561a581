//! Answers that are pages.

use askama::Template;
use axum::response::{Html, IntoResponse, Redirect, Response};
use tower_sessions::Session;

use crate::{ui::Toast, web::AppError};

/// A template as a response.
pub struct Page<T>(pub T);

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(text) => Html(text).into_response(),
            Err(error) => AppError::Internal(error.into()).into_response(),
        }
    }
}

/// Goes to another page, which says what was done; `undo` is the address that takes it back by `POST`.
pub async fn redirect(session: &Session, address: &str, words: &str, undo: Option<String>) -> Result<Response, AppError> {
    let toast = Toast { words: words.to_owned(), undo };
    session.insert("toast", toast).await.map_err(|error| AppError::Internal(error.into()))?;
    Ok(Redirect::to(address).into_response())
}
