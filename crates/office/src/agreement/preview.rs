//! How a draft would score and judge one person, line by line.

use alignment::{
    Instant,
    judging::{Condition, Explanation, Judge, Seen},
};
use askama::Template;
use axum::extract::{Path, Query, State};
use facts::search;
use serde::Deserialize;

use super::drafts;
use crate::{
    Office,
    judging::Known,
    ui::{Frame, format},
    web::{Allow, AppError, Endpoint, Page},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::get("/agreement/drafts/{id}/preview", Allow::SignedIn, page)]
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PreviewQuery {
    q: String,
    person: Option<i64>,
}

#[derive(Template)]
#[template(path = "agreement/preview.html")]
struct PreviewPage {
    id: i64,
    q: String,
    found: Vec<(i64, String)>,
    shown: Option<Shown>,
    frame: Frame,
}

struct Shown {
    name: String,
    score: String,
    lines: Vec<(&'static str, String, String, String)>,
    stages: Vec<StageShown>,
}

struct StageShown {
    name: String,
    holds: bool,
    lines: Vec<(usize, String, bool, String)>,
}

/// People that a search lists.
const FOUND_MAX: i64 = 20;

async fn page(
    State(office): State<Office>,
    frame: Frame,
    Path(id): Path<i64>,
    Query(query): Query<PreviewQuery>,
) -> Result<Page<PreviewPage>, AppError> {
    let draft = drafts::one(&office, id).await?;
    let mut record = office.facts().read().await?;
    let hits = match query.q.trim() {
        "" => Vec::new(),
        text => search::find(&mut record, text, FOUND_MAX).await?.people,
    };
    let found = hits.into_iter().map(|hit| (hit.id, hit.name.or(hit.detail).unwrap_or_else(|| format!("Person {}", hit.id)))).collect();
    let shown = match query.person {
        None => None,
        Some(person) => {
            let known = Known::load(record.conn(), &[person], Instant::MIN, draft.agreement.currency).await?;
            let explained = explain(&known, person, &Judge::compile(&draft.agreement), frame.now)?;
            let name = known.person(person).and_then(|person| person.fields.name.clone()).unwrap_or_else(|| format!("Person {person}"));
            Some(show(name, explained))
        }
    };
    Ok(Page(PreviewPage { id, q: query.q, found, shown, frame }))
}

fn explain(known: &Known, id: i64, judge: &Judge, now: Instant) -> Result<Explanation, AppError> {
    let person = known.person(id).ok_or_else(|| AppError::not_found("person", id))?;
    let seen =
        person.signals.iter().map(|signal| Seen { touch: signal.id, at: Instant(signal.at), marks: judge.marks(&known.traits(signal)) });
    Ok(judge.explain(person, &seen.collect::<Vec<_>>(), now))
}

fn show(name: String, explained: Explanation) -> Shown {
    use alignment::agreement::ScoreName;
    let points = |points: f64| format::signed(points, 1);
    let line = |line: &alignment::judging::ScoreLine| {
        let part = if line.part == ScoreName::Fit { "fit" } else { "engagement" };
        let touches = if line.touches.is_empty() { String::new() } else { format::plural(line.touches.len() as u64, "touch", "touches") };
        (part, points(line.points), format!("{}: {}", line.rule, line.words), touches)
    };
    let condition = |(depth, one): (usize, &Condition)| (depth.min(4), one.words.clone(), one.holds, one.found.clone().unwrap_or_default());
    let stage = |stage: &alignment::judging::StageExplanation| StageShown {
        name: stage.stage.name().to_owned(),
        holds: stage.holds,
        lines: stage.condition.lines().into_iter().map(condition).collect(),
    };
    Shown {
        name,
        score: format!("{} points", format::fixed(explained.score.total(), 1)),
        lines: explained.lines.iter().map(line).collect(),
        stages: explained.stages.iter().map(stage).collect(),
    }
}
