//! The closed loop: revenue (or pipeline, or customers) shared out over the touches that led to it, under every model side by side,
//! down to one deal's journey.

pub mod controls;
pub mod deals;
pub mod journey;
pub mod pages;
pub mod picture;
pub mod tables;

use insight::{
    attribution::{self, MODELS, Overview},
    question::{Dimension, Goal, Question},
};

use crate::{
    Office,
    question::{QuestionParams, ask},
    scoreboard::{aside, default_period},
    web::AppError,
};

/// What can be shared out by.
pub static AXES: &[(&str, &str)] = &[("channel", "Channel"), ("source", "Source"), ("campaign", "Campaign"), ("content", "Content")];

/// Every model's answer to one question, and what stands around them.
pub struct Shares {
    pub question: Question,
    pub overview: Overview,
}

pub async fn shares(office: &Office, params: &QuestionParams) -> Result<Shares, AppError> {
    let default = default_period(&*office.history().await?, office.clock().now());
    let (history, question) = ask(office, &one_model(params), default).await?;
    let by = question.by.clone().unwrap_or(Dimension::Channel);
    let question = Question { by: Some(by), ..question };
    aside(move || {
        let overview = attribution::overview(&history, &question, MODELS);
        Shares { question, overview }
    })
    .await
}

/// `all` is for reports; a page has one model that it is sorted by.
pub fn one_model(params: &QuestionParams) -> QuestionParams {
    let model = params.model.clone().filter(|model| model != "all");
    QuestionParams { model, ..params.clone() }
}

pub fn one_deal_of(goal: Goal) -> &'static str {
    match goal {
        Goal::Revenue => "won deal",
        Goal::Pipeline => "opened deal",
        Goal::Customers => "new customer",
    }
}

/// What the deals of a goal are called.
pub fn deals_of(goal: Goal) -> &'static str {
    match goal {
        Goal::Revenue => "won deals",
        Goal::Pipeline => "opened deals",
        Goal::Customers => "new customers",
    }
}
