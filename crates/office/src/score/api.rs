//! The learned score for programs.

use alignment::Instant;
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use facts::scores::VersionHead;
use insight::score::{Contribution, Weight};
use serde::Serialize;
use utoipa::ToSchema;

use super::{LeadAnswer, Standing, TRAINERS, Wanted, learn, notices, of_lead, save, since, standing, versions};
use crate::{
    Actor, Office,
    api::{Body, Described, Write, describe, wire::at},
    web::{AppError, Endpoint},
};

pub fn described() -> Vec<Described> {
    vec![
        describe::get("/api/v1/score", "The learned score, and how well it does", get)
            .words("The newest version with its figures beside those of the points and of naive Bayes, its weights, and all versions.")
            .gives::<ScoreAnswer>(),
        Described::of(Endpoint::post("/api/v1/score/versions", TRAINERS, train), "Learn a version of the score")
            .words("From the history as it stands. 409 where there is too little to learn from.")
            .takes::<Wanted>()
            .gives::<Version>(),
        describe::get("/api/v1/leads/{id}/score", "The learned score of a lead", of_one)
            .words("Judged at the latest instant at which it became a lead or an MQL. `probability` is null unless `state` is `shown`.")
            .gives::<LeadScoreAnswer>(),
    ]
}

/// A version of the score.
#[derive(Serialize, ToSchema)]
pub struct Version {
    pub number: i64,
    /// Nothing that happened later was learned from.
    #[schema(format = DateTime)]
    pub as_of: String,
    #[schema(format = DateTime)]
    pub known_at: String,
    /// Why it is not shown on leads; null where it is.
    pub withheld: Option<String>,
    pub actor_id: Option<i64>,
    #[schema(format = DateTime)]
    pub recorded_at: String,
}

#[derive(Serialize, ToSchema)]
pub struct ScoreAnswer {
    /// Null before the first was learned.
    pub version: Option<Version>,
    /// What it was learned from, and how well it does: AUC, log-loss, Brier score, calibration error and lift, each with its interval.
    #[schema(value_type = Option<Object>)]
    pub figures: Option<serde_json::Value>,
    /// How it does on leads that have come of age since; null where there are too few.
    #[schema(value_type = Option<Object>)]
    pub since: Option<serde_json::Value>,
    /// Reasons to learn anew.
    pub notices: Vec<String>,
    /// In log-odds, compared with an average lead; the largest first.
    pub weights: Vec<WeightShown>,
    pub versions: Vec<Version>,
}

#[derive(Serialize, ToSchema)]
pub struct WeightShown {
    pub feature: String,
    pub words: String,
    pub log_odds: f64,
    /// Of the leads learned from.
    pub share: f64,
}

#[derive(Serialize, ToSchema)]
pub struct LeadScoreAnswer {
    pub lead_id: i64,
    /// `shown`, `no_version`, `withheld`, `reached`, `over` or `not_judged`.
    pub state: &'static str,
    /// Why there is no score.
    pub reason: Option<String>,
    pub version: Option<i64>,
    /// The stage that it is the probability of, within `horizon_days`.
    pub outcome: Option<&'static str>,
    pub horizon_days: Option<u32>,
    pub agreement_version: Option<u32>,
    #[schema(format = DateTime)]
    pub as_of: String,
    #[schema(format = DateTime)]
    pub known_at: String,
    /// `lead` or `mql`.
    pub judged_as: Option<&'static str>,
    #[schema(format = DateTime)]
    pub judged_at: Option<String>,
    /// 0 to 1.
    pub probability: Option<f64>,
    pub log_odds: Option<f64>,
    /// Of an average lead; with the contributions it sums to `log_odds`.
    pub base_log_odds: Option<f64>,
    /// The largest first.
    pub contributions: Vec<Part>,
}

#[derive(Serialize, ToSchema)]
pub struct Part {
    pub feature: String,
    pub words: String,
    pub log_odds: f64,
}

impl From<VersionHead> for Version {
    fn from(head: VersionHead) -> Version {
        Version {
            number: head.number,
            as_of: at(head.as_of),
            known_at: at(head.known_at),
            withheld: head.withheld,
            actor_id: head.actor_id,
            recorded_at: at(head.recorded_at),
        }
    }
}

impl LeadScoreAnswer {
    pub fn of(lead: i64, answer: LeadAnswer, now: Instant) -> LeadScoreAnswer {
        let reason = answer.reason();
        let report = answer.standing.as_ref().map(|standing| &standing.report);
        let score = answer.score.as_ref();
        let part = |part: &Contribution| Part { feature: part.feature.clone(), words: part.words.clone(), log_odds: part.log_odds };
        LeadScoreAnswer {
            lead_id: lead,
            state: answer.state.key(),
            reason,
            version: answer.standing.as_ref().map(|standing| standing.head.number),
            outcome: report.map(|report| report.outcome.key()),
            horizon_days: report.map(|report| report.horizon_days),
            agreement_version: report.map(|report| report.agreement_version),
            as_of: at(now.0),
            known_at: at(now.0),
            judged_as: score.map(|score| score.judged_as.key()),
            judged_at: score.map(|score| at(score.judged_at.0)),
            probability: score.map(|score| score.explained.probability),
            log_odds: score.map(|score| score.explained.log_odds),
            base_log_odds: score.map(|score| score.explained.base_log_odds),
            contributions: score.map(|score| score.explained.contributions.iter().map(part).collect()).unwrap_or_default(),
        }
    }
}

/// The newest version with all that is known of it.
pub async fn answer(office: &Office) -> Result<ScoreAnswer, AppError> {
    let all = versions(office).await?.into_iter().map(Version::from).collect();
    let Some(standing) = standing(office).await? else {
        return Ok(ScoreAnswer { version: None, figures: None, since: None, notices: Vec::new(), weights: Vec::new(), versions: all });
    };
    let since = since(office, &standing).await?;
    let notices = notices(&standing, since.as_ref(), office.clock().now());
    let json = |value: serde_json::Result<serde_json::Value>| value.map_err(|error| AppError::Internal(error.into()));
    let weight =
        |weight: Weight| WeightShown { feature: weight.feature, words: weight.words, log_odds: weight.log_odds, share: weight.share };
    let Standing { head, model, report } = standing;
    Ok(ScoreAnswer {
        version: Some(Version::from(head)),
        figures: Some(json(serde_json::to_value(&report))?),
        since: since.map(|since| json(serde_json::to_value(since))).transpose()?,
        notices,
        weights: model.weights().into_iter().map(weight).collect(),
        versions: all,
    })
}

async fn get(State(office): State<Office>) -> Result<Json<ScoreAnswer>, AppError> {
    Ok(Json(answer(&office).await?))
}

async fn of_one(State(office): State<Office>, Path(id): Path<i64>) -> Result<Json<LeadScoreAnswer>, AppError> {
    Ok(Json(LeadScoreAnswer::of(id, of_lead(&office, id).await?, office.clock().now())))
}

async fn train(State(office): State<Office>, actor: Actor, body: Body<Wanted>) -> Result<Response, AppError> {
    // Learned first: a write must not wait for it.
    let fresh = learn(&office, &body.fields).await?;
    let mut write = match Write::begin(&office, &actor, &body).await? {
        Ok(write) => write,
        Err(kept) => return Ok(kept),
    };
    let number = save(&mut write.tx, &write.author, &fresh).await?;
    let head = facts::scores::versions(write.tx.conn(), 1).await?.pop().filter(|head| head.number == number);
    let head = head.ok_or_else(|| AppError::not_found("version", number))?;
    write.answer(StatusCode::CREATED, &Version::from(head), &["score_versions"]).await
}
