//! The forecast: what deals will bring by month, how sure that is, and how right it would have been before.

pub mod api;
pub mod pages;
mod pictures;
pub mod report;
mod verdict;

use std::sync::Arc;

use insight::{
    engine::Context,
    forecast::{Ask, ForecastAnswer, REPLICATES, forecast},
    question::Question,
};
use serde::Deserialize;

use crate::{
    Office,
    kept::Kept,
    question::{QuestionParams, ask},
    scoreboard::params::text,
    web::AppError,
};

/// What is asked of the forecast beside the question, as text; all of it may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ForecastParams {
    /// Whole months after the one under way, 1 to 12; 6 unless said.
    pub months: Option<String>,
    /// Draws, 100 to 10,000.
    pub replicates: Option<String>,
    pub seed: Option<String>,
}

impl ForecastParams {
    pub fn pairs(&self) -> [(&'static str, &Option<String>); 3] {
        [("months", &self.months), ("replicates", &self.replicates), ("seed", &self.seed)]
    }
}

pub struct Forecast {
    pub question: Question,
    pub ask: Ask,
    pub answer: Arc<ForecastAnswer>,
}

/// A forecast takes seconds with its backtest, and its page's picture and files are of the same one.
static FORECASTS: Kept<(String, Ask), ForecastAnswer> = Kept::at_most(8);

pub async fn forecast_of(office: &Office, params: &QuestionParams, own: &ForecastParams) -> Result<Forecast, AppError> {
    let wanted = read(own)?;
    // A forecast has no period: it says how things stand and where they go.
    let params = QuestionParams { period: None, ..params.clone() };
    let (history, question) = ask(office, &params, "all").await?;
    let work = {
        let (history, question, wanted) = (Arc::clone(&history), question.clone(), wanted.clone());
        move || forecast(&Context::of(&history, &question), &wanted)
    };
    let answer = FORECASTS.answer(&history, (format!("{question:?}"), wanted.clone()), work).await?;
    Ok(Forecast { question, ask: wanted, answer })
}

fn read(own: &ForecastParams) -> Result<Ask, AppError> {
    let usual = Ask::default();
    let number = |name: &str, written: &Option<String>, usual: u64, (least, most): (u64, u64)| match text(written) {
        None => Ok(usual),
        Some(text) => {
            let number = text.parse().ok().filter(|number| (least..=most).contains(number));
            number.ok_or_else(|| AppError::refused(format!("{name} `{text}`: write a number from {least} to {most}")))
        }
    };
    Ok(Ask {
        months: number("months", &own.months, usual.months as u64, (1, 12))? as usize,
        replicates: number("replicates", &own.replicates, usual.replicates, (100, REPLICATES))?,
        seed: number("seed", &own.seed, usual.seed, (0, u64::MAX))?,
        backtest: true,
    })
}
