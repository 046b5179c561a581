//! From a won deal back to its first touch, with what each model gives each touch.

use askama::Template;
use axum::extract::{Path, Query, State};
use insight::{
    answer::JourneyTouch,
    attribution::{self, MODELS},
};

use super::{controls, one_model};
use crate::{
    Office,
    question::{QuestionParams, ask},
    scoreboard::{aside, default_period, params::address},
    ui::{Frame, MoneyUnit, format, known},
    web::{AppError, Page},
};

#[derive(Template)]
#[template(path = "closed_loop/journey.html")]
pub struct JourneyPage {
    id: i64,
    title: String,
    company: String,
    summary: String,
    models: Vec<&'static str>,
    touches: Vec<TouchRow>,
    /// Before the lookback: they belong to the story and get no share.
    earlier: Vec<TouchRow>,
    /// Which touches count.
    counted: String,
    back: String,
    frame: Frame,
}

struct TouchRow {
    at: String,
    words: &'static str,
    team: &'static str,
    about: String,
    person: Option<(String, String)>,
    shares: Vec<ShareCell>,
}

struct ShareCell {
    money: String,
    percent: String,
    none: bool,
}

pub async fn page(
    State(office): State<Office>,
    frame: Frame,
    Path(id): Path<i64>,
    Query(params): Query<QuestionParams>,
) -> Result<Page<JourneyPage>, AppError> {
    // What the chain gives a deal hangs on the journeys of the whole period, so it is the page's.
    let default = default_period(&*office.history().await?, office.clock().now());
    let (history, question) = ask(&office, &one_model(&params), default).await?;
    let (currency, counted) = (question.currency, controls::words(&question));
    let back = address(super::pages::PATH, &params, &[]);
    let touches = aside(move || attribution::journey(&history, &question, id, MODELS)).await?;
    let touches = touches.ok_or_else(|| AppError::not_found("deal", id))?;
    let mut record = office.facts().reader().await?;
    let deal = facts::names::of(&mut record, "deals", &[id]).await?.remove(&id);
    let ids = |pick: fn(&JourneyTouch) -> Option<i64>| touches.iter().filter_map(pick).collect::<Vec<_>>();
    let people = facts::names::of(&mut record, "people", &ids(|touch| touch.person)).await?;
    let campaigns = facts::names::of(&mut record, "campaigns", &ids(|touch| touch.campaign)).await?;
    let content = facts::names::of(&mut record, "content", &ids(|touch| touch.content)).await?;
    let name_of = |names: &std::collections::HashMap<i64, facts::names::Named>, id: Option<i64>| {
        id.and_then(|id| names.get(&id)).and_then(|named| named.name.clone())
    };
    let money = MoneyUnit::of(touches.iter().flat_map(|touch| &touch.shares).map(|(_, minor, _)| *minor as f64), currency);
    let row = |touch: &JourneyTouch| {
        let label = |text: &Option<String>| text.as_deref().map(known::within);
        let about = [
            name_of(&content, touch.content).map(|title| format!("“{title}”")),
            name_of(&campaigns, touch.campaign).map(|name| format!("campaign {name}")),
            label(&touch.channel),
            label(&touch.source).filter(|_| touch.channel != touch.source),
        ];
        let share = |(_, minor, weight): &(&'static str, i64, f64)| ShareCell {
            money: money.write(*minor as f64),
            percent: format::rate(*weight),
            none: *weight == 0.0 && *minor == 0,
        };
        TouchRow {
            at: frame.date_time(touch.at),
            words: touch.kind.words(),
            team: if touch.kind.side() == alignment::lifecycle::Side::Sales { "sales" } else { "marketing" },
            about: about.into_iter().flatten().collect::<Vec<_>>().join(", "),
            person: touch.person.and_then(|id| Some((name_of(&people, Some(id))?, format!("/people/{id}")))),
            shares: touch.shares.iter().map(share).collect(),
        }
    };
    Ok(Page(JourneyPage {
        id,
        title: deal.as_ref().and_then(|deal| deal.name.clone()).unwrap_or_else(|| format!("Deal {id}")),
        company: deal.and_then(|deal| deal.detail).unwrap_or_default(),
        summary: summary(&touches),
        models: MODELS.iter().map(|model| model.name).collect(),
        touches: touches.iter().filter(|touch| touch.inside_lookback).map(row).collect(),
        earlier: touches.iter().filter(|touch| !touch.inside_lookback).map(row).collect(),
        counted,
        back,
        frame,
    }))
}

/// How it began, in one sentence.
fn summary(touches: &[JourneyTouch]) -> String {
    let (Some(first), Some(last)) = (touches.first(), touches.last()) else {
        return "No touches are recorded for this deal.".into();
    };
    let days = format::plural(last.at.days_since(first.at).round().max(0.0) as u64, "day", "days");
    let source = first.channel.as_deref().or(first.source.as_deref()).map(|name| format!(" through {}", known::within(name)));
    format!(
        "It began {days} before the last touch: “{}”{}. {} in all.",
        first.kind.words(),
        source.unwrap_or_default(),
        format::plural(touches.len() as u64, "touch", "touches")
    )
}
