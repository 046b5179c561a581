//! What went wrong, in words. A handler returns an [`AppError`]; [`crate::web::showing`] makes a page of it for people, and
//! `application/problem+json` (RFC 9457) for programs.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use facts::FactsError;
use insight::attribution::ModelError;

use crate::{imports::ImportError, question::QuestionError};

#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("{0}")]
    NotFound(String),
    #[error("sign in first")]
    SignedOut,
    #[error("{0}")]
    Forbidden(String),
    /// What was asked makes no sense or breaks a rule; the words say what to do instead.
    #[error("{0}")]
    Refused(String),
    /// It would make sense, but not in the state that things are in.
    #[error("{0}")]
    Conflict(String),
    #[error("{words}")]
    TooMany { words: String, retry_seconds: i64 },
    #[error("the database is busy with another write; nothing was changed, try again in a moment")]
    Busy,
    /// More questions wait for a core than anybody would wait behind.
    #[error("too many questions are waiting for their answer already; nothing was lost, ask again in a few seconds")]
    Crowded,
    /// Logged in full; the asker sees no internals.
    #[error(transparent)]
    Internal(anyhow::Error),
}

/// What the showing layer needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub status: StatusCode,
    pub code: &'static str,
    pub detail: String,
    pub retry_seconds: Option<i64>,
}

impl AppError {
    pub fn not_found(noun: &str, id: impl std::fmt::Display) -> AppError {
        AppError::NotFound(format!("There is no {noun} {id}. It may have been removed, or the import that brought it was undone."))
    }

    pub fn refused(words: impl Into<String>) -> AppError {
        AppError::Refused(words.into())
    }

    pub fn problem(&self) -> Problem {
        let (status, code) = match self {
            AppError::NotFound(_) => (StatusCode::NOT_FOUND, "not_found"),
            AppError::SignedOut => (StatusCode::UNAUTHORIZED, "signed_out"),
            AppError::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden"),
            AppError::Refused(_) => (StatusCode::UNPROCESSABLE_ENTITY, "refused"),
            AppError::Conflict(_) => (StatusCode::CONFLICT, "conflict"),
            AppError::TooMany { .. } => (StatusCode::TOO_MANY_REQUESTS, "too_many"),
            AppError::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            AppError::Crowded => (StatusCode::SERVICE_UNAVAILABLE, "crowded"),
            AppError::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        };
        let detail = match self {
            AppError::Internal(_) => "Something went wrong on our side; it has been written to the log. Nothing half-done was kept.".into(),
            AppError::SignedOut => "Sign in, or send an API token: `Authorization: Bearer tdm_...`.".into(),
            other => other.to_string(),
        };
        let retry_seconds = match self {
            AppError::TooMany { retry_seconds, .. } => Some(*retry_seconds),
            AppError::Busy => Some(1),
            AppError::Crowded => Some(5),
            _ => None,
        };
        Problem { status, code, detail, retry_seconds }
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let problem = self.problem();
        if let AppError::Internal(error) = &self {
            tracing::error!("{error:?}");
        }
        let mut response = problem.status.into_response();
        response.extensions_mut().insert(problem);
        response
    }
}

impl From<FactsError> for AppError {
    fn from(error: FactsError) -> AppError {
        match error {
            FactsError::NotFound { noun, id } => AppError::not_found(noun, id),
            FactsError::Taken { .. } => AppError::Conflict("Another record has the same value already, and there may be only one.".into()),
            FactsError::Busy => AppError::Busy,
            FactsError::Refused(words) => AppError::Refused(words),
            other => AppError::Internal(other.into()),
        }
    }
}

impl From<anyhow::Error> for AppError {
    fn from(error: anyhow::Error) -> AppError {
        let error = match error.downcast::<AppError>() {
            Ok(known) => return known,
            Err(error) => error,
        };
        let error = match error.downcast::<QuestionError>() {
            Ok(known) => return known.into(),
            Err(error) => error,
        };
        let error = match error.downcast::<ModelError>() {
            Ok(known) => return AppError::Refused(known.to_string()),
            Err(error) => error,
        };
        match error.downcast::<FactsError>() {
            Ok(known) => known.into(),
            Err(error) => AppError::Internal(error),
        }
    }
}

impl From<QuestionError> for AppError {
    fn from(error: QuestionError) -> AppError {
        AppError::Refused(error.to_string())
    }
}

impl From<ImportError> for AppError {
    fn from(error: ImportError) -> AppError {
        match error {
            ImportError::NotAllowed => AppError::Forbidden(error.to_string()),
            ImportError::File(_) | ImportError::TooManyRejected { .. } => AppError::Refused(error.to_string()),
            ImportError::Facts(error) => error.into(),
            ImportError::Other(error) => error.into(),
        }
    }
}
