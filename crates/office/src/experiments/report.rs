//! An experiment, or all of them, as a report.

use alignment::{Instant, Money};
use facts::{experiments::ExperimentRow, list::Turn};
use insight::{
    answer::Unit,
    experiment::{Advice, Compared, Outcome, Seen, Standing},
    question::Question,
};
use serde_json::{Value as Json, json};

use super::{Looked, look};
use crate::{
    Office,
    question::QuestionParams,
    report::{Report, Sheet, heading, plain_fixed, with_question},
    ui::format,
    web::AppError,
};

pub async fn experiment(office: &Office, params: &QuestionParams, id: i64) -> Result<Report, AppError> {
    let looked = look(office, params, id).await?;
    let question = &looked.question;
    let [design, advice] = [about(&looked), advice_words(&looked.comparison.advice, question)];
    Ok(Report {
        json: experiment_json(&looked),
        heading: format!("{design}\n{advice}\n{}", heading(question)),
        sheets: vec![outcomes(&looked)],
        csv: csv(&looked),
    })
}

/// The first of them, newest first, without what they show.
pub async fn experiments(office: &Office) -> Result<Report, AppError> {
    let mut record = office.facts().read().await?;
    let rows = facts::experiments::list(&mut record, Turn::first()).await?.items;
    let day = |micros: i64| Instant(micros).to_string()[..10].to_owned();
    let row = |row: &ExperimentRow| {
        let end = row.ends_at.map_or_else(String::new, day);
        vec![
            row.id.to_string(),
            row.name.clone(),
            row.dimension.clone(),
            row.a.clone(),
            row.b.clone(),
            row.number.clone(),
            day(row.starts_at),
            end,
        ]
    };
    let header = ["id", "name", "dimension", "a", "b", "number", "from", "to"];
    let sheet = || Sheet::new("Experiments", header, rows.iter().map(row));
    let heading = if rows.is_empty() {
        "No experiment is written down yet."
    } else {
        "The latest experiments; name one by its id to see what it shows."
    };
    let json: Vec<_> = rows.iter().map(row_json).collect();
    Ok(Report { json: json!({"experiments": json}), heading: heading.into(), sheets: vec![sheet()], csv: sheet() })
}

pub fn row_json(row: &ExperimentRow) -> Json {
    json!({
        "id": row.id,
        "name": row.name,
        "dimension": row.dimension,
        "a": row.a,
        "b": row.b,
        "number": row.number,
        "worth_finding_percent": row.worth_finding_percent,
        "within_days": row.within_days,
        "starts_at": Instant(row.starts_at),
        "ends_at": row.ends_at.map(Instant),
        "note": row.note,
    })
}

pub fn experiment_json(looked: &Looked) -> Json {
    let comparison = &looked.comparison;
    with_question(
        &looked.question,
        [
            ("experiment", row_json(&looked.row)),
            ("a", json!(comparison.a)),
            ("b", json!(comparison.b)),
            ("outcomes", json!(comparison.outcomes)),
            ("advice", json!(comparison.advice)),
            ("advice_words", json!(advice_words(&comparison.advice, &looked.question))),
        ],
    )
}

fn about(looked: &Looked) -> String {
    let row = &looked.row;
    format!("{}: {} \"{}\" (A) against \"{}\" (B), decided by {}", row.name, row.dimension, row.a, row.b, inline(looked.design.decides))
}

/// Inside a sentence: `leads that became SQLs`.
pub fn inline(outcome: Outcome) -> String {
    let name = outcome.name();
    name[..1].to_lowercase() + &name[1..]
}

/// The unit of what one lead brings.
pub fn unit(outcome: Outcome) -> Unit {
    if outcome == Outcome::Revenue { Unit::Money } else { Unit::Rate }
}

pub fn step(value: f64, outcome: Outcome, question: &Question) -> String {
    format::step(value, unit(outcome), question.currency)
}

pub fn seen(seen: &Seen, outcome: Outcome, question: &Question) -> String {
    seen.value.map_or_else(|| format::NO_DATA.into(), |found| format::value(found, unit(outcome), question.currency))
}

pub fn sample(seen: &Seen, question: &Question) -> String {
    match seen.total_minor {
        Some(minor) => {
            format!("{} over {}", format::money_brief(Money::new(minor, question.currency)), format::plural(seen.n, "lead", "leads"))
        }
        None => format!("{} of {}", format::count(seen.hits), format::count(seen.n)),
    }
}

/// What to do, and what may be said, with why looking often is allowed.
pub fn advice_words(advice: &Advice, question: &Question) -> String {
    let interval = advice.always_valid.map_or_else(String::new, |valid| {
        let (low, high) = valid.interval;
        format!(" ({} to {} at 95%, however often you look)", step(low, advice.outcome, question), step(high, advice.outcome, question))
    });
    let need = match (advice.leads_planned, advice.days_left) {
        (Some(planned), Some(days)) => format!(
            " One look at {} leads in each version would be enough; there are {}, and at this pace it takes {} more days.",
            format::count(planned),
            format::count(advice.leads_so_far),
            format::fixed(days.ceil(), 0)
        ),
        (Some(planned), None) => format!(
            " One look at {} leads in each version would be enough; there are {}.",
            format::count(planned),
            format::count(advice.leads_so_far)
        ),
        _ => String::new(),
    };
    let verdict = match advice.standing {
        Standing::NothingYet => "Nothing to compare yet: one version has no leads in this time.".to_owned(),
        Standing::TooFew => format!("Go on: too few to say anything.{need}"),
        Standing::BIsBetter => format!("B is better; you may stop{interval}."),
        Standing::AIsBetter => format!("A is better; you may stop{interval}."),
        Standing::NoChangeWorthFinding => format!("No change worth finding; you may stop{interval}."),
        Standing::GoOn => format!("Go on: neither a difference nor that there is none can be said yet{interval}.{need}"),
        Standing::EndedOpen => format!("It ended without an answer{interval}: take the cheaper version, or run it again for longer.{need}"),
    };
    let ages = if advice.ages_differ { " One version's leads are clearly older and have had more time: ask with within_days." } else { "" };
    format!("{verdict}{ages}")
}

pub fn outcomes(looked: &Looked) -> Sheet {
    let question = &looked.question;
    let row = |found: &Compared| {
        let difference = found.difference.map_or_else(String::new, |difference| {
            let (low, high) = difference.interval;
            let of = |value| step(value, found.outcome, question);
            format!("{} ({} to {})", of(difference.value), of(low), of(high))
        });
        vec![
            format!("{}{}", found.name, if found.outcome == looked.design.decides { " (decides)" } else { "" }),
            seen(&found.a, found.outcome, question),
            sample(&found.a, question),
            seen(&found.b, found.outcome, question),
            sample(&found.b, question),
            difference,
            found.chance_b_is_better.map(format::rate).unwrap_or_default(),
            found.difference.and_then(|difference| difference.p_value).map(|p| format!("{p:.3}")).unwrap_or_default(),
        ]
    };
    Sheet::new(
        format!("A: {}, B: {}", looked.row.a, looked.row.b),
        ["number", "A", "A rows", "B", "B rows", "B less A (95%)", "chance B is better", "p, one look"],
        looked.comparison.outcomes.iter().map(row),
    )
}

pub fn csv(looked: &Looked) -> Sheet {
    let number = |value: Option<f64>| plain_fixed(value, 6);
    let row = |found: &Compared| {
        let difference = found.difference;
        vec![
            found.key.to_owned(),
            number(found.a.value),
            found.a.hits.to_string(),
            found.a.n.to_string(),
            number(found.b.value),
            found.b.hits.to_string(),
            found.b.n.to_string(),
            number(difference.map(|difference| difference.value)),
            number(difference.map(|difference| difference.interval.0)),
            number(difference.map(|difference| difference.interval.1)),
            number(difference.and_then(|difference| difference.p_value)),
            number(found.chance_b_is_better),
        ]
    };
    let header = "number,a,a_hits,a_n,b,b_hits,b_n,difference,interval_low,interval_high,p_value,chance_b_is_better";
    let rows = looked.comparison.outcomes.iter().map(row);
    Sheet::untitled(header.split(','), rows)
}
