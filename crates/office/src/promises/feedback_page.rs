//! What sales said of marketing's leads, and marketing's word that it looked.

use alignment::Instant;
use askama::Template;
use axum::{Form, extract::State, response::Response};
use facts::ledger::acts;
use serde::Deserialize;
use tower_sessions::Session;

use super::{feedback, rights::speaker};
use crate::{
    Office, Role,
    api::write,
    office::News,
    ui::Frame,
    web::{Allow, AppError, Endpoint, Page, redirect},
};

/// Those who look through feedback for marketing.
pub const REVIEWERS: Allow = Allow::Roles(&[Role::Marketing, Role::Leader, Role::Admin]);

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::get("/promises/feedback", Allow::SignedIn, page), Endpoint::post("/promises/feedback", REVIEWERS, review)]
}

#[derive(Template)]
#[template(path = "promises/feedback.html")]
struct FeedbackPage {
    since: String,
    last: Option<String>,
    rows: Vec<acts::SentBackRow>,
    reviews: Vec<(String, String, String)>,
    is_cut: bool,
    may_review: bool,
    frame: Frame,
}

impl FeedbackPage {
    fn reason(&self, row: &acts::SentBackRow) -> String {
        let Some(key) = row.reason.as_deref() else { return "no reason".to_owned() };
        self.frame.agreement.agreement.reason_name(key).unwrap_or(key).to_owned()
    }

    fn date(&self, at: &i64) -> String {
        self.frame.date(Instant(*at))
    }
}

async fn page(State(office): State<Office>, frame: Frame) -> Result<Page<FeedbackPage>, AppError> {
    let found = feedback::look(&office, frame.now).await?;
    let who = |row: &acts::ReviewRow| row.user_name.clone().unwrap_or_else(|| "the command line".to_owned());
    let at = |row: &acts::ReviewRow| frame.date_time(Instant(row.at));
    Ok(Page(FeedbackPage {
        since: frame.date(found.since),
        last: found.last.as_ref().map(|row| format!("{}, {}", who(row), at(row))),
        is_cut: found.sent_back.len() as i64 == feedback::LISTED_MAX,
        reviews: found.reviews.iter().map(|row| (at(row), who(row), row.note.clone())).collect(),
        rows: found.sent_back,
        may_review: frame.actor.role != Role::Sales,
        frame,
    }))
}

#[derive(Debug, Deserialize)]
struct ReviewForm {
    note: String,
}

async fn review(State(office): State<Office>, session: Session, frame: Frame, Form(form): Form<ReviewForm>) -> Result<Response, AppError> {
    let author = write::author(&office, &frame.actor).await?;
    let mut tx = office.facts().write().await?;
    let who = speaker(tx.conn(), &frame.actor, author).await?;
    feedback::review(&mut tx, &who, &form.note).await?;
    tx.commit().await?;
    office.tell(News::Record { tables: vec!["feedback_reviews".into()] });
    redirect(&session, "/promises/feedback", "Written down as this week's review.", None).await
}
