//! Asking marketing about a lead, and marketing's answer. By the Agreement a review may stand still meanwhile.

use facts::{WriteTx, bulk::Value, changes, handoff, schema};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Acting, Step, rights};
use crate::{
    api::{Field, wire::Sets},
    notifications::NoticeKind,
    web::AppError,
};

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Words {
    pub text: String,
}

/// A lead has one open question at a time; the same one asked again changes nothing.
pub async fn ask(tx: &mut WriteTx, acting: &Acting, id: i64, words: Words) -> Result<(), AppError> {
    let (lead, stage) = super::held(tx, id).await?;
    rights::check_reviews(acting.actor.role, acting.agreement())?;
    Step::Ask.check(id, stage)?;
    let mut sets = Sets::default();
    sets.note("text", Field(Some(Some(words.text))))?;
    sets.required(&["text"])?;
    let text = sets.get("text").as_text().unwrap_or_default().to_owned();
    if let Some(open) = handoff::questions(tx.conn(), id).await?.into_iter().find(|question| question.answered_at.is_none()) {
        let words = format!("lead {id} has an open question already: “{}”; wait for marketing's answer", open.text);
        return if open.text == text { Ok(()) } else { Err(AppError::Conflict(words)) };
    }
    sets.0.extend([
        ("lead_id", Value::Int(id)),
        ("asked_by", Value::int(acting.author.actor)),
        ("asked_at", Value::Int(acting.author.now)),
    ]);
    changes::add(tx, &acting.author, &schema::QUESTIONS, acting.author.now, &sets.0).await?;
    let title = format!("{} asks about {}", acting.name(), super::name_of(&lead));
    super::tell_marketing(tx, acting, &lead, NoticeKind::Question, title, text).await?;
    super::conclude(tx, acting, id, "question_asked", None).await
}

/// Answers the open question; the same answer again changes nothing.
pub async fn answer(tx: &mut WriteTx, acting: &Acting, id: i64, words: Words) -> Result<(), AppError> {
    let (lead, _) = super::held(tx, id).await?;
    rights::check_answers(acting.actor.role)?;
    let mut sets = Sets::default();
    sets.note("answer", Field(Some(Some(words.text))))?;
    sets.required(&["answer"]).map_err(|_| AppError::refused("text: an answer is needed"))?;
    let text = sets.get("answer").as_text().unwrap_or_default().to_owned();
    let questions = handoff::questions(tx.conn(), id).await?;
    let Some(open) = questions.iter().find(|question| question.answered_at.is_none()) else {
        let again = questions.last().is_some_and(|last| last.answer.as_deref() == Some(text.as_str()));
        let words = format!("lead {id} has no open question");
        return if again { Ok(()) } else { Err(AppError::Conflict(words)) };
    };
    let answered = vec![
        ("answer", Value::Text(text.clone())),
        ("answered_by", Value::int(acting.author.actor)),
        ("answered_at", Value::Int(acting.author.now)),
    ];
    changes::set(tx, &acting.author, &schema::QUESTIONS, "question", open.id, answered).await?;
    let title = format!("Answer about {}", super::name_of(&lead));
    let to = open.asked_by.into_iter().chain(lead.owner_id).collect();
    super::tell(tx, acting, id, NoticeKind::Answer, to, title, text).await?;
    super::conclude(tx, acting, id, "question_answered", None).await
}
