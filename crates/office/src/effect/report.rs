//! The effect of the Agreement as a report.

use alignment::Instant;
use insight::{
    answer::Unit,
    effect::{ChangeSeen, NumberSeen, Pair, Side, Verdict},
    question::Question,
};
use serde_json::json;

use super::{Effect, EffectParams, effect_of};
use crate::{
    Office,
    question::QuestionParams,
    report::{Report, Sheet, heading, plain_fixed, with_question},
    ui::format,
    web::AppError,
};

pub async fn effect(office: &Office, params: &QuestionParams, own: &EffectParams) -> Result<Report, AppError> {
    let found = effect_of(office, params, own).await?;
    let question = &found.question;
    let mut sheets: Vec<Sheet> = found.answer.changes.iter().map(|change| sheet(change, question)).collect();
    if sheets.is_empty() {
        let rows = vec![vec![NOTHING.to_owned()]];
        sheets.push(Sheet::new("What the Agreement changed", ["note"], rows));
    }
    Ok(Report {
        json: with_question(question, [("changes", json!(found.answer.changes)), ("older_versions", json!(found.older))]),
        heading: heading(question),
        sheets,
        csv: csv(&found),
    })
}

pub const NOTHING: &str = "Only the first version has taken effect, and nothing was before it. Name a day of your own with at=2026-01-01.";

pub fn title(change: &ChangeSeen, question: &Question) -> String {
    let day = format::iso_date(change.at, &question.zone);
    match change.version {
        Some(version) => format!("Agreement v{version}, from {day} on"),
        None => format!("Around {day}"),
    }
}

/// What was compared, or that it is too early.
pub fn words(change: &ChangeSeen, question: &Question) -> String {
    let day = |at: Instant| format::iso_date(at, &question.zone);
    match change.too_early_until {
        Some(until) => format!("Too early: from {} on there is enough time after it to compare.", day(until)),
        None => format!(
            "{} days before against {} days after; what leads brought in their first {} days counts. What changed at the same time for other reasons is in it too.",
            format::fixed(change.window_days, 0),
            format::fixed(change.window_days, 0),
            format::fixed(change.within_days, 0)
        ),
    }
}

pub fn verdict_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Better => "better, beyond chance",
        Verdict::Worse => "worse, beyond chance",
        Verdict::NoChange => "no change beyond chance",
        Verdict::TooFew => "too few to judge",
        Verdict::NotRecorded => format::NOT_RECORDED,
    }
}

pub fn side(side: &Side, unit: Unit, question: &Question) -> String {
    side.value.map_or_else(|| format::NO_DATA.into(), |value| format::value(value, unit, question.currency))
}

/// `+4.1 pt (+1.0 to +7.2)`
pub fn difference(pair: &Pair, unit: Unit, question: &Question) -> String {
    let step = |value: f64| format::step(value, unit, question.currency);
    pair.difference
        .map_or_else(String::new, |found| format!("{} ({} to {})", step(found.value), step(found.interval.0), step(found.interval.1)))
}

/// As it is read under a picture and on a terminal.
pub fn sheet(change: &ChangeSeen, question: &Question) -> Sheet {
    let row = |number: &NumberSeen| {
        vec![
            number.name.to_owned(),
            format!("{} (n {})", side(&number.now.before, number.unit, question), format::count(number.now.before.n)),
            format!("{} (n {})", side(&number.now.after, number.unit, question), format::count(number.now.after.n)),
            difference(&number.now, number.unit, question),
            if number.year_ago.difference.is_some() {
                difference(&number.year_ago, number.unit, question)
            } else {
                format::NOT_RECORDED.into()
            },
            verdict_words(number.verdict).to_owned(),
        ]
    };
    let header = ["number", "before", "after", "change", "the same season a year ago", "verdict"];
    let mut rows: Vec<_> = change.numbers.iter().map(row).collect();
    if rows.is_empty() {
        rows.push(vec![words(change, question)]);
    }
    Sheet::new(title(change, question), header, rows)
}

pub fn csv(found: &Effect) -> Sheet {
    let number = |value: Option<f64>| plain_fixed(value, 6);
    let row = |change: &ChangeSeen, seen: &NumberSeen, span: &str, pair: &Pair| {
        let difference = pair.difference;
        vec![
            change.version.map_or(String::new(), |version| version.to_string()),
            change.at.to_string(),
            number(Some(change.window_days)),
            number(Some(change.within_days)),
            seen.key.to_owned(),
            span.to_owned(),
            number(pair.before.value),
            pair.before.n.to_string(),
            number(pair.after.value),
            pair.after.n.to_string(),
            number(difference.map(|difference| difference.value)),
            number(difference.map(|difference| difference.interval.0)),
            number(difference.map(|difference| difference.interval.1)),
            number(seen.p_adjusted.filter(|_| span == "now")),
            if span == "now" { json!(seen.verdict).as_str().unwrap_or_default().to_owned() } else { String::new() },
        ]
    };
    let mut rows = Vec::new();
    for change in &found.answer.changes {
        for seen in &change.numbers {
            rows.push(row(change, seen, "now", &seen.now));
            rows.push(row(change, seen, "year_ago", &seen.year_ago));
        }
    }
    let header = "version,at,window_days,within_days,number,span,before,before_n,after,after_n,difference,interval_low,interval_high,p_adjusted,verdict";
    Sheet::untitled(header.split(','), rows)
}
