//! The closed loop: won revenue shared out over the touches that led to it, under every model side by side, down to one deal's journey.

pub mod deals;
pub mod journey;
pub mod pages;

use insight::{
    answer::ModelAnswer,
    attribution::{self, MODELS},
    question::{Dimension, Question},
};

use crate::{
    Office,
    question::{QuestionParams, ask},
    scoreboard::{aside, default_period},
    web::AppError,
};

/// What revenue can be shared out by.
pub static AXES: &[(&str, &str)] = &[("channel", "Channel"), ("source", "Source"), ("campaign", "Campaign"), ("content", "Content")];

/// Every model's answer to one question.
pub struct Shares {
    pub question: Question,
    pub answers: Vec<ModelAnswer>,
}

pub async fn shares(office: &Office, params: &QuestionParams) -> Result<Shares, AppError> {
    let default = default_period(&*office.history().await?, office.clock().now());
    let (history, question) = ask(office, &one_model(params), default).await?;
    let by = question.by.clone().unwrap_or(Dimension::Channel);
    let question = Question { by: Some(by), ..question };
    aside(move || {
        let answers = attribution::attribute(&history, &question, MODELS);
        Shares { question, answers }
    })
    .await
}

/// `all` is for reports; a page has one model that it is sorted by.
pub fn one_model(params: &QuestionParams) -> QuestionParams {
    let model = params.model.clone().filter(|model| model != "all");
    QuestionParams { model, ..params.clone() }
}
