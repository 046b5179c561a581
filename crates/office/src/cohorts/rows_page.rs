//! The leads or deals behind one figure of the page.

use askama::Template;
use axum::extract::{Query, State};
use insight::cohort::{Outcome, StayRow};

use super::{CohortParams, OfFigure, Rows, rows_of};
use crate::{
    Office,
    question::QuestionParams,
    scoreboard::{
        default_period,
        params::{Links, text},
    },
    ui::{
        Frame, Judged, Named, PageOf, Pager, format, known,
        named::{counted, names, noun},
    },
    web::{AppError, Page},
};

#[derive(Template)]
#[template(path = "cohorts/rows.html")]
pub struct RowsPage {
    title: String,
    words: String,
    back: String,
    noun: &'static str,
    rows: Vec<RowShown>,
    /// Rows of a stage are all counted; those of a cohort are hits or not.
    has_hits: bool,
    pager: Pager,
    as_of: String,
    known_at: String,
    judged: Judged,
    frame: Frame,
}

struct RowShown {
    named: Named,
    entered: String,
    outcome: &'static str,
    class: &'static str,
    ended: String,
    days: String,
    hit: bool,
}

pub async fn page(
    State(office): State<Office>,
    frame: Frame,
    Query(params): Query<QuestionParams>,
    Query(own): Query<CohortParams>,
    Query(figure): Query<OfFigure>,
    Query(page): Query<PageOf>,
) -> Result<Page<RowsPage>, AppError> {
    let default = default_period(&*office.history().await?, office.clock().now());
    let found = rows_of(&office, &params, &own, &figure, default, page.slice()).await?;
    let noun = noun(found.behind.table);
    let rows = rows(&office, &frame, &found, noun).await?;
    let links = Links::of(&params, own.pairs());
    Ok(Page(RowsPage {
        title: title(&found, &figure),
        words: words(&found, &figure),
        back: links.to(super::pages::PATH, &[]),
        has_hits: figure.faults.is_none() && figure.stage.is_none(),
        noun,
        pager: page.pager(rows.len(), found.behind.total, &links.to("/cohorts/rows", &figure.pairs())),
        as_of: frame.date_time(found.question.as_of),
        known_at: frame.date_time(found.question.known_at),
        rows,
        judged: Judged::of(&found.question),
        frame,
    }))
}

fn title(found: &Rows, figure: &OfFigure) -> String {
    let count = counted(found.behind.table, found.behind.total);
    if figure.faults.is_some() {
        return format!("{count} that ended before they began");
    }
    if let Some(stage) = text(&figure.stage) {
        let name = alignment::lifecycle::Stage::parse(stage).map_or_else(|| format::spaced(stage), |stage| stage.name().to_owned());
        let part = match text(&figure.part).unwrap_or("entered") {
            "moved_on" => "that moved on from",
            "left" => "that left the funnel from",
            "open" => "still in",
            "stuck" => "stuck in",
            _ => "that entered",
        };
        return format!("{count} {part} {name}");
    }
    let of = match (text(&figure.cohort), &figure.segment) {
        (Some(cohort), _) => format!(", cohort of {}", day_of_key(cohort)),
        (_, Some(segment)) => format!(": {}", known::label(Some(segment.as_str()).filter(|label| !label.is_empty()))),
        _ => String::new(),
    };
    format!("{count} that entered {}{of}", found.ask.from.name())
}

/// `1 Jul 2025` for `2025-07-01`, as the address names a cohort.
fn day_of_key(key: &str) -> String {
    key.parse::<jiff::civil::Date>().map_or_else(|_| key.to_owned(), |day| day.strftime("%-d %b %Y").to_string())
}

fn words(found: &Rows, figure: &OfFigure) -> String {
    if figure.faults.is_some() || figure.stage.is_some() {
        return String::new();
    }
    let hits = format::count(found.behind.hits);
    let to = found.ask.to.name();
    match text(&figure.age_days) {
        Some(age) => format!("{hits} of them became {to} within {age} days."),
        None => format!("{hits} of them became {to}."),
    }
}

async fn rows(office: &Office, frame: &Frame, found: &Rows, noun: &'static str) -> Result<Vec<RowShown>, AppError> {
    let names = names(office, noun, found.behind.rows.iter().map(|row| row.id).collect()).await?;
    let row = |row: &StayRow| {
        let (outcome, class) = match row.outcome {
            Outcome::Converted => ("moved on", "good"),
            Outcome::Left => ("left", "warn"),
            Outcome::Open => ("open", ""),
        };
        RowShown {
            named: names.of(row.id),
            entered: frame.date(row.entered_at),
            outcome,
            class,
            ended: row.ended_at.map(|at| frame.date(at)).unwrap_or_default(),
            days: format::fixed(row.age_days, 1),
            hit: row.hit,
        }
    };
    Ok(found.behind.rows.iter().map(row).collect())
}
