//! Writing over the API: one transaction, one answer, and the same answer to a retry.

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use facts::{FactsError, WriteTx, changes::Author, idempotency};
use serde::Serialize;

use super::ask::Body;
use crate::{Actor, Office, office::News, web::AppError};

pub struct Write {
    pub tx: WriteTx,
    pub author: Author,
    office: Office,
    key: Option<String>,
    hash: String,
}

/// Who writes, when, and by which Agreement.
pub async fn author(office: &Office, actor: &Actor) -> Result<Author, AppError> {
    let version = office.agreement().await?.number;
    Ok(Author { actor: actor.user.map(|user| user.0), now: office.clock().now().0, agreement_version: Some(i64::from(version)) })
}

impl Write {
    /// Starts the write, or gives the answer that it got before.
    pub async fn begin<T>(office: &Office, actor: &Actor, body: &Body<T>) -> Result<Result<Write, Response>, AppError> {
        let mut tx = office.facts().write().await?;
        // The clock is read once it is this writer's turn: a row must not be older than what was answered while it waited.
        let author = author(office, actor).await?;
        if let Some(key) = &body.key
            && let Some(kept) = idempotency::kept(tx.conn(), author.actor.unwrap_or(0), key, author.now).await?
        {
            if kept.request_hash != body.hash {
                return Err(AppError::Conflict(
                    "Idempotency-Key: this key was used for another request; choose a new one for each.".into(),
                ));
            }
            return Ok(Err(answer_of(kept.status as u16, kept.body, true)));
        }
        Ok(Ok(Write { tx, author, office: office.clone(), key: body.key.clone(), hash: body.hash.clone() }))
    }

    /// Commits, tells those who listen, and answers.
    pub async fn answer(mut self, status: StatusCode, answer: &impl Serialize, tables: &[&str]) -> Result<Response, AppError> {
        let body = serde_json::to_string(answer).map_err(|error| AppError::Internal(error.into()))?;
        if let Some(key) = &self.key {
            let kept = idempotency::KeptAnswer { request_hash: self.hash, status: i64::from(status.as_u16()), body: body.clone() };
            let kept = idempotency::keep(self.tx.conn(), self.author.actor.unwrap_or(0), key, &kept, self.author.now).await;
            kept.map_err(|error| match error {
                FactsError::Taken { .. } => {
                    AppError::Conflict("Idempotency-Key: a request with this key is under way; try again in a moment.".into())
                }
                other => other.into(),
            })?;
        }
        self.tx.commit().await?;
        self.office.tell(News::Record { tables: tables.iter().map(|table| (*table).to_owned()).collect() });
        Ok(answer_of(status.as_u16(), body, false))
    }
}

fn answer_of(status: u16, body: String, again: bool) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
    if again {
        response.headers_mut().insert("idempotency-replayed", header::HeaderValue::from_static("true"));
    }
    response
}

/// A page of a list, in the words of the API.
pub fn page<R, W: Serialize + From<R>>(page: facts::list::Page<R>) -> Json<ListPage<W>> {
    Json(ListPage { items: page.items.into_iter().map(W::from).collect(), next: page.next })
}

#[derive(Serialize)]
pub struct ListPage<W> {
    pub items: Vec<W>,
    pub next: Option<String>,
}
