//! The page of the Agreement's effect.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use insight::{
    effect::{ChangeSeen, NumberSeen, Side, Verdict},
    question::Question,
};
use picture::Width;

use super::{Effect, EffectParams, VERSIONS_MAX, effect_of, pictures, report, rows_page};
use crate::{
    Office,
    question::QuestionParams,
    scoreboard::params::{Controls, Links, controls, text},
    ui::{
        Exhibit, Frame, Judged,
        exhibit::{csv_file, svg_file},
        format,
    },
    web::{Allow, AppError, Endpoint, Page},
};

const PATH: &str = "/effect";
/// The inputs of the form.
pub(crate) const SHOWN: &[&str] = &["version", "at", "window_days", "within_days", "as_of"];

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(PATH, Allow::SignedIn, page),
        Endpoint::get("/effect/rows", Allow::SignedIn, rows_page::page),
        Endpoint::get("/effect/rates.svg", Allow::SignedIn, rates_svg),
        Endpoint::get("/effect/effect.csv", Allow::SignedIn, effect_csv),
    ]
}

#[derive(Template)]
#[template(path = "effect/page.html")]
struct EffectPage {
    controls: Controls,
    window_days: String,
    within_days: String,
    at: String,
    changes: Vec<ChangeShown>,
    older: usize,
    /// Choices: number, name, whether it is chosen.
    versions: Vec<(String, String, bool)>,
    nothing: &'static str,
    has_own_day: bool,
    csv: String,
    as_of: String,
    known_at: String,
    path: &'static str,
    judged: Judged,
    frame: Frame,
}

struct ChangeShown {
    title: String,
    words: String,
    too_early: bool,
    rates: Option<Exhibit>,
    numbers: Vec<NumberShown>,
    agreement: Option<String>,
}

struct NumberShown {
    key: String,
    name: &'static str,
    words: &'static str,
    before: (String, String),
    after: (String, String),
    change: String,
    year_ago: String,
    verdict: &'static str,
    class: &'static str,
}

async fn page(
    State(office): State<Office>,
    frame: Frame,
    Query(params): Query<QuestionParams>,
    Query(own): Query<EffectParams>,
) -> Result<Page<EffectPage>, AppError> {
    let found = effect_of(&office, &params, &own).await?;
    let question = &found.question;
    let links = Links::of(&params, own.pairs());
    let shown = |change: &ChangeSeen| shown(change, question, &links);
    Ok(Page(EffectPage {
        window_days: text(&own.window_days).unwrap_or("90").to_owned(),
        within_days: text(&own.within_days).unwrap_or_default().to_owned(),
        at: text(&own.at).unwrap_or_default().chars().take(10).collect(),
        changes: found.answer.changes.iter().map(shown).collect(),
        older: found.older,
        versions: versions(&found, &own),
        nothing: "Only the first version of the Agreement has taken effect, and nothing was before it. Compare around a day of your own instead: when a team was retrained, a tool came, a region changed hands.",
        has_own_day: found.has_own_day,
        csv: links.to("/effect/effect.csv", &[]),
        as_of: frame.date_time(question.as_of),
        known_at: frame.date_time(question.known_at),
        controls: controls(&links, PATH, "all", SHOWN),
        path: PATH,
        judged: Judged::of(question),
        frame,
    }))
}

/// Newest first, after all of them.
fn versions(found: &Effect, own: &EffectParams) -> Vec<(String, String, bool)> {
    let chosen = text(&own.version).unwrap_or_default();
    let all = if found.versions.len() > VERSIONS_MAX { format!("The latest {VERSIONS_MAX}") } else { "All".to_owned() };
    let one = |number: &u32| (number.to_string(), format!("Version {number}"), number.to_string() == chosen);
    [(String::new(), all, chosen.is_empty())].into_iter().chain(found.versions.iter().rev().map(one)).collect()
}

fn shown(change: &ChangeSeen, question: &Question, links: &Links) -> ChangeShown {
    let version = change.version.map(|version| version.to_string());
    let more: Vec<(&str, &str)> = version.as_deref().map(|version| ("version", version)).into_iter().collect();
    let picture = pictures::rates(change, question);
    let exhibit = || {
        let [svg, csv] = ["/effect/rates.svg", "/effect/effect.csv"].map(|path| links.to(path, &more));
        Exhibit::new(&picture, Width::Wide, &report::sheet(change, question), svg, csv)
    };
    ChangeShown {
        title: pictures::title(change, question),
        words: report::words(change, question),
        too_early: change.too_early_until.is_some(),
        rates: (!change.numbers.is_empty()).then(exhibit),
        numbers: change
            .numbers
            .iter()
            .map(|number| number_shown(number, change, question, &|figure| links.to("/effect/rows", &[&more[..], figure].concat())))
            .collect(),
        agreement: change.version.map(|_| "/agreement/history".to_owned()),
    }
}

/// `opens` gives the address of a figure's rows.
fn number_shown(number: &NumberSeen, change: &ChangeSeen, question: &Question, opens: &dyn Fn(&[(&str, &str)]) -> String) -> NumberShown {
    let figure = |seen: &Side, side: &str| {
        let words = format!("{} (n {})", report::side(seen, number.unit, question), format::count(seen.n));
        (words, opens(&[("number", number.key), ("side", side)]))
    };
    NumberShown {
        key: format!("{}-{}", number.key, change.version.unwrap_or(0)),
        name: number.name,
        words: number.words,
        before: figure(&number.now.before, "before"),
        after: figure(&number.now.after, "after"),
        change: report::difference(&number.now, number.unit, question),
        year_ago: if number.year_ago.difference.is_some() {
            report::difference(&number.year_ago, number.unit, question)
        } else {
            "no record".into()
        },
        verdict: report::verdict_words(number.verdict),
        class: match number.verdict {
            Verdict::Better => "good",
            Verdict::Worse => "bad",
            _ => "",
        },
    }
}

async fn rates_svg(
    State(office): State<Office>,
    Query(params): Query<QuestionParams>,
    Query(own): Query<EffectParams>,
) -> Result<Response, AppError> {
    let Effect { question, answer, .. } = effect_of(&office, &params, &own).await?;
    let change = answer.changes.first().ok_or_else(|| AppError::refused(report::NOTHING))?;
    Ok(svg_file(&pictures::rates(change, &question), "rates"))
}

async fn effect_csv(
    State(office): State<Office>,
    Query(params): Query<QuestionParams>,
    Query(own): Query<EffectParams>,
) -> Result<Response, AppError> {
    Ok(csv_file(&report::csv(&effect_of(&office, &params, &own).await?), "effect"))
}
