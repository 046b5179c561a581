//! Why a lead is an MQL: the conditions of the version that judged it with what satisfied them, and its score point by point.

use alignment::{
    Instant,
    agreement::{ScoreName, Version},
    instant::MICROS_PER_DAY,
    judging::{Condition, Explanation, Judge, ScoreLine, Seen, Subject as _},
    lifecycle::Stage,
};
use facts::{Connection, leads::TransitionRow};

use crate::{
    agreement::Versions,
    judging::Known,
    ui::{Frame, format},
    web::AppError,
};

pub struct Why {
    /// Of the Agreement, and when.
    pub rule: String,
    /// Where no criteria judged it: who or what made it an MQL.
    pub words: Option<String>,
    pub conditions: Vec<ConditionView>,
    pub score: Option<ScoreView>,
}

pub struct ConditionView {
    pub depth: usize,
    pub holds: bool,
    pub words: String,
    pub found: String,
}

pub struct ScoreView {
    pub total: String,
    pub parts: String,
    pub lines: Vec<PointsView>,
}

/// A lead's points on its page.
pub struct Points {
    /// By which version, and when.
    pub judged: String,
    /// `None`: that version gives no points.
    pub score: Option<ScoreView>,
}

pub struct PointsView {
    pub rule: String,
    pub detail: String,
    pub points: String,
}

/// Touches older than this no longer count for what is shown.
const LOOKED_BACK_DAYS: i64 = 5 * 366;

/// `None` before the lead is an MQL.
pub async fn of(
    connection: &mut Connection,
    frame: &Frame,
    versions: &Versions,
    person: i64,
    transitions: &[TransitionRow],
) -> Result<Option<Why>, AppError> {
    let Some(mql) = transitions.iter().find(|transition| transition.stage == Stage::Mql.key()) else { return Ok(None) };
    let at = Instant(mql.at.unwrap_or(mql.recorded_at));
    let named = u32::try_from(mql.agreement_version).ok().and_then(|number| versions.number(number));
    let version = named.unwrap_or_else(|| versions.at(at));
    let rule = format!("MQL, Agreement v{}, {}", version.number, frame.date_time(at));
    let Some((explained, source)) = explained(connection, version, person, at).await? else { return Ok(None) };
    let conditions = explained.stages.iter().find(|stage| stage.stage == Stage::Mql).map(|stage| stage.condition.lines());
    let words = match (&conditions, &mql.actor_name) {
        (Some(_), _) if mql.actor_id.is_none() => None,
        (_, Some(name)) => Some(format!("{name} made it an MQL.")),
        (_, None) => Some(match source {
            Some(source) => format!("It came as an MQL from where it was recorded; source: {}.", format::spaced(&source)),
            None => "It came as an MQL from where it was recorded.".into(),
        }),
    };
    Ok(Some(Why {
        rule,
        words,
        conditions: conditions.unwrap_or_default().into_iter().map(|(depth, condition)| condition_view(depth, condition)).collect(),
        score: score_view(&explained),
    }))
}

/// What the Agreement in force gives the person now.
pub async fn points(connection: &mut Connection, frame: &Frame, person: i64) -> Result<Points, AppError> {
    let version = &frame.agreement;
    let explained = explained(connection, version, person, frame.now).await?;
    let scoring = &version.agreement.scoring;
    let has_rules = !scoring.fit.is_empty() || !scoring.engagement.is_empty();
    let view = |(explained, _): &(Explanation, Option<String>)| view_of_score(explained);
    Ok(Points {
        judged: format!("By Agreement v{}, {}", version.number, frame.date_time(frame.now)),
        score: explained.as_ref().filter(|_| has_rules).map(view),
    })
}

/// What a version says of a person at an instant, with the source of the lead. `None` where the person is gone.
async fn explained(
    connection: &mut Connection,
    version: &Version,
    person: i64,
    at: Instant,
) -> Result<Option<(Explanation, Option<String>)>, AppError> {
    let judge = Judge::compile(&version.agreement);
    let from = Instant(at.0.saturating_sub(LOOKED_BACK_DAYS * MICROS_PER_DAY));
    let known = Known::load(connection, &[person], from, version.agreement.currency).await?;
    let Some(subject) = known.person(person) else { return Ok(None) };
    let seen = |signal: &facts::judging::SignalFields| Seen {
        touch: signal.id,
        at: Instant(signal.at),
        marks: judge.marks(&known.traits(signal)),
    };
    let mut touches: Vec<Seen> = subject.signals.iter().map(seen).collect();
    touches.sort_by_key(|seen| (seen.at, seen.touch));
    Ok(Some((judge.explain(subject, &touches, at), subject.text("lead.source").map(str::to_owned))))
}

fn condition_view(depth: usize, condition: &Condition) -> ConditionView {
    ConditionView {
        depth: depth.min(4),
        holds: condition.holds,
        words: condition.words.clone(),
        found: condition.found.clone().unwrap_or_default(),
    }
}

/// `None` where the Agreement scores nothing.
fn score_view(explained: &Explanation) -> Option<ScoreView> {
    (!explained.lines.is_empty()).then(|| view_of_score(explained))
}

fn view_of_score(explained: &Explanation) -> ScoreView {
    let score = explained.score;
    ScoreView {
        total: format::fixed(score.total(), 0),
        parts: format!("fit {}, interest {}", format::fixed(score.fit, 0), format::fixed(score.engagement, 0)),
        lines: explained.lines.iter().map(points_view).collect(),
    }
}

fn points_view(line: &ScoreLine) -> PointsView {
    let touches = (line.part == ScoreName::Engagement && !line.touches.is_empty())
        .then(|| format::plural(line.touches.len() as u64, "touch", "touches"));
    PointsView {
        rule: line.rule.clone(),
        detail: touches.into_iter().chain((!line.words.is_empty()).then(|| line.words.clone())).collect::<Vec<_>>().join(", "),
        points: format!("{}{}", if line.points < 0.0 { "" } else { "+" }, format::fixed(line.points, 0)),
    }
}
