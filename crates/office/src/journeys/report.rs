//! `report journeys`: the most common journeys, the flow and the lengths.

use insight::{
    journeys::{Figures, JourneyRow, Lasting, Length},
    question::Question,
};
use serde_json::json;

use super::{Found, JourneyParams, journeys_of, picture};
use crate::{
    Office,
    question::QuestionParams,
    report::{Report, Sheet, heading, plain, with_question},
    ui::format,
};

pub async fn report(office: &Office, params: &QuestionParams, own: &JourneyParams) -> anyhow::Result<Report> {
    let found = journeys_of(office, params, own, "all").await?;
    Ok(told(&found))
}

pub(super) fn told(found: &Found) -> Report {
    let question = &found.question;
    Report {
        json: with_question(
            question,
            [
                ("by", json!(question.by.as_ref().map(|by| by.key()))),
                ("goal", json!(question.settings.goal)),
                ("journey", json!(question.settings.journey)),
                ("lookback_days", json!(question.settings.lookback_days)),
                ("merged", json!(found.ask.merged)),
                ("journeys", json!(found.answer)),
            ],
        ),
        heading: heading(question),
        sheets: vec![sheet(found), lengths(&found.answer.lengths), lasting(&found.answer.lasting)],
        csv: csv(found),
    }
}

fn by(question: &Question) -> String {
    question.by.as_ref().map(|by| by.key()).unwrap_or_default()
}

/// Steps that are read at a glance; of longer journeys the first, and how many more there are.
pub const STEPS_SHOWN_MAX: usize = 8;

/// A journey as one line.
pub fn line(row: &JourneyRow, steps_max: usize, label: fn(Option<&str>) -> String) -> String {
    let steps: Vec<String> = row.steps.iter().take(steps_max).map(|step| label(step.label.as_deref())).collect();
    let more = row.more_steps + row.steps.len() - steps.len();
    let more = if more > 0 { format!(" → {more} more") } else { String::new() };
    steps.join(" → ") + &more
}

fn sheet(found: &Found) -> Sheet {
    let (answer, question) = (&found.answer, &found.question);
    let row = |name: String, it: &Figures| {
        let mut cells = vec![name];
        cells.extend([it.journeys, it.conversions, it.open].map(|count| count.to_string()));
        cells.push(format::rate_or_none(it.rate));
        cells.push(format::money(it.revenue));
        cells.push(it.median_days.map_or_else(|| "–".into(), |days| format!("{days:.1}")));
        cells.push(it.touches.to_string());
        cells
    };
    let mut rows: Vec<_> = answer.rows.iter().map(|each| row(line(each, STEPS_SHOWN_MAX, format::label), &each.figures)).collect();
    let others = answer.distinct.saturating_sub(answer.rows.len() as u64);
    rows.push(row(format!("{others} other journeys"), &answer.rest));
    rows.push(row("all".into(), &answer.total));
    let (reached, open) = picture::ends(question.settings.goal);
    Sheet::new(
        format!("Journeys by {} ({} deals without a touch are in none)", by(question), answer.without_touches),
        ["journey", "journeys", reached, open, "rate", "revenue", "median days", "touches"].map(str::to_lowercase).to_vec(),
        rows,
    )
}

fn lengths(lengths: &[Length]) -> Sheet {
    let row = |length: &Length| vec![length_name(length), length.journeys.to_string(), length.conversions.to_string()];
    Sheet::new("By steps", ["steps", "journeys", "conversions"], lengths.iter().map(row))
}

fn lasting(lasting: &[Lasting]) -> Sheet {
    Sheet::new(
        "Conversions by days since the first touch",
        ["days", "conversions"],
        lasting.iter().map(|it| vec![days_name(it), it.conversions.to_string()]),
    )
}

pub fn length_name(length: &Length) -> String {
    match length.steps_max {
        Some(most) if most == length.steps_min => most.to_string(),
        Some(most) => format!("{} to {most}", length.steps_min),
        None => format!("{} or more", length.steps_min),
    }
}

pub fn days_name(lasting: &Lasting) -> String {
    match lasting.days_below {
        Some(below) if below == lasting.days_min + 1 => "under a day".into(),
        Some(below) => format!("{} to {}", lasting.days_min, below - 1),
        None => format!("{} or more", lasting.days_min),
    }
}

/// One row for each journey, the rest and the total, with plain numbers.
pub fn csv(found: &Found) -> Sheet {
    let row = |kind: &str, key: &str, name: String, it: &Figures| {
        let mut cells = vec![kind.to_owned(), key.to_owned(), name];
        cells.extend([it.journeys, it.conversions, it.open].map(|count| count.to_string()));
        cells.extend([plain(it.rate), plain(it.interval.map(|it| it.0)), plain(it.interval.map(|it| it.1))]);
        cells.extend([it.revenue.minor.to_string(), it.revenue.currency.to_string(), plain(it.median_days), it.touches.to_string()]);
        cells
    };
    let answer = &found.answer;
    let mut rows: Vec<_> =
        answer.rows.iter().map(|each| row("journey", &each.key, line(each, usize::MAX, format::label), &each.figures)).collect();
    rows.push(row("rest", "", String::new(), &answer.rest));
    rows.push(row("total", "", String::new(), &answer.total));
    let header = [
        "row",
        "key",
        "journey",
        "journeys",
        "conversions",
        "open",
        "rate",
        "interval_low",
        "interval_high",
        "revenue_minor",
        "currency",
        "median_days",
        "touches",
    ];
    Sheet::untitled(header, rows)
}
